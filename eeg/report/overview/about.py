"""What was run, as a list of names and values."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import yaml

from eeg.report import words
from eeg.report.overview.facts import OverviewFacts
from eeg.report.phrases import folds, spread
from eeg.report.removal import removal_summary
from eeg.targets import classes, rule

SHOWN = 10


def about(facts: OverviewFacts) -> list[tuple[str, str]]:
    """Return what was run: recordings, cleaning, protocols, folds, targets, models and what went wrong."""
    protocols = words.in_order(facts.summary["protocol"])
    models, split = words.models_first(facts.summary["model"]), facts.config["split"]
    return [
        ("Source", words.source(facts.config)),
        *([("Cleaning", words.RELEASED)] if words.is_release(facts.config) else []),
        *([("Bad channels", words.bads(facts.checks))] if words.bads(facts.checks) else []),
        *([("Eye movements", removal_summary(facts.removals))] if facts.removals else []),
        ("Subjects", str(len(facts.subjects))),
        ("Trials", str(facts.n_trials)),
        ("Protocols", ", ".join(name + " (LEAKY)" * words.leaks(name) for name in protocols)),
        (
            "Folds",
            f"{folds(split)}; {spread(split)}",
        ),
        *[(f"Target {name}", _target(target)) for name, target in facts.config["targets"].items()],
        ("Models", ", ".join(name for name in models if name not in words.YARDSTICKS)),
        ("Said of splits", _first(facts.said, "methods.md")),
        ("Folds in trouble", _first(facts.troubles, "fits/")),
        ("Yardsticks, no EEG", ", ".join(name for name in models if name in words.YARDSTICKS) or "none"),
    ]


def as_text(config: Mapping[str, Any]) -> str:
    """Return the config as YAML; by way of JSON, so that tuples are lists and nothing is an anchor."""
    return yaml.safe_dump(json.loads(json.dumps(config)), sort_keys=False, allow_unicode=True)


def _first(sentences: Sequence[str], place: str) -> str:
    """Return how many sentences there are and the first of them; all stand in a place."""
    more = f"; and {len(sentences) - SHOWN} more, see {place}" if len(sentences) > SHOWN else ""
    return f"{len(sentences)}: {'; '.join(sentences[:SHOWN])}{more}" if sentences else "none"


def _target(target: Mapping[str, Any]) -> str:
    return f"{', '.join(classes(target))} ({rule(target)})"

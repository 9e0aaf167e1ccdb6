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

SHOWN_TROUBLES = 10


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
        ("Folds in trouble", _troubles(facts.troubles)),
        ("Yardsticks, no EEG", ", ".join(name for name in models if name in words.YARDSTICKS) or "none"),
    ]


def as_text(config: Mapping[str, Any]) -> str:
    """Return the config as YAML; by way of JSON, so that tuples are lists and nothing is an anchor."""
    return yaml.safe_dump(json.loads(json.dumps(config)), sort_keys=False, allow_unicode=True)


def _troubles(troubles: Sequence[str]) -> str:
    shown = "; ".join(troubles[:SHOWN_TROUBLES])
    more = f"; and {len(troubles) - SHOWN_TROUBLES} more, see fits/" if len(troubles) > SHOWN_TROUBLES else ""
    return f"{len(troubles)}: {shown}{more}" if troubles else "none"


def _target(target: Mapping[str, Any]) -> str:
    return f"{', '.join(classes(target))} ({rule(target)})"

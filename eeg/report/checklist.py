"""What a reader of EEG classification results should be told, answered from the files of the run."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from eeg.protocols import statement
from eeg.report import words
from eeg.report.facts import said
from eeg.report.methods_models import yardsticks
from eeg.report.page import number
from eeg.report.phrases import listed

Splits = Mapping[tuple[str, str], Sequence[Mapping[str, Any]]]
"""By protocol and branch, what stands beside the split of every part."""

METRIC = ("trial", "balanced_accuracy")


def checklist(config: Mapping[str, Any], facts: Mapping[str, Any], summary: pd.DataFrame) -> str:
    """Return a reporting checklist in Markdown, every answer from config or artifacts.

    Parameters
    ----------
    config : mapping
        The checked config as a plain dictionary.
    facts : mapping
        As for `methods_text`; and `classes` (by target, trials by class), `splits` (the files beside the splits, by
        protocol and branch), `guard` and `guard_fits` (those files), and `origin` (`commit`).
    summary : DataFrame
        `summary.csv`.
    """
    items = {
        "Sample": f"{facts['subjects']} subjects, {facts['trials']} trials; tests are over subjects.",
        "Subjects with warnings": _warned(facts["checks"]),
        "Class balance": _balance(facts["classes"]),
        "Steps that saw test trials": words.label_free(config["check"]["bads"]),
        "What training and test share": _shared(facts["splits"]),
        "Classes rarer than folds": _rare(facts["checks"]),
        "Said of splits": "".join(f"\n  - {one}" for one in said(facts["splits"])) or "nothing",
        "Leaky protocols": _leaky(config),
        "Transductive scaling": listed(words.transductive(config)),
        "Held out for early stopping": f"{100 * config['split']['validation']:g} % of the training side",
        "Settings chosen on": _tuned(config),
        "Proof": _proof(facts),
        "Chance": _chance(config),
        "Yardsticks without EEG": yardsticks(config),
        "Smallest effects this design could have found": _detectable(summary),
        "Multiple comparisons": "Holm within each kind, protocol, target, unit and metric.",
        "Seed and code": _code(config, facts["origin"]),
    }
    return "\n".join(["## Reporting checklist", "", *(f"- **{name}**: {answer}" for name, answer in items.items()), ""])


def _chance(config: Mapping[str, Any]) -> str:
    """Return what was permuted, and where nothing could be."""
    said = f"{config['scores']['draws']} permutations of predictions among the trials of a fold"
    if "subject_video" in config["protocols"]:
        said += "; under subject_video of whole videos, for all subjects alike"
    alone = [name for name in config["split"]["leave_one_out"] if "trial" in name]
    return said + f"; none under {listed(alone)}, where a fold tests one trial" * bool(alone) + "."


def _warned(checks: Sequence[Mapping[str, Any]]) -> str:
    return listed(f"{check['subject']} ({check['verdict']})" for check in checks if check["verdict"] != "ok")


def _balance(classes: Mapping[str, Mapping[str, int]]) -> str:
    return "; ".join(
        f"{target}: {', '.join(f'{name} {count}' for name, count in counts.items())}"
        for target, counts in classes.items()
    )


def _shared(splits: Splits) -> str:
    """Return the statement of each protocol and branch, its numbers summed over the parts."""
    rows = []
    for (protocol, branch), abouts in splits.items():
        counts = [sum(numbers) for numbers in zip(*(about.get("shared", ()) for about in abouts), strict=True)]
        rows.append(f"\n  - {protocol}, branch {branch}: {statement(protocol, counts)}")
    return "".join(rows)


def _rare(checks: Sequence[Mapping[str, Any]]) -> str:
    """Return every subject's rare and absent classes under every target."""
    found = [one["message"] for check in checks for one in check["findings"] if one["code"] == "rare_class"]
    return " ".join(found) or "none"


def _leaky(config: Mapping[str, Any]) -> str:
    leaky = [name for name in words.in_order(config["protocols"]) if words.leaks(name)]
    return f"{listed(leaky)}. {words.LEAKY_WHY}" if leaky else "none"


def _tuned(config: Mapping[str, Any]) -> str:
    if not config["tuning"]["enabled"]:
        return "no data, but for estimators with several candidates, which chose on training rows held out"
    return f"training rows of each fold, {config['tuning']['candidates']} candidates a model"


def _proof(facts: Mapping[str, Any]) -> str:
    scalers, fits = sum(one["n_scalers"] for one in facts["guard"]["scalers"]), facts["guard_fits"]
    return (
        f"{scalers} scalers and {fits['n_fits']} fits of {fits['n_folds']} folds were held against the splits before "
        "anything was scored; none had seen what its protocol keeps apart from its test, the steps above aside "
        f"(guard.json, guard_fits.json). So were {fits['n_yardsticks']} sets of predictions without EEG, one a "
        "protocol, target and yardstick; and every tested label was made again from the trial tables."
    )


def _detectable(summary: pd.DataFrame) -> str:
    own = summary[(summary["unit"] == METRIC[0]) & (summary["metric"] == METRIC[1])]
    own = own[~own["model"].isin(words.YARDSTICKS) & ~own["protocol"].map(words.leaks) & own["detectable"].notna()]
    if own.empty:
        return "not known: too few subjects, or nothing varied"
    return (
        f"{number(own['detectable'].min())} to {number(own['detectable'].max())} in balanced accuracy over chance, by "
        f"model and protocol (n {own['n'].min()} to {own['n'].max()}, two-sided t test, power 80 %)"
    )


def _code(config: Mapping[str, Any], origin: Mapping[str, Any]) -> str:
    commit = origin["commit"] or "not known"
    changed = " (+: files were changed)" * commit.endswith("+")
    return f"seed {config['seed']}; commit {commit}{changed}; versions above"

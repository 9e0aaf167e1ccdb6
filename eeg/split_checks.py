"""What is to be said of a split beside its rows, and when it is refused."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from eeg import protocols
from eeg.errors import InputError
from eeg.targets import classes, labels


def without_empty_cells(split: pd.DataFrame, part: str, settings: Mapping[str, Any]) -> tuple[pd.DataFrame, list[str]]:
    """Return the cells that have something to train on and to test, and a warning that says what is left out."""
    sides = {role: set(split.loc[split["role"] == role, "fold"]) for role in ("train", "test")}
    kept = split[split["fold"].isin(sides["train"] & sides["test"])].reset_index(drop=True)
    n_cells, n_kept = settings["folds"], kept["fold"].nunique()
    unstopped = n_kept - kept.loc[kept["role"] == "validate", "fold"].nunique()
    said = [
        f"{part}: {unstopped} of {n_cells} folds of videos have nothing to validate with, since subjects lack videos: "
        "networks train there for as many epochs as early stopping waits"
    ] * bool(unstopped)
    if n_kept < n_cells:
        untested = int((split["role"] == "test").sum() - (kept["role"] == "test").sum())
        said += [
            f"{part}: {n_cells - n_kept} of {n_cells} folds of videos have nothing to test or to train on, since "
            f"subjects lack videos, and are left out; {untested} trials are not tested"
        ]
    return kept, said


def check_whole(protocol: str, part: str, split: pd.DataFrame) -> None:
    """Refuse a split with a fold that has nothing to train on or nothing to test, or without any fold."""
    of = split.groupby("fold")["role"].unique()
    lacking = [(fold, role) for fold, roles in of.items() for role in ("train", "test") if role not in roles]
    if lacking or of.empty:
        raise InputError(
            f"something to train on and to test in every fold of {part} under {protocol}",
            f"fold {lacking[0][0]} without a {lacking[0][1]} row" if lacking else "no fold",
            "Lower `split.validation` or `split.folds`, take windows that overlap less, or leave the protocol out.",
        )


def rare(part: str, strata: np.ndarray, settings: Mapping[str, Any], *, what: str) -> list[str]:
    """Return a warning for each class with fewer items, `trials` or `windows`, than folds."""
    folds = settings["folds"]
    found = protocols.rare(strata, classes(settings["target"]), folds)
    return [
        f"{part}: {number} {what} of class {name} ({settings['stratify']}) for {folds} folds; some folds cannot test it"
        for name, number in found.items()
    ]


def absent(trials: pd.DataFrame, settings: Mapping[str, Any]) -> list[str]:
    """Return a warning for each class that a subject has no trial of, or one alone, which `rare` does not tell."""
    names = classes(settings["target"])
    found = [
        (subject, protocols.rare(labels(own, settings["target"]), names, 2))
        for subject, own in trials.groupby("subject", sort=True)
    ]
    return [
        f"{subject}: {'no trial' if not number else 'one trial'} of class {name} ({settings['stratify']}); "
        + ("the subject's scores leave it out" if not number else "of this subject it is never both learnt and tested")
        for subject, rare in found
        for name, number in rare.items()
    ]

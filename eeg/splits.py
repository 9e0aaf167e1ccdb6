"""One part's folds under a protocol: the table every model shares, and what it says about itself."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from eeg import protocols, seeds
from eeg.targets import classes, labels


def make(
    protocol: str,
    part: str,
    trials: Sequence[pd.DataFrame],
    windows: pd.DataFrame,
    *,
    branch: str,
    settings: Mapping[str, Any],
) -> tuple[pd.DataFrame, dict[str, Any]]:
    """Return the split table of a part and its description.

    Parameters
    ----------
    protocol, part : str
        What is kept apart, and the subject or fold of subjects that is tested.
    trials : sequence of DataFrame
        Trial tables of the subjects concerned.
    windows : DataFrame
        `subject, trial, window, start, length` of the same subjects in one branch.
    branch : str
        Names the seed under the protocols that shuffle windows; whole trials fall alike for every branch.
    settings : mapping
        `folds, validation, target` (the one that stratifies), `stratify` (its name) and `seed`.

    Returns
    -------
    split : DataFrame
        `fold, role, subject, trial, window`.
    about : dict
        `seed`, `statement` and `warnings` (a class rarer than the folds, with the subject's name).
    """
    folds, validation = settings["folds"], settings["validation"]
    table = pd.concat(trials, ignore_index=True)
    words: tuple[str | int, ...] = (settings["seed"], "split", protocol)
    if protocol in protocols.ACROSS:
        pair = (seeds.generator(*words), seeds.generator(*words, part))
        split = protocols.split_subjects(table, part, n_folds=folds, validation=validation, seeds=pair)
        return split, _about(seeds.seed(*words, part), protocol, split, windows, [])
    strata = labels(table, settings["target"])
    if protocol in protocols.LEAKY:
        words = (*words, branch)
    how: dict[str, Any] = {"n_folds": folds, "validation": validation, "generator": seeds.generator(*words, part)}
    if protocol in protocols.LEAKY:
        of_windows = strata[np.searchsorted(table["trial"], windows["trial"])]
        split = protocols.split_windows(windows, of_windows, **how)
    else:
        split = protocols.split_trials(table, strata, **how)
    return split, _about(seeds.seed(*words, part), protocol, split, windows, _rare(part, strata, settings))


def _rare(part: str, strata: np.ndarray, settings: Mapping[str, Any]) -> list[str]:
    """Return a warning for each class with fewer trials than folds."""
    folds = settings["folds"]
    found = protocols.rare(strata, classes(settings["target"]), folds)
    return [
        f"{part}: {number} trials of class {name} ({settings['stratify']}) for {folds} folds; some folds cannot test it"
        for name, number in found.items()
    ]


def _about(seed: int, protocol: str, split: pd.DataFrame, windows: pd.DataFrame, warnings: list[str]) -> dict[str, Any]:
    return {"seed": seed, "statement": protocols.statement(protocol, split, windows), "warnings": warnings}

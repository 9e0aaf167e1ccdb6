"""Training rows cut into inner folds, in which settings are compared."""

import numpy as np
from sklearn.model_selection import StratifiedGroupKFold

from eeg.samples import Samples

Splits = list[tuple[np.ndarray, np.ndarray]]


def inner_splits(rows: Samples, folds: int, *, seed: int) -> Splits:
    """Return positions (fitted, held out) per inner fold: whole groups held out, every class on both sides of each.

    There are as many folds as the class in fewest groups allows, at most `folds`; none where that is below two, or
    where there is one class alone.
    """
    groups = [len(np.unique(rows.groups[rows.labels == code])) for code in np.unique(rows.labels)]
    if len(groups) < 2:
        return []
    for count in range(min(folds, *groups), 1, -1):
        folder = StratifiedGroupKFold(count, shuffle=True, random_state=seed)
        splits = list(folder.split(rows.labels, rows.labels, rows.groups))
        # groups of several labels may still leave a class out
        if all(len(np.unique(rows.labels[part])) == len(groups) for split in splits for part in split):
            return splits
    return []


def described(rows: Samples, *, candidates: int, folds: int) -> str:
    """Return in words how candidates were compared in so many inner folds of `rows`, or why they were not."""
    whole = "trials" if np.array_equal(rows.groups, rows.trials) else "subjects"
    missed = f"none, too few {whole}" if candidates > 1 else "none, one candidate"
    return f"balanced accuracy on whole {whole} held out" if folds else missed

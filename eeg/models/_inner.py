"""Training rows cut into inner folds, in which settings are compared."""

import numpy as np
from sklearn.model_selection import StratifiedGroupKFold

from eeg import seeds
from eeg.samples import Samples

Splits = list[tuple[np.ndarray, np.ndarray]]

SHUFFLES = 50
"""How often subjects and videos are dealt anew before fewer folds are tried."""


def inner_splits(rows: Samples, folds: int, *, seed: int) -> Splits:
    """Return positions (fitted, held out) per inner fold: whole groups held out, every class on both sides of each.

    There are as many folds as the class in fewest groups allows, at most `folds`; none where that is below two, or
    where there is one class alone. Where the rows keep two kinds of groups apart, both are, if the rows allow it, else
    the first kind alone.
    """
    n_groups = [len(np.unique(rows.groups[rows.labels == code, 0])) for code in np.unique(rows.labels)]
    if len(n_groups) < 2:
        return []
    most = min(folds, *n_groups)
    return (_crossed(rows, most, seed=seed) if rows.groups.shape[1] > 1 else []) or _grouped(rows, most, seed=seed)


def _grouped(rows: Samples, most: int, *, seed: int) -> Splits:
    """Return inner folds of the first kind of groups, which hold out every row once."""
    for count in range(most, 1, -1):
        folder = StratifiedGroupKFold(count, shuffle=True, random_state=seed)
        splits = list(folder.split(rows.labels, rows.labels, rows.groups[:, 0]))
        # groups of several labels may still leave a class out
        if _hold_every_class(splits, rows.labels):
            return splits
    return []


def _crossed(rows: Samples, most: int, *, seed: int) -> Splits:
    """Return inner folds of subjects crossed with as many of videos, each held out once.

    A fold holds out its subjects' rows of its videos, and fits other subjects' rows of other videos: of three folds,
    a ninth and four ninths of the rows. Holding out all nine cells would compare on every row, at three times the cost.
    """
    generator, places = (
        seeds.generator("inner", seed),
        [np.unique(ids, return_inverse=True)[1] for ids in rows.groups.T],
    )
    for count in range(most, 1, -1):
        for _ in range(SHUFFLES):
            fold = np.stack([(generator.permutation(own.max() + 1) % count)[own] for own in places])
            sides = [((fold != one).all(axis=0), (fold == one).all(axis=0)) for one in range(count)]
            splits = [(np.flatnonzero(fitted), np.flatnonzero(held)) for fitted, held in sides]
            if _hold_every_class(splits, rows.labels):
                return splits
    return []


def _hold_every_class(splits: Splits, labels: np.ndarray) -> bool:
    n_classes = len(np.unique(labels))
    return all(len(np.unique(labels[side])) == n_classes for split in splits for side in split)


def described(rows: Samples, splits: Splits, *, candidates: int) -> str:
    """Return in words how candidates were compared in inner folds of `rows`, or why they were not."""
    kinds = ["trials"] if np.array_equal(rows.groups[:, 0], rows.trials) else ["subjects", "videos"]
    if not splits:
        return f"none, too few {kinds[0]}" if candidates > 1 else "none, one candidate"
    whole = [kind for kind, ids in zip(kinds, rows.groups.T, strict=False) if _apart(ids, splits)]
    return f"balanced accuracy on whole {' and '.join(whole)} held out"


def _apart(ids: np.ndarray, splits: Splits) -> bool:
    return not any(np.isin(ids[held], ids[fitted]).any() for fitted, held in splits)

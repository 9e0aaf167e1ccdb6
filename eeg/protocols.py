"""Who is tested: the protocols, what each keeps apart, and how items are dealt to folds, all before any model."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd

WINDOW, TRIAL, VIDEO = ("subject", "trial", "window"), ("subject", "trial"), ("video",)

APART: dict[str, list[tuple[str, ...]]] = {
    "trial": [TRIAL],
    "subject": [("subject",)],
    "subject_video": [("subject",), VIDEO],
    "pooled_trial": [TRIAL],
    "window": [WINDOW],
    "pooled_window": [WINDOW],
}
"""Every protocol, and what has one role in each of its folds."""

LEAKY = {"window": "trial", "pooled_window": "pooled_trial"}
"""Protocols whose test windows stand beside training windows of the same trial, and their honest partners."""

UNSEEN = ("subject", "subject_video")
"""Protocols that test subjects no model was trained on."""

ACROSS = (*UNSEEN, "pooled_trial", "pooled_window")
"""Protocols that train on many subjects: their parts are folds, not subjects."""

SHARED = {
    "trial": "Training and test share the subject; no trial, no window and no sample stands on both sides.",
    "subject": "Training and test share no subject; they share the stimuli or conditions that several people met.",
    "subject_video": "Training and test share neither subject nor stimulus; nor do training and validation.",
    "pooled_trial": (
        "Training and test share the subjects and the stimuli; no trial, no window and no sample stands on both sides."
    ),
}
"""What training and test share under the honest protocols, in one sentence."""

WHOLE = -1
"""The window number that stands for all windows of a trial."""

COLUMNS = ["fold", "role", "subject", "trial", "window"]


def parts(protocol: str, subjects: Sequence[str], n_folds: int) -> list[str]:
    """Return what one fit tests: subjects within subjects, folds (`f01`, ...; of all repeats) across them."""
    return [f"f{fold + 1:02d}" for fold in range(n_folds)] if protocol in ACROSS else list(subjects)


def folds(protocol: str, n_folds: int, *, n_trials: float, repeats: int, alone: bool) -> float:
    """Return how many folds a part has where trials, windows or subjects are dealt to `n_folds`, or held out alone."""
    if protocol in ACROSS:
        return n_folds if protocol == "subject_video" else 1
    return n_trials if alone else n_folds * repeats


def deal(strata: np.ndarray, n_folds: int, generator: np.random.Generator) -> np.ndarray:
    """Return a fold for every item, each stratum spread as evenly as its size allows.

    The items of a stratum are shuffled and dealt out in turn, each stratum going on where the one before it ended:
    folds differ by at most one item, in all and within each stratum. A stratum smaller than `n_folds` is simply
    absent from some folds.

    Parameters
    ----------
    strata : ndarray, shape (n_items,)
        The class of each item.
    n_folds : int
        At most n_items.
    generator : Generator
        Source of the shuffles.

    Returns
    -------
    ndarray of int, shape (n_items,)
    """
    order = _shuffled(strata, generator)
    fold = np.empty(len(strata), int)
    fold[order] = np.arange(len(strata)) % n_folds
    return fold


def hold(strata: np.ndarray, share: float, generator: np.random.Generator) -> np.ndarray:
    """Return the positions of a share of the items, at least one and not all, taken evenly from every stratum.

    The items, shuffled within their strata laid end to end, are picked at even distances.
    """
    order = _shuffled(strata, generator)
    n_held = min(max(1, round(share * len(order))), len(order) - 1)
    places = (np.arange(n_held) + generator.random()) * len(order) / n_held
    return np.sort(order[places.astype(int)])


def stated(protocol: str, split: pd.DataFrame, windows: pd.DataFrame) -> dict[str, Any]:
    """Return what training and test share: `statement`, and where windows are shuffled its numbers as `shared`.

    `windows` has `subject, trial, window, start, length`.
    """
    if protocol in SHARED:
        return {"statement": SHARED[protocol]}
    counts = shared(split, windows)
    return {"statement": statement(protocol, counts), "shared": list(counts)}


def statement(protocol: str, counts: Sequence[int] = ()) -> str:
    """Return what training and test share, in one sentence; where windows are shuffled with numbers, as of `shared`."""
    if protocol in SHARED:
        return SHARED[protocol]
    whom = "the subject" if protocol not in ACROSS else "the subjects"
    n_test, n_trial, n_sample = counts
    return (
        f"LEAKY: training and test share {whom} and the trials; of {n_test} test windows {n_trial} have training "
        f"or validation windows of their own trial, and {n_sample} share samples with one."
    )


def shared(split: pd.DataFrame, windows: pd.DataFrame) -> tuple[int, int, int]:
    """Return the number of tested windows, of those with windows of their trial in training or validation, and of those
    that share samples with one.
    """
    n_test = n_trial = n_sample = 0
    for test, seen in _sides(split, windows):
        n_test += len(test)
        n_trial += len(test) if len(seen) else 0
        n_sample += int(_overlap(test, seen).any(axis=1).sum())
    return n_test, n_trial, n_sample


def without_shared_samples(split: pd.DataFrame, windows: pd.DataFrame) -> pd.DataFrame:
    """Return a split of windows less the rows that share samples with a window their fold tests."""
    touching = [seen[_overlap(test, seen).any(axis=0)] for test, seen in _sides(split, windows)]
    gone = pd.MultiIndex.from_frame(pd.concat(touching)[COLUMNS])
    return split[~pd.MultiIndex.from_frame(split[COLUMNS]).isin(gone)].reset_index(drop=True)


def _sides(split: pd.DataFrame, windows: pd.DataFrame) -> Iterator[tuple[pd.DataFrame, pd.DataFrame]]:
    """Yield the windows of every fold and trial that are tested, and those that are not."""
    rows = split.merge(windows, on=list(WINDOW))
    for _, trial in rows.groupby(["fold", *TRIAL], sort=False):
        tested = trial["role"] == "test"
        yield trial[tested], trial[~tested]


def _overlap(test: pd.DataFrame, seen: pd.DataFrame) -> np.ndarray:
    """Return which windows share samples, shape (n_test, n_seen)."""
    (start, stop), (first, end) = (
        (rows["start"].to_numpy(), (rows["start"] + rows["length"]).to_numpy()) for rows in (test, seen)
    )
    return (start[:, None] < end) & (first < stop[:, None])


def rare(strata: np.ndarray, classes: Sequence[str], n_folds: int) -> dict[str, int]:
    """Return the classes with fewer items than folds, and how many they have: some folds cannot test them."""
    counts = {name: int((strata == code).sum()) for code, name in enumerate(classes)}
    return {name: count for name, count in counts.items() if count < n_folds}


def _shuffled(strata: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    """Return the positions of the items, the strata end to end in random order and shuffled within."""
    names = generator.permutation(np.unique(strata))
    return np.concatenate([generator.permutation(np.flatnonzero(strata == name)) for name in names])

"""Who is tested: folds made from trial and window tables alone, before any model."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from eeg.errors import InputError

LEAKY = {"window": "trial", "pooled_window": "pooled_trial"}
"""Protocols whose test windows stand beside training windows of the same trial, and their honest partners."""

ACROSS = ("subject",)
"""Protocols that test subjects no model was trained on: their parts are folds of subjects, not subjects."""

WHOLE = -1
"""The window number that stands for all windows of a trial."""

COLUMNS = ["fold", "role", "subject", "trial", "window"]


def parts(protocol: str, subjects: Sequence[str], n_folds: int) -> list[str]:
    """Return what one fit tests: subjects within subjects, folds of subjects (`f01`, ...) across them."""
    return [f"f{fold + 1:02d}" for fold in range(n_folds)] if protocol in ACROSS else list(subjects)


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


def split_trials(
    trials: pd.DataFrame, strata: np.ndarray, *, n_folds: int, validation: float, generator: np.random.Generator
) -> pd.DataFrame:
    """Return the split of the protocol `trial` for one subject: whole trials held out.

    Parameters
    ----------
    trials : DataFrame
        `subject, trial`, one row per trial.
    strata : ndarray, shape (n_trials,)
        Classes to spread evenly.
    n_folds : int
        Number of folds.
    validation : float
        Share of the training trials kept for early stopping.
    generator : Generator
        Source of the shuffles.

    Returns
    -------
    DataFrame with the columns `fold, role, subject, trial, window`; `window` is -1.

    Raises
    ------
    InputError
        More folds than trials.
    """
    _enough(len(trials), n_folds, f"trials of {trials['subject'].iloc[0]}")
    items = trials[["subject", "trial"]].assign(window=WHOLE)
    return _roles(items, strata, n_folds=n_folds, validation=validation, generator=generator)


def split_windows(
    windows: pd.DataFrame, strata: np.ndarray, *, n_folds: int, validation: float, generator: np.random.Generator
) -> pd.DataFrame:
    """Return the LEAKY split of the protocol `window` for one subject: windows shuffled, trials torn apart.

    `windows` has `subject, trial, window`; otherwise as `split_trials`.
    """
    _enough(len(windows), n_folds, f"windows of {windows['subject'].iloc[0]}")
    items = windows[["subject", "trial", "window"]]
    return _roles(items, strata, n_folds=n_folds, validation=validation, generator=generator)


def split_subjects(
    trials: pd.DataFrame, part: str, *, n_folds: int, validation: float, seeds: Sequence[np.random.Generator]
) -> pd.DataFrame:
    """Return one part of the protocol `subject`: a fold of subjects held out.

    Parameters
    ----------
    trials : DataFrame
        `subject, trial` of all subjects.
    part : str
        `f01`, `f02`, ...: the fold to test.
    n_folds : int
        Number of folds of subjects.
    validation : float
        Share of the training subjects kept for early stopping, at least one subject.
    seeds : two generators
        The first deals the subjects and is the same for every part; the second picks the validation subjects.

    Raises
    ------
    InputError
        More folds than subjects, or too few subjects to train, validate and test.
    """
    subjects = np.array(sorted(trials["subject"].unique()))
    _enough(len(subjects), n_folds, "subjects")
    fold_of = deal(np.zeros(len(subjects)), n_folds, seeds[0])
    fold = int(part[1:]) - 1
    others = subjects[fold_of != fold]
    if len(others) < 2:
        raise InputError(
            "at least two subjects left for training and validation",
            f"{len(others)} ({len(subjects)} subjects in {n_folds} folds)",
            "Add subjects or raise `split.folds`.",
        )
    held = seeds[1].permutation(others)[: max(1, round(validation * len(others)))]
    role = np.where(np.isin(subjects, held), "validate", np.where(fold_of == fold, "test", "train"))
    roles = trials["subject"].map(dict(zip(subjects, role, strict=True)))
    table = trials[["subject", "trial"]].assign(fold=fold, role=roles, window=WHOLE)
    return table[COLUMNS].sort_values("role", key=_order, kind="stable", ignore_index=True)


def statement(protocol: str, split: pd.DataFrame, windows: pd.DataFrame) -> str:
    """Return what training and test share, in one sentence; `windows` has `subject, trial, window, start, length`."""
    if protocol in ACROSS:
        return "Training and test share no subject; they share the stimuli or conditions, the same for everyone."
    if protocol not in LEAKY:
        return "Training and test share the subject; no trial, no window and no sample stands on both sides."
    n_test, n_trial, n_sample = shared(split, windows)
    return (
        f"LEAKY: training and test share the subject and the trials; of {n_test} test windows {n_trial} have training "
        f"windows of their own trial, and {n_sample} share samples with one."
    )


def shared(split: pd.DataFrame, windows: pd.DataFrame) -> tuple[int, int, int]:
    """Return the number of tested windows, of those whose trial training saw, and of those sharing samples with it."""
    rows = split.merge(windows, on=["subject", "trial", "window"])
    n_test = n_trial = n_sample = 0
    for _, trial in rows.groupby(["fold", "subject", "trial"], sort=False):
        test = trial[trial["role"] == "test"]
        seen = trial[trial["role"] != "test"]
        overlap = (test["start"].to_numpy()[:, None] < (seen["start"] + seen["length"]).to_numpy()) & (
            seen["start"].to_numpy() < (test["start"] + test["length"]).to_numpy()[:, None]
        )
        n_test += len(test)
        n_trial += len(test) if len(seen) else 0
        n_sample += int(overlap.any(axis=1).sum())
    return n_test, n_trial, n_sample


def runs(windows: pd.DataFrame) -> pd.DataFrame:
    """Return rows of `subject, trial, window` as runs of neighbouring windows: `subject, trial, start, stop`.

    `stop` is one past the last window; the runs are in order of subject, trial and window.
    """
    rows = windows.sort_values(["subject", "trial", "window"])
    trial = rows[["subject", "trial"]]
    new = (trial != trial.shift()).any(axis=1) | (rows["window"].diff() != 1)
    found = rows.groupby(new.cumsum(), sort=False).agg(
        subject=("subject", "first"), trial=("trial", "first"), start=("window", "first"), stop=("window", "last")
    )
    return found.assign(stop=found["stop"] + 1).reset_index(drop=True)


def rare(strata: np.ndarray, classes: Sequence[str], n_folds: int) -> dict[str, int]:
    """Return the classes with fewer items than folds, and how many they have: some folds cannot test them."""
    counts = {name: int((strata == code).sum()) for code, name in enumerate(classes)}
    return {name: count for name, count in counts.items() if count < n_folds}


def _shuffled(strata: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    """Return the positions of the items, the strata end to end in random order and shuffled within."""
    names = generator.permutation(np.unique(strata))
    return np.concatenate([generator.permutation(np.flatnonzero(strata == name)) for name in names])


def _roles(
    items: pd.DataFrame, strata: np.ndarray, *, n_folds: int, validation: float, generator: np.random.Generator
) -> pd.DataFrame:
    fold_of = deal(strata, n_folds, generator)
    tables = []
    for fold in range(n_folds):
        role = np.where(fold_of == fold, "test", "train").astype("<U8")
        rest = np.flatnonzero(role == "train")
        role[rest[hold(strata[rest], validation, generator)]] = "validate"
        tables.append(items.assign(fold=fold, role=role).sort_values("role", key=_order, kind="stable"))
    return pd.concat(tables, ignore_index=True)[COLUMNS]


def _order(role: pd.Series) -> pd.Series:
    return role.map({"train": 0, "validate": 1, "test": 2})


def _enough(n_items: int, n_folds: int, what: str) -> None:
    if n_items < max(n_folds, 3):
        raise InputError(
            f"at least as many {what} as folds ({n_folds})",
            f"{n_items}",
            "Lower `split.folds` in the config.",
        )

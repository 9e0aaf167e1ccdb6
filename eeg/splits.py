"""One part's folds under a protocol: the table every model shares, and what it says about itself."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from eeg import protocols, seeds, split_checks
from eeg.errors import InputError
from eeg.protocols import COLUMNS, WHOLE, deal, hold
from eeg.targets import labels

ORDER = {"train": 0, "validate": 1, "test": 2}
"""The roles in the order in which a fold's rows stand."""


class Dealing(NamedTuple):
    """How the folds of a part are made.

    Attributes
    ----------
    folds : int
    validation : float
        Share of what is not tested that is kept for early stopping, at least one item.
    deals : Generator
        Deals to folds; the same for all parts of a protocol whose parts are folds.
    holds : Generator
        Picks what validates.
    alone : bool
        Whether every item, or every subject, is a fold of its own whatever `folds` says.
    """

    folds: int
    validation: float
    deals: np.random.Generator
    holds: np.random.Generator
    alone: bool = False

    def n_folds(self, n_items: int) -> int:
        """Return the number of folds of so many items."""
        return n_items if self.alone else self.folds


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
        What is kept apart, and the subject or fold that is tested.
    trials : sequence of DataFrame
        Trial tables of the subjects concerned.
    windows : DataFrame
        `subject, trial, window, start, length` of the same subjects in one branch.
    branch : str
        Names the seed under the protocols that shuffle windows; whole trials fall alike for every branch.
    settings : mapping
        `folds`, `repeats` (how often all is dealt anew, the folds numbered on), `leave_one_out` (protocols that hold
        out one item or subject a fold, once), `validation`, `target` (the one that stratifies), `stratify` (its name),
        `gap` and `seed`.

    Returns
    -------
    split : DataFrame
        `fold, role, subject, trial, window`.
    about : dict
        `seed`, `statement`, the numbers in it as `shared` where it has any, and `warnings` (a class rarer than the
        folds, or a tested subject without it, by name).

    Raises
    ------
    InputError
        More folds than there are trials, windows, subjects or stimuli to deal, no stimuli in the trial tables, or a
        fold with nothing to train on.
    """
    table = pd.concat(trials, ignore_index=True)
    words: tuple[str | int, ...] = (settings["seed"], "split", protocol)
    if protocol in protocols.LEAKY:
        words = (*words, branch)
    seed = seeds.seed(*words, part)
    if protocol in protocols.UNSEEN:
        split = _UNSEEN[protocol](
            table, part, _dealing(protocol, part, _repeat(protocol, part, settings), words, settings)
        )
        tested = table[table["subject"].isin(split.loc[split["role"] == "test", "subject"])]
        split, warnings = (
            split_checks.without_empty_cells(split, part, settings) if protocol == "subject_video" else (split, [])
        )
        split_checks.check_whole(protocol, part, split)
        return split, _about(seed, protocol, split, windows, split_checks.absent(tested, settings) + warnings)
    strata = labels(table, settings["target"])
    items, of_items = table[["subject", "trial"]].assign(window=WHOLE), strata
    if protocol in protocols.LEAKY:
        items = windows[["subject", "trial", "window"]]
        places = pd.MultiIndex.from_frame(table[["subject", "trial"]])
        of_items = strata[places.get_indexer(pd.MultiIndex.from_frame(items[["subject", "trial"]]))]
    if protocol in protocols.ACROSS:
        dealing = _dealing(protocol, part, _repeat(protocol, part, settings), words, settings)
        split = split_pooled(items, of_items, part, dealing)
    else:
        repeats = 1 if protocol in settings["leave_one_out"] else settings["repeats"]
        dealt = [_dealing(protocol, part, repeat, words, settings) for repeat in range(repeats)]
        tables = [split_items(items, of_items, dealing) for dealing in dealt]
        numbered = (one.assign(fold=one["fold"] + repeat * settings["folds"]) for repeat, one in enumerate(tables))
        split = pd.concat(numbered, ignore_index=True)
    if protocol in protocols.LEAKY and settings["gap"]:
        split = protocols.without_shared_samples(split, windows)
    split_checks.check_whole(protocol, part, split)
    alone = protocol in settings["leave_one_out"]
    what = "windows" if protocol in protocols.LEAKY else "trials"
    rare = [] if alone else split_checks.rare(part, of_items, settings, what=what)
    absent = split_checks.absent(table, settings) if alone or protocol in protocols.ACROSS else []
    return split, _about(seed, protocol, split, windows, rare + absent)


def split_items(items: pd.DataFrame, strata: np.ndarray, dealing: Dealing) -> pd.DataFrame:
    """Return all folds of one subject: whole trials held out, or windows, which tears trials apart.

    Parameters
    ----------
    items : DataFrame
        `subject, trial, window`, one row per trial (`window` -1) or window.
    strata : ndarray, shape (n_items,)
        Classes to spread evenly.
    dealing : Dealing

    Raises
    ------
    InputError
        More folds than items.
    """
    what, n_folds = "trials" if (items["window"] == WHOLE).all() else "windows", dealing.n_folds(len(items))
    _enough(len(items), n_folds, f"{what} of {items['subject'].iloc[0]}")
    fold_of = deal(strata, n_folds, dealing.deals)
    tables = [_fold(items, strata, fold_of == fold, dealing).assign(fold=fold) for fold in range(n_folds)]
    return pd.concat(tables, ignore_index=True)


def split_pooled(items: pd.DataFrame, strata: np.ndarray, part: str, dealing: Dealing) -> pd.DataFrame:
    """Return one fold of the items of all subjects, every subject's classes spread evenly; otherwise `split_items`."""
    n_folds = dealing.n_folds(len(items))
    _enough(len(items), n_folds, "trials and windows of all subjects")
    each = pd.DataFrame({"subject": items["subject"], "class": strata})
    mixed = each.groupby(["subject", "class"], sort=True).ngroup().to_numpy()
    tested = deal(mixed, n_folds, dealing.deals) == _number(part) % n_folds
    return _fold(items, mixed, tested, dealing).assign(fold=_number(part))


def split_subjects(trials: pd.DataFrame, part: str, dealing: Dealing) -> pd.DataFrame:
    """Return one fold of subjects held out.

    Parameters
    ----------
    trials : DataFrame
        `subject, trial` of all subjects.
    part : str
        `f01`, `f02`, ...: the fold to test.
    dealing : Dealing

    Raises
    ------
    InputError
        More folds than subjects, or too few subjects to train, validate and test.
    """
    role = _of_subjects(trials, part, dealing)
    return _ordered(trials.assign(fold=_number(part), role=trials["subject"].map(role), window=WHOLE))


def split_subjects_and_videos(trials: pd.DataFrame, part: str, dealing: Dealing) -> pd.DataFrame:
    """Return one fold of subjects crossed with every fold of videos, each cell a fold of its own.

    A cell tests its subjects on its videos, and trains on other subjects with other videos. Validation is apart from
    training likewise, so trials of training subjects with validation videos, and the reverse, have no role. Where
    subjects lack videos a cell may have nothing to test.

    `trials` has `video` too; otherwise as `split_subjects`.
    """
    if "video" not in trials or trials["video"].isna().any():
        raise InputError(
            "the stimulus of every trial (a column video) for the protocol subject_video",
            "trials without one",
            "Add the column to the trial table, or leave the protocol out.",
        )
    subjects, video_folds = (
        _of_subjects(trials, part, dealing),
        _dealt(trials["video"], "videos", dealing.folds, dealing),
    )
    cells = []
    for cell in range(dealing.folds):
        videos = _roles(video_folds, cell, "videos", dealing)
        role = trials["subject"].map(subjects)
        found = trials.assign(fold=_number(part) * dealing.folds + cell, role=role, window=WHOLE)
        cells.append(_ordered(found[role == trials["video"].map(videos)]))
    return pd.concat(cells, ignore_index=True)


_UNSEEN: dict[str, Callable[[pd.DataFrame, str, Dealing], pd.DataFrame]] = {
    "subject": split_subjects,
    "subject_video": split_subjects_and_videos,
}


def _repeat(protocol: str, part: str, settings: Mapping[str, Any]) -> int:
    """Return which dealing a fold of many subjects belongs to."""
    return 0 if protocol in settings["leave_one_out"] else _number(part) // settings["folds"]


def _dealing(
    protocol: str, part: str, repeat: int, words: tuple[str | int, ...], settings: Mapping[str, Any]
) -> Dealing:
    words = (*words, "repeat", repeat) if repeat else words
    holds = seeds.generator(*words, part)
    deals = seeds.generator(*words) if protocol in protocols.ACROSS else holds
    return Dealing(settings["folds"], settings["validation"], deals, holds, protocol in settings["leave_one_out"])


def _fold(items: pd.DataFrame, strata: np.ndarray, tested: np.ndarray, dealing: Dealing) -> pd.DataFrame:
    """Return one fold of items, some of which are tested; `fold` is the caller's to set."""
    role = np.where(tested, "test", "train").astype("<U8")
    rest = np.flatnonzero(~tested)
    role[rest[hold(strata[rest], dealing.validation, dealing.holds)]] = "validate"
    return _ordered(items.assign(fold=0, role=role))


def _of_subjects(trials: pd.DataFrame, part: str, dealing: Dealing) -> dict[Any, str]:
    """Return the role of every subject in a fold of subjects."""
    n_folds = dealing.n_folds(trials["subject"].nunique())
    fold_of = _dealt(trials["subject"], "subjects", n_folds, dealing)
    return _roles(fold_of, _number(part) % n_folds, "subjects", dealing)


def _dealt(names: pd.Series, what: str, n_folds: int, dealing: Dealing) -> dict[Any, int]:
    """Return the fold of every name."""
    every = sorted(names.unique())
    _enough(len(every), n_folds, what)
    return dict(zip(every, deal(np.zeros(len(every)), n_folds, dealing.deals).tolist(), strict=True))


def _roles(fold_of: Mapping[Any, int], fold: int, what: str, dealing: Dealing) -> dict[Any, str]:
    """Return the role of every name where one fold is tested and a share of the others validates."""
    others = [name for name, own in fold_of.items() if own != fold]
    if len(others) < 2:
        raise InputError(
            f"at least two {what} left for training and validation",
            f"{len(others)} ({len(fold_of)} {what} in {dealing.folds} folds)",
            f"Add {what} or raise `split.folds`.",
        )
    n_held = min(max(1, round(dealing.validation * len(others))), len(others) - 1)
    held = dealing.holds.permutation(np.array(others))[:n_held].tolist()
    return {name: "test" if own == fold else "validate" if name in held else "train" for name, own in fold_of.items()}


def _number(part: str) -> int:
    return int(part[1:]) - 1


def _ordered(rows: pd.DataFrame) -> pd.DataFrame:
    """Return a fold's rows by role."""
    order = np.argsort(rows["role"].map(ORDER).to_numpy(), kind="stable")
    return rows[COLUMNS].take(order).reset_index(drop=True)


def _enough(n_items: int, n_folds: int, what: str) -> None:
    if n_items < max(n_folds, 3):
        raise InputError(
            f"at least as many {what} as folds ({n_folds})",
            f"{n_items}",
            "Lower `split.folds` in the config.",
        )


def _about(seed: int, protocol: str, split: pd.DataFrame, windows: pd.DataFrame, warnings: list[str]) -> dict[str, Any]:
    return {"seed": seed, **protocols.stated(protocol, split, windows), "warnings": warnings}

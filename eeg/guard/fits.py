"""Predictions, what their fit was given by its own record, and their split, held together before anything is scored."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from eeg import protocols
from eeg.errors import InputError
from eeg.guard.parts import WINDOW, named
from eeg.protocols import WHOLE

SOURCES = ("train", "validate", "channel_choice", "threshold", "temperature")
"""What of a fold is learnt from windows; its record lists them, or is null where nothing was learnt."""

LEARNT_FROM = ("train", "validate")
"""The roles of windows that a source may list; `validate` may list its own alone."""

FOLD = ["fold", *WINDOW]


@dataclass(frozen=True)
class Fit:
    """What one model made of one part.

    Attributes
    ----------
    name : tuple of str
        Protocol, target, model and part.
    file : str
        Where its predictions lie.
    predictions : DataFrame
        `subject, trial, window, fold`, one row per tested window.
    record : mapping
        `folds`, a list of what each was given.
    split : DataFrame
        `fold, role, subject, trial, window`.
    windows : DataFrame
        `subject, trial, window` of its subjects in the model's branch.
    trials : DataFrame
        `subject, trial`, and `video` where it is known.
    """

    name: tuple[str, str, str, str]
    file: str
    predictions: pd.DataFrame
    record: Mapping[str, Any]
    split: pd.DataFrame
    windows: pd.DataFrame
    trials: pd.DataFrame

    def error(self, fold: int, expected: str, received: str) -> InputError:
        """Return the error about a fold."""
        names = zip(("protocol", "target", "model", "part"), self.name, strict=True)
        where = ", ".join(f"{what} {name}" for what, name in names)
        remedy = f"Delete {self.file} and run again; if it comes back, the code that fits leaks."
        return InputError(f"{expected} ({where}, fold {fold})", received, remedy, file=self.file)

    def roles(self) -> pd.DataFrame:
        """Return the windows of every fold with their roles: `fold, subject, trial, window, role`."""
        if (self.split["window"] != WHOLE).any():
            return self.split[[*FOLD, "role"]]
        return self.split.drop(columns="window").merge(self.windows[WINDOW], on=["subject", "trial"])[[*FOLD, "role"]]


def check(fit: Fit) -> dict[str, int]:
    """Return how many folds and windows, tested and learnt from, were held together.

    Raises
    ------
    InputError
        Folds are not the split's, tested windows are not the split's each once, a record's ids are not those it was
        hashed from, missing or not the split's for that role, or something that the protocol keeps apart was tested and
        learnt from. The windows are named.
    """
    folds = sorted(fit.split["fold"].unique().tolist())
    for what, found in (("record", [one["fold"] for one in fit.record["folds"]]), ("predictions", _folds(fit))):
        if sorted(found) != folds:
            raise fit.error(folds[0], f"the folds of the split, {folds}, in the {what}", f"{found}")
    learnt, roles = _learnt(fit), fit.roles()
    _check_tested(fit, roles)
    _check_apart(fit, learnt)
    _check_roles(fit, learnt, roles)
    return {"n_folds": len(folds), "n_tested": len(fit.predictions), "n_learnt": len(learnt)}


def check_proven(path: str, sha256: str, proven: Iterable[Mapping[str, Any]]) -> None:
    """Refuse scalers that are not those which were proven to have seen training trials alone."""
    if not any(one["sha256"].get(path) == sha256 for one in proven):
        expected = "scalers as they were when what they saw was proven (results/guard.json)"
        raise InputError(expected, "others", f"Delete {path} and run again.", file=path)


def _folds(fit: Fit) -> list[int]:
    return sorted(fit.predictions["fold"].unique().tolist())


def _learnt(fit: Fit) -> pd.DataFrame:
    """Return every window that some source of a fold lists: `fold, source, subject, trial, window`."""
    rows = []
    for record in fit.record["folds"]:
        for source in SOURCES:
            if source not in record or (source == "train" and not record[source]):
                raise fit.error(record["fold"], f"a record of what {source} was given", "none")
            if given := record[source]:
                _check_hash(fit, record["fold"], source, given)
                rows += [(record["fold"], source, *one) for one in given["windows"]]
    ids = pd.DataFrame(rows, columns=["fold", "source", "subject", "trial", "start", "stop"])
    start, sizes = ids["start"].to_numpy(np.int64), (ids["stop"] - ids["start"]).to_numpy(np.int64)
    every = ids.loc[ids.index.repeat(sizes), ["fold", "source", "subject", "trial"]].reset_index(drop=True)
    before = np.cumsum(sizes) - sizes
    return every.assign(window=np.arange(len(every)) + np.repeat(start - before, sizes))


def _check_hash(fit: Fit, fold: int, source: str, given: Mapping[str, Any]) -> None:
    """Refuse a list of ids that is not the one its number and hash were taken of."""
    n = sum(stop - start for _, _, start, stop in given["windows"])
    if n != given["n_windows"] or hashlib.sha256(json.dumps(given["windows"]).encode()).hexdigest() != given["sha256"]:
        expected = f"the ids of {source} as they were when they were given: {given['n_windows']} windows"
        raise fit.error(fold, expected, f"{n} windows of another hash")


def _check_tested(fit: Fit, roles: pd.DataFrame) -> None:
    """Refuse predictions of other windows than those the split tests, or of one of them twice."""
    sides = fit.predictions[FOLD].merge(roles.loc[roles["role"] == "test", FOLD], how="outer", indicator="side")
    wrong = {
        "also {}": sides[sides["side"] == "left_only"],
        "none of {}": sides[sides["side"] == "right_only"],
        "several of {}": sides[sides.duplicated(FOLD)],
    }
    for received, rows in wrong.items():
        if len(rows):
            fold, first = _first(rows)
            expected = "one prediction of every window that the split tests and of no other"
            raise fit.error(fold, expected, received.format(named(first[WINDOW])))


def _check_apart(fit: Fit, learnt: pd.DataFrame) -> None:
    """Refuse what was tested and learnt from although the protocol keeps it apart."""
    for apart in protocols.APART[fit.name[0]]:
        unit = list(apart)
        tested, seen = (_with_video(rows, unit, fit.trials) for rows in (fit.predictions, learnt))
        both = seen[["fold", "source", *unit]].drop_duplicates().merge(tested[["fold", *unit]].drop_duplicates())
        if len(both):
            fold, first = _first(both)
            source = first["source"].iloc[0]
            expected = f"no {unit[-1]} both tested and among what {source} was given"
            raise fit.error(fold, expected, named(first.loc[first["source"] == source, unit]))


def _check_roles(fit: Fit, learnt: pd.DataFrame, roles: pd.DataFrame) -> None:
    """Refuse windows that the split does not give to a source."""
    found = learnt.merge(roles, how="left", on=FOLD).fillna({"role": "not in the split"})
    asked = np.where(found["source"] == "validate", found["role"] == "validate", found["role"].isin(LEARNT_FROM))
    if not asked.all():
        fold, first = _first(found[~asked])
        source = first["source"].iloc[0]
        expected = f"windows for {source} that the split gives to it"
        raise fit.error(fold, expected, named(first.loc[first["source"] == source, [*WINDOW, "role"]]))


def _first(rows: pd.DataFrame) -> tuple[int, pd.DataFrame]:
    """Return the first fold at fault, and its rows."""
    fold = int(rows["fold"].min())
    return fold, rows[rows["fold"] == fold]


def _with_video(rows: pd.DataFrame, unit: list[str], trials: pd.DataFrame) -> pd.DataFrame:
    return rows.merge(trials[["subject", "trial", "video"]], on=["subject", "trial"]) if "video" in unit else rows

"""Predictions, what their fit was given by its own record, and their split, held together before anything is scored."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from eeg import protocols
from eeg.channels import choice
from eeg.errors import InputError
from eeg.guard.parts import WINDOW, named
from eeg.guard.tested import FOLD, check_labels, check_tested, first_fold, truth
from eeg.ids import digest
from eeg.protocols import WHOLE
from eeg.scalers import Fitted, scaling
from eeg.targets import is_learnt

SOURCES = ("train", "validate", "tuning", "channel_choice", "threshold", "temperature")
"""What of a fold is learnt from windows; its record lists them, or is null where nothing was learnt."""

LEARNT_FROM = ("train", "validate")
"""The roles of windows that a source may list; `validate` may list its own alone."""


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
        `subject, trial, window, fold, label`, one row per tested window.
    record : mapping
        `folds`, a list of what each was given.
    split : DataFrame
        `fold, role, subject, trial, window`.
    windows : DataFrame
        `subject, trial, window` of its subjects in the model's branch.
    trials : DataFrame
        `subject, trial`, `video` where it is known, and the label columns.
    target : mapping
        What is predicted.
    bads : str
        What was done about bad channels, by the config's word for it.
    scalers : sequence of Fitted
        Those of its part, proven to have seen what they may alone.
    """

    name: tuple[str, str, str, str]
    file: str
    predictions: pd.DataFrame
    record: Mapping[str, Any]
    split: pd.DataFrame
    windows: pd.DataFrame
    trials: pd.DataFrame
    target: Mapping[str, Any]
    bads: str = "keep"
    scalers: Sequence[Fitted] = ()

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
        Folds are not the split's, tested windows are not the split's each once, a label is not the trial's, a record's
        ids are not those it was hashed from, missing or not the split's for that role, something that the protocol
        keeps apart was tested and learnt from, or a fold's windows took other scalers than its own. The windows are
        named.
    """
    roles = fit.roles()
    _check_scaled(fit)
    _check_folds(fit, fit.predictions["fold"].unique().tolist(), "predictions")
    check_tested(fit.predictions, roles[roles["role"] == "test"], fit.error)
    check_labels(fit.predictions, truth(fit.split, fit.trials, fit.target), fit.target, fit.error)
    return {"n_folds": len(fit.record["folds"]), "n_tested": len(fit.predictions), "n_learnt": check_learnt(fit, roles)}


def check_learnt(fit: Fit, roles: pd.DataFrame) -> int:
    """Return how many windows were learnt from, held against the windows of every fold with their roles.

    Raises
    ------
    InputError
        As `check`, of the record.
    """
    _check_folds(fit, [one["fold"] for one in fit.record["folds"]], "record")
    for one in fit.record["folds"]:
        if not one.get("temperature") and one.get("temperature_value", 1.0) != 1:
            raise fit.error(one["fold"], "a temperature of 1 where none was fitted", f"{one['temperature_value']}")
    learnt = _learnt(fit)
    _check_apart(fit, learnt, roles[roles["role"] == "test"])
    _check_roles(fit, learnt, roles)
    return len(learnt)


def summary(counts: Sequence[Mapping[str, int]]) -> dict[str, int]:
    """Return the number of fits, and the sums of what `check` counted of each."""
    total: Counter[str] = Counter()
    for one in counts:
        total.update(one)
    return {"n_fits": len(counts), **total}


def check_proven(hashes: Mapping[str, str], proven: Iterable[Mapping[str, Any]]) -> None:
    """Refuse scalers, by path and hash, that are not those which were proven to have seen training trials alone."""
    known = {path: value for one in proven for path, value in one["sha256"].items()}
    for path, value in hashes.items():
        if known.get(path) != value:
            expected = "scalers as they were when what they saw was proven (results/guard.json)"
            raise InputError(expected, "others", f"Delete {path} and run again.", file=path)


def _check_scaled(fit: Fit) -> None:
    """Refuse a fold whose windows were not scaled by the scalers that are theirs."""
    for one in fit.record["folds"]:
        if one.get("scaler") != scaling(fit.scalers, fit.windows, one["fold"]).digest:
            raise fit.error(one["fold"], "windows scaled by the scalers that were proven for their fold", "others")


def _check_folds(fit: Fit, found: list[int], where: str) -> None:
    folds = sorted(fit.split["fold"].unique().tolist())
    if sorted(found) != folds:
        raise fit.error(folds[0], f"the folds of the split, {folds}, in the {where}", f"{sorted(found)}")


def _learnt(fit: Fit) -> pd.DataFrame:
    """Return every window that some source of a fold lists: `fold, source, subject, trial, window`."""
    rows = []
    for record in fit.record["folds"]:
        for source in SOURCES:
            if given := _given(fit, record, source):
                _check_hash(fit, record["fold"], source, given)
                rows += [(record["fold"], source, *one) for one in given["windows"]]
    ids = pd.DataFrame(rows, columns=["fold", "source", "subject", "trial", "start", "stop"])
    start, sizes = ids["start"].to_numpy(np.int64), (ids["stop"] - ids["start"]).to_numpy(np.int64)
    every = ids.loc[ids.index.repeat(sizes), ["fold", "source", "subject", "trial"]].reset_index(drop=True)
    before = np.cumsum(sizes) - sizes
    return every.assign(window=np.arange(len(every)) + np.repeat(start - before, sizes))


def _given(fit: Fit, record: Mapping[str, Any], source: str) -> Mapping[str, Any] | None:
    """Return what a record says that a source was given, None where nothing was learnt; refuse one that is silent."""
    needed = source == "train" or (source == "threshold" and is_learnt(fit.target))
    if source not in record or (needed and not record[source]):
        raise fit.error(record["fold"], f"a record of what {source} was given", "none")
    given = record[source]
    if source == "channel_choice" and "windows" not in (given or {}):
        # channels are chosen, if at all, before there are windows: the record says how
        if given != choice(fit.bads):
            expected = f"a record of how channels were chosen under `check.bads: {fit.bads}`: {choice(fit.bads)}"
            raise fit.error(record["fold"], expected, f"{given}")
        return None
    if given and "windows" not in given:
        raise fit.error(record["fold"], f"the ids of what {source} was given", "none")
    return given


def _check_hash(fit: Fit, fold: int, source: str, given: Mapping[str, Any]) -> None:
    """Refuse a list of ids that is not the one its number and hash were taken of."""
    n = sum(stop - start for _, _, start, stop in given["windows"])
    if n != given["n_windows"] or digest(given["windows"]) != given["sha256"]:
        expected = f"the ids of {source} as they were when they were given: {given['n_windows']} windows"
        raise fit.error(fold, expected, f"{n} windows of another hash")


def _check_apart(fit: Fit, learnt: pd.DataFrame, test: pd.DataFrame) -> None:
    """Refuse what was tested and learnt from although the protocol keeps it apart."""
    for apart in protocols.APART[fit.name[0]]:
        unit = list(apart)
        tested, seen = (_with_video(rows, unit, fit.trials) for rows in (test, learnt))
        both = seen[["fold", "source", *unit]].drop_duplicates().merge(tested[["fold", *unit]].drop_duplicates())
        if len(both):
            fold, first = first_fold(both)
            source = first["source"].iloc[0]
            expected = f"no {unit[-1]} both tested and among what {source} was given"
            raise fit.error(fold, expected, named(first.loc[first["source"] == source, unit]))


def _check_roles(fit: Fit, learnt: pd.DataFrame, roles: pd.DataFrame) -> None:
    """Refuse windows that the split does not give to a source."""
    found = learnt.merge(roles, how="left", on=FOLD).fillna({"role": "not in the split"})
    asked = np.where(found["source"] == "validate", found["role"] == "validate", found["role"].isin(LEARNT_FROM))
    # what training stops by, or logits are divided by, is not trained on
    held = found["fold"].isin(learnt.loc[learnt["source"] == "validate", "fold"])
    asked &= ~(held & (found["source"] == "train") & (found["role"] != "train"))
    if not asked.all():
        fold, first = first_fold(found[~asked])
        source = first["source"].iloc[0]
        expected = f"windows for {source} that the split gives to it"
        raise fit.error(fold, expected, named(first.loc[first["source"] == source, [*WINDOW, "role"]]))


def _with_video(rows: pd.DataFrame, unit: list[str], trials: pd.DataFrame) -> pd.DataFrame:
    return rows.merge(trials[["subject", "trial", "video"]], on=["subject", "trial"]) if "video" in unit else rows

"""The scalers of a part, with the ids their numbers were computed from, and which window takes which of them.

What a scaler is fitted on is its scope. `fold`: one scaler a fold, of its training trials. `trial`: one a trial, of
that trial alone; nothing is shared between trials, and a trial's level is gone. `recording`: one a subject, of all its
trials, tested ones too; that is transductive. The kind `none` is one scaler that changes nothing and saw nothing.

The protocols that shuffle windows are leaky whatever the scope: there, `fold` lists runs of training windows, while
`trial` and `recording` take whole trials, tested windows included.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from eeg.errors import InputError
from eeg.ids import runs
from eeg.preprocess.scale import Moments, Scaler, merge, moments, transform
from eeg.protocols import WHOLE

STATISTICS = ("mean", "sd", "low", "high")
IDS = ["subject", "trial", "start", "stop"]

EVERY_FOLD = -1
EVERY_SUBJECT = ""


class Key(NamedTuple):
    """The windows a scaler is for: those of a fold, a subject, a trial (`WHOLE`: of every trial)."""

    fold: int = EVERY_FOLD
    subject: str = EVERY_SUBJECT
    trial: int = WHOLE

    @property
    def scope(self) -> str:
        """What its scaler is fitted on: `fold`, `trial`, `recording`, or `none` for a scaler of everything."""
        if self.fold != EVERY_FOLD:
            return "fold"
        if self.trial != WHOLE:
            return "trial"
        return "none" if self.subject == EVERY_SUBJECT else "recording"


@dataclass(frozen=True)
class Fitted:
    """A scaler, what it is for and where its numbers come from.

    Attributes
    ----------
    key : Key
        The windows it is for.
    scaler : Scaler
        The fitted numbers.
    ids : DataFrame
        `subject, trial, start, stop`: the trials, or runs of windows (stop exclusive), it was computed from; -1 and -1
        stand for a whole trial.
    """

    key: Key
    scaler: Scaler
    ids: pd.DataFrame


def fit(
    split: pd.DataFrame,
    windows: pd.DataFrame,
    *,
    stored: Mapping[str, Moments],
    arrays: Mapping[str, np.ndarray],
    settings: Mapping[str, Any],
) -> list[Fitted]:
    """Return the scalers of a part; with the scope `fold` they are fitted on rows of the role `train` alone.

    Parameters
    ----------
    split : DataFrame
        `fold, role, subject, trial, window`.
    windows : DataFrame
        `subject, trial, window, start, length` of all subjects concerned.
    stored : mapping
        Per subject the moments of every trial, with `trial` numbers: all that whole trials need.
    arrays : mapping
        Per subject the model input, read only where single windows of a trial are training windows.
    settings : mapping
        `scaler` (`zscore_minmax`, `zscore`, `none`) and `scope` (`fold`, `trial`, `recording`).
    """
    if settings["scaler"] == "none":
        shape = next(iter(stored.values()))["mean"].shape[1:]
        return [Fitted(Key(), Scaler.identity(shape), pd.DataFrame(columns=IDS))]
    return [
        Fitted(key, Scaler.fit(merged(ids, windows, stored=stored, arrays=arrays), kind=settings["scaler"]), ids)
        for key, ids in sources(split, settings["scope"])
    ]


def refitted(
    fitted: Sequence[Fitted],
    windows: pd.DataFrame,
    *,
    stored: Mapping[str, Moments],
    arrays: Mapping[str, np.ndarray],
) -> list[Fitted]:
    """Return scalers for recordings that none of them was fitted on.

    Those of a fold are for any recording and stay; trials and recordings that are scaled by themselves are fitted anew.
    The other arguments are those of `fit`.
    """
    scope, kind = fitted[0].key.scope, fitted[0].scaler.kind
    if scope in ("fold", "none"):
        return list(fitted)
    whole = windows[["subject", "trial"]].drop_duplicates().assign(fold=EVERY_FOLD, role="test", window=WHOLE)
    return fit(whole, windows, stored=stored, arrays=arrays, settings={"scaler": kind, "scope": scope})


def sources(split: pd.DataFrame, scope: str) -> list[tuple[Key, pd.DataFrame]]:
    """Return what every scaler of a scope is for, and the ids its numbers come from."""
    if scope == "fold":
        training = split[split["role"] == "train"]
        return [
            (Key(fold=fold), _ids(training[training["fold"] == fold])) for fold in training["fold"].unique().tolist()
        ]
    trials = split[["subject", "trial"]].drop_duplicates().sort_values(["subject", "trial"]).assign(window=WHOLE)
    if scope == "recording":
        return [(Key(subject=str(subject)), _ids(rows)) for subject, rows in trials.groupby("subject")]
    named = zip(trials["subject"], trials["trial"].tolist(), strict=True)
    return [
        (Key(subject=subject, trial=trial), _ids(trials[row : row + 1])) for row, (subject, trial) in enumerate(named)
    ]


def _ids(rows: pd.DataFrame) -> pd.DataFrame:
    """Return rows of a split as ids: whole trials as they stand, windows as runs."""
    if (rows["window"] == WHOLE).all():
        return rows[["subject", "trial"]].assign(start=WHOLE, stop=WHOLE).reset_index(drop=True)
    return runs(rows)


def merged(
    ids: pd.DataFrame, windows: pd.DataFrame, *, stored: Mapping[str, Moments], arrays: Mapping[str, np.ndarray]
) -> Moments:
    """Return the moments of the samples that ids name, each once; arguments as of `fit`."""
    if (ids["start"] == WHOLE).all():
        return _of_trials(ids, stored)
    rows = expand(ids, windows).merge(windows, on=["subject", "trial", "window"])
    return joined(of_windows(rows, stored=stored, arrays=arrays))


def expand(ids: pd.DataFrame, windows: pd.DataFrame) -> pd.DataFrame:
    """Return every window that ids name, one a row: `subject, trial, window`; `windows` says which a trial has."""
    whole = ids["start"] == WHOLE
    some = ids[~whole]
    rows = some.loc[some.index.repeat(some["stop"] - some["start"]), ["subject", "trial"]]
    numbers = [np.arange(start, stop) for start, stop in zip(some["start"], some["stop"], strict=True)]
    rows = rows.assign(window=np.concatenate([np.zeros(0, int), *numbers]))
    of_whole = windows[["subject", "trial", "window"]].merge(ids.loc[whole, ["subject", "trial"]])
    return pd.concat([rows, of_whole], ignore_index=True)


def of_windows(
    rows: pd.DataFrame, *, stored: Mapping[str, Moments], arrays: Mapping[str, np.ndarray]
) -> dict[Any, Moments]:
    """Return, by (subject, trial), the moments of the samples under windows, each once however many windows hold it.

    `rows` has `subject, trial, window, start, length`; the other arguments are those of `fit`.
    """
    found: dict[Any, Moments] = {}
    for (subject, trial), own in rows.groupby(["subject", "trial"]):
        array = arrays[str(subject)][np.flatnonzero(stored[str(subject)]["trial"] == trial)[0]]
        if array.ndim == 3:  # (window, channel, band): a window is a row
            index = np.unique(own["window"].to_numpy())
        else:
            index = np.unique((own["start"].to_numpy()[:, None] + np.arange(own["length"].iloc[0])).ravel())
        found[subject, trial] = moments(array[index][None])
    return found


def joined(parts: Mapping[Any, Moments]) -> Moments:
    """Return the moments by (subject, trial) as one, merged in the order of subjects and trials."""
    ordered = [parts[key] for key in sorted(parts)]
    return merge({name: np.concatenate([one[name] for one in ordered]) for name in ordered[0]})


def to_arrays(fitted: list[Fitted]) -> dict[str, np.ndarray]:
    """Return the content of the npz artifact.

    `fold, subject, trial` say what each row of the stacked statistics is for (-1, "" and -1: all of them); `id_row`
    says to which row an id belongs, and the other `id_` arrays are the ids in long form.
    """
    ids = pd.concat([one.ids.assign(row=row, fold=one.key.fold) for row, one in enumerate(fitted)], ignore_index=True)
    return {
        "fold": np.array([one.key.fold for one in fitted], np.int64),
        "subject": np.array([one.key.subject for one in fitted], str),
        "trial": np.array([one.key.trial for one in fitted], np.int64),
        "scope": np.array([one.key.scope for one in fitted]),
        "kind": np.array([one.scaler.kind for one in fitted]),
        **{name: np.stack([getattr(one.scaler, name) for one in fitted]) for name in STATISTICS},
        "id_subject": ids["subject"].to_numpy(str),
        **{f"id_{name}": ids[name].to_numpy(np.int64) for name in ("row", "fold", "trial", "start", "stop")},
    }


def from_arrays(arrays: Mapping[str, np.ndarray]) -> list[Fitted]:
    """Return the scalers with their ids from the content of the npz artifact."""
    ids = pd.DataFrame({name: arrays[f"id_{name}"] for name in IDS})
    return [
        Fitted(
            Key(int(fold), str(arrays["subject"][row]), int(arrays["trial"][row])),
            Scaler(**{name: arrays[name][row] for name in STATISTICS}, kind=str(arrays["kind"][row])),  # type: ignore[arg-type]
            # a fold's ids are found by their fold, the others', which are for every fold, by their row
            ids[arrays["id_row"] == row if fold == EVERY_FOLD else arrays["id_fold"] == fold].reset_index(drop=True),
        )
        for row, fold in enumerate(arrays["fold"])
    ]


@dataclass(frozen=True)
class Scaling:
    """Scales windows `x`, which are the rows `index` of a table, in one fold.

    Attributes
    ----------
    gain, offset : ndarray, shape (n_scalers, ...)
        Of every scaler that the fold has.
    row : ndarray of int, shape (n_windows,)
        The scaler each window of the table takes.
    digest : str
        Hash of the numbers, and of the scaler each trial takes.
    """

    gain: np.ndarray
    offset: np.ndarray
    row: np.ndarray
    digest: str

    def __call__(self, x: np.ndarray, index: np.ndarray) -> np.ndarray:
        """Return the windows scaled."""
        return transform(x, self.gain, self.offset, row=self.row[index])


def scaling(fitted: Sequence[Fitted], table: pd.DataFrame, fold: int) -> Scaling:
    """Return what scales the windows of a table in one fold.

    Parameters
    ----------
    fitted : sequence of Fitted
        The scalers of a part.
    table : DataFrame
        `subject, trial` of every window.
    fold : int
        The fold.

    Raises
    ------
    InputError
        A window has no scaler.
    """
    mine = [one for one in fitted if one.key.fold in (EVERY_FOLD, fold)]
    row = _rows(mine, table, fold)
    gain, offset = (np.stack(lines) for lines in zip(*(one.scaler.line() for one in mine), strict=True))
    takes = table[["subject", "trial"]].assign(row=row).drop_duplicates().sort_values(["subject", "trial"])
    said = json.dumps(list(zip(takes["subject"], takes["trial"].tolist(), takes["row"].tolist(), strict=True)))
    digest = hashlib.sha256(gain.tobytes() + offset.tobytes() + said.encode()).hexdigest()
    return Scaling(gain, offset, row, digest)


def _rows(mine: Sequence[Fitted], table: pd.DataFrame, fold: int) -> np.ndarray:
    """Return the position, among the scalers of a fold, of the one that each window of a table takes."""
    keys = pd.DataFrame([one.key for one in mine], columns=Key._fields).assign(row=np.arange(len(mine)))
    by = [name for name in ("subject", "trial") if (keys[name] != Key._field_defaults[name]).any()]
    if by:
        row = table[by].merge(keys[[*by, "row"]], how="left", on=by, validate="many_to_one")["row"]
    else:
        row = pd.Series(0 if len(mine) == 1 else np.nan, index=range(len(table)))
    without = table[row.isna().to_numpy()]
    if len(without):
        first = without.iloc[0]
        raise InputError(
            f"one scaler for every window of fold {fold}",
            f"{len(mine)} scalers, none for {first['subject']} trial {first['trial']}",
            "Delete the part's file under results/scalers/ and run again.",
        )
    return row.to_numpy(np.intp)


def _of_trials(ids: pd.DataFrame, stored: Mapping[str, Moments]) -> Moments:
    subjects, trials = ids["subject"].to_numpy(), ids["trial"].to_numpy()
    picked = [_pick(stored[subject], trials[subjects == subject]) for subject in sorted(set(subjects))]
    return merge({name: np.concatenate([one[name] for one in picked]) for name in picked[0]})


def _pick(found: Moments, trials: np.ndarray) -> Moments:
    index = np.flatnonzero(np.isin(found["trial"], trials))
    return {name: values[index] for name, values in found.items() if name != "trial"}

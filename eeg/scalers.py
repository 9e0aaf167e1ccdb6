"""The scalers of a part: one per fold, fitted on its training trials, with the ids they were computed from."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from eeg.preprocess.scale import Moments, Scaler, merge, moments
from eeg.protocols import WHOLE, runs

STATISTICS = ("mean", "sd", "low", "high")


@dataclass(frozen=True)
class Fitted:
    """A fold's scaler and where its numbers come from.

    Attributes
    ----------
    fold : int
        Number of the fold.
    scaler : Scaler
        The fitted numbers.
    ids : DataFrame
        `subject, trial, start, stop`: the training trials, or runs of training windows (stop exclusive); -1 and -1
        stand for a whole trial.
    """

    fold: int
    scaler: Scaler
    ids: pd.DataFrame


def fit(
    split: pd.DataFrame,
    windows: pd.DataFrame,
    *,
    stored: Mapping[str, Moments],
    arrays: Mapping[str, np.ndarray],
    kind: Literal["zscore_minmax", "zscore"],
) -> list[Fitted]:
    """Return the scaler of every fold, fitted on rows of the role `train` alone.

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
    kind : str
        Kind of scaler.
    """
    found = []
    training = split[split["role"] == "train"]
    for fold in sorted(training["fold"].unique().tolist()):
        rows = training[training["fold"] == fold]
        if (rows["window"] == WHOLE).all():
            ids = rows[["subject", "trial"]].assign(start=WHOLE, stop=WHOLE)
            merged = _of_trials(rows, stored)
        else:
            ids = runs(rows)
            merged = _of_windows(rows.merge(windows, on=["subject", "trial", "window"]), stored, arrays)
        found.append(Fitted(fold, Scaler.fit(merged, kind=kind), ids.reset_index(drop=True)))
    return found


def to_arrays(fitted: list[Fitted]) -> dict[str, np.ndarray]:
    """Return the content of the npz artifact: `fold`, the statistics stacked over folds, and the ids in long form."""
    ids = pd.concat([one.ids.assign(fold=one.fold) for one in fitted], ignore_index=True)
    return {
        "fold": np.array([one.fold for one in fitted]),
        "kind": np.array([one.scaler.kind for one in fitted]),
        **{name: np.stack([getattr(one.scaler, name) for one in fitted]) for name in STATISTICS},
        "id_fold": ids["fold"].to_numpy(np.int64),
        "id_subject": ids["subject"].to_numpy(str),
        **{f"id_{name}": ids[name].to_numpy(np.int64) for name in ("trial", "start", "stop")},
    }


def from_arrays(arrays: Mapping[str, np.ndarray]) -> dict[int, Scaler]:
    """Return the scalers by fold from the content of the npz artifact."""
    return {
        int(fold): Scaler(**{name: arrays[name][row] for name in STATISTICS}, kind=str(arrays["kind"][row]))  # type: ignore[arg-type]
        for row, fold in enumerate(arrays["fold"])
    }


def _of_trials(rows: pd.DataFrame, stored: Mapping[str, Moments]) -> Moments:
    picked = [_pick(stored[str(subject)], trials["trial"]) for subject, trials in rows.groupby("subject", sort=True)]
    return merge({name: np.concatenate([one[name] for one in picked]) for name in picked[0]})


def _pick(found: Moments, trials: pd.Series) -> Moments:
    index = np.flatnonzero(np.isin(found["trial"], trials))
    return {name: values[index] for name, values in found.items() if name != "trial"}


def _of_windows(rows: pd.DataFrame, stored: Mapping[str, Moments], arrays: Mapping[str, np.ndarray]) -> Moments:
    """Return the moments of the samples under training windows, each sample once however many windows hold it."""
    parts = []
    for (subject, trial), own in rows.groupby(["subject", "trial"], sort=True):
        array = arrays[str(subject)][np.flatnonzero(stored[str(subject)]["trial"] == trial)[0]]
        if array.ndim == 3:  # (window, channel, band): a window is a row
            index = own["window"].to_numpy()
        else:
            index = np.unique((own["start"].to_numpy()[:, None] + np.arange(own["length"].iloc[0])).ravel())
        parts.append(moments(array[index][None]))
    return merge({name: np.concatenate([one[name] for one in parts]) for name in parts[0]})

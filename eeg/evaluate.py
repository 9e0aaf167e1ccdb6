"""One model on one part: folds of windows in, logits and a record of what training was given out."""

import hashlib
import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from eeg.features import grid
from eeg.models import Learner
from eeg.protocols import WHOLE, runs
from eeg.samples import Samples
from eeg.scalers import Fitted, scaling


@dataclass(frozen=True)
class Inputs:
    """The windows of one part's subjects.

    Attributes
    ----------
    kind : str
        `windows`: arrays of shape (trial, time, channel), microvolt; `entropy`: (trial, window, channel, band), nats.
    channels : sequence of str
        Names along the channel axis.
    arrays : mapping
        Subject to array; memory maps stay on disk.
    table : DataFrame
        One row per window: `subject, trial, window, start, length, label`, and `slot`, the trial's place in the array.
    cells : mapping of str to (row, column)
        Where channels are on the 9 x 9 grid.
    """

    kind: str
    channels: Sequence[str]
    arrays: Mapping[str, np.ndarray]
    table: pd.DataFrame
    cells: grid.Cells = field(default_factory=lambda: grid.CELLS)

    def gather(self, index: np.ndarray) -> np.ndarray:
        """Return the windows at rows `index`: float32, (n, time, channel) or (n, channel, band)."""
        rows = self.table.iloc[index]
        out = np.empty((len(index), *self.shape), np.float32)
        subjects, slot = rows["subject"].to_numpy(), rows["slot"].to_numpy()
        for subject in pd.unique(rows["subject"]):
            at = np.flatnonzero(subjects == subject)
            out[at] = self._of_subject(self.arrays[subject], slot[at], rows.iloc[at])
        return out

    def _of_subject(self, array: np.ndarray, slot: np.ndarray, rows: pd.DataFrame) -> np.ndarray:
        if self.kind == "entropy":
            return array[slot, rows["window"].to_numpy()]
        times = rows["start"].to_numpy()[:, None] + np.arange(self.shape[0])
        return array[slot[:, None], times]

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of one window."""
        array = next(iter(self.arrays.values()))
        return (int(self.table["length"].iloc[0]), array.shape[2]) if self.kind == "windows" else array.shape[2:]


def table_of(windows: pd.DataFrame, trials: pd.DataFrame, labels: np.ndarray) -> pd.DataFrame:
    """Return one subject's window table with `subject`, `slot` and `label` added.

    `windows` has `trial, window, start, length`; `trials` has `subject, trial`, its rows in the order of the array.
    """
    keys = trials[["subject", "trial"]].assign(slot=np.arange(len(trials)), label=labels)
    return windows.merge(keys, on="trial", how="left", validate="many_to_one")


def arrangement(
    input_kind: str, channels: Sequence[str], shape: tuple[int, ...], *, cells: grid.Cells = grid.CELLS
) -> tuple[Callable, tuple[int, ...]]:
    """Return how windows of `shape` are arranged for a model's kind of input, and the shape that gives.

    `series` as they are; `grid` (channel, band) at their `cells` of the 9 x 9 map; `flat` in one row.
    """
    kinds: dict[str, Callable[[np.ndarray], np.ndarray]] = {
        "series": lambda x: x,
        "grid": lambda x: grid.place(x, channels, cells=cells),
        "flat": lambda x: x.reshape(len(x), -1),
    }
    arrange = kinds[input_kind]
    return arrange, arrange(np.zeros((1, *shape), np.float32)).shape[1:]


def evaluate(
    learner: Learner,
    inputs: Inputs,
    split: pd.DataFrame,
    *,
    arrange: tuple[Callable, tuple[int, ...]],
    scalers: Sequence[Fitted],
    seeds: Mapping[int, int],
) -> tuple[pd.DataFrame, list[dict[str, Any]], pd.DataFrame]:
    """Fit and predict every fold of a part.

    Parameters
    ----------
    learner : Learner
        Reset before each fold.
    inputs : Inputs
        Windows with labels of the part's subjects.
    split : DataFrame
        `fold, role, subject, trial, window`.
    arrange : pair
        From `arrangement`.
    scalers : sequence of Fitted
        The part's, all folds together.
    seeds : mapping
        By fold.

    Returns
    -------
    predictions : DataFrame
        `subject, trial, window, fold, label, logit_0, ...`: one row per tested window.
    records : list of dict
        Per fold, what training and validation were given, the seed and what came of it.
    history : DataFrame
        `fold, epoch, loss, accuracy, val_loss, val_accuracy`.
    """
    tested, records, history = [], [], []
    for fold in sorted(split["fold"].unique().tolist()):
        roles = split[split["fold"] == fold]
        start = time.perf_counter()
        samples = _samples(inputs, scaling(scalers, inputs.table, fold), arrange)
        index = {role: rows_of(inputs.table, roles[roles["role"] == role]) for role in ("train", "validate", "test")}
        outcome = learner.fit(samples.subset(index["train"]), samples.subset(index["validate"]), seeds[fold])
        train, validate = index["train"], index["validate"]
        if outcome.rows is not None:
            train, validate = np.concatenate([train, validate])[outcome.rows], validate[:0]
        tested.append(_predictions(inputs.table, index["test"], fold, learner.predict(samples.subset(index["test"]))))
        history += [{"fold": fold, **epoch} for epoch in outcome.history]
        records.append(
            {
                "fold": fold,
                "status": outcome.status,
                "seed": seeds[fold],
                "train": given(inputs.table, train),
                "validate": given(inputs.table, validate),
                "tuning": None,
                "threshold": None,
                "temperature": None,
                "epochs": outcome.epochs,
                "best_epoch": outcome.best_epoch,
                "parameters": outcome.parameters,
                "seconds": round(time.perf_counter() - start, 3),
            }
        )
    columns = ["fold", "epoch", "loss", "accuracy", "val_loss", "val_accuracy"]
    return pd.concat(tested, ignore_index=True), records, pd.DataFrame(history, columns=columns)


def rows_of(table: pd.DataFrame, roles: pd.DataFrame) -> np.ndarray:
    """Return the rows of a window table that split rows name; a window of -1 names all windows of its trial."""
    key = ["subject", "trial"] if (roles["window"] == WHOLE).all() else ["subject", "trial", "window"]
    wanted = pd.MultiIndex.from_frame(roles[key])
    return np.flatnonzero(pd.MultiIndex.from_frame(table[key]).isin(wanted))


def given(table: pd.DataFrame, index: np.ndarray) -> dict[str, Any]:
    """Return the ids of the windows at rows `index` as runs [subject, trial, first, last + 1], number and hash."""
    ids = runs(table.iloc[index])
    listed = [
        [subject, int(trial), int(start), int(stop)] for subject, trial, start, stop in ids.itertuples(index=False)
    ]
    digest = hashlib.sha256(json.dumps(listed).encode()).hexdigest()
    return {"n_windows": len(index), "sha256": digest, "windows": listed}


def _samples(inputs: Inputs, scale: Callable, arrange: tuple[Callable, tuple[int, ...]]) -> Samples:
    function, shape = arrange
    trials = inputs.table.groupby(["subject", "trial"], sort=False).ngroup().to_numpy()
    return Samples(
        take=lambda index: function(scale(inputs.gather(index), index)),
        labels=inputs.table["label"].to_numpy(np.int64),
        trials=trials,
        shape=shape,
    )


def _predictions(table: pd.DataFrame, index: np.ndarray, fold: int, logits: np.ndarray) -> pd.DataFrame:
    rows = table.iloc[index][["subject", "trial", "window"]].reset_index(drop=True)
    rows = rows.assign(fold=fold, label=table["label"].to_numpy()[index])
    rows = rows.astype({"trial": "int64", "window": "int64", "fold": "int64", "label": "int64"})
    return rows.assign(**{f"logit_{code}": logits[:, code].astype(np.float32) for code in range(logits.shape[1])})

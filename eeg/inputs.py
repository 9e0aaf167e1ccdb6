"""The windows of a part's subjects, and how a model's kind of input arranges them; arrays stay on disk until asked."""

import math
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd

from eeg.features import grid
from eeg.protocols import TRIAL
from eeg.targets import is_learnt, labels


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
        One row per window: `subject, trial, window, start, length, label`, `slot`, the trial's place in the array, and
        `video` where it is known.
    cells : mapping of str to (row, column)
        Where channels are on the 9 x 9 grid.
    relabel : callable or None
        Where labels depend on what is trained on: from training trials `subject, trial` to a label for every row of
        the table.
    """

    kind: str
    channels: Sequence[str]
    arrays: Mapping[str, np.ndarray]
    table: pd.DataFrame
    cells: grid.Cells = field(default_factory=lambda: grid.CELLS)
    relabel: Callable[[pd.DataFrame, pd.DataFrame], np.ndarray] | None = None

    def labelled(self, training: pd.DataFrame) -> pd.DataFrame:
        """Return the table with the labels that hold where `subject, trial` of `training` are trained on."""
        if self.relabel is None:
            return self.table
        return self.table.assign(label=self.relabel(self.table, training))

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

    def of(self, subjects: Collection[str]) -> "Inputs":
        """Return the windows of some of the subjects."""
        table = self.table[self.table["subject"].isin(subjects)].reset_index(drop=True)
        return replace(self, table=table)

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of one window."""
        array = next(iter(self.arrays.values()))
        return (int(self.table["length"].iloc[0]), array.shape[2]) if self.kind == "windows" else array.shape[2:]


def relabelling(
    trials: pd.DataFrame, target: Mapping[str, Any]
) -> Callable[[pd.DataFrame, pd.DataFrame], np.ndarray] | None:
    """Return how a table's rows are labelled once it is known which trials are trained on; None if that is no matter.

    `trials` has the label columns of all subjects.
    """
    if not is_learnt(target):
        return None

    def label(table: pd.DataFrame, training: pd.DataFrame) -> np.ndarray:
        seen = trials.merge(training[list(TRIAL)].drop_duplicates(), on=list(TRIAL))
        codes = trials[list(TRIAL)].assign(label=labels(trials, target, training=seen))
        return table[list(TRIAL)].merge(codes, on=list(TRIAL), how="left")["label"].to_numpy()

    return label


def table_of(windows: pd.DataFrame, trials: pd.DataFrame, codes: np.ndarray) -> pd.DataFrame:
    """Return one subject's window table with `subject`, `slot`, `label` and, where it is known, `video` added.

    `windows` has `trial, window, start, length`; `trials` has `subject, trial`, its rows in the order of the array.
    """
    keys = trials[[name for name in (*TRIAL, "video") if name in trials]].assign(
        slot=np.arange(len(trials)), label=codes
    )
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
        "flat": lambda x: x.reshape(len(x), math.prod(x.shape[1:])),
    }
    arrange = kinds[input_kind]
    return arrange, arrange(np.zeros((1, *shape), np.float32)).shape[1:]

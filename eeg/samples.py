"""Windows with their labels and trials, gathered only when asked for."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Samples:
    """The windows one model sees in one role, as rows of a table whose signals stay where they are.

    Parameters
    ----------
    take : callable
        Gives the model input of the rows `index` (positions from 0 to n - 1), float32, (len(index), *shape); it
        gathers, scales and arranges them, so that memory grows with the rows asked for and not with all of them.
    labels : array, (n,), int64
        Class codes.
    trials : array, (n,), int64
        An id per (subject, trial); windows of one trial share it and no others do.
    shape : tuple of int
        The shape of one window.
    groups : array, (n, n_kinds), int64, optional
        What an inner split keeps apart, as the outer one does, a column per kind: ids of subjects where subjects are
        left out, of subjects and of videos where those are too, else of the trials.
    """

    take: Callable[[np.ndarray], np.ndarray]
    labels: np.ndarray
    trials: np.ndarray
    shape: tuple[int, ...]
    groups: np.ndarray = None  # type: ignore[assignment]

    def __post_init__(self) -> None:
        """Let trials be the groups where none are given."""
        if self.groups is None:
            object.__setattr__(self, "groups", self.trials[:, None])

    def __len__(self) -> int:
        """Return the number of windows."""
        return len(self.labels)

    def batch(self, index: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return input (len(index), *shape) float32 and labels (len(index),) of the rows `index`."""
        return np.asarray(self.take(index), dtype=np.float32), self.labels[index]

    def subset(self, index: np.ndarray) -> "Samples":
        """Return the rows `index` as samples of their own; nothing is gathered yet."""
        rows = np.asarray(index, dtype=np.int64)
        return Samples(
            lambda inner: self.take(rows[inner]), self.labels[rows], self.trials[rows], self.shape, self.groups[rows]
        )

    def all(self) -> np.ndarray:
        """Return the input of every row, (n, *shape) float32."""
        return self.batch(np.arange(len(self)))[0]


def joined(first: Samples, second: Samples) -> Samples:
    """Return the rows of `first` followed by those of `second`; trial and group ids must come from one numbering."""
    split = len(first)

    def take(index: np.ndarray) -> np.ndarray:
        index = np.asarray(index)
        early = index < split
        x = np.empty((len(index), *first.shape), dtype=np.float32)
        x[early] = first.batch(index[early])[0]
        x[~early] = second.batch(index[~early] - split)[0]
        return x

    labels, trials, groups = (
        np.concatenate([getattr(first, name), getattr(second, name)]) for name in ("labels", "trials", "groups")
    )
    return Samples(take, labels, trials, first.shape, groups)


def evenly_spaced(trials: np.ndarray, limit: int | None) -> np.ndarray:
    """Return positions of at most `limit` rows of each trial, evenly spaced from its first to its last, in order."""
    if limit is None:
        return np.arange(len(trials))
    chosen = []
    for trial in np.unique(trials):
        rows = np.flatnonzero(trials == trial)
        chosen.append(rows[np.linspace(0, len(rows) - 1, min(limit, len(rows))).round().astype(np.int64)])
    return np.sort(np.concatenate(chosen))

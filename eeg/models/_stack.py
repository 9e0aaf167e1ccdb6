"""The windows of several folds, stacked along a leading axis of models for an engine."""

import math
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any

import numpy as np

from eeg.models._training import ROWS_AT_ONCE, Engine
from eeg.samples import Samples

CHUNK_BYTES = 2**26
"""Windows that are not held are gathered so many at a time."""


class Stack:
    """One role of several folds: epochs of training on it, logits of all of it.

    Parameters
    ----------
    samples : sequence of Samples
        One for each model of the engine.
    engine : Engine
    weights : sequence of array, (n_classes,), optional
        What each class weighs, for each model; needed to train.
    """

    def __init__(self, samples: Sequence[Samples], engine: Engine, weights: Sequence[np.ndarray] = ()) -> None:
        self.samples, self.engine, self.weights = samples, engine, weights
        self.longest, self.most_steps = max(map(len, samples)), 0
        self.row_bytes = 4 * math.prod(samples[0].shape) * len(samples)
        self.held = self.row_bytes * self.longest <= engine.held_bytes

    def epoch(self, orders: Sequence[np.ndarray]) -> np.ndarray:
        """Train one epoch.

        Parameters
        ----------
        orders : sequence of array, (n_steps, size)
            Rows of each step, for each model; none for a model that is not trained.

        Returns
        -------
        array, (n_models, 3)
            Means of cross-entropy and accuracy over the steps, and 1 where all was finite.
        """
        n_steps = np.array([len(order) for order in orders], np.int32)
        # folds that stop leave the shape as it is: another one would be compiled anew
        self.most_steps = max(self.most_steps, n_steps.max()) if self.held else n_steps.max()
        steps = np.stack([np.pad(order, ((0, self.most_steps - len(order)), (0, 0))) for order in orders])
        if self.held:
            done = [self.engine.run(self._whole, steps, n_steps)]
        else:
            done = [self._chunk(steps[:, start:stop], n_steps - start) for start, stop in self._chunks(steps)]
        finite = np.min([one[:, 2:] for one in done], axis=0)
        return np.concatenate([sum(one[:, :2] for one in done) / np.maximum(n_steps, 1)[:, None], finite], axis=1)

    def logits(self, n_classes: int) -> list[np.ndarray]:
        """Return the logits (n, n_classes) of every model's own windows."""
        if not self.longest:
            return [np.empty((0, n_classes), np.float32) for _ in self.samples]
        if self.held:
            found = self.engine.logits(self._x)
        else:
            size = max(1, CHUNK_BYTES // (self.row_bytes * ROWS_AT_ONCE)) * ROWS_AT_ONCE
            parts = (self._all[:, start : start + size] for start in range(0, self._all.shape[1], size))
            found = np.concatenate([self.engine.logits(self._gathered(part)) for part in parts], axis=1)
        return [one[: len(samples)] for one, samples in zip(found, self.samples, strict=True)]

    @cached_property
    def _all(self) -> np.ndarray:
        """All rows of each model, the first one's repeated up to a common multiple of `ROWS_AT_ONCE`."""
        n = -(-self.longest // ROWS_AT_ONCE) * ROWS_AT_ONCE
        rows = np.arange(n)
        return np.stack([np.where(rows < len(samples), rows, 0) for samples in self.samples])

    @cached_property
    def _x(self) -> Any:
        return self._gathered(self._all)

    @cached_property
    def _whole(self) -> tuple[Any, Any, Any]:
        return self._labelled(self._x, self._all)

    def _gathered(self, rows: np.ndarray) -> Any:
        """Return the windows at rows (n_models, n), placed."""
        return self.engine.place(samples.batch(index)[0] for samples, index in zip(self.samples, rows, strict=True))

    def _labelled(self, x: Any, rows: np.ndarray) -> tuple[Any, Any, Any]:
        """Return placed windows with their labels and weights."""
        y = [samples.labels[index].astype(np.int32) for samples, index in zip(self.samples, rows, strict=True)]
        weighed = [weight[codes] for weight, codes in zip(self.weights, y, strict=True)]
        return x, self.engine.place(y), self.engine.place(weighed)

    def _chunks(self, steps: np.ndarray) -> Iterator[tuple[int, int]]:
        length = max(1, CHUNK_BYTES // (self.row_bytes * steps.shape[2]))
        for start in range(0, steps.shape[1], length):
            yield start, start + length

    def _chunk(self, steps: np.ndarray, left: np.ndarray) -> np.ndarray:
        """Train on the windows of some steps, gathered in the order they come; `left` says how many are no padding."""
        rows = steps.reshape(len(steps), -1)
        order = np.broadcast_to(np.arange(rows.shape[1], dtype=np.int32).reshape(steps.shape[1:]), steps.shape)
        return self.engine.run(self._labelled(self._gathered(rows), rows), order, np.clip(left, 0, steps.shape[1]))

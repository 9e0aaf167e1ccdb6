"""How a network is trained, whatever trains it: the settings, the batches of an epoch, the course of a fold."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, Literal, Protocol

import keras
import numpy as np
from keras import ops

Values = list[np.ndarray]
"""The values of all variables of a model, in their order."""

ROWS_AT_ONCE = 64
"""Windows in one forward pass outside training."""

CPU_WIDTH = 10
"""Models that JAX trains at once on a CPU: ten folds of a subject. Each needs its own memory."""

HELD_BYTES = 2**28
"""What the windows of a role may take where main memory holds them; see `Engine.held_bytes`."""


@dataclass(frozen=True)
class Training:
    """How a network is trained, with Adam on the cross-entropy of its logits.

    Parameters
    ----------
    epochs : int
        At most so many.
    batch : int
        Windows per step; the rest of a shuffle that fills no batch is dropped.
    learning_rate : float
    patience : int or None
        Stop after so many epochs without a lower validation loss, and keep the best epoch; None trains all epochs and
        keeps the last, and validation rows are trained on too. For folds without rows to stop by see `unstopped`.
    clip : float or None
        Bound on the norm of the whole gradient.
    balance : str or None
        `weights` gives every class present in the training rows the same total weight, in validation losses too;
        `batches` draws every class equally often, the rarer ones again and again.
    precision : str
        `float32`, or `mixed`: products in bfloat16, values and sums in float32 (for GPUs).
    """

    epochs: int
    batch: int
    learning_rate: float
    patience: int | None
    clip: float | None
    balance: Literal["weights", "batches"] | None
    precision: Literal["float32", "mixed"]

    def size(self, n_rows: int) -> int:
        """Return the rows of a step: a batch, or all rows where they do not fill one."""
        return min(self.batch, n_rows)

    def unstopped(self) -> "Training":
        """Return the training of a fold that has nothing to stop by: as many epochs as the patience.

        Early stopping never ends sooner, whatever is held out; all `epochs`, which are there to be stopped, would
        overfit, and what other folds stopped at has seen what this one tests. The last epoch is kept.
        """
        if self.patience is None:
            return self
        return replace(self, epochs=min(self.epochs, self.patience), patience=None)

    def weights(self, labels: np.ndarray, n_classes: int) -> np.ndarray:
        """Return one weight per class, (n_classes,) float32, all 1 unless classes are balanced by weights."""
        if self.balance != "weights":
            return np.ones(n_classes, np.float32)
        counts = np.bincount(labels, minlength=n_classes)
        weights = len(labels) / (np.count_nonzero(counts) * np.maximum(counts, 1))
        return np.where(counts > 0, weights, 0.0).astype(np.float32)

    def order(self, labels: np.ndarray, generator: np.random.Generator) -> np.ndarray:
        """Return the rows of every step of one epoch, (n_steps, size) int32."""
        n, size = len(labels), self.size(len(labels))
        n_steps = n // size
        rows = _balanced(labels, n_steps * size, generator) if self.balance == "batches" else generator.permutation(n)
        return rows[: n_steps * size].reshape(n_steps, size).astype(np.int32)


class Course:
    """One fold's training as it goes: the batches to come, the history, the best epoch so far.

    Parameters
    ----------
    training : Training
    labels : array of int, (n,)
        Class codes of the training rows.
    n_classes : int
    generator : Generator
        Draws the batches.

    Attributes
    ----------
    weights : array, (n_classes,)
        What a row of each class weighs in losses.
    history : list of dict
        One row per finite epoch.
    best_epoch : int
        The epoch, from 1, whose values are kept; 0: the initial ones.
    diverged : bool
        Whether training ended because a loss or value was not finite.
    """

    def __init__(
        self, training: Training, labels: np.ndarray, *, n_classes: int, generator: np.random.Generator
    ) -> None:
        self.training, self.labels, self.generator = training, labels, generator
        self.weights = training.weights(labels, n_classes)
        self.history: list[dict[str, float]] = []
        self.best, self.best_epoch, self.diverged = np.inf, 0, False

    @property
    def epoch(self) -> int:
        """The last finite epoch, 0 before the first."""
        return len(self.history)

    @property
    def over(self) -> bool:
        """Whether nothing more is to be learnt."""
        patience = self.training.patience
        tired = patience is not None and self.epoch - self.best_epoch >= patience
        return self.diverged or tired or self.epoch >= self.training.epochs

    def order(self) -> np.ndarray:
        """Return the rows of every step of the next epoch, (n_steps, size) int32; no steps once training is over."""
        order = self.training.order(self.labels, self.generator)
        return order[:0] if self.over else order

    def take(self, row: dict[str, float], *, finite: bool) -> bool:
        """Take an epoch in, or note that it diverged; return whether its values are the ones to keep."""
        if self.over:
            return False
        if not (finite and np.isfinite(list(row.values())).all()):
            self.diverged = True
            return False
        self.history.append({"epoch": self.epoch + 1, **row})
        loss = row.get("val_loss", np.inf)
        if self.training.patience is not None and loss >= self.best:
            return False
        self.best, self.best_epoch = loss, self.epoch
        return True


class Engine(Protocol):
    """Trains `width` models at once; every array has a leading axis of models.

    Windows of a role that need no more than `held_bytes` are gathered and placed once, not once per epoch.
    """

    width: int
    held_bytes: int

    def begin(self, values: list[Values], n_samples: int) -> None:
        """Take the initial values of the models, each to be trained on at most so many samples; forget all training."""

    def place(self, arrays: Iterable[np.ndarray]) -> Any:
        """Return one array (n_models, ...) where the models are, of an array for each of them."""

    def run(self, rows: tuple[Any, Any, Any], order: np.ndarray, n_steps: np.ndarray) -> np.ndarray:
        """Train on batches of placed rows.

        Parameters
        ----------
        rows : three placed arrays
            Windows (n_models, n, ...) float32, class codes (n_models, n) int32, and what each row weighs in the loss
            (n_models, n) float32.
        order : array of int32, (n_models, n_steps, size)
            Rows of each step.
        n_steps : array of int32, (n_models,)
            How many of these steps each model takes.

        Returns
        -------
        array, (n_models, 3)
            Cross-entropy and accuracy, summed over steps; 1 where losses and values are finite, else 0.
        """

    def logits(self, x: Any) -> np.ndarray:
        """Return logits (n_models, n, n_classes) of placed windows; n is a multiple of `ROWS_AT_ONCE`."""

    def keep(self, which: np.ndarray) -> None:
        """Remember the values of the models where `which` (n_models,) is true."""

    def restore(self) -> None:
        """Give every model the values remembered last, or its initial ones."""

    def values(self) -> list[Values]:
        """Return the values of every model."""


def optimizer_of(model: keras.Model, training: Training) -> keras.optimizers.Optimizer:
    """Return the optimizer with its variables made."""
    optimizer = keras.optimizers.Adam(training.learning_rate, global_clipnorm=training.clip)
    optimizer.build(model.trainable_variables)
    return optimizer


def measured(logits: Any, y: Any, weights: Any) -> tuple[Any, Any]:
    """Return the cross-entropy of a batch, weighted by row, and its accuracy."""
    losses = ops.sparse_categorical_crossentropy(y, logits, from_logits=True)
    hits = ops.equal(ops.cast(ops.argmax(logits, axis=-1), y.dtype), y)
    return ops.mean(losses * weights), ops.mean(ops.cast(hits, "float32"))


def _balanced(labels: np.ndarray, total: int, generator: np.random.Generator) -> np.ndarray:
    """Return rows in which the classes take turns, each class going through its rows in shuffles of their own."""
    present = np.unique(labels)
    rows, turn = np.empty(total, np.int64), np.arange(total) % len(present)
    for place, code in enumerate(present):
        own, at = np.flatnonzero(labels == code), np.flatnonzero(turn == place)
        shuffles = [generator.permutation(own) for _ in range(-(-len(at) // len(own)))]
        rows[at] = np.concatenate([*shuffles, own[:0]])[: len(at)]
    return rows

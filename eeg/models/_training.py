"""How a network is trained, whatever trains it: the settings, the batches of an epoch, what an engine can do."""

from dataclasses import dataclass
from typing import Any, Literal, Protocol

import keras
import numpy as np
from keras import ops

Values = list[np.ndarray]
"""The values of all variables of a model, in their order."""

ROWS_AT_ONCE = 256
"""Windows in one forward pass outside training."""


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
        keeps the last.
    clip : float or None
        Bound on the norm of the whole gradient.
    class_weight : str or None
        `balanced` gives every class present in the training rows the same total weight, in validation losses too.
    """

    epochs: int
    batch: int
    learning_rate: float
    patience: int | None
    clip: float | None
    class_weight: Literal["balanced"] | None

    def size(self, n_rows: int) -> int:
        """Return the rows of a step: a batch, or all rows where they do not fill one."""
        return min(self.batch, n_rows)

    def weights(self, labels: np.ndarray, n_classes: int) -> np.ndarray:
        """Return one weight per class, (n_classes,) float32, all 1 unless balanced."""
        if self.class_weight is None:
            return np.ones(n_classes, np.float32)
        counts = np.bincount(labels, minlength=n_classes)
        return (len(labels) / (np.count_nonzero(counts) * np.maximum(counts, 1))).astype(np.float32)

    def order(self, labels: np.ndarray, generator: np.random.Generator) -> np.ndarray:
        """Return the rows of every step of one epoch, (n_steps, size) int32."""
        n, size = len(labels), self.size(len(labels))
        return generator.permutation(n)[: n // size * size].reshape(-1, size).astype(np.int32)


class Engine(Protocol):
    """Trains `width` models at once; every array has a leading axis of models."""

    width: int

    def begin(self, values: list[Values]) -> None:
        """Take the initial values of the models and forget all training."""

    def place(self, array: np.ndarray) -> Any:
        """Return an array (n_models, ...) where the models are."""

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

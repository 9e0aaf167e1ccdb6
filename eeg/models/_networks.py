"""The learner for Keras networks: built and compiled once, trained anew from fresh weights for every fold."""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import keras
import numpy as np

from eeg import seeds
from eeg.errors import InputError
from eeg.models._outcome import Outcome, absence, status
from eeg.models._training import Training, Values, optimizer_of
from eeg.samples import Samples

Start = Callable[[keras.Model, Samples], None]

HELD_BYTES = 2**28
"""Rows that need no more memory than this are gathered once per fold and not once per epoch."""


@dataclass
class Course:
    """One fold's training as it goes: its history, and the best epoch so far with its weights."""

    history: list[dict[str, float]] = field(default_factory=list)
    best: float = np.inf
    best_epoch: int = 0
    kept: Values = field(default_factory=list)
    diverged: bool = False

    @property
    def epoch(self) -> int:
        """The last finite epoch, 0 before the first."""
        return len(self.history)


class NetworkLearner:
    """Trains one network per fold and gives its logits; nothing of a fold reaches the next.

    Parameters
    ----------
    build : callable
        Gives a freshly initialised network.
    training : Training
    start : callable, optional
        Changes the initial values of a fold's network by its training rows.
    """

    def __init__(self, build: Callable[[], keras.Model], training: Training, *, start: Start | None = None) -> None:
        self.build, self.training, self.start = build, training, start
        self.model = build()
        self.n_classes = int(self.model.output_shape[-1])
        # Taken before compiling, so that metrics are not among them.
        self._variables = list(self.model.variables)
        self._compile()

    def fit(self, train: Samples, validate: Samples, seed: int) -> Outcome:
        """Train from the initial weights that `seed` names.

        Raises
        ------
        InputError
            No training rows, or no validation rows although `patience` is set.
        """
        _check_rows(train, validate, self.training.patience)
        train, validate = _held(train), _held(validate)
        self._reset(seed)
        if self.start is not None:
            self.start(self.model, train)
        weights = self.training.weights(train.labels, self.n_classes)
        course = Course(kept=_copies(self._variables))
        rows = seeds.generator("shuffle", seed)
        while course.epoch < self.training.epochs and not self._stops(course):
            self._advance(course, self._epoch(train, validate, weights, rows))
        self._assign(course.kept)
        troubles = [f"diverged: epoch {course.epoch + 1}"] if course.diverged else []
        return Outcome(
            status(absence(train.labels, self.n_classes) + troubles),
            epochs=course.epoch,
            best_epoch=course.best_epoch,
            history=course.history,
            parameters={"trainable": sum(math.prod(weight.shape) for weight in self.model.trainable_variables)},
        )

    def predict(self, samples: Samples) -> np.ndarray:
        """Return the logits of every row, (n, n_classes) float32."""
        logits = np.empty((len(samples), self.n_classes), np.float32)
        for index in _slices(len(samples), self.training.batch):
            logits[index] = self._forward(samples.batch(index)[0])
        return logits

    def _compile(self) -> None:
        self.optimizer = optimizer_of(self.model, self.training)
        self.model.compile(
            self.optimizer,
            keras.losses.SparseCategoricalCrossentropy(from_logits=True),
            # The loss itself includes penalties on weights, which a validation loss does not.
            weighted_metrics=[keras.metrics.SparseCategoricalCrossentropy(from_logits=True, name="cross_entropy")],
            metrics=[keras.metrics.SparseCategoricalAccuracy(name="accuracy")],
            # XLA compiles for longer than these networks train on TensorFlow; JAX has no other way.
            jit_compile=keras.backend.backend() == "jax",
        )
        self._optimizer_start = _copies(self.optimizer.variables)

    def _reset(self, seed: int) -> None:
        keras.utils.set_random_seed(seed)
        self._assign(_copies(self.build().variables))
        for variable, value in zip(self.optimizer.variables, self._optimizer_start, strict=True):
            variable.assign(value)

    def _assign(self, values: Values) -> None:
        for variable, value in zip(self._variables, values, strict=True):
            variable.assign(value)

    def _epoch(
        self, train: Samples, validate: Samples, weights: np.ndarray, rows: np.random.Generator
    ) -> dict[str, float]:
        steps = []
        for index in self.training.order(train.labels, rows):
            x, y = train.batch(index)
            steps.append(self.model.train_on_batch(x, y, sample_weight=weights[y], return_dict=True))
        row = {
            "loss": float(np.mean([step["cross_entropy"] for step in steps])),
            "accuracy": float(np.mean([step["accuracy"] for step in steps])),
        }
        if len(validate):
            row |= _scores(self.predict(validate), validate.labels, weights)
        return row

    def _advance(self, course: Course, row: dict[str, float]) -> None:
        """Take an epoch into the course, or note that it diverged."""
        values = _copies(self._variables)
        finite = np.isfinite(list(row.values())).all() and all(np.isfinite(value).all() for value in values)
        if not finite:
            course.diverged = True
            return
        course.history.append({"epoch": course.epoch + 1, **row})
        loss = row.get("val_loss", np.inf)
        if self.training.patience is None or loss < course.best:
            course.best, course.best_epoch, course.kept = loss, course.epoch, values

    def _stops(self, course: Course) -> bool:
        patience = self.training.patience
        return course.diverged or (patience is not None and course.epoch - course.best_epoch >= patience)

    def _forward(self, x: np.ndarray) -> np.ndarray:
        """Return the logits of at most a batch of rows, padded so that one shape is compiled."""
        padded = np.zeros((self.training.batch, *x.shape[1:]), np.float32)
        padded[: len(x)] = x
        return np.asarray(self.model.predict_on_batch(padded))[: len(x)]


def _copies(variables: list[keras.Variable]) -> Values:
    # An array made from a variable may share its memory, which training overwrites.
    return [np.asarray(variable.value).copy() for variable in variables]


def _held(samples: Samples) -> Samples:
    """Return the same samples, gathered already where they are few."""
    if 4 * len(samples) * math.prod(samples.shape) > HELD_BYTES:
        return samples
    x = samples.all()
    return Samples(lambda index: x[index], samples.labels, samples.trials, samples.shape)


def _check_rows(train: Samples, validate: Samples, patience: int | None) -> None:
    if not len(train):
        raise InputError("training windows", "none", "Use fewer folds, or check which trials the target leaves out.")
    if patience is not None and not len(validate):
        raise InputError(
            "validation windows for early stopping", "none", "Raise `split.validation`, or set `patience: null`."
        )


def _slices(n: int, batch: int) -> Iterator[np.ndarray]:
    for start in range(0, n, batch):
        yield np.arange(start, min(start + batch, n))


def _scores(logits: np.ndarray, labels: np.ndarray, weights: np.ndarray) -> dict[str, float]:
    """Return validation loss (cross-entropy weighted by class) and accuracy."""
    shifted = logits.astype(np.float64) - logits.max(axis=1, keepdims=True)
    losses = np.log(np.exp(shifted).sum(axis=1)) - shifted[np.arange(len(labels)), labels]
    return {
        "val_loss": float(np.average(losses, weights=weights[labels])),
        "val_accuracy": float((logits.argmax(axis=1) == labels).mean()),
    }

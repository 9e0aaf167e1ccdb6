"""The learner for Keras networks: compiled once, every fold trained from fresh values of its own."""

import math
import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import groupby
from pathlib import Path

import keras
import numpy as np

from eeg import seeds
from eeg.models import _backend
from eeg.models._built import built
from eeg.models._outcome import Fold, Outcome, Result, Watch, absence, status, untrained, unwatched
from eeg.models._stack import Stack
from eeg.models._training import Course, Engine, Training, Values
from eeg.samples import Samples, joined

Start = Callable[[keras.Model, Samples], None]


class NetworkLearner:
    """Trains one network per fold, as many folds at once as the backend's engine takes.

    Without `patience` nothing has to be held out to stop by: validation rows are trained on too. So they are where a
    fold has no training rows besides; such folds, and those without validation rows, train as `Training.unstopped` has
    it.

    Parameters
    ----------
    build : callable
        Gives the network, of layers that can be made again from their configs, as for `.keras` files.
    training : Training
    start : callable, optional
        Changes the initial values of a fold's network by its training rows.
    keep : bool
        Whether results hold the trained values.

    Attributes
    ----------
    device : str
        `cpu`, or the name of the GPU that trains.
    """

    def __init__(
        self, build: Callable[[], keras.Model], training: Training, *, start: Start | None = None, keep: bool = False
    ) -> None:
        self.training, self.start, self.keep = training, start, keep
        self.model, quick = built(build, training.precision)
        self.n_classes = int(self.model.output_shape[-1])
        backend = _backend.module()
        self.engine: Engine = backend.Engine(quick, training)
        self.device: str = backend.device()

    def stacks(self, folds: Sequence[Fold]) -> list[Sequence[Fold]]:
        """Return the folds cut into runs whose steps have one size, none longer than the engine's width."""
        runs = [list(run) for _, run in groupby(folds, lambda fold: self._kind(self._given(fold)))]
        width = self.engine.width
        return [run[start : start + width] for run in runs for start in range(0, len(run), width)]

    def learn(self, folds: Sequence[Fold], watch: Watch = unwatched) -> list[Result]:
        """Train from the initial values that each fold's seed names, and predict; without rows all logits are 0."""
        folds = [self._given(fold) for fold in folds]
        if not any(len(fold.train) for fold in folds):
            return [untrained(fold, self.n_classes) for fold in folds]
        n_samples = self.training.epochs * max(len(fold.train) for fold in folds)
        self.engine.begin([self._initial(fold) for fold in folds], n_samples)
        courses = self._train(folds, watch)
        self.engine.restore()
        logits = Stack([fold.test for fold in folds], self.engine).logits(self.n_classes)
        values = self.engine.values() if self.keep else [[] for _ in folds]
        outcomes = [self._outcome(*one) for one in zip(folds, courses, logits, strict=True)]
        sound = [_sound(own) for own in logits]
        return [Result(*one) for one in zip(outcomes, sound, values, self._held(folds), strict=True)]

    def _held(self, folds: Sequence[Fold]) -> list[np.ndarray | None]:
        """Return the logits of the validation rows of the folds that ask for them and have some left."""
        if not any(fold.calibrate and len(fold.validate) for fold in folds):
            return [None] * len(folds)
        logits = Stack([fold.validate for fold in folds], self.engine).logits(self.n_classes)
        return [_sound(own) if fold.calibrate else None for fold, own in zip(folds, logits, strict=True)]

    def save(self, result: Result, path: Path) -> None:
        """Write the network of a fold, whose values must have been kept, as a `.keras` file."""
        for variable, value in zip(self.model.variables, result.values, strict=True):
            variable.assign(value)
        self.model.save(path)

    def _train(self, folds: Sequence[Fold], watch: Watch) -> list[Course]:
        """Return the course of every fold once all are over; the values to keep are the engine's to restore."""
        courses = [self._course(fold) for fold in folds]
        weights = [course.weights for course in courses]
        learnt = Stack([fold.train for fold in folds], self.engine, weights)
        held = Stack([fold.validate for fold in folds], self.engine)
        for epoch in range(1, self.training.epochs + 1):
            measures = learnt.epoch([course.order() for course in courses])
            logits = held.logits(self.n_classes)
            rows = [_row(*one) for one in zip(measures, logits, folds, weights, strict=True)]
            taken = zip(courses, rows, measures[:, 2], strict=True)
            self.engine.keep(np.array([course.take(row, finite=finite == 1) for course, row, finite in taken]))
            watch(_words(epoch, rows), epoch / self.training.epochs)
            if all(course.over for course in courses):
                break
        return courses

    def _course(self, fold: Fold) -> Course:
        generator = seeds.generator("shuffle", fold.seed)
        training = self.training if len(fold.validate) else self.training.unstopped()
        return Course(training, fold.train.labels, n_classes=self.n_classes, generator=generator)

    def _given(self, fold: Fold) -> Fold:
        """Return a fold as it is trained on."""
        stops = self.training.patience is not None and len(fold.train)
        if stops or not len(fold.validate):
            return fold
        return replace(fold, train=joined(fold.train, fold.validate), validate=fold.validate.subset(np.arange(0)))

    def _kind(self, fold: Fold) -> tuple[int, bool, bool]:
        """Return what folds must have in common to be stacked."""
        return self.training.size(len(fold.train)), len(fold.validate) > 0, len(fold.test) > 0

    def _initial(self, fold: Fold) -> Values:
        """Return the values a fold starts from, drawn layer by layer: building the whole network costs more."""
        random.seed(fold.seed)  # Keras draws seeds from it; `set_random_seed` makes TensorFlow forget its programs too
        for layer in self.model.layers:
            if layer.variables:
                fresh = type(layer).from_config(layer.get_config())
                fresh.build_from_config(layer.get_build_config())
                for variable, drawn in zip(layer.variables, fresh.variables, strict=True):
                    variable.assign(drawn.value)
        if self.start is not None:
            self.start(self.model, fold.train)
        return [np.asarray(variable.value).copy() for variable in self.model.variables]

    def _outcome(self, fold: Fold, course: Course, logits: np.ndarray) -> Outcome:
        stopped = len(fold.validate) > 0
        troubles = absence(fold.train.labels, self.n_classes)
        if self.training.patience is not None and not stopped:
            troubles.append(f"unstopped: {course.training.epochs} epochs")
        if course.diverged:
            troubles.append(f"diverged: epoch {course.epoch + 1}")
        if lost := len(logits) - np.isfinite(logits).all(axis=1).sum():
            troubles.append(f"overflowed: {lost} of {len(logits)} windows")
        return Outcome(
            status(troubles),
            epochs=course.epoch,
            best_epoch=course.best_epoch,
            history=course.history,
            rows=None if stopped else np.arange(len(fold.train)),
            parameters={"trainable": sum(math.prod(weight.shape) for weight in self.model.trainable_variables)},
        )


def _row(measures: np.ndarray, logits: np.ndarray, fold: Fold, weights: np.ndarray) -> dict[str, float]:
    """Return an epoch's row of the history: its losses and accuracies, of validation too where there is any.

    The validation loss is unweighted where training has no row of any class that validates.
    """
    row = {"loss": float(measures[0]), "accuracy": float(measures[1])}
    if not len(fold.validate):
        return row
    labels = fold.validate.labels
    with np.errstate(invalid="ignore"):  # what is not finite is found by its result
        shifted = logits.astype(np.float64) - logits.max(axis=1, keepdims=True)
    losses = np.log(np.exp(shifted).sum(axis=1)) - shifted[np.arange(len(labels)), labels]
    weighed = weights[labels] if weights[labels].any() else None
    return row | {
        "val_loss": float(np.average(losses, weights=weighed)),
        "val_accuracy": float((logits.argmax(axis=1) == labels).mean()),
    }


def _sound(logits: np.ndarray) -> np.ndarray:
    """Return logits with those of windows at which the network overflows set to 0: every class alike."""
    return np.where(np.isfinite(logits).all(axis=1, keepdims=True), logits, np.float32(0))


def _words(epoch: int, rows: list[dict[str, float]]) -> str:
    """Return an epoch and its mean losses in words."""
    losses = [f"{name} {np.mean([row[name] for row in rows]):.3f}" for name in ("loss", "val_loss") if name in rows[0]]
    return f"epoch {epoch}: {', '.join(losses)}"

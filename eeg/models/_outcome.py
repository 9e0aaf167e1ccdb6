"""What a fit tells about itself, and what every learner can do."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from eeg.samples import Samples


@dataclass(frozen=True)
class Outcome:
    """How a fit went.

    Parameters
    ----------
    status : str
        `ok`, or every trouble met, joined by `; `: `untrained: no trial with a class` (all logits are 0),
        `class_missing: 2, 3` (codes the training rows lack), `unstopped: 5 epochs` (early stopping was asked for, but
        training or validation rows had no trial with a class: all there were are trained on, so many epochs),
        `diverged: epoch 4` (a loss or weight of that epoch was not finite; the weights are those from before),
        `overflowed: 3 of 40 windows` (finite weights, but so large that the logits of these windows are not; they are
        set to 0), `unconverged: 1000 iterations` (an estimator's optimiser used up its iterations).
    epochs, best_epoch : int
        Epochs trained, and the epoch (from 1) whose weights were kept; 0 means the initial ones. Both 0 for estimators.
    history : list of dict
        One row per finite epoch: `epoch, loss, accuracy, val_loss, val_accuracy`. The losses are cross-entropies
        without penalties, weighted by class where class weights are set.
    rows : ndarray of int or None
        Where not all training rows were learnt from, or validation rows too: positions in the training rows followed
        by the validation rows. None: all training rows, and validation for early stopping alone.
    parameters : dict
        A network's `trainable` count; an estimator's `rows` it was fitted on and its settings.
    tuning : dict or None
        Where settings were searched on the training rows: the values `chosen`, their `score` (None where nothing could
        be compared), how many `candidates` and inner `folds`, what it cost in `fits` and training `rows` of all of
        them, and the `search` in words.
    searched : ndarray of int or None
        Where settings were searched: positions, as in `rows`, of what any candidate learnt from or was judged by.
    """

    status: str
    epochs: int = 0
    best_epoch: int = 0
    history: list[dict[str, float]] = field(default_factory=list)
    parameters: dict[str, Any] = field(default_factory=dict)
    rows: np.ndarray | None = None
    tuning: dict[str, Any] | None = None
    searched: np.ndarray | None = None


@dataclass(frozen=True)
class Fold:
    """What a model is given in one fold: rows to learn from, to stop training by, and to predict, and a seed.

    `calibrate` asks for logits of the validation rows too, from a model that did not learn from them.
    """

    train: Samples
    validate: Samples
    test: Samples
    seed: int
    calibrate: bool = False


@dataclass(frozen=True)
class Result:
    """What comes out of a fold.

    Parameters
    ----------
    outcome : Outcome
    logits : array, (n_test, n_classes), float32
        Of the rows to predict, all finite.
    values : list of array
        A network's variables in their order, as they were when it predicted; empty for estimators.
    held : array, (n_validate, n_classes), float32, or None
        Logits of the validation rows where the fold asked for them; None too where they were learnt from.
    """

    outcome: Outcome
    logits: np.ndarray
    values: list[np.ndarray] = field(default_factory=list)
    held: np.ndarray | None = None


Watch = Callable[[str, float], None]
"""Told how far a stack of folds is: a few words, and the share of the work that is done, from 0 to 1."""


def unwatched(words: str, share: float) -> None:
    """Watch nothing."""


class Learner(Protocol):
    """A model with its settings; nothing of a fold reaches another.

    Attributes
    ----------
    device : str
        What it learns on: `cpu`, or the name of a GPU.
    """

    device: str

    def stacks(self, folds: Sequence[Fold]) -> list[Sequence[Fold]]:
        """Return the folds, in their order, cut into those that are learnt together."""

    def learn(self, folds: Sequence[Fold], watch: Watch = unwatched) -> list[Result]:
        """Learn one stack of folds, each from fresh, and predict the rows to predict."""

    def save(self, result: Result, path: Path) -> None:
        """Write the model of a fold whose values were kept, as a `.keras` file."""


def missing(labels: np.ndarray, n_classes: int) -> list[int]:
    """Return the class codes that `labels` lacks."""
    return sorted(set(range(n_classes)) - set(np.unique(labels).tolist()))


def status(troubles: list[str]) -> str:
    """Return the status text for the troubles met."""
    return "; ".join(troubles) or "ok"


def absence(labels: np.ndarray, n_classes: int) -> list[str]:
    """Return the trouble of absent classes, or nothing."""
    codes = missing(labels, n_classes)
    return [f"class_missing: {', '.join(map(str, codes))}"] if codes else []


def untrained(fold: Fold, n_classes: int) -> Result:
    """Return what comes out of a fold without rows to learn from: every class alike."""
    outcome = Outcome("untrained: no trial with a class", rows=np.arange(0))
    return Result(outcome, np.zeros((len(fold.test), n_classes), np.float32))

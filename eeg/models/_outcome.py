"""What a fit tells about itself, and what every learner can do."""

from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np

from eeg.samples import Samples


@dataclass(frozen=True)
class Outcome:
    """How a fit went.

    Parameters
    ----------
    status : str
        `ok`, or every trouble met, joined by `; `: `class_missing: 2, 3` (codes the training rows lack),
        `diverged: epoch 4` (a loss or weight of that epoch was not finite; the weights are those from before).
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
    """

    status: str
    epochs: int = 0
    best_epoch: int = 0
    history: list[dict[str, float]] = field(default_factory=list)
    parameters: dict[str, Any] = field(default_factory=dict)
    rows: np.ndarray | None = None


class Learner(Protocol):
    """A model with its settings, fitted once per fold and asked after each fit."""

    def fit(self, train: Samples, validate: Samples, seed: int) -> Outcome:
        """Forget any earlier fit, learn from `train` and `validate`, and tell how it went."""

    def predict(self, samples: Samples) -> np.ndarray:
        """Return the logits of every row, (n, n_classes) float32, all finite."""


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

"""The learner for scikit-learn estimators; nothing here imports Keras."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from eeg.models._outcome import Outcome, absence, status
from eeg.samples import Samples, joined

FLOOR = 10.0
"""How far below a row's lowest logit the class that was never seen lies."""

ROWS_AT_ONCE = 4096


@dataclass(frozen=True)
class Recipe:
    """An unfitted estimator with `decision_function`, and how many windows of a trial it may be fitted on."""

    estimator: Any
    rows_per_trial: int | None


class EstimatorLearner:
    """Fits a fresh copy of an estimator per fold and gives its decision values as logits.

    Training and validation rows are fitted together: an estimator stops by itself, so nothing needs to be held out.

    Parameters
    ----------
    recipe : Recipe
    n_classes : int
    """

    def __init__(self, recipe: Recipe, n_classes: int) -> None:
        self.recipe, self.n_classes = recipe, n_classes
        self.classes_: np.ndarray = np.empty(0, np.int64)

    def fit(self, train: Samples, validate: Samples, seed: int) -> Outcome:
        """Fit on at most `rows_per_trial` evenly spaced windows of each trial of both."""
        from sklearn.base import clone

        both = joined(train, validate) if len(validate) else train
        index = evenly_spaced(both.trials, self.recipe.rows_per_trial)
        rows = both.subset(index)
        self.classes_ = np.unique(rows.labels)
        if len(self.classes_) > 1:
            self.estimator_ = _seeded(clone(self.recipe.estimator), seed)
            self.estimator_.fit(rows.all(), rows.labels)
        parameters = {"rows": len(rows), **self._settings()}
        return Outcome(status(absence(rows.labels, self.n_classes)), parameters=parameters, rows=index)

    def predict(self, samples: Samples) -> np.ndarray:
        """Return the decision values, one versus the rest, as logits (n, n_classes) float32.

        Two classes give (-d, d). A class absent from training gets `FLOOR` less than the lowest of its row; where only
        one was present, it gets 0.
        """
        parts = np.split(np.arange(len(samples)), range(ROWS_AT_ONCE, len(samples), ROWS_AT_ONCE))
        return np.concatenate([self._logits(samples.batch(part)[0]) for part in parts])

    def _logits(self, x: np.ndarray) -> np.ndarray:
        values = self._values(x) if len(x) else np.empty((0, len(self.classes_)))
        logits = np.repeat(values.min(axis=1, keepdims=True) - FLOOR, self.n_classes, axis=1)
        logits[:, self.classes_] = values
        return logits.astype(np.float32)

    def _values(self, x: np.ndarray) -> np.ndarray:
        if len(self.classes_) == 1:
            return np.zeros((len(x), 1))
        values = self.estimator_.decision_function(x)
        return np.stack([-values, values], axis=1) if values.ndim == 1 else values

    def _settings(self) -> dict[str, Any]:
        plain = (bool, int, float, str, type(None))
        settings = self.recipe.estimator.get_params()
        return {name: value for name, value in settings.items() if "__" in name and isinstance(value, plain)}


def _seeded(estimator: Any, seed: int) -> Any:
    names = [name for name in estimator.get_params() if name.split("__")[-1] == "random_state"]
    return estimator.set_params(**dict.fromkeys(names, seed))


def evenly_spaced(trials: np.ndarray, limit: int | None) -> np.ndarray:
    """Return positions of at most `limit` rows of each trial, evenly spaced from its first to its last, in order."""
    if limit is None:
        return np.arange(len(trials))
    chosen = []
    for trial in np.unique(trials):
        rows = np.flatnonzero(trials == trial)
        chosen.append(rows[np.linspace(0, len(rows) - 1, min(limit, len(rows))).round().astype(np.int64)])
    return np.sort(np.concatenate(chosen))

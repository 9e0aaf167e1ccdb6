"""The learner for scikit-learn estimators and the search for their settings; nothing here imports Keras."""

import math
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.base import clone
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import GridSearchCV

from eeg.errors import InputError
from eeg.models._inner import described, inner_splits
from eeg.models._outcome import Fold, Outcome, Result, Watch, absence, status, untrained, unwatched
from eeg.samples import Samples, evenly_spaced, joined

SMALLEST = 1e-6
"""What a probability counts as at least, so that its logarithm is finite."""

FLOOR = 10.0
"""How far below a row's lowest logit the class that was never seen lies."""

ROWS_AT_ONCE = 4096


@dataclass(frozen=True)
class Recipe:
    """What is fitted, and how its settings are chosen.

    Parameters
    ----------
    estimator : scikit-learn pipeline
        Unfitted, with `decision_function` or else `predict_proba`; it scales too, so that an inner fold is scaled by
        the rows it is fitted on.
    grid : mapping of str to sequence
        The candidates of each setting to choose, under the estimator's name for it (`svc__C`).
    inner_folds : int
        How many times candidates are compared on whole trials (or subjects, or subjects and videos) held out, where
        there is more than one.
    rows_per_trial : int or None
        At most that many evenly spaced windows of each trial are fitted; None for all.
    log_odds : bool
        Whether the decision value of two classes is their log-odds.
    """

    estimator: Any
    grid: Mapping[str, Sequence[Any]]
    inner_folds: int
    rows_per_trial: int | None
    log_odds: bool = False

    def __post_init__(self) -> None:
        check_count("inner_folds", self.inner_folds, least=2)
        if self.rows_per_trial is not None:
            check_count("rows_per_trial", self.rows_per_trial, remedy="Raise it, or set null to use all.")

    @property
    def candidates(self) -> int:
        """Return the number of candidates."""
        return math.prod(map(len, self.grid.values()))


class EstimatorLearner:
    """Fits a fresh copy of an estimator per fold and gives its decision values as logits.

    Training and validation rows are fitted together: an estimator stops by itself, so nothing needs to be held out.

    Parameters
    ----------
    recipe : Recipe
    n_classes : int
    """

    device = "cpu"

    def __init__(self, recipe: Recipe, n_classes: int) -> None:
        self.recipe, self.n_classes = recipe, n_classes

    def stacks(self, folds: Sequence[Fold]) -> list[Sequence[Fold]]:
        """Return each fold alone."""
        return [[fold] for fold in folds]

    def learn(self, folds: Sequence[Fold], watch: Watch = unwatched) -> list[Result]:
        """Fit on at most `rows_per_trial` windows of each trial of both, and predict.

        Logits are decision values, one versus the rest. Two classes give (-d, d), or half of it where d is log-odds, so
        that their softmax gives its probabilities. A class absent from training gets `FLOOR` less than the lowest of
        its row; where only one was present, it gets 0. Without rows to fit all logits are 0.
        """
        results = []
        for done, fold in enumerate(folds, start=1):
            results.append(self._result(fold))
            watch(f"{results[-1].outcome.parameters.get('rows', 0)} windows fitted", done / len(folds))
        return results

    def save(self, result: Result, path: Path) -> None:
        """Refuse: the only files scikit-learn has for its estimators are pickles, which are not read again here."""
        raise InputError("a network", "an estimator", "Estimators are not kept; fit them again.", file=path)

    def _result(self, fold: Fold) -> Result:
        both = joined(fold.train, fold.validate) if len(fold.validate) else fold.train
        if not len(both):
            return untrained(fold, self.n_classes)
        index = evenly_spaced(both.trials, self.recipe.rows_per_trial)
        rows = both.subset(index)
        classes, troubles = np.unique(rows.labels), absence(rows.labels, self.n_classes)
        estimator: Any = None
        facts: dict[str, Any] = {}
        if len(classes) > 1:
            estimator, facts = fitted(self.recipe, rows, seed=fold.seed)
            troubles += _unconverged(estimator)
        outcome = Outcome(status(troubles), parameters={"rows": len(rows), **facts}, rows=index)
        held = self._held(fold) if fold.calibrate and len(fold.train) and len(fold.validate) else None
        return Result(outcome, self._logits(estimator, fold.test, classes), held=held)

    def _held(self, fold: Fold) -> np.ndarray:
        """Return the logits of the validation rows once the training rows alone are fitted."""
        empty = fold.validate.subset(np.arange(0))
        return self._result(replace(fold, validate=empty, test=fold.validate, calibrate=False)).logits

    def _logits(self, estimator: Any, samples: Samples, classes: np.ndarray) -> np.ndarray:
        logits = np.empty((len(samples), self.n_classes), np.float32)
        for start in range(0, len(samples), ROWS_AT_ONCE):
            part = np.arange(start, min(start + ROWS_AT_ONCE, len(samples)))
            values = self._values(estimator, samples.batch(part)[0])
            logits[part] = values.min(axis=1, keepdims=True) - FLOOR
            logits[np.ix_(part, classes)] = values
        return logits

    def _values(self, estimator: Any, x: np.ndarray) -> np.ndarray:
        if estimator is None:
            return np.zeros((len(x), 1))
        if not hasattr(estimator, "decision_function"):
            return np.log(np.maximum(estimator.predict_proba(x), SMALLEST))
        values = estimator.decision_function(x)
        if values.ndim > 1:
            return values
        return np.stack([-values, values], axis=1) / (2 if self.recipe.log_odds else 1)


def fitted(recipe: Recipe, rows: Samples, *, seed: int) -> tuple[Any, dict[str, Any]]:
    """Return the best candidate, fitted on all rows, and its settings with how they were chosen."""
    estimator, x = _seeded(clone(recipe.estimator), seed), rows.all()
    choice = {name: values[0] for name, values in recipe.grid.items()}
    splits = inner_splits(rows, recipe.inner_folds, seed=seed) if recipe.candidates > 1 else []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # of the fit that counts the status tells
        warnings.filterwarnings("ignore", "n_components > n_samples")  # the number used is stated
        if splits:
            grid = GridSearchCV(
                estimator, dict(recipe.grid), scoring="balanced_accuracy", cv=splits, refit=False, error_score="raise"
            )
            choice = grid.fit(x, rows.labels).best_params_
        estimator.set_params(**choice).fit(x, rows.labels)
    search = described(rows, splits, candidates=recipe.candidates)
    counts = {"candidates": recipe.candidates, "inner_folds": len(splits)}
    return estimator, _facts(estimator, choice) | counts | {"search": search}


def _facts(estimator: Any, choice: dict[str, Any]) -> dict[str, Any]:
    """Return the settings chosen, and how many components an approximated kernel has."""
    facts = {name.rpartition("__")[2]: value for name, value in choice.items()}
    if "nystroem" in estimator.named_steps:
        facts["components"] = len(estimator.named_steps["nystroem"].components_)
    return facts


def _unconverged(estimator: Any) -> list[str]:
    """Return the trouble of an optimiser that used up its iterations, or nothing."""
    machines = getattr(estimator[-1], "estimators_", [estimator[-1]])
    limit = getattr(machines[0], "max_iter", -1)  # -1: no limit, or no iterations
    spent = limit > 0 and max(np.max(getattr(one, "n_iter_", 0)) for one in machines) >= limit
    return [f"unconverged: {limit} iterations"] if spent else []


def _seeded(estimator: Any, seed: int) -> Any:
    names = [name for name in estimator.get_params() if name.split("__")[-1] == "random_state"]
    return estimator.set_params(**dict.fromkeys(names, seed))


def check_count(name: str, value: Any, *, least: int = 1, remedy: str = "Raise it.") -> None:
    """Raise an InputError unless the setting is a whole number of at least `least`."""
    if type(value) is not int or value < least:
        raise InputError(f"`{name}` as a whole number of at least {least}", repr(value), remedy)

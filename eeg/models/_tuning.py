"""The learner that chooses settings inside every fold, by successive halving on its training rows alone.

Reference: Karnin, Koren & Somekh 2013, "Almost optimal exploration in multi-armed bandits", as scikit-learn has it.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.experimental import enable_halving_search_cv  # noqa: F401 - without it the next import fails
from sklearn.model_selection import HalvingRandomSearchCV, ParameterSampler

from eeg import seeds
from eeg.models._inner import Splits, described, inner_splits
from eeg.models._outcome import Fold, Learner, Result, Watch, unwatched

FACTOR = 3
"""Each round keeps one candidate in so many, and gives it so many times the rows."""

LEAST = 2
"""Rows per class that the smallest part held out keeps in the first round."""

TIE = 1e-12
"""What each place in the list of candidates costs, so that the first of equal ones is taken; no score is so fine."""

Values = dict[str, Any]


class TunedLearner:
    """Learns every fold with the settings that did best on inner folds of its training rows.

    The candidates are the same in every fold: the configured values where the lists hold them, then others drawn from
    the product of the lists.
    All are built at once, so that a wrong value fails before anything is learnt and each is compiled once in a job;
    memory holds them all.

    Parameters
    ----------
    make : callable
        Gives a learner for `settings` and `training`.
    given : mapping
        The configured `settings` and `training`, which is None for estimators.
    search : mapping of str to list
        Values to choose from, of settings in either.
    candidates : int
        How many are compared, at least 2; all where there are fewer.
    folds : int
        Inner folds, at least 2, each with whole groups held out; fewer where a class is in fewer groups.

    Attributes
    ----------
    candidates : list of dict
        The values compared.
    learners : list of Learner
        One for each candidate.
    device : str
        What they learn on.
    """

    def __init__(
        self,
        make: Callable[..., Learner],
        given: Mapping[str, Mapping[str, Any] | None],
        *,
        search: Mapping[str, list[Any]],
        candidates: int,
        folds: int,
    ) -> None:
        self.folds = folds
        self.candidates = _drawn(given, search, candidates)
        self.learners = [make(**_changed(given, values)) for values in self.candidates]
        self.device = self.learners[0].device

    def stacks(self, folds: Sequence[Fold]) -> list[Sequence[Fold]]:
        """Return each fold alone."""
        return [[fold] for fold in folds]

    def learn(self, folds: Sequence[Fold], watch: Watch = unwatched) -> list[Result]:
        """Choose and learn; where the training rows allow no inner folds, with the first candidate."""
        shares = [_between(watch, place / len(folds), (place + 1) / len(folds)) for place in range(len(folds))]
        return [self._result(fold, within) for fold, within in zip(folds, shares, strict=True)]

    def save(self, result: Result, path: Path) -> None:
        """Write the model of a fold as the learner of its chosen values does."""
        tuning = result.outcome.tuning or {}
        self.learners[self.candidates.index(tuning["chosen"])].save(result, path)

    def _result(self, fold: Fold, watch: Watch) -> Result:
        n = len(self.candidates)
        splits = inner_splits(fold.train, self.folds, seed=fold.seed) if n > 1 else []
        search = Search(self.learners, replace(fold, test=fold.train.subset(np.arange(0))), splits, watch)
        chosen, score = search.best() if splits else (0, None)
        result = self.learners[chosen].learn([fold], _between(watch, search.share, 1))[0]
        tuning = {
            "chosen": self.candidates[chosen],
            "score": score,
            "candidates": n,
            "folds": len(splits),
            "fits": search.fits,
            "rows": search.rows,
            "search": described(fold.train, splits, candidates=n),
        }
        return replace(result, outcome=replace(result.outcome, tuning=tuning, searched=np.flatnonzero(search.seen)))


class Search:
    """One fold's search.

    Parameters
    ----------
    learners : sequence of Learner
        One for each candidate.
    fold : Fold
        Without rows to test.
    splits : list
        Positions in its training rows, (fitted, held out) per inner fold.
    watch : callable

    Attributes
    ----------
    fits, rows : int
        Inner fits so far, and the training rows they had, all together: what the search has cost.
    seen : ndarray of bool
        Of training rows followed by validation rows: which of them an inner fit was given.
    """

    def __init__(self, learners: Sequence[Learner], fold: Fold, splits: Splits, watch: Watch) -> None:
        self.learners, self.fold, self.splits, self.watch = learners, fold, splits, watch
        self.fits = self.rows = 0
        n = len(fold.train)
        self.seen = np.zeros(n + len(fold.validate), bool)
        self.plan = rounds(len(learners), n, least=_least(fold, splits)) if splits else []
        self.n_fits = sum(one * len(splits) for one, _ in self.plan)
        self.n_rows = sum(one * int(size / n * len(fit)) for one, size in self.plan for fit, _ in splits)

    @property
    def share(self) -> float:
        """How much of the fold's work is done, counted in rows learnt from; the fit that counts comes last."""
        return self.rows / (self.n_rows + max(len(self.fold.train), 1))

    def best(self) -> tuple[int, float]:
        """Return the place of the best candidate and its balanced accuracy, a mean over the inner folds.

        The rounds start with rows of our own count: `exhaust` counts two rows per inner fold (and class), which fails
        where there are fewer, and a part held out that is smaller than the others could be left with none.
        """
        halving = HalvingRandomSearchCV(
            Candidate(self),
            {"place": list(range(len(self.learners)))},
            n_candidates=len(self.learners),
            factor=FACTOR,
            min_resources=self.plan[0][1],
            cv=self.splits,
            scoring=_score,
            refit=False,
            error_score="raise",
            return_train_score=False,
            random_state=self.fold.seed,
        )
        rows = np.arange(len(self.fold.train))
        halving.fit(rows[:, None], self.fold.train.labels)
        place = int(halving.best_params_["place"])
        return place, round(float(halving.best_score_ + TIE * place), 9)

    def predicted(self, place: int, rows: np.ndarray, held: np.ndarray) -> np.ndarray:
        """Return the class codes a candidate predicts for rows held out, once it has learnt the others.

        Where windows are shuffled, validation rows may be of the groups held out; those are left out.
        """
        train, validate = self.fold.train, self.fold.validate
        kinds = zip(validate.groups.T, train.groups[held].T, strict=True)
        kept = np.flatnonzero(~np.any([np.isin(ids, theirs) for ids, theirs in kinds], axis=0))
        inner = Fold(train.subset(rows), validate.subset(kept), train.subset(held), self.fold.seed)
        logits = self.learners[place].learn([inner])[0].logits
        self.seen[np.concatenate([rows, held, len(train) + kept])] = True
        self.fits += 1
        self.rows += len(rows)
        self.watch(f"tuning, {self.fits} of {self.n_fits} fits", self.share)
        return logits.argmax(axis=1)


class Candidate(BaseEstimator):
    """A candidate as scikit-learn takes it; x is a column of positions in the training rows.

    Parameters
    ----------
    search : Search
    place : int
        The candidate's.
    """

    def __init__(self, search: Search, place: int = 0) -> None:
        self.search, self.place = search, place

    def __sklearn_clone__(self) -> "Candidate":
        """Return a copy with the same search; scikit-learn's own would copy samples and networks."""
        return Candidate(self.search, self.place)

    def fit(self, x: np.ndarray, y: np.ndarray) -> "Candidate":
        """Note the rows to learn; learners learn and predict in one go."""
        self.rows_ = x[:, 0]
        return self

    def predict(self, x: np.ndarray) -> np.ndarray:
        """Learn, and return the class codes of rows held out."""
        return self.search.predicted(self.place, self.rows_, x[:, 0])


def rounds(candidates: int, rows: int, *, least: int) -> list[tuple[int, int]]:
    """Return how many candidates each round compares, and on how many of the rows.

    The first has `least` rows or more: as many as let the last one, with fewer than `FACTOR` candidates, have all.
    """
    needed = 1 + math.floor(math.log(candidates, FACTOR))
    size = max(min(least, rows), rows // FACTOR ** (needed - 1))
    possible = 1 + math.floor(math.log(rows // size, FACTOR))
    found = []
    for _ in range(min(needed, possible)):
        found.append((candidates, size))
        candidates, size = math.ceil(candidates / FACTOR), size * FACTOR
    return found


def _least(fold: Fold, splits: Splits) -> int:
    """Return of how many training rows the smallest part held out has its share of `LEAST` rows per class."""
    smallest = min(len(held) for _, held in splits)
    return math.ceil(LEAST * len(np.unique(fold.train.labels)) * len(fold.train) / smallest)


def _score(candidate: Candidate, x: np.ndarray, y: np.ndarray) -> float:
    """Return the balanced accuracy over the classes in `y`, less what the candidate's place costs."""
    hits = candidate.predict(x) == y
    return float(np.mean([hits[y == code].mean() for code in np.unique(y)])) - TIE * candidate.place


def _drawn(given: Mapping[str, Mapping[str, Any] | None], search: Mapping[str, list[Any]], most: int) -> list[Values]:
    """Return at most so many candidates, the configured values first where the lists hold them.

    An estimator may have lists of its own as configured values, and would search twice.
    """
    known = {name: value for part in given.values() for name, value in (part or {}).items()}
    configured = {name: known[name] for name in search}
    n = min(most, math.prod(map(len, search.values())))
    drawn = ParameterSampler(dict(search), n, random_state=seeds.seed("tuning"))
    others = [{name: values[name] for name in search} for values in drawn]
    listed = all(configured[name] in values for name, values in search.items())
    return [*([configured] if listed else []), *(values for values in others if values != configured)][:most]


def _changed(given: Mapping[str, Mapping[str, Any] | None], values: Values) -> dict[str, Any]:
    """Return the configured settings and training with the values of a candidate."""
    return {
        part: known and {name: values.get(name, value) for name, value in known.items()}
        for part, known in given.items()
    }


def _between(watch: Watch, start: float, stop: float) -> Watch:
    """Return a watch for the part of the work from one share to another."""
    return lambda words, share: watch(words, start + share * (stop - start))

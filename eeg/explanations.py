"""What models go by over trials and subjects, each number beside the level that noise reaches.

A value is the mean drop over a subject's tested trials (every class weighing the same for balanced accuracy), then the
mean over subjects. Its *noise level* comes from the same models and the same perturbed windows with labels permuted
among the trials of each fold: what a group loses that the class has nothing to do with, however much the model uses it.
Of every permutation the largest value over all groups of a map is kept, and the noise level is the asked quantile of
these: with 95 %, one map in twenty of nothing but noise has any group above it, however alike its channels are
(Westfall & Young 1993, "Resampling-based multiple testing"); `p` is of the same draws, and so is already that of a
family. The draws are spread as far as cross-validated scores are on noise, see `dependence`.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from scipy import stats

from eeg import dependence, seeds
from eeg.importance import NAMES, WEIGHTS
from eeg.intervals import interval, standard_error, student_limits
from eeg.method import Method
from eeg.metrics import within_folds
from eeg.scores import null_means

CELL = ["protocol", "target", "model"]
MAP = [*CELL, "weights", "kind", "group", "metric"]
"""What one map is of."""

VALUES = [*MAP, *NAMES, "subject", "n", "value", "low", "high", "noise", "p"]
"""The columns of `explanations.csv`: a row per map, group and subject; n trials."""

SUMMARY = [*MAP, *NAMES, "n", "mean", "low", "high", "noise", "p"]
"""The columns of `explanations/summary.csv`: the same over n subjects."""

SANITY = [*CELL, "kind", "group", "metric", "n_groups", *WEIGHTS, "correlation", "drift"]
"""The columns of `explanations/sanity.csv`: how many groups of a map lie above the noise level with learnt and with
randomised weights, the rank correlation of both maps, and the largest difference to the logits that were scored."""

METRICS: Mapping[str, str] = {"probability": "brier", "logit": "nll", "balanced_accuracy": "balanced_accuracy"}
"""The metric of scores whose dependence between folds a drop has: a sum of margins, or of their signs."""

FEWEST_GROUPS = 10


class Explained(NamedTuple):
    """The tables of `VALUES`, `SUMMARY` and `SANITY`."""

    values: pd.DataFrame
    summary: pd.DataFrame
    sanity: pd.DataFrame


def explained(drops: pd.DataFrame, *, cell: tuple[str, str, str], method: Method) -> Explained:
    """Return the maps of one model under one protocol, by subject and over them.

    Parameters
    ----------
    drops : DataFrame
        `weights, drift`, and what `importance.drops` gives, all parts together.
    cell : tuple of str
        Protocol, target, model.
    method : Method
    """
    maps = []
    for key, rows in drops.groupby(MAP[len(CELL) :], sort=False):
        about: dict[str, Any] = dict(zip(MAP, (*cell, *key), strict=True))
        tables = _map(rows, cell=cell, metric=about["metric"], method=method)
        maps.append([table.assign(**about) for table in tables])
    values, summary = (pd.concat(tables, ignore_index=True) for tables in zip(*maps, strict=True))
    return Explained(values[VALUES], summary[SUMMARY], _sanity(summary, drops))


def _map(
    rows: pd.DataFrame, *, cell: tuple[str, str, str], metric: str, method: Method
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return one map by subject and over the subjects, without the columns of `MAP`."""
    names = rows[NAMES].drop_duplicates(ignore_index=True)
    subjects = {str(subject): _Subject.read(own, len(names), metric) for subject, own in rows.groupby("subject")}
    draws = {
        subject: own.permuted(method.draws, seeds.generator(method.seed, "explain", *cell, subject))
        for subject, own in subjects.items()
    }
    values = np.stack([own.values for own in subjects.values()])
    wider = dependence.of_permutations(METRICS[metric], "trial", cell[0], validation=method.validation)
    alike = dependence.of_trials(cell[0], n_subjects=len(subjects))
    tables = []
    for place, (subject, own) in enumerate(subjects.items()):
        low, high = own.limits(method.confidence, alike)
        tested = _tested(values[place], draws[subject][None], wider, method.confidence)
        tables.append(
            names.assign(subject=subject, n=len(own.labels), value=values[place], low=low, high=high, **tested)
        )
    spread = dependence.of_subjects(
        METRICS[metric], "trial", cell[0], n_subjects=len(subjects), validation=method.validation
    )
    limits = [interval(one, confidence=method.confidence, seed=method.seed, inflation=spread) for one in values.T]
    low, high = np.array(limits).T
    tested = _tested(values.mean(axis=0), np.stack(list(draws.values())), wider, method.confidence)
    over = names.assign(n=len(subjects), mean=values.mean(axis=0), low=low, high=high, **tested)
    return pd.concat(tables, ignore_index=True), over


class _Subject(NamedTuple):
    """A subject's drops of one map.

    Attributes
    ----------
    lost : array, shape (n_groups, n_trials, n_classes)
    labels, folds : array, shape (n_trials,)
    weights : array, shape (n_classes,)
        What a trial of each class weighs in the mean.
    balanced : bool
    """

    lost: np.ndarray
    labels: np.ndarray
    folds: np.ndarray
    weights: np.ndarray
    balanced: bool

    @classmethod
    def read(cls, rows: pd.DataFrame, n_groups: int, metric: str) -> "_Subject":
        rows = rows.sort_values(["fold", "trial"], kind="stable")
        order = rows.groupby(NAMES, sort=False).ngroup()
        rows = rows.iloc[np.argsort(order.to_numpy(), kind="stable")]
        columns = [name for name in rows.columns if name.startswith("drop_")]
        lost = rows[columns].to_numpy(np.float64).reshape(n_groups, -1, len(columns))
        labels, folds = (rows[name].to_numpy()[: lost.shape[1]] for name in ("label", "fold"))
        counts = np.bincount(labels, minlength=len(columns))
        balanced = metric == "balanced_accuracy"
        even = 1 / (np.count_nonzero(counts) * np.maximum(counts, 1))
        return cls(lost, labels, folds, even if balanced else np.full(len(columns), 1 / len(labels)), balanced)

    @property
    def values(self) -> np.ndarray:
        """The mean drop of every group."""
        return self._means(self.labels[None])[0]

    def permuted(self, draws: int, rng: np.random.Generator) -> np.ndarray:
        """Return the mean drops with labels permuted within folds, (draws, n_groups)."""
        return self._means(self.labels[within_folds(self.folds, draws=draws, rng=rng)])

    def _means(self, labels: np.ndarray) -> np.ndarray:
        shares = np.eye(len(self.weights))[labels] * self.weights
        means: np.ndarray = np.einsum("dtc,gtc->dg", shares, self.lost, optimize=False)
        return means

    def limits(self, confidence: float, inflation: float) -> tuple[np.ndarray, np.ndarray]:
        """Return Student's interval of every group over trials; NaN for balanced accuracy and below two trials."""
        own = self.lost[:, np.arange(len(self.labels)), self.labels]
        if self.balanced or own.shape[1] < 2:
            return np.full(len(own), np.nan), np.full(len(own), np.nan)
        below, above = student_limits(own.shape[1] - 1, confidence)
        reach = np.sqrt(inflation) * standard_error(own)
        return own.mean(axis=1) + below * reach, own.mean(axis=1) + above * reach


def _tested(values: np.ndarray, draws: np.ndarray, inflation: float, confidence: float) -> dict[str, Any]:
    """Return the noise level of a map and the p of each of its groups, of draws (n_subjects, n_draws, n_groups)."""
    highest = null_means(draws, inflation=inflation).max(axis=1)
    beyond = np.count_nonzero(highest[:, None] >= values - 1e-12, axis=0)
    return {"noise": float(np.quantile(highest, confidence)), "p": (1 + beyond) / (1 + len(highest))}


def _sanity(summary: pd.DataFrame, drops: pd.DataFrame) -> pd.DataFrame:
    """Return the sanity check of every map."""
    largest = drops["drift"].max()
    rows = []
    for key, own in summary.groupby([*CELL, "kind", "group", "metric"], sort=False):
        maps = {weights: own[own["weights"] == weights] for weights in WEIGHTS}
        above = [int((one["mean"] > one["noise"]).sum()) for one in maps.values()]
        alike = _rank_correlation(*(one["mean"].to_numpy() for one in maps.values()))
        rows.append((*key, len(maps["learnt"]), *above, alike, largest))
    return pd.DataFrame(rows, columns=SANITY)


def _rank_correlation(a: np.ndarray, b: np.ndarray) -> float:
    """Return Spearman's correlation, NaN where a map is flat or too small for it to say anything."""
    if len(a) < FEWEST_GROUPS or np.ptp(a) == 0 or np.ptp(b) == 0:
        return float("nan")
    return float(stats.spearmanr(a, b).statistic)


def joined(found: Sequence[Explained]) -> Explained:
    """Return the tables of several cells as one."""
    return Explained(*(pd.concat(tables, ignore_index=True) for tables in zip(*found, strict=True)))

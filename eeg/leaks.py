"""How much each leak is worth, from the scores of every combination of leaks.

Reference: Shapley 1953, "A value for n-person games"; Grabisch & Roubens 1999, "An axiomatic approach to the concept of
interaction among players in cooperative games".
"""

from collections.abc import Iterator, Mapping
from itertools import combinations, product
from math import factorial
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from eeg import dependence
from eeg import scores as scoring
from eeg.intervals import interval
from eeg.method import Method
from eeg.predictions import Cell
from eeg.statistics import holm, paired

LEAKS: Mapping[str, str] = {
    "shuffle": "windows are shuffled: training and test share trials",
    "baseline": "the baseline of its trial is subtracted from every window",
    "scaler": "scalers are fitted on all trials, tested ones included",
    "overlap": "windows overlap",
}
"""What is switched on and off, and what it means where it is on."""

METRIC = "balanced_accuracy"
TOTAL = "total"
"""The name of all leaks together: the score with all of them less the score with none."""

SHARES = ["source", "unit", "kind", "leak", "partner", "subject", "value"]
WORTHS = [*SHARES[:5], "n", "mean", "low", "high", "effect", "p", "p_holm"]
FAMILY = ["source", "unit", "kind"]


class Scored(NamedTuple):
    """The scores of all arms.

    Attributes
    ----------
    subjects : DataFrame
        `source`, a column per leak (0 or 1), and the columns of `scores.csv`.
    arms : DataFrame
        Over the subjects, balanced accuracy alone: `source`, the leaks, `protocol, unit, n, mean, low, high, chance,
        chance_low, chance_high, p`; between `chance_low` and `chance_high` lie the means of `scores.null_means` with
        the asked confidence.
    """

    subjects: pd.DataFrame
    arms: pd.DataFrame


def score(predictions: pd.DataFrame, *, target: str, model: str, method: Method) -> Scored:
    """Return the scores of every source and arm, as `scores.score` takes them.

    Parameters
    ----------
    predictions : DataFrame
        `source`, a column per leak (0 or 1), `protocol, subject, trial, window, fold, label, logit_0, ...`
    target, model : str
    method : Method
    """
    names = leaks_of(predictions)
    subjects, arms = [], []
    for key, rows in predictions.groupby(["source", *names, "protocol"], sort=False):
        *arm, protocol = key
        columns = dict(zip(["source", *names], arm, strict=True))
        cell = Cell(str(protocol), target, model)
        own = rows.drop(columns=["source", *names, "protocol"])
        scored = scoring.score(own, cell=cell, method=method)
        subjects.append(_before(columns, scored.table))
        arms += [
            {**columns, "protocol": protocol, "unit": unit, **_over_subjects(scored, unit, str(protocol), method)}
            for unit in scored.table["unit"].unique()
        ]
    return Scored(pd.concat(subjects, ignore_index=True), pd.DataFrame(arms))


def _over_subjects(scored: scoring.Scores, unit: str, protocol: str, method: Method) -> dict[str, float]:
    rows = scored.table[(scored.table["unit"] == unit) & (scored.table["metric"] == METRIC)]
    known = np.isfinite(rows["value"].to_numpy())  # not of a subject without a trial that has a class
    rows = rows[known]
    p = scored.p[(scored.p["unit"] == unit) & (scored.p["metric"] == METRIC)]["p"].iloc[0]
    low, high = interval(rows["value"].to_numpy(), confidence=method.confidence, seed=method.seed)
    wider = dependence.of_permutations(METRIC, unit, protocol, validation=method.validation)
    means = scoring.null_means(scored.draws[unit, METRIC][known], inflation=wider)
    chance_low, chance_high = np.quantile(means, method.tails)
    return {
        "n": len(rows),
        "mean": rows["value"].mean(),
        "low": low,
        "high": high,
        "chance": rows["chance"].mean(),
        "chance_low": chance_low,
        "chance_high": chance_high,
        "p": p,
    }


def worth(subjects: pd.DataFrame) -> pd.DataFrame:
    """Return what leaks are worth in balanced accuracy: a row per source, unit, leak or pair of leaks, and subject.

    Parameters
    ----------
    subjects : DataFrame
        The `subjects` of `Scored`.

    Returns
    -------
    DataFrame
        `source, unit, kind, leak, partner, subject, value`. Kind `share`: the leak's own (`partner` empty); kind
        `interaction`: what two add together beyond what either adds alone; kind `total`: all leaks less none, the sum
        of the shares.
    """
    names, rows = leaks_of(subjects), []
    for (source, unit), table in subjects[subjects["metric"] == METRIC].groupby(["source", "unit"], sort=False):
        wide = table.pivot(index=names, columns="subject", values="value").sort_index()
        grid = wide.to_numpy().reshape(*(2,) * len(names), -1)
        own, joint = shares(grid), interactions(grid)
        found = [(TOTAL, TOTAL, "", grid[(1,) * len(names)] - grid[(0,) * len(names)])]
        found += [("share", name, "", one) for name, one in zip(names, own, strict=True)]
        pairs = combinations(range(len(names)), 2)
        found += [("interaction", names[a], names[b], joint[a, b]) for a, b in pairs]
        rows += [
            (source, unit, *what, subject, value)
            for *what, values in found
            for subject, value in zip(wide.columns, values, strict=True)
        ]
    return pd.DataFrame(rows, columns=SHARES)


def summarise(worths: pd.DataFrame, *, method: Method) -> pd.DataFrame:
    """Return what leaks are worth over the subjects, with tests: one row per source, unit, leak or pair.

    `effect` is the rank-biserial correlation, `p` Wilcoxon's, two-sided, against no worth, and `p_holm` Holm's over the
    rows of one source, unit and kind.
    """
    rows = []
    for key, table in worths.groupby(SHARES[:5], sort=False):
        values = table["value"].dropna().to_numpy()
        n, mean, effect, p = paired(values)
        low, high = interval(values, confidence=method.confidence, seed=method.seed)
        rows.append((*key, n, mean, low, high, effect, p, np.nan))
    found = pd.DataFrame(rows, columns=WORTHS)
    found["p_holm"] = found.groupby(FAMILY, sort=False)["p"].transform(lambda own: holm(own.to_numpy()))
    return found


def leaks_of(table: pd.DataFrame) -> list[str]:
    """Return the leaks that a table has columns of."""
    return [name for name in LEAKS if name in table]


def _before(columns: Mapping[str, Any], table: pd.DataFrame) -> pd.DataFrame:
    return pd.concat([pd.DataFrame(columns, index=table.index), table], axis=1)


def shares(scores: np.ndarray) -> np.ndarray:
    """Return what each leak adds to a score, averaged over all orders in which leaks can be switched on.

    The shares add up to the score with all leaks less the score with none.

    Parameters
    ----------
    scores : ndarray, shape (2, ..., 2, n_subjects)
        One axis per leak, off and on, then the subjects.

    Returns
    -------
    ndarray, shape (n_leaks, n_subjects)
        In the scores' unit.
    """
    n_leaks = scores.ndim - 1
    found = np.zeros((n_leaks, scores.shape[-1]))
    for leak in range(n_leaks):
        for others, weight in _subsets(n_leaks - 1):
            off, on = (scores[(*others[:leak], state, *others[leak:])] for state in (0, 1))
            found[leak] += weight * (on - off)
    return found


def interactions(scores: np.ndarray) -> np.ndarray:
    """Return what each pair of leaks adds together beyond what either adds alone, shape (n_leaks, n_leaks, n_subjects).

    The Shapley interaction index: 0 for a pair whose effects add up, positive where one leak opens the door for the
    other; symmetric, 0 on the diagonal. `scores` as for `shares`.
    """
    n_leaks = scores.ndim - 1
    found = np.zeros((n_leaks, n_leaks, scores.shape[-1]))
    for first in range(n_leaks):
        for second in range(first + 1, n_leaks):
            for others, weight in _subsets(n_leaks - 2):
                corner = {
                    states: scores[_with(others, (first, states[0]), (second, states[1]))]
                    for states in product((0, 1), repeat=2)
                }
                joint = corner[1, 1] - corner[1, 0] - corner[0, 1] + corner[0, 0]
                found[first, second] += weight * joint
            found[second, first] = found[first, second]
    return found


def _subsets(n: int) -> Iterator[tuple[tuple[int, ...], float]]:
    """Yield every state of n leaks, off or on, and how large a share of all orders of one more leak begins with it."""
    for states in product((0, 1), repeat=n):
        on = sum(states)
        yield states, factorial(on) * factorial(n - on) / factorial(n + 1)


def _with(others: tuple[int, ...], first: tuple[int, int], second: tuple[int, int]) -> tuple[int, ...]:
    """Return the states of all leaks from those of the others and of two at their places, the first one before."""
    states = list(others)
    states.insert(*first)
    states.insert(*second)
    return tuple(states)

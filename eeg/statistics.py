"""From scores to statements: intervals over subjects, gains over yardsticks, paired tests with their family."""

from collections.abc import Collection, Iterator, Mapping
from functools import cache
from itertools import combinations
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy import optimize, special, stats

from eeg import seeds
from eeg.metrics import SMALLER_IS_BETTER

KEYS = ["protocol", "target", "model", "unit", "metric"]

SUMMARY = [*KEYS, "n", "mean", "sd", "low", "high", "chance", "p", "yardstick", "gain", "p_refit", "detectable"]
"""The columns of `summary.csv`."""

FAMILY = ["kind", "protocol", "target", "unit", "metric"]

COMPARISONS = ["kind", "a", "b", *FAMILY[1:], "n", "difference", "effect", "p", "p_holm", "detectable"]
"""The columns of `comparisons.csv`."""

KINDS = ("models", "protocols", "leak")
COMPARED = ("balanced_accuracy", "macro_f1")

STUDENT_UP_TO = 20
RESAMPLES = 1999
FEWEST_PAIRS = 6
POWER = 0.8


def interval(values: np.ndarray, *, confidence: float = 0.95, seed: int = 0) -> tuple[float, float]:
    """Return the confidence interval of the mean: Student t up to 20 values, bootstrap-t beyond, NaN below 2.

    Parameters
    ----------
    values : array, shape (n,)
        One per subject; values that are not finite are left out.
    confidence : float
    seed : int
        Names the resamples of the bootstrap.
    """
    values = np.asarray(values, dtype=np.float64)
    values = values[np.isfinite(values)]
    if len(values) < 2:
        return np.nan, np.nan
    error = standard_error(values)
    below, above = student_limits(len(values), confidence)
    if len(values) > STUDENT_UP_TO and error > 0:
        below, above = _bootstrap_limits(values, confidence, seeds.generator(seed, "interval"))
    mean = values.mean()
    return float(mean - above * error), float(mean - below * error)


def standard_error(values: np.ndarray) -> np.ndarray:
    """Return the standard error of the mean over the last axis; exactly 0 for equal values."""
    spread = values - values[..., :1]
    return spread.std(axis=-1, ddof=1) / np.sqrt(values.shape[-1])


def student_limits(n: int, confidence: float) -> tuple[float, float]:
    """Return the two quantiles of Student's t with n - 1 degrees of freedom."""
    above = float(special.stdtrit(n - 1, (1 + confidence) / 2))
    return -above, above


def _bootstrap_limits(values: np.ndarray, confidence: float, rng: np.random.Generator) -> tuple[float, float]:
    """Return the quantiles of the studentised mean under resampling (Efron & Tibshirani 1993, section 12.5)."""
    samples = rng.choice(values, size=(RESAMPLES, len(values)))
    with np.errstate(divide="ignore", invalid="ignore"):
        t = (samples.mean(axis=1) - values.mean()) / standard_error(samples)
    tails = [(1 - confidence) / 2, (1 + confidence) / 2]
    below, above = np.quantile(t, tails, method="inverted_cdf")
    # Few distinct values make resamples without spread: the tails are then undefined, and t's are the honest resort.
    return (
        (float(below), float(above)) if np.isfinite([below, above]).all() else student_limits(len(values), confidence)
    )


def detectable(n: int, sd: float, *, confidence: float = 0.95, power: float = POWER) -> float:
    """Return the smallest true mean that a two-sided t test against 0 over n subjects finds with the asked power.

    NaN below two subjects. Solved for the non-central t distribution (Cohen 1988, section 2); what the experiment could
    have found, not what it did: `sd` is the observed standard deviation over subjects.
    """
    return _noncentrality(n, confidence, power) * sd / np.sqrt(n) if n >= 2 else np.nan


@cache
def _noncentrality(n: int, confidence: float, power: float) -> float:
    """Return the non-centrality at which a two-sided t test has the asked power."""
    _, limit = student_limits(n, confidence)

    def short(shift: float) -> float:
        # the far tail is NaN where it is too small to be computed
        return stats.nct.sf(limit, n - 1, shift) + np.nan_to_num(stats.nct.cdf(-limit, n - 1, shift)) - power

    high = 1.0
    while short(high) < 0:
        high *= 2
    return float(optimize.brentq(short, 0.0, high))


def summarise(
    scores: pd.DataFrame, *, p: pd.DataFrame, yardsticks: Collection[str], confidence: float = 0.95, seed: int = 0
) -> pd.DataFrame:
    """Return the summary of scores over subjects, the columns of `summary.csv`, in the scores' order.

    The yardstick is the one with the best mean in the row's protocol, target and metric. It has unit `trial` only, so a
    row of unit `window` is held against that too. A positive gain is better, for NLL and Brier as well. A yardstick's
    own row has neither. `detectable` is the smallest distance of the mean from chance that these subjects could have
    shown, see `detectable`; NaN where nothing varies.

    Parameters
    ----------
    scores : DataFrame
        The columns of `scores.csv`, all cells together; n counts the subjects with a finite value.
    p : DataFrame
        `protocol, target, model, unit, metric, p`: the `p` of every cell's `Scores`; `p_refit` where there are refits.
    yardsticks : collection of str
        The models that see no EEG.
    confidence : float
    seed : int
    """
    groups = scores[np.isfinite(scores["value"])].groupby(KEYS, sort=False)
    limits = {key: interval(own.to_numpy(), confidence=confidence, seed=seed) for key, own in groups["value"]}
    tests = p.reindex(columns=[*KEYS, "p", "p_refit"])
    table = scores[KEYS].drop_duplicates(ignore_index=True).merge(tests, on=KEYS, how="left")
    moments = groups.agg(n=("value", "size"), mean=("value", "mean"), sd=("value", "std"), chance=("chance", "mean"))
    table = table.merge(moments.reset_index(), on=KEYS, how="left")
    table["n"] = table["n"].fillna(0).astype(np.int64)
    over_chance = (
        scores.assign(over=(scores["value"] - scores["chance"]).round(12)).groupby(KEYS, sort=False)["over"].std()
    )
    varying = table[KEYS].merge(over_chance.reset_index(), on=KEYS, how="left")["over"]
    varying = varying.where(varying > 0)
    shown = [detectable(n, sd, confidence=confidence) for n, sd in zip(table["n"], varying, strict=True)]
    table["detectable"] = shown
    bounds = [limits.get(key, (np.nan, np.nan)) for key in table[KEYS].itertuples(index=False, name=None)]
    table["low"], table["high"] = np.array(bounds).T
    return _gains(table, yardsticks)[SUMMARY]


def _gains(table: pd.DataFrame, yardsticks: Collection[str]) -> pd.DataFrame:
    """Return the summary with the best yardstick's name and the gain over it."""
    sign = np.where(table["metric"].isin(SMALLER_IS_BETTER), -1.0, 1.0)
    table = table.assign(good=sign * table["mean"])
    seeing = ~table["model"].isin(yardsticks)
    within = ["protocol", "target", "metric"]
    rivals = table[~seeing & (table["unit"] == "trial") & table["good"].notna()]
    best = rivals.loc[rivals.groupby(within, sort=False)["good"].idxmax(), [*within, "model", "good"]]
    table = table.merge(best.rename(columns={"model": "yardstick", "good": "mark"}), on=within, how="left")
    table["yardstick"] = table["yardstick"].where(seeing).astype(object).fillna("")
    table["gain"] = (table["good"] - table["mark"]).where(seeing)
    return table


def compare(scores: pd.DataFrame, *, leaky: Mapping[str, str], yardsticks: Collection[str] = ()) -> pd.DataFrame:
    """Return the paired comparisons over subjects, the columns of `comparisons.csv`, for the two leading metrics.

    Kind `models`: two models under one protocol; a and b are their names. A model is compared with a yardstick too, two
    yardsticks are not. Kind `protocols`: one model under two honest protocols; a and b read `trial:svm`, `protocol`
    reads `trial|subject`. Kind `leak`: a leaky protocol minus its honest partner; a and b likewise, `protocol` is the
    leaky one. Yardsticks have no such rows.

    `difference` is the mean of a - b over the n subjects that have both, `effect` the rank-biserial correlation
    (positive where a is larger), `p` two-sided from Wilcoxon's signed ranks, and `p_holm` Holm's over the rows of one
    kind, protocol, target, unit and metric; `detectable` is the smallest mean difference that a t test over these
    subjects finds with a power of 0.8.

    Parameters
    ----------
    scores : DataFrame
        The columns of `scores.csv`, all cells together.
    leaky : mapping of str to str
        Every leaky protocol and its honest partner.
    yardsticks : collection of str
    """
    rows = []
    for (target, unit, metric), table in scores.groupby(["target", "unit", "metric"], sort=False):
        if metric not in COMPARED:
            continue
        wide = table.pivot(index="subject", columns=["protocol", "model"], values="value")
        arms = [Arm(*key) for key in dict.fromkeys(zip(table["protocol"], table["model"], strict=True))]
        for pair in _pairs(arms, leaky, yardsticks):
            differences = (wide[pair.left] - wide[pair.right]).dropna().to_numpy()
            n, mean, effect, p = paired(differences)
            smallest = detectable(n, np.round(differences, 12).std(ddof=1) or np.nan) if n >= 2 else np.nan
            names = (pair.kind, *pair.names(), pair.protocol(), target, unit, metric)
            rows.append((*names, n, mean, effect, p, np.nan, smallest))
    rows.sort(key=lambda row: KINDS.index(row[0]))
    result = pd.DataFrame(rows, columns=COMPARISONS)
    result["p_holm"] = result.groupby(FAMILY, sort=False)["p"].transform(lambda own: holm(own.to_numpy()))
    return result


class Arm(NamedTuple):
    """One model under one protocol."""

    protocol: str
    model: str


class Pair(NamedTuple):
    """Two arms worth comparing, and why."""

    kind: str
    left: Arm
    right: Arm

    def names(self) -> tuple[str, str]:
        """Return what stands in columns a and b."""
        if self.kind == "models":
            return self.left.model, self.right.model
        return ":".join(self.left), ":".join(self.right)

    def protocol(self) -> str:
        """Return what stands in column protocol."""
        return "|".join((self.left.protocol, self.right.protocol)) if self.kind == "protocols" else self.left.protocol


def _pairs(arms: list[Arm], leaky: Mapping[str, str], yardsticks: Collection[str]) -> Iterator[Pair]:
    for left, right in combinations(arms, 2):
        if left.protocol == right.protocol:
            if not {left.model, right.model} <= set(yardsticks):
                yield Pair("models", left, right)
        elif left.model != right.model or left.model in yardsticks:
            continue
        elif leaky.get(left.protocol) == right.protocol:
            yield Pair("leak", left, right)
        elif leaky.get(right.protocol) == left.protocol:
            yield Pair("leak", right, left)
        elif not {left.protocol, right.protocol} & set(leaky):
            yield Pair("protocols", left, right)


def paired(differences: np.ndarray) -> tuple[int, float, float, float]:
    """Return n, mean, rank-biserial effect and Wilcoxon's two-sided p of paired differences.

    Zero differences are dropped from the ranks; where all are zero, the effect is 0 and p is 1. Below six pairs no
    result can be below .05, so p is NaN; with none, the mean and effect are too.
    """
    # Equal scores differ in the last bits when their sums ran in another order; those are ties.
    differences = np.round(differences, 12)
    n, moved = len(differences), differences[differences != 0]
    if not n:
        return 0, np.nan, np.nan, np.nan
    ranks = stats.rankdata(np.abs(moved)) * np.sign(moved)
    effect = float(ranks.sum() / np.abs(ranks).sum()) if len(moved) else 0.0
    p = float(stats.wilcoxon(moved).pvalue) if len(moved) else 1.0
    return n, float(differences.mean()), effect, p if n >= FEWEST_PAIRS else np.nan


def holm(p: np.ndarray) -> np.ndarray:
    """Return p adjusted for the family by Holm's step-down method; NaN stays NaN and does not count."""
    p = np.asarray(p, dtype=np.float64)
    order = np.argsort(p, kind="stable")[: np.count_nonzero(np.isfinite(p))]
    adjusted = np.full(p.shape, np.nan)
    adjusted[order] = np.minimum(1, np.maximum.accumulate(p[order] * np.arange(len(order), 0, -1)))
    return adjusted

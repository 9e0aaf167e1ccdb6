"""From scores to statements: intervals over subjects, gains over yardsticks, paired tests with their family."""

from collections.abc import Collection, Iterator, Mapping
from itertools import combinations
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from scipy import stats

from eeg import dependence
from eeg.intervals import NOTHING, Common, detectable, interval
from eeg.method import USUAL, Method
from eeg.metrics import LEADING, RANGES, SMALLER_IS_BETTER
from eeg.pairs import COMMON, Key

KEYS = ["protocol", "target", "model", "unit", "metric"]

SUMMARY = [*KEYS, "n", "mean", "sd", "low", "high", "chance", "p", "yardstick", "gain", "p_refit", "detectable"]
"""The columns of `summary.csv`."""

FAMILY = ["kind", "protocol", "target", "unit", "metric"]

COMPARISONS = ["kind", "a", "b", *FAMILY[1:], "n", "difference", "effect", "p", "p_holm", "detectable"]
"""The columns of `comparisons.csv`."""

KINDS = ("models", "protocols", "leak")
FEWEST_PAIRS = 6


def summarise(
    scores: pd.DataFrame, *, p: pd.DataFrame, yardsticks: Collection[str], method: Method = USUAL
) -> pd.DataFrame:
    """Return the summary of scores over subjects, the columns of `summary.csv`, in the scores' order.

    The yardstick is the one that is furthest above its chance in the row's protocol, target and metric; the gain is
    what the row is above its own chance, less that. (Where folds differ in their classes a majority scores less than
    one half and is exactly its chance: held against its mean, noise would gain.) A yardstick has unit `trial` only, so
    a row of unit `window` is held against that too. A positive gain is better, for NLL and Brier as well. A yardstick's
    own row has neither. `detectable` is the smallest distance of the mean from chance that these subjects could have
    shown, see `intervals.detectable`; NaN where nothing varies. Both count that subjects have taught each other's
    models, see `dependence`.

    Parameters
    ----------
    scores : DataFrame
        The columns of `scores.csv`, all cells together; n counts the subjects with a finite value, and with a chance
        where any has one.
    p : DataFrame
        `protocol, target, model, unit, metric, p`: the `p` of every cell's `Scores`; `p_refit` where there are refits.
    yardsticks : collection of str
        The models that see no EEG.
    method : Method
    """
    tests = p.reindex(columns=[*KEYS, "p", "p_refit", *COMMON]).fillna(dict.fromkeys(COMMON, 0))
    table = scores[KEYS].drop_duplicates(ignore_index=True).merge(tests, on=KEYS, how="left")
    subjects = dict(list(scores[np.isfinite(scores["value"])].groupby(KEYS, sort=False)))
    rows = []
    keys, in_common = (table[names].itertuples(index=False, name=None) for names in (KEYS, COMMON))
    for key, shared in zip(keys, in_common, strict=True):
        own, common = _with_chance(subjects.get(key, scores[:0])), Common(*shared)
        wider = dependence.of_subjects(key[-1], key[-2], key[0], n_subjects=len(own), validation=method.validation)
        rows.append(_over_subjects(own, method=method, inflation=wider, common=common))
    return _gains(table.join(pd.DataFrame(rows)), yardsticks)[SUMMARY]


def _with_chance(scores: pd.DataFrame) -> pd.DataFrame:
    """Return the rows that have a chance; all where none has one, so that a mean and its chance are of the same."""
    known = scores["chance"].notna()
    return scores[known] if known.any() else scores


def _over_subjects(scores: pd.DataFrame, *, method: Method, inflation: float, common: Common) -> dict[str, float]:
    """Return n, mean, spread, interval, chance and detectable effect of one cell, unit and metric.

    An interval ends where the metric does. What of the mean is chance differs between subjects, and more so the fewer
    trials a fold tests; under a protocol that counts common videos the interval is that of the values less chance,
    moved by the mean chance.
    """
    values, chance = scores["value"].to_numpy(), scores["chance"].to_numpy()
    over = np.round(values - chance, 12)
    sd = over.std(ddof=1) if len(over) > 1 else np.nan
    by_itself = common.n_videos and np.isfinite(over).all()
    spread, level = (over, chance.mean()) if by_itself else (values, 0.0)
    asked: dict[str, Any] = {"confidence": method.confidence, "inflation": inflation, "common": common}
    possible = RANGES.get(scores["metric"].iloc[0], (0.0, 1.0)) if len(scores) else (0.0, 1.0)
    low, high = interval(spread, seed=method.seed, **asked)
    return {
        "n": len(values),
        "mean": values.mean() if len(values) else np.nan,
        "sd": values.std(ddof=1) if len(values) > 1 else np.nan,
        "low": np.clip(level + low, *possible),
        "high": np.clip(level + high, *possible),
        "chance": scores["chance"].mean(),
        "detectable": detectable(len(values), sd, **asked) if sd > 0 else np.nan,
    }


def _gains(table: pd.DataFrame, yardsticks: Collection[str]) -> pd.DataFrame:
    """Return the summary with the best yardstick's name and the gain over it."""
    sign = np.where(table["metric"].isin(SMALLER_IS_BETTER), -1.0, 1.0)
    table = table.assign(good=sign * (table["mean"] - table["chance"]))
    seeing = ~table["model"].isin(yardsticks)
    within = ["protocol", "target", "metric"]
    # without a chance level (leave one trial out) a yardstick says nothing: a majority is always wrong there
    rivals = table[~seeing & (table["unit"] == "trial") & table["good"].notna()]
    best = rivals.loc[rivals.groupby(within, sort=False)["good"].idxmax(), [*within, "model", "good"]]
    table = table.merge(best.rename(columns={"model": "yardstick", "good": "mark"}), on=within, how="left")
    table["yardstick"] = table["yardstick"].where(seeing).astype(object).fillna("")
    table["gain"] = (table["good"] - table["mark"]).where(seeing)
    return table


def compare(
    scores: pd.DataFrame,
    *,
    leaky: Mapping[str, str],
    yardsticks: Collection[str] = (),
    common: Mapping[Key, Common] = MappingProxyType({}),
    method: Method = USUAL,
) -> pd.DataFrame:
    """Return the paired comparisons over subjects, the columns of `comparisons.csv`, for the two leading metrics.

    Kind `models`: two models under one protocol; a and b are their names. A model is compared with a yardstick too,
    both less their chance, which of a yardstick may be far from one half; two yardsticks are not compared. Kind
    `protocols`: one model under two honest protocols; a and b read `trial:svm`, `protocol` reads `trial|subject`. Kind
    `leak`: a leaky protocol minus its honest partner; a and b likewise, `protocol` is the leaky one. Yardsticks have no
    such rows.

    `difference` is the mean of a - b over the n subjects that have both, `effect` the rank-biserial correlation
    (positive where a is larger), `p` two-sided from Wilcoxon's signed ranks, and `p_holm` Holm's over a family (see
    `families`); `detectable` is the smallest mean difference that a t test over these subjects finds with a power of
    0.8. Both tests count that subjects have taught each other's models under either protocol, see `dependence`. Where
    subjects have videos in common ranks know nothing of them: `p` is then that of Student's t, with what videos add.

    Parameters
    ----------
    scores : DataFrame
        The columns of `scores.csv`, all cells together.
    leaky : mapping of str to str
        Every leaky protocol and its honest partner.
    yardsticks : collection of str
    common : mapping
        As of `pairs.in_common`.
    method : Method
    """
    rows = []
    for (target, unit, metric), table in scores.groupby(["target", "unit", "metric"], sort=False):
        if metric not in LEADING:
            continue
        about = str(target), str(unit), str(metric)
        above = table.assign(value=table["value"] - table["chance"])
        wide, over = (
            one.pivot(index="subject", columns=["protocol", "model"], values="value") for one in (table, above)
        )
        arms = [Arm(*key) for key in dict.fromkeys(zip(table["protocol"], table["model"], strict=True))]
        for pair in _pairs(arms, leaky, yardsticks):
            of = over if {pair.left.model, pair.right.model} & set(yardsticks) else wide
            differences = (of[pair.left] - of[pair.right]).dropna().to_numpy()
            tested = _tested(differences, pair, about, shared=pair.common(common, about), method=method)
            rows.append((pair.kind, *pair.names(), pair.protocol(), *about, *tested))
    rows.sort(key=lambda row: KINDS.index(row[0]))
    result = pd.DataFrame(rows, columns=COMPARISONS)
    result["p_holm"] = result.groupby(families(result), sort=False)["p"].transform(lambda own: holm(own.to_numpy()))
    return result


def _tested(
    differences: np.ndarray, pair: "Pair", about: tuple[str, str, str], *, shared: Common, method: Method
) -> tuple[float, ...]:
    """Return n, mean difference, effect, p, no p_holm yet, and the detectable difference."""
    _, unit, metric = about
    across = pair.left.protocol, pair.right.protocol
    wider = dependence.of_ranks(metric, unit, *across, validation=method.validation)
    n, mean, effect, p = paired(differences, inflation=wider)
    sd = np.round(differences, 12).std(ddof=1) if n >= 2 else 0.0
    if not sd > 0:
        return n, mean, effect, p, np.nan, np.nan
    inflation = dependence.of_subjects(metric, unit, *across, n_subjects=n, validation=method.validation)
    if shared.n_videos and n >= FEWEST_PAIRS:
        p = student(mean, inflation * sd**2 / n, n, common=shared)
    smallest = detectable(n, sd, confidence=method.confidence, inflation=inflation, common=shared)
    return n, mean, effect, p, np.nan, smallest


def families(comparisons: pd.DataFrame) -> list[pd.Series]:
    """Return what a family has in common: kind, protocol (all pairs of protocols are one), target, unit, metric."""
    protocol = comparisons["protocol"].where(comparisons["kind"] != "protocols", "")
    return [protocol if name == "protocol" else comparisons[name] for name in FAMILY]


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

    def common(self, known: Mapping[Key, Common], about: tuple[str, str, str]) -> Common:
        """Return what subjects have in common: of two models their difference, of two protocols that which counts."""
        if self.kind == "models":
            return known.get((self.left.protocol, *about, frozenset((self.left.model, self.right.model))), NOTHING)
        sides = (known.get((arm.protocol, *about, frozenset((arm.model,)))) for arm in (self.left, self.right))
        return next((one for one in sides if one), NOTHING)


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


def paired(differences: np.ndarray, *, inflation: float = 1.0) -> tuple[int, float, float, float]:
    """Return n, mean, rank-biserial effect and Wilcoxon's two-sided p of paired differences.

    Zero differences are dropped from the ranks; where all are zero, the effect is 0 and p is 1. Below six pairs no
    result can be below .05, so p is NaN; with none, the mean and effect are too. Where the ranks' sum has `inflation`
    times the variance it has for independent pairs, p is that of a normal deviate shrunk by the root of it.
    """
    # Equal scores differ in the last bits when their sums ran in another order; those are ties.
    differences = np.round(differences, 12)
    n, moved = len(differences), differences[differences != 0]
    if not n:
        return 0, np.nan, np.nan, np.nan
    ranks = stats.rankdata(np.abs(moved)) * np.sign(moved)
    effect = float(ranks.sum() / np.abs(ranks).sum()) if len(moved) else 0.0
    p = float(stats.wilcoxon(moved).pvalue) if len(moved) else 1.0
    if inflation != 1:
        p = float(2 * stats.norm.sf(stats.norm.isf(p / 2) / np.sqrt(inflation)))
    return n, float(differences.mean()), effect, p if n >= FEWEST_PAIRS else np.nan


def student(mean: float, variance: float, n: int, *, common: Common) -> float:
    """Return the two-sided p of Student's t of a mean over n subjects with what their videos add to its variance."""
    total, freedom = common.added(variance, n)
    return float(2 * stats.t.sf(abs(mean) / np.sqrt(total), freedom))


def holm(p: np.ndarray) -> np.ndarray:
    """Return p adjusted for the family by Holm's step-down method; NaN stays NaN and does not count."""
    p = np.asarray(p, dtype=np.float64)
    order = np.argsort(p, kind="stable")[: np.count_nonzero(np.isfinite(p))]
    adjusted = np.full(p.shape, np.nan)
    adjusted[order] = np.minimum(1, np.maximum.accumulate(p[order] * np.arange(len(order), 0, -1)))
    return adjusted

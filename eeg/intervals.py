"""Intervals of a mean over subjects, and the smallest effect so many of them could have shown."""

from functools import cache
from typing import NamedTuple

import numpy as np
from scipy import optimize, special, stats

from eeg import seeds
from eeg.dependence import OF_VIDEOS

STUDENT_UP_TO = 20
RESAMPLES = 1999
POWER = 0.8


class Common(NamedTuple):
    """What subjects share beside the models they taught: the videos they saw, where nothing else can be learnt.

    Attributes
    ----------
    n_videos : int
        0 where no videos are counted.
    by_video, by_trial : float
        The variances of the mean over subjects as in `scores.Scores`; what videos add is the difference, which
        estimates 0 by values on either side of it. Both lean the same way: `dependence.OF_VIDEOS`.
    """

    n_videos: int = 0
    by_video: float = 0.0
    by_trial: float = 0.0

    def added(self, variance: float, n: int) -> tuple[float, float]:
        """Return the variance of a mean over n subjects with what videos add, and its degrees of freedom.

        At least half of what the subjects say. Degrees of freedom after Satterthwaite (1946), of the sum of what
        subjects say and what videos say; what trials say is known much better than either. Not below half of what the
        fewer of subjects and videos have, which an estimate that happens to be small would else come to.
        """
        if not self.n_videos > 1 or not variance > 0:
            return variance, n - 1
        total = max(variance + OF_VIDEOS * (self.by_video - self.by_trial), variance / 2)
        videos = OF_VIDEOS * self.by_video
        freedom = total**2 / (variance**2 / (n - 1) + videos**2 / (self.n_videos - 1))
        return total, max(freedom, (min(n, self.n_videos) - 1) / 2, 1.0)


NOTHING = Common()


def interval(
    values: np.ndarray, *, confidence: float = 0.95, seed: int = 0, inflation: float = 1.0, common: Common = NOTHING
) -> tuple[float, float]:
    """Return the confidence interval of the mean: Student t up to 20 values, bootstrap-t beyond, NaN below 2.

    Where the subjects have videos in common it is Student's t throughout, with degrees of freedom from `Common.added`.

    Parameters
    ----------
    values : array, shape (n,)
        One per subject; values that are not finite are left out.
    confidence : float
    seed : int
        Names the resamples of the bootstrap.
    inflation : float
        By how much the mean varies more than the values' spread says, as variances: `dependence.of_subjects`.
    common : Common
    """
    values = np.asarray(values, dtype=np.float64)
    values = values[np.isfinite(values)]
    if len(values) < 2:
        return np.nan, np.nan
    error = standard_error(values)
    variance, freedom = common.added(float(inflation * error**2), len(values))
    below, above = student_limits(freedom, confidence)
    if len(values) > STUDENT_UP_TO and error > 0 and not common.n_videos:
        below, above = _bootstrap_limits(values, confidence, seeds.generator(seed, "interval"))
    mean, reach = values.mean(), np.sqrt(variance)
    return float(mean - above * reach), float(mean - below * reach)


def standard_error(values: np.ndarray) -> np.ndarray:
    """Return the standard error of the mean over the last axis; exactly 0 for equal values."""
    spread = values - values[..., :1]
    return spread.std(axis=-1, ddof=1) / np.sqrt(values.shape[-1])


def student_limits(freedom: float, confidence: float) -> tuple[float, float]:
    """Return the two quantiles of Student's t with so many degrees of freedom."""
    above = float(special.stdtrit(freedom, (1 + confidence) / 2))
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
        (float(below), float(above))
        if np.isfinite([below, above]).all()
        else student_limits(len(values) - 1, confidence)
    )


def detectable(
    n: int,
    sd: float,
    *,
    confidence: float = 0.95,
    power: float = POWER,
    inflation: float = 1.0,
    common: Common = NOTHING,
) -> float:
    """Return the smallest true mean that a two-sided t test against 0 over n subjects finds with the asked power.

    NaN below two subjects. Solved for the non-central t distribution (Cohen 1988, section 2); what the experiment could
    have found, not what it did: `sd` is the observed standard deviation over subjects, the others as for `interval`.
    """
    if n < 2:
        return np.nan
    variance, freedom = common.added(inflation * sd**2 / n, n)
    return _noncentrality(freedom, confidence, power) * np.sqrt(variance)


@cache
def _noncentrality(freedom: float, confidence: float, power: float) -> float:
    """Return the non-centrality at which a two-sided t test has the asked power."""
    _, limit = student_limits(freedom, confidence)

    def short(shift: float) -> float:
        # the far tail is NaN where it is too small to be computed
        return stats.nct.sf(limit, freedom, shift) + np.nan_to_num(stats.nct.cdf(-limit, freedom, shift)) - power

    high = 1.0
    while short(high) < 0:
        high *= 2
    return float(optimize.brentq(short, 0.0, high))

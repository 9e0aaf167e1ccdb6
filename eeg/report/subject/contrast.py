"""Band entropy pooled over trials: what classes differ by, and how much they would differ by chance."""

from typing import NamedTuple

import numpy as np

from eeg.seeds import Word, generator

DRAWS = 500
"""How often labels are permuted among the trials for the noise level."""

SHARE = 0.95
"""Share of the permutations whose largest value anywhere stays below the noise level."""

FEWEST = 2
"""Trials a side below which there is no t."""


class Contrast(NamedTuple):
    """How the trials of one side differ from those of the other.

    Attributes
    ----------
    difference : ndarray, shape (n_channels, n_bands)
        Of the means over trials, nats: largest where most differs, whatever the noise there.
    t : ndarray, shape (n_channels, n_bands)
        Welch's t of the same; 0 where nothing varies.
    level : float
        Noise: what the largest |t| of all channels and bands reaches in one of twenty permutations of the labels.
    n : (int, int)
        Trials on either side.
    """

    difference: np.ndarray
    t: np.ndarray
    level: float
    n: tuple[int, int]


def pooled(values: np.ndarray) -> np.ndarray:
    """Return entropy (n_trials, n_windows, n_channels, n_bands) averaged over the windows of every trial, float64."""
    return np.asarray(values).mean(axis=1, dtype=np.float64)


def contrast(x: np.ndarray, high: np.ndarray, low: np.ndarray, *, words: tuple[Word, ...]) -> Contrast | None:
    """Return how pooled trials differ between two sides, None where a side has too few.

    The noise level is that of the largest |t| over channels and bands (Nichols & Holmes 2002, "Nonparametric
    permutation tests for functional neuroimaging"), so that all maps of one comparison without any effect stay below
    it in 95 of 100 cases; a page with several comparisons shows something beyond it more often.

    Parameters
    ----------
    x : ndarray, shape (n_trials, n_channels, n_bands)
        From `pooled`.
    high, low : ndarray of bool, shape (n_trials,)
    words : tuple
        Name the permutations.
    """
    n = int(high.sum()), int(low.sum())
    if min(n) < FEWEST:
        return None
    own = np.concatenate([x[high], x[low]]).reshape(sum(n), -1)
    sides = np.arange(sum(n)) < n[0]
    permuted = generator(*words).permuted(np.tile(sides, (DRAWS, 1)), axis=1)
    largest = np.abs(_t(own, permuted)).max(axis=1)
    level = float(np.quantile(largest, SHARE))
    return Contrast(x[high].mean(axis=0) - x[low].mean(axis=0), _t(own, sides[None])[0].reshape(x.shape[1:]), level, n)


def _t(x: np.ndarray, sides: np.ndarray) -> np.ndarray:
    """Return Welch's t of the trials on a side against the others, shape (n_draws, n_features)."""
    x = x - x.mean(axis=0)
    means, errors = [], []
    for chosen in (sides, ~sides):
        n = chosen.sum(axis=1, keepdims=True)
        mean = chosen @ x / n
        variance = np.maximum(chosen @ x**2 / n - mean**2, 0.0) * n / (n - 1)
        means.append(mean)
        errors.append(variance / n)
    spread = np.sqrt(errors[0] + errors[1])
    # rounding leaves some 1e-8 where nothing varies
    return np.divide(means[0] - means[1], spread, out=np.zeros_like(spread), where=spread > 1e-6)

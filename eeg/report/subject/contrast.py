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

ROUNDING = 1e-6
"""What is smaller is nothing."""


class Contrast(NamedTuple):
    """How the trials of one side differ from those of the other.

    Attributes
    ----------
    difference : ndarray, shape (n_channels, n_bands)
        Of the means over trials, nats: largest where most differs, whatever the noise there. Within strata, if there
        are several: the coefficient of the side in a linear model with the strata.
    t : ndarray, shape (n_channels, n_bands)
        Welch's t of the same (within strata: from the variance HC2, which is Welch's where there is one); 0 where
        nothing varies.
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


def contrast(
    x: np.ndarray, high: np.ndarray, low: np.ndarray, *, words: tuple[Word, ...], strata: np.ndarray | None = None
) -> Contrast | None:
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
    strata : ndarray, shape (n_trials,), optional
        What trials have to share to be compared, and labels to be permuted among them; None: nothing.
    """
    n = int(high.sum()), int(low.sum())
    if min(n) < FEWEST:
        return None
    chosen = high | low
    shared = np.zeros(len(x)) if strata is None else strata
    members = (shared[chosen][:, None] == np.unique(shared[chosen])).astype(float)
    own, side = x[chosen].reshape(sum(n), -1), high[chosen].astype(float)
    if np.abs(_within(side, members)).max() < ROUNDING:
        return None
    difference, t = _compared(own, side[None], members)
    permuted, rng = np.tile(side, (DRAWS, 1)), generator(*words)
    for column in members.T.astype(bool):
        permuted[:, column] = rng.permuted(permuted[:, column], axis=1)
    largest = np.abs(_compared(own, permuted, members)[1]).max(axis=1)
    level = float(np.quantile(largest, SHARE))
    return Contrast(difference[0].reshape(x.shape[1:]), t[0].reshape(x.shape[1:]), level, n)


def _within(values: np.ndarray, members: np.ndarray) -> np.ndarray:
    """Return values (..., n_trials) less the mean of each trial's stratum; `members` (n_trials, n_strata) is 0 or 1."""
    return values - values @ members / members.sum(axis=0) @ members.T


def _compared(x: np.ndarray, sides: np.ndarray, members: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return differences and t of trials x (n_trials, n_features), both (n_draws, n_features), for sides of 0 and 1."""
    x, sides = _within(x.T, members).T, _within(sides, members)
    total = (sides**2).sum(axis=1, keepdims=True)
    difference = sides @ x / total
    left = 1 - members @ (1 / members.sum(axis=0)) - sides**2 / total
    weights = np.divide(sides**2, left, out=np.zeros_like(sides), where=left > ROUNDING)
    squares = weights @ x**2 - 2 * difference * ((weights * sides) @ x)
    squares += difference**2 * (weights * sides**2).sum(axis=1, keepdims=True)
    spread = np.sqrt(np.maximum(squares, 0.0)) / total
    return difference, np.divide(difference, spread, out=np.zeros_like(spread), where=spread > ROUNDING)

"""Scalers from per-trial moments: z-score then min-max, fitted without a second pass over the signals.

For a linear scaler the composition equals min-max alone; both steps are kept because the papers name them. The kind
`none` leaves values as they are.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

Kind = Literal["zscore_minmax", "zscore", "none"]
Moments = dict[str, np.ndarray]

BLOCK = 1 << 20
"""Values that are scaled at once: they take 8 MB in float64."""


def moments(x: np.ndarray) -> Moments:
    """Return count, mean, sum of squared deviations, minimum and maximum of every trial, per feature.

    Parameters
    ----------
    x : ndarray, shape (n_trials, n_samples, ...)
        Axis 1 (time, or windows) is reduced; what follows are the features: (channel,) or (channel, band).

    Returns
    -------
    dict of float64 arrays
        `count` (n_trials,) and `mean`, `m2`, `min`, `max` (n_trials, ...).
    """
    found: dict[str, list[np.ndarray]] = {"mean": [], "m2": [], "min": [], "max": []}
    for trial in x:
        samples = np.asarray(trial, np.float64)
        mean = samples.mean(axis=0)
        found["mean"].append(mean)
        found["m2"].append(((samples - mean) ** 2).sum(axis=0))
        found["min"].append(samples.min(axis=0))
        found["max"].append(samples.max(axis=0))
    return {"count": np.full(len(x), float(x.shape[1])), **{name: np.stack(rows) for name, rows in found.items()}}


def merge(parts: Mapping[str, np.ndarray]) -> Moments:
    """Return the moments of all samples together from those of several trials (Chan, Golub & LeVeque 1983).

    Parameters
    ----------
    parts : mapping
        As `moments` returns it, rows selected or joined along axis 0.

    Returns
    -------
    dict of float64 arrays
        The same names without the trial axis; nothing is approximated.
    """
    count = parts["count"].reshape(-1, *[1] * (parts["mean"].ndim - 1))
    total = parts["count"].sum()
    mean = (count * parts["mean"]).sum(axis=0) / total
    m2 = parts["m2"].sum(axis=0) + (count * (parts["mean"] - mean) ** 2).sum(axis=0)
    low, high = parts["min"].min(axis=0), parts["max"].max(axis=0)
    return {"count": np.asarray(total), "mean": mean, "m2": m2, "min": low, "max": high}


@dataclass(frozen=True)
class Scaler:
    """A fitted scaler: z-score, then min-max to [0, 1] of the values it was fitted on, as one multiply-add.

    Parameters
    ----------
    mean, sd : ndarray, shape (...)
        Per feature, of the samples it was fitted on; `sd` has the divisor n.
    low, high : ndarray, shape (...)
        The smallest and the largest of those samples, z-scored.
    kind : {"zscore_minmax", "zscore", "none"}
        Whether min-max follows the z-score, or nothing is done.
    """

    mean: np.ndarray
    sd: np.ndarray
    low: np.ndarray
    high: np.ndarray
    kind: Kind = "zscore_minmax"

    @classmethod
    def fit(cls, merged: Mapping[str, np.ndarray], *, kind: Kind = "zscore_minmax") -> "Scaler":
        """Return the scaler of the samples whose merged moments are given; a constant feature gets `sd` 0."""
        # squares of differences near the smallest number there is are 0, and would be divided by
        varies = (merged["max"] > merged["min"]) & (merged["m2"] > 0)
        sd = np.where(varies, np.sqrt(merged["m2"] / merged["count"]), 0.0)
        divisor = np.where(varies, sd, 1.0)
        low = np.where(varies, (merged["min"] - merged["mean"]) / divisor, 0.0)
        high = np.where(varies, (merged["max"] - merged["mean"]) / divisor, 0.0)
        return cls(np.asarray(merged["mean"]), sd, low, high, kind)

    @classmethod
    def identity(cls, shape: tuple[int, ...]) -> "Scaler":
        """Return the scaler of the kind `none` for features of this shape: it changes nothing."""
        return cls(np.zeros(shape), np.ones(shape), np.zeros(shape), np.ones(shape), "none")

    def transform(self, x: np.ndarray) -> np.ndarray:
        """Return `x` (n, ..., features) scaled, float32; constant features become 0, nothing is clipped."""
        gain, offset = self.line()
        return transform(x, gain[None], offset[None], row=np.zeros(len(x), int))

    def line(self) -> tuple[np.ndarray, np.ndarray]:
        """Return gain and offset of the composed multiply-add; both 0 for a constant feature."""
        varies = self.sd > 0
        sd = np.where(varies, self.sd, 1.0)
        span = np.where(varies, self.high - self.low, 1.0) if self.kind == "zscore_minmax" else np.ones_like(sd)
        low = self.low if self.kind == "zscore_minmax" else np.zeros_like(sd)
        gain = np.where(varies, 1 / (sd * span), 0.0)
        return gain, np.where(varies, -self.mean * gain - low / span, 0.0)


def transform(x: np.ndarray, gain: np.ndarray, offset: np.ndarray, *, row: np.ndarray) -> np.ndarray:
    """Return every window scaled by a scaler of its own: float32, computed in float64 a block of windows at a time.

    Parameters
    ----------
    x : ndarray, shape (n, ..., features)
        Windows.
    gain, offset : ndarray, shape (n_scalers, features)
        From `Scaler.line`; features are (channel,) or (channel, band).
    row : ndarray of int, shape (n,)
        Which scaler each window takes.
    """
    out = np.empty(x.shape, np.float32)
    between = [1] * (x.ndim - gain.ndim)
    step = max(1, BLOCK // max(1, x[:1].size))
    for start in range(0, len(x), step):
        block, of = x[start : start + step], row[start : start + step]
        of = of[:1] if (of == of[0]).all() else of
        factor, summand = (line[of].reshape(len(of), *between, *line.shape[1:]) for line in (gain, offset))
        scaled = np.multiply(block, factor, dtype=np.float64)
        np.add(scaled, summand, out=out[start : start + step], casting="same_kind")
    return out

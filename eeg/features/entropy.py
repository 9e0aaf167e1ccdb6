"""Differential entropy of band-passed windows.

h = 0.5 ln(2 pi e sigma^2) in nats, sigma^2 in microvolt squared: the entropy of a Gaussian whose variance is that of
the band-passed window (Shi, Jiao & Lu 2013; Duan, Zhu & Lu 2013). One definition: the whole trial, its baseline
included, is filtered forward and backward by a Butterworth band-pass of order 3 (zero phase, power response |H|^4),
then cut into windows; variance with ddof 1, not below 1e-6. The mean of a log lies below the log of a mean, so short
windows of narrow bands read lower than long ones.
"""

from collections.abc import Mapping

import numpy as np

from eeg.errors import InputError
from eeg.features.filterbank import DOUBLE, Computing, band_variances

FLOOR = 1e-6
"""Smallest variance in microvolt squared: a flat channel reads -5.5 nat instead of minus infinity."""


def differential_entropy(
    x: np.ndarray,
    sfreq: float,
    *,
    bands: Mapping[str, tuple[float, float]],
    windows: tuple[np.ndarray, int],
    computing: Computing = DOUBLE,
) -> np.ndarray:
    """Return the differential entropy of every window, channel and band in nats.

    Parameters
    ----------
    x : ndarray, shape (n_trials, n_channels, n_times)
        Whole trials in microvolt, baseline included.
    sfreq : float
        Sampling rate in Hz.
    bands : mapping of str to (low, high)
        Edges in Hz; the last axis of the result follows its order.
    windows : (starts, length)
        First samples of the windows, shape (n_windows,), counted from the start of the trial, and their samples, at
        least 2.
    computing : Computing
        Single precision is faster and within 1e-4 nat; threads change no bit.

    Returns
    -------
    ndarray of the asked precision, shape (n_trials, n_windows, n_channels, n_bands)

    Raises
    ------
    InputError
        A band does not fit below half the sampling rate, a window is too short, or a trial is shorter than the padding.
    """
    check_bands(bands, *everything(sfreq))
    return of_variance(band_variances(x, sfreq, bands=list(bands.values()), windows=windows, computing=computing))


def of_variance(variance: np.ndarray) -> np.ndarray:
    """Return the entropy in nats of Gaussians with these variances in microvolt squared, none below `FLOOR`."""
    h = np.maximum(variance, FLOOR)
    np.log(h, out=h)
    h *= 0.5
    h += 0.5 * np.log(2 * np.pi * np.e)
    return h


def subtract_baseline(de: np.ndarray, baseline_de: np.ndarray) -> np.ndarray:
    """Return the entropy relative to the mean over the baseline's windows of the same trial, channel and band.

    Every window then carries its trial's fingerprint: with windows shuffled between training and test this leaks.

    Parameters
    ----------
    de : ndarray, shape (n_trials, n_windows, n_channels, n_bands)
    baseline_de : ndarray, shape (n_trials, n_baseline_windows, n_channels, n_bands)

    Returns
    -------
    ndarray, shape of `de`
    """
    return de - baseline_de.mean(axis=1, keepdims=True)


def everything(sfreq: float) -> tuple[float, float]:
    """Return the band in Hz that a sampling rate can hold: a filter's edge lies below half of it, not on it."""
    return 0.0, float(np.nextafter(sfreq / 2, 0.0))


def check_bands(bands: Mapping[str, tuple[float, float]], low: float, high: float) -> None:
    """Refuse a band that is not inside the data's pass-band: outside it there is filter residue, no signal.

    Raises
    ------
    InputError
        Names the band and the edge that lies outside `low` to `high` Hz.
    """
    for name, (lower, upper) in bands.items():
        if lower >= upper:
            wrong = "its lower edge is not below the upper one"
        elif lower < low or lower <= 0:
            wrong = f"its lower edge lies below {low:g} Hz"
        elif upper > high:
            wrong = f"its upper edge lies {'above' if upper > high * (1 + 1e-9) else 'at'} {high:g} Hz"
        else:
            continue
        raise InputError(
            f"bands inside the pass-band {low:g}-{high:g} Hz",
            f"{name} {lower:g}-{upper:g} Hz: {wrong}",
            "Change the band, or widen the band-pass if the recording holds more.",
        )

"""What the definitions that imitate a library share.

The libraries filter by a Butterworth band-pass written as one transfer function, in float64. Its coefficients are
rounded: at order 5, a band as low as 4-8 Hz differs from the same filter in second-order sections by up to 1e-6 nat.
Hence transfer functions here too.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from scipy.signal import butter, filtfilt, lfilter

from eeg.errors import InputError
from eeg.features.trials import Trials


def of_trials(one: Callable[[np.ndarray], np.ndarray], x: np.ndarray, *, threads: int) -> np.ndarray:
    """Return `one` of every trial in `x`, stacked; the trials are shared among threads, which change no bit."""
    with ThreadPoolExecutor(threads) as pool:
        return np.stack(list(pool.map(one, x)))


def causal(x: np.ndarray, edges: tuple[float, float], *, order: int, sfreq: float) -> np.ndarray:
    """Return signals band-passed forward along the last axis, from rest."""
    return lfilter(*_transfer(edges, order, sfreq), x)


def zero_phase(x: np.ndarray, edges: tuple[float, float], *, order: int, sfreq: float) -> np.ndarray:
    """Return signals band-passed forward and backward along the last axis, oddly continued at both ends."""
    return filtfilt(*_transfer(edges, order, sfreq), x)


def cut(x: np.ndarray, windows: tuple[np.ndarray, int]) -> np.ndarray:
    """Return the windows of signals (n_channels, n_times): a copy (n_windows, n_channels, length)."""
    starts, length = windows
    return sliding_window_view(x, length, axis=1)[:, starts].swapaxes(0, 1)


def mean_second(trials: Trials) -> np.ndarray:
    """Return the sample-by-sample mean over the whole seconds of every baseline, (n_trials, n_channels, second).

    Raises
    ------
    InputError
        The baseline is shorter than a second.
    """
    second = round(trials.sfreq)
    n = trials.n_baseline // second
    if n == 0:
        raise InputError(
            "a baseline of at least a second to subtract",
            f"{trials.n_baseline / trials.sfreq:g} s",
            "Lengthen `trial.baseline` or set the branch's `baseline` to keep.",
        )
    before = np.asarray(trials.x[..., : n * second], float)
    return before.reshape(*before.shape[:2], n, second).mean(axis=2)


def _transfer(edges: tuple[float, float], order: int, sfreq: float) -> tuple[np.ndarray, np.ndarray]:
    low, high = edges
    return butter(order, (low / (0.5 * sfreq), high / (0.5 * sfreq)), "bandpass")

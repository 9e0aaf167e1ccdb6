"""Variance of band-passed windows: a zero-phase Butterworth filter bank in one compiled pass over each trial.

The numbers are those of `scipy.signal.sosfiltfilt` with its odd padding, followed by `var(ddof=1)`; three things make
it fast. A band-pass of order `ORDER` has the numerator (1 - z^-2)^ORDER whatever its edges, so one difference of the
trial serves all bands and only the poles are left for each. Neighbouring channels are lanes of one vector register,
which holds a filter's state through the whole recursion. And a filtered trial never leaves the cache: its windows are
summed up before the next band is filtered. The compiled part stands in `eeg.features.compiled`.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from scipy.signal import butter

from eeg.errors import InputError

ORDER = 3
"""Order of the Butterworth band-pass, applied forward and backward: twice as many poles."""

PADDING = 3 * (2 * ORDER + 1)
"""Samples by which a trial is continued at both ends before it is filtered, as `sosfiltfilt` does by default."""

SLOW = 1 / 64
"""Bands that begin below this share of the sampling rate are always filtered in double precision: in single they would
be off by more than 1e-4 of their logarithm."""

Precision = Literal["float64", "float32"]


@dataclass(frozen=True)
class Computing:
    """How features are computed: precision of the result, and threads among which trials are shared."""

    precision: Precision = "float64"
    threads: int = 1


DOUBLE = Computing()
"""Double precision on one thread."""


def band_variances(
    x: np.ndarray,
    sfreq: float,
    *,
    bands: Sequence[tuple[float, float]],
    windows: tuple[np.ndarray, int],
    computing: Computing = DOUBLE,
) -> np.ndarray:
    """Return the variance (ddof 1) of every window of every band-passed trial.

    Parameters
    ----------
    x : ndarray of float, shape (n_trials, n_channels, n_times)
        Whole trials.
    sfreq : float
        Sampling rate in Hz.
    bands : sequence of (low, high)
        Edges in Hz, between 0 and half the sampling rate.
    windows : (starts, length)
        First samples of the windows, shape (n_windows,), and their samples, at least 2.
    computing : Computing
        Its precision is that of the result and of the filters, but for bands that begin below `SLOW`; `x` is read as
        it is and never copied whole. Threads change no bit.

    Returns
    -------
    ndarray of the asked precision, shape (n_trials, n_windows, n_channels, n_bands)
        In the square of the unit of `x`.

    Raises
    ------
    InputError
        A trial is shorter than its padding, or a window shorter than 2 samples or not inside the trial.
    """
    from eeg.features.compiled import variances  # numba takes half a second to import: not where nothing is computed

    starts, length = np.asarray(windows[0], np.int64), int(windows[1])
    _check(x.shape[2], starts, length)
    slow = np.array([low < SLOW * sfreq for low, _ in bands], bool)
    out = np.empty((len(x), len(starts), x.shape[1], len(bands)), computing.precision)
    sorts = [(np.flatnonzero(slow), "float64"), (np.flatnonzero(~slow), computing.precision)]
    banks = [
        (chosen, *_filters([bands[band] for band in chosen.tolist()], sfreq, np.dtype(dtype)))
        for chosen, dtype in sorts
        if len(chosen)
    ]

    def one(trial: int) -> None:
        for chosen, gains, poles in banks:
            found = np.empty((len(starts), x.shape[1], len(chosen)), gains.dtype)
            variances(x[trial], gains, poles, (PADDING, starts, length), found)
            out[trial, ..., chosen] = np.moveaxis(found, -1, 0)

    if computing.threads == 1:
        for trial in range(len(x)):
            one(trial)
    else:
        with ThreadPoolExecutor(computing.threads) as pool:
            list(pool.map(one, range(len(x))))
    return out


def _check(n_times: int, starts: np.ndarray, length: int) -> None:
    """Refuse what compiled code would read beyond the trial for."""
    if n_times <= PADDING:
        raise InputError(
            f"trials of more than {PADDING} samples to filter forward and backward",
            f"{n_times}",
            "Lengthen `trial.duration` in the config.",
        )
    if length < 2 or (len(starts) and (starts.min() < 0 or starts.max() + length > n_times)):
        raise InputError(
            f"windows of at least 2 samples within the {n_times} of a trial",
            f"windows of {length} that start at {starts.min()} to {starts.max()}",
            "Make the window plan from these trials.",
        )


def _filters(bands: Sequence[tuple[float, float]], sfreq: float, dtype: np.dtype[Any]) -> tuple[np.ndarray, np.ndarray]:
    """Return the gain of each band, (n_bands,), and what its poles feed back, (n_bands, 2 * ORDER)."""
    gains = [butter(ORDER, edges, "bandpass", fs=sfreq, output="zpk")[2] for edges in bands]
    sections = [butter(ORDER, edges, "bandpass", fs=sfreq, output="sos") for edges in bands]
    return np.array(gains, dtype), np.array([-sos[:, 4:].ravel() for sos in sections], dtype)

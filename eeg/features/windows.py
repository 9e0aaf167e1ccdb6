"""The plan of windows of a trial, and windows as views of it."""

import numpy as np
import pandas as pd
from numpy.lib.stride_tricks import sliding_window_view

from eeg.errors import InputError


def plan(n_times: int, sfreq: float, *, length: float, step: float) -> pd.DataFrame:
    """Return the windows of one trial: `window, start, length, onset`.

    Parameters
    ----------
    n_times : int
        Samples of the trial's video (or of its baseline).
    sfreq : float
        Sampling rate in Hz.
    length, step : float
        Length of a window and distance between two starts, in seconds; both are rounded to whole samples.

    Returns
    -------
    DataFrame
        `window` from 0, `start` and `length` in samples, `onset` in seconds from the first sample. A rest at the
        end shorter than a window is left out.

    Raises
    ------
    InputError
        The window is longer than the trial, or the window or the step is shorter than a sample.
    """
    n_length, n_step = round(length * sfreq), round(step * sfreq)
    if n_length < 1 or n_step < 1:
        raise InputError(
            f"a window and a step of at least one sample at {sfreq:g} Hz",
            f"length {length:g} s and step {step:g} s",
            "Lengthen `window` or `step` of the branch in the config.",
        )
    if n_length > n_times:
        raise InputError(
            f"windows no longer than the trial ({n_times / sfreq:g} s)",
            f"a length of {length:g} s",
            "Shorten `window` of the branch in the config.",
        )
    start = np.arange(0, n_times - n_length + 1, n_step)
    columns = {"window": np.arange(len(start)), "start": start, "length": n_length, "onset": start / sfreq}
    return pd.DataFrame(columns)


def cut(x: np.ndarray, starts: np.ndarray, length: int) -> np.ndarray:
    """Return the windows of every trial: a view where the starts are evenly spaced, otherwise a copy.

    Parameters
    ----------
    x : ndarray, shape (n_trials, n_times, n_channels)
        May be memory-mapped.
    starts : ndarray of int, shape (n_windows,)
    length : int
        Samples of a window.

    Returns
    -------
    ndarray, shape (n_trials, n_windows, length, n_channels)
        Read-only where it is a view.

    Raises
    ------
    InputError
        A window reaches beyond the trial.
    """
    starts = np.asarray(starts)
    if starts.min() < 0 or starts.max() + length > x.shape[1]:
        raise InputError(
            f"windows within the {x.shape[1]} samples of a trial",
            f"samples {starts.min()} to {starts.max() + length}",
            "Make the window plan from these trials.",
        )
    every = np.moveaxis(sliding_window_view(x, length, axis=1), -1, 2)
    return every[:, evenly(starts)]


def evenly(starts: np.ndarray) -> slice | np.ndarray:
    """Return a slice that picks `starts` where they rise in equal steps, otherwise `starts` themselves."""
    steps = np.unique(np.diff(starts))
    if len(steps) > 1 or (len(steps) == 1 and steps[0] < 1):
        return starts
    return slice(int(starts[0]), int(starts[-1]) + 1, int(steps[0]) if len(steps) else 1)

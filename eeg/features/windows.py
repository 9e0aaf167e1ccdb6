"""The plan of windows of a trial: where they start, not copies of them."""

import numpy as np
import pandas as pd

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

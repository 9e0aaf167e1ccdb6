"""LibEER's default features, its feature type `de_lds` (github.com/XJTU-EEG/LibEER, commit dddff97).

Those of `libeer`, smoothed along the trial as in its data_utils/preprocess.py (`lds`): a Kalman filter that runs
forward only, of a state that stays (transition 1, noise 1e-4), is observed as it is (noise 1) and starts from the
trial's mean. Its gain, the same for every channel and band, stays near 0.01: a sample moves one hundredth of the way to
the next window's value, so all windows of a trial are nearly its mean. With windows of a trial in both training and
test data this is a leak, larger than any effect of emotion.
"""

import numpy as np

from eeg.features.definitions import Bands, Baseline, Computing, Windows, libeer
from eeg.features.trials import Trials

UNITS = libeer.UNITS
STATEMENT = f"{libeer.STATEMENT}, smoothed along the trial by LibEER's linear dynamic system (de_lds)"
SUBTRACTED = libeer.SUBTRACTED
BASELINE_SECONDS = libeer.BASELINE_SECONDS
ANY_BAND = libeer.ANY_BAND

PRIOR = 0.01
"""Variance of the first state, which LibEER also takes for its mean: the first step is off by PRIOR / (PRIOR + 1)."""

TRANSITION_NOISE = 1e-4
"""Variance that the state gains from one window to the next; that of an observation is 1."""


def features(trials: Trials, *, bands: Bands, windows: Windows, baseline: Baseline, computing: Computing) -> np.ndarray:
    """Return smoothed differential entropy in bits, shape (n_trials, n_windows, n_channels, n_bands)."""
    exact = Computing("float64", computing.threads)
    de = libeer.features(trials, bands=bands, windows=windows, baseline=baseline, computing=exact)
    return smoothed(de).astype(computing.precision)


def smoothed(de: np.ndarray) -> np.ndarray:
    """Return features (n_trials, n_windows, ...) filtered along the windows."""
    out = np.empty_like(de)
    gain = PRIOR / (PRIOR + 1)
    out[:, 0] = de.mean(axis=1) + gain * (de[:, 0] - PRIOR)
    variance = (1 - gain) * PRIOR
    for window in range(1, de.shape[1]):
        predicted = variance + TRANSITION_NOISE
        gain = predicted / (predicted + 1)
        out[:, window] = out[:, window - 1] + gain * (de[:, window] - out[:, window - 1])
        variance = (1 - gain) * predicted
    return out

"""The release made from a simulated recording, as DEAP's makers made theirs."""

import numpy as np
from scipy import fft
from scipy.signal import resample_poly

from eeg.channels import GENEVA
from eeg.datasets.simulated.cohort import SFREQ, Settings
from eeg.datasets.simulated.recording import Recording

RATE = 128
"""Sampling rate of the release in Hz."""

BAND = (4.0, 45.0)
"""Pass-band of the release's EEG in Hz."""

EDGES = (0.5, 1.0)
"""Hz within which the filter goes from nothing to all below the band, and from all to nothing above it."""

OTHERS = {
    "hEOG": ("EXG1", "EXG2"),
    "vEOG": ("EXG3", "EXG4"),
    "zEMG": ("EXG5", "EXG6"),
    "tEMG": ("EXG7", "EXG8"),
    "GSR": ("GSR1",),
    "Respiration": ("Resp",),
    "Plethysmograph": ("Plet",),
    "Temperature": ("Temp",),
}
"""The release's channels 33-40: one of the recording's, or the difference of two."""


def trials(
    recording: Recording, settings: Settings, *, band: tuple[float, float] = BAND, shift: float = 0.0
) -> np.ndarray:
    """Return a recording's trials as the release holds them.

    The eyes' part of the EEG is taken away exactly, as an ideal separation of sources would; then 128 Hz, band-pass,
    average reference, and the cut about code 4. The other channels are only down-sampled and cut.

    Parameters
    ----------
    recording : Recording
        What was recorded.
    settings : Settings
        Length of a trial.
    band : (float, float)
        Pass-band of the EEG in Hz.
    shift : float
        Seconds by which all trials are cut later.

    Returns
    -------
    ndarray of float64, shape (n_trials, 40, n_times)
        In the order of the videos. Channels: GENEVA in microvolt, then `OTHERS`.
    """
    step = SFREQ // RATE
    # The nearest sample at the lower rate; a tie goes to the later one.
    starts = (recording.onsets + step // 2) // step - round((settings.baseline - shift) * RATE)
    starts = starts[np.argsort(recording.videos)]
    n_times = round((settings.baseline + settings.duration) * RATE)
    result = np.empty((len(starts), len(GENEVA) + len(OTHERS), n_times))
    mean = np.zeros((len(starts), n_times))
    for row, name in enumerate(GENEVA):
        eyes = recording.eyes.weights[:, row] @ recording.eyes.signals
        result[:, row] = _cut(_bandpass(_lowered(recording.channels[name] - eyes), band), starts, n_times)
        mean += result[:, row] / len(GENEVA)
    result[:, : len(GENEVA)] -= mean[:, None]
    for row, names in enumerate(OTHERS.values(), start=len(GENEVA)):
        x = recording.channels[names[0]].astype(float)
        if len(names) == 2:
            x -= recording.channels[names[1]]
        result[:, row] = _cut(_lowered(x), starts, n_times)
    return result


def _lowered(x: np.ndarray) -> np.ndarray:
    """Return a signal at the release's rate; its line through both ends is kept out of the filter."""
    return resample_poly(x, 1, SFREQ // RATE, padtype="line")


def _bandpass(x: np.ndarray, band: tuple[float, float]) -> np.ndarray:
    """Return a signal within a band, by Fourier transform: zero phase, flat inside, nothing beyond `EDGES`."""
    line = np.linspace(x[0], x[-1], len(x))
    low, high = band
    frequencies = fft.rfftfreq(len(x), 1 / RATE)
    rise = np.clip((frequencies - low) / EDGES[0] + 1.0, 0.0, 1.0)
    fall = np.clip((high - frequencies) / EDGES[1] + 1.0, 0.0, 1.0)
    gain = np.sin(np.pi / 2 * rise) ** 2 * np.sin(np.pi / 2 * fall) ** 2
    return fft.irfft(fft.rfft(x - line) * gain, len(x))


def _cut(x: np.ndarray, starts: np.ndarray, n_times: int) -> np.ndarray:
    return np.stack([x[start : start + n_times] for start in starts])

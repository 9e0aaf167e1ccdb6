"""What pages show of a recording whose stages are not kept: its spectrum at every stage, and a few seconds of it."""

from collections.abc import Mapping, Sequence

import mne
import numpy as np
import pandas as pd

MICROVOLT = 1e6

WINDOW = 2.0
"""Seconds of a window of Welch's method; the spectrum has two values a hertz."""

EXCERPT = 5.0
"""Seconds that are shown of a recording."""


def spectrum(signal: mne.io.BaseRaw | mne.BaseEpochs) -> pd.DataFrame:
    """Return the power density of every EEG channel, bad ones left out, in microvolt squared per hertz.

    Welch's method on windows of two seconds (Hamming, each window's mean taken away), side by side over the recording
    or over the time after the onset of every trial.

    Parameters
    ----------
    signal : Raw or Epochs
        In volts.

    Returns
    -------
    DataFrame
        `frequency` in Hz and a column per channel, float32.
    """
    n_times = signal.n_times if isinstance(signal, mne.io.BaseRaw) else int((signal.times >= 0).sum())
    length = min(round(WINDOW * signal.info["sfreq"]), n_times)
    start = {} if isinstance(signal, mne.io.BaseRaw) else {"tmin": max(0.0, signal.tmin)}
    names = [signal.ch_names[pick] for pick in mne.pick_types(signal.info, eeg=True)]
    density = signal.compute_psd("welch", picks=names, n_fft=length, verbose="error", **start)
    power = density.get_data(names) * MICROVOLT**2
    of_channels = power.reshape(-1, *power.shape[-2:]).mean(axis=0).astype(np.float32)
    columns = dict(zip(names, of_channels, strict=True))
    return pd.DataFrame({"frequency": density.freqs, **columns})


def excerpt(stages: Mapping[str, mne.io.BaseRaw], *, blinks: Sequence[float]) -> dict[str, np.ndarray]:
    """Return the same few seconds of a recording at several stages.

    They lie about the middle one of its blinks, so that there is something to remove; without blinks, from the onset
    of the first trial on.

    Parameters
    ----------
    stages : mapping of str to Raw
        In volts; one recording, the same samples at every stage.
    blinks : sequence of float
        Seconds from the start of the recording.

    Returns
    -------
    dict
        `seconds` from the start of the recording, shape (n_times,); `channels`, the names of the EEG channels; by stage
        the signals in microvolt, float32, shape (n_channels, n_times), the mean of each channel taken away.
    """
    first = next(iter(stages.values()))
    sfreq = first.info["sfreq"]
    n_times = min(round(EXCERPT * sfreq), first.n_times)
    onset = blinks[len(blinks) // 2] - EXCERPT / 2 if len(blinks) else _first_onset(first)
    start = min(max(round(onset * sfreq), 0), first.n_times - n_times)
    picks = mne.pick_types(first.info, eeg=True, exclude=())
    found = {"seconds": first.times[start : start + n_times], "channels": np.array(first.ch_names)[picks]}
    for name, raw in stages.items():
        x = raw.get_data(picks, start, start + n_times) * MICROVOLT
        found[name] = (x - x.mean(axis=1, keepdims=True)).astype(np.float32)
    return found


def _first_onset(raw: mne.io.BaseRaw) -> float:
    """Return the second at which the first trial begins, 0 without trials."""
    trials = [
        onset - raw.first_time
        for onset, text in zip(raw.annotations.onset, raw.annotations.description, strict=True)
        if text.startswith("trial/")
    ]
    return min(trials, default=0.0)

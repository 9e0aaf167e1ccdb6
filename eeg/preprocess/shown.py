"""What pages show of a recording whose stages are not kept: its spectrum at every stage, and a few seconds of it."""

from collections.abc import Mapping

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


def excerpt(stages: Mapping[str, mne.io.BaseRaw], *, duration: float) -> dict[str, np.ndarray]:
    """Return the same few seconds of a recording at several stages: those of its trials of which most was removed.

    Parameters
    ----------
    stages : mapping of str to Raw
        In volts; one recording, the same samples at every stage. What was removed is the last less the one before it,
        summed over the EEG channels as power; where it is nothing the seconds are the first of the first trial.
    duration : float
        Seconds of a trial; the whole recording counts where no trial is marked in it.

    Returns
    -------
    dict
        `seconds` from the start of the recording, shape (n_times,); `channels`, the names of the EEG channels; by stage
        the signals in microvolt, float32, shape (n_channels, n_times), the mean of each channel taken away.
    """
    *_, before, after = stages.values()
    sfreq = after.info["sfreq"]
    n_times = min(round(EXCERPT * sfreq), after.n_times)
    picks = mne.pick_types(after.info, eeg=True, exclude=())
    removed = np.zeros(after.n_times)
    for pick in picks:
        removed += (before[pick][0][0] - after[pick][0][0]) ** 2
    until = np.concatenate([[0.0], np.cumsum(removed)])
    starts = np.minimum(_within_trials(after, round(duration * sfreq) - n_times), after.n_times - n_times)
    start = int(starts[np.argmax(until[starts + n_times] - until[starts])])
    found = {"seconds": after.times[start : start + n_times], "channels": np.array(after.ch_names)[picks]}
    for name, raw in stages.items():
        x = raw.get_data(picks, start, start + n_times) * MICROVOLT
        found[name] = (x - x.mean(axis=1, keepdims=True)).astype(np.float32)
    return found


def _within_trials(raw: mne.io.BaseRaw, n_later: int) -> np.ndarray:
    """Return the samples from every trial's onset to so many later, in order; all samples without trials."""
    onsets = sorted(
        raw.time_as_index(onset - raw.first_time)[0]
        for onset, text in zip(raw.annotations.onset, raw.annotations.description, strict=True)
        if text.startswith("trial/")
    )
    first = np.asarray(onsets or [0])[:, None]
    own = first + np.arange(max(n_later, 0) + 1 if onsets else raw.n_times)
    return np.unique(own[own < raw.n_times])

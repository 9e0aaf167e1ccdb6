"""Cut a recording into trials around its `trial/{n}` annotations."""

import mne
import numpy as np
import pandas as pd

from eeg.errors import InputError
from eeg.preprocess.bads import blank
from eeg.preprocess.stretches import samples, spans


def segment(raw: mne.io.BaseRaw, trials: pd.DataFrame, *, baseline: float, duration: float) -> mne.EpochsArray:
    """Return every trial of the table from `baseline` seconds before its annotation, EEG channels only.

    Channels marked as bad are constant zero and stay marked.

    Parameters
    ----------
    raw : Raw
        One annotation `trial/{trial}` per row of `trials`, at the start of the video.
    trials : DataFrame
        Trial table; becomes the metadata. All its trials are kept, in its order.
    baseline, duration : float
        Seconds before and after the annotation.

    Returns
    -------
    EpochsArray
        Exactly `round((baseline + duration) * sfreq)` samples a trial, in volts, no baseline correction.

    Raises
    ------
    InputError
        A trial has no annotation or more than one, or leaves the recording it lies in.
    """
    sfreq = raw.info["sfreq"]
    before, n_times = round(baseline * sfreq), round((baseline + duration) * sfreq)
    onsets = [_onset(raw, trial) for trial in trials["trial"]]
    for trial, onset in zip(trials["trial"], onsets, strict=True):
        _check_inside(raw, trial, onset - before, onset - before + n_times)
    picks = mne.pick_types(raw.info, eeg=True, exclude=())
    x = np.empty((len(onsets), len(picks), n_times))
    for row, onset in zip(x, onsets, strict=True):
        row[:] = raw.get_data(picks, onset - before, onset - before + n_times)
    blank(x, [raw.ch_names[index] for index in picks], raw.info["bads"])
    numbers = trials["trial"].to_numpy(int)
    events = np.column_stack([np.array(onsets) + raw.first_samp, np.zeros_like(numbers), numbers])
    return mne.EpochsArray(
        x,
        mne.pick_info(raw.info, picks),
        events,
        tmin=-before / sfreq,
        event_id={f"trial/{number}": int(number) for number in numbers},
        metadata=trials.reset_index(drop=True),
        baseline=None,
        proj=False,
        verbose="error",
    )


def recut(epochs: mne.BaseEpochs, *, baseline: float, duration: float) -> mne.EpochsArray:
    """Return trials cut by others from `baseline` seconds before their video to `duration` after it, EEG channels only.

    Parameters
    ----------
    epochs : Epochs
        Trials with their table as metadata, time 0 at the start of the video.
    baseline, duration : float
        Seconds before and after the start of the video.

    Returns
    -------
    EpochsArray
        Exactly `round((baseline + duration) * sfreq)` samples a trial, in volts. Channels marked as bad are constant
        zero and stay marked.

    Raises
    ------
    InputError
        The trials are shorter than that.
    """
    sfreq = epochs.info["sfreq"]
    n_times = round((baseline + duration) * sfreq)
    first = round((-baseline - epochs.tmin) * sfreq)
    if first < 0 or first + n_times > len(epochs.times):
        raise InputError(
            f"trials from {baseline:g} s before to {duration:g} s after the start of the video",
            f"trials from {-epochs.tmin:g} s before to {epochs.tmax + 1 / sfreq:g} s after it",
            "Shorten `trial.baseline` or `trial.duration` in the config.",
        )
    picks = mne.pick_types(epochs.info, eeg=True, exclude=())
    x = epochs.get_data(picks)[:, :, first : first + n_times]
    return mne.EpochsArray(
        blank(x, [epochs.ch_names[index] for index in picks], epochs.info["bads"]),
        mne.pick_info(epochs.info, picks),
        epochs.events,
        tmin=-round(baseline * sfreq) / sfreq,
        event_id=epochs.event_id,
        metadata=epochs.metadata,
        baseline=None,
        proj=False,
        verbose="error",
    )


def _onset(raw: mne.io.BaseRaw, trial: int) -> int:
    """Return the sample, from the start of `raw`, of the one annotation of a trial."""
    found = raw.annotations.onset[raw.annotations.description == f"trial/{trial}"]
    if len(found) != 1:
        raise InputError(
            f"one annotation trial/{trial} in the recording",
            "none" if len(found) == 0 else f"{len(found)}",
            "Compare the trial table with the recording's triggers.",
        )
    return int(samples(found - raw.first_time, raw.info["sfreq"])[0])


def _check_inside(raw: mne.io.BaseRaw, trial: int, start: int, stop: int) -> None:
    """Refuse a trial that needs samples before the start or after the end of its recording."""
    if any(first <= start and stop <= last for first, last in spans(raw)):
        return
    sfreq = raw.info["sfreq"]
    stretches = ", ".join(f"{first / sfreq:g}-{last / sfreq:g} s" for first, last in spans(raw))
    raise InputError(
        f"trial {trial} with its baseline inside one recording ({stretches})",
        f"samples from {start / sfreq:g} to {stop / sfreq:g} s",
        "Shorten `baseline` or `duration`, or correct the trial's onset.",
    )

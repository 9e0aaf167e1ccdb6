"""Trials out of a release's file: in the order of the trial table, in volts, under the channels' names and types."""

from pathlib import Path

import mne
import numpy as np
import pandas as pd

from eeg.channels import EOG, GENEVA
from eeg.datasets.deap.release import SFREQ, Release
from eeg.errors import InputError

OTHERS = {
    **dict.fromkeys(EOG, "eog"),
    "zEMG": "emg",
    "tEMG": "emg",
    "GSR": "gsr",
    "Respiration": "resp",
    "Plethysmograph": "misc",
    "Temperature": "temperature",
}
"""The eight channels after the EEG, and their types; the first four are potentials."""

N_POTENTIALS = 4
"""How many of the others are potentials, in microvolt."""


def info(names: list[str], sfreq: float) -> mne.Info:
    """Return the measurement info of EEG channels and some of `OTHERS`, montage biosemi32."""
    made = mne.create_info(names, sfreq, [OTHERS.get(name, "eeg") for name in names], verbose="error")
    return made.set_montage("biosemi32", verbose="error")


def epochs(loaded: Release, trials: pd.DataFrame, *, baseline: float, file: Path | str | None) -> mne.EpochsArray:
    """Return trials of a release in the order of their table.

    Parameters
    ----------
    loaded : Release
        A subject's file; row k is video k + 1.
    trials : DataFrame
        Trial table; its column `video` says which row a trial is. Becomes the metadata.
    baseline : float
        Seconds before the video at the start of every trial.
    file : path or None
        Where the release lies, for the errors.

    Returns
    -------
    EpochsArray
        32 EEG channels (order GENEVA, montage biosemi32), hEOG, vEOG, zEMG and tEMG in volts; GSR, Respiration,
        Plethysmograph and Temperature in the file's unit. All samples; time 0 is the start of the video.

    Raises
    ------
    InputError
        `shape`: the table has a video that the file does not hold.
    """
    n_videos, _, n_times = loaded.eeg.shape
    if absent := sorted(set(trials["video"]) - set(range(1, n_videos + 1))):
        raise InputError(
            f"the videos of the trial table, up to {trials['video'].max()}",
            f"{n_videos} trials, one a video, so that {', '.join(map(str, absent))} are not there",
            "Take release and ratings from the same copy, or leave the subject out (`subjects:` in the config).",
            file=file,
            code="shape",
        )
    before, numbers = round(baseline * SFREQ), trials["trial"].to_numpy(int)
    starts = np.arange(len(trials)) * n_times + before
    return mne.EpochsArray(
        _volts(loaded, trials["video"].to_numpy(int) - 1),
        info([*GENEVA, *OTHERS], SFREQ),
        np.column_stack([starts, np.zeros_like(numbers), numbers]),
        tmin=-before / SFREQ,
        event_id={f"trial/{number}": int(number) for number in numbers},
        metadata=trials.reset_index(drop=True),
        baseline=None,
        proj=False,
        verbose="error",
    )


def _volts(loaded: Release, rows: np.ndarray) -> np.ndarray:
    """Return the chosen rows in float64; trial by trial, so that nothing is held twice."""
    n_eeg, n_others = loaded.eeg.shape[1], loaded.others.shape[1]
    x = np.empty((len(rows), n_eeg + n_others, loaded.eeg.shape[2]))
    for trial, row in zip(x, rows, strict=True):
        trial[:n_eeg], trial[n_eeg:] = loaded.eeg[row], loaded.others[row]
        trial[: n_eeg + N_POTENTIALS] *= 1e-6
    return x

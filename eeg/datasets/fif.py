"""The project's own recordings and trials between steps, as fif files."""

from pathlib import Path

import mne

from eeg.storage import writing


def read_recording(path: Path | str) -> mne.io.BaseRaw:
    """Return a recording written by `write`, loaded."""
    return mne.io.read_raw_fif(path, preload=True, verbose="error")


def read_trials(path: Path | str) -> mne.Epochs:
    """Return trials written by `write`, loaded, their trial table as metadata."""
    return mne.read_epochs(path, preload=True, verbose="error")


def write(path: Path | str, signal: mne.io.BaseRaw | mne.BaseEpochs) -> None:
    """Write a recording (`..._raw.fif`) or trials (`..._epo.fif`) in single precision, whole or not at all."""
    with writing(path) as temporary:
        signal.save(temporary, fmt="single", overwrite=True, verbose="error")

"""The project's own recordings and trials between steps, as fif files."""

from pathlib import Path

import mne
import numpy as np

from eeg.storage import writing


def read_recording(path: Path | str) -> mne.io.BaseRaw:
    """Return a recording written by `write`, loaded."""
    return mne.io.read_raw_fif(path, preload=True, verbose="error")


def read_trials(path: Path | str) -> mne.Epochs:
    """Return trials written by `write`, loaded, their trial table as metadata."""
    return mne.read_epochs(path, preload=True, verbose="error")


def electrodes(signal: mne.io.BaseRaw | mne.BaseEpochs) -> dict[str, list[float]]:
    """Return where the electrodes are, in metres in head coordinates, as plain numbers.

    Returns
    -------
    dict of str to [x, y, z]
        The channels that have a position, and `nasion`, `lpa` and `rpa` (before the left and right ear) where known;
        empty without a montage or with one that is not in head coordinates.
    """
    montage = signal.get_montage()
    found = {} if montage is None else montage.get_positions()
    if found.get("coord_frame") != "head":
        return {}
    points = {**found["ch_pos"], **{name: found[name] for name in ("nasion", "lpa", "rpa")}}
    return {name: point.tolist() for name, point in points.items() if point is not None and np.isfinite(point).all()}


def write(path: Path | str, signal: mne.io.BaseRaw | mne.BaseEpochs) -> None:
    """Write a recording (`..._raw.fif`) or trials (`..._epo.fif`) in single precision, whole or not at all."""
    with writing(path) as temporary:
        signal.save(temporary, fmt="single", overwrite=True, verbose="error")

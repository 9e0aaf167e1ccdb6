"""Channels that recorded something else than the brain: interpolated from their neighbours, left out, or kept."""

from collections.abc import Sequence
from typing import Literal

import mne
import numpy as np

from eeg.errors import InputError

FEWEST = 4
"""Good EEG channels that an interpolation over the sphere needs at least."""


def treat(
    signal: mne.io.BaseRaw | mne.BaseEpochs, bads: Sequence[str], how: Literal["keep", "interpolate", "drop"]
) -> mne.io.BaseRaw | mne.BaseEpochs:
    """Return a copy in which the bad EEG channels were dealt with.

    Parameters
    ----------
    signal : Raw or Epochs
        Preloaded, positions set, any reference.
    bads : sequence of str
        Names of bad channels; those that are not EEG are left alone.
    how : str
        `interpolate`: replaced by spherical splines through the others (Perrin et al. 1989; MNE's
        `interpolate_bads`). `drop`: marked in `info["bads"]`, so that the average reference leaves them out, and made
        constant by `blank` once they are cut into trials. `keep`: nothing is done.

    Returns
    -------
    Raw or Epochs

    Raises
    ------
    InputError
        Too few channels are good to interpolate the others.
    """
    signal = signal.copy()
    eeg = [signal.ch_names[index] for index in mne.pick_types(signal.info, eeg=True, exclude=())]
    found = [name for name in bads if name in eeg]
    if how == "keep" or not found:
        return signal
    if how == "interpolate" and len(eeg) - len(found) < FEWEST:
        raise InputError(
            f"at least {FEWEST} good EEG channels to interpolate the bad ones from",
            f"{len(eeg) - len(found)} of {len(eeg)}",
            "Leave the subject out (`subjects:` in the config), or set `check.bads` to keep.",
        )
    signal.info["bads"] = found
    return signal.interpolate_bads(verbose="error") if how == "interpolate" else signal


def blank(x: np.ndarray, names: Sequence[str], bads: Sequence[str]) -> np.ndarray:
    """Set dropped channels to zero, in place, as if their electrodes were not there.

    Parameters
    ----------
    x : ndarray, shape (n_trials, n_channels, n_times)
    names, bads : sequence of str
        Names along the second axis, and those that were dropped.

    Returns
    -------
    ndarray
        `x` itself: every subject keeps the same channels, so that models across subjects see one shape.
    """
    x[:, [list(names).index(name) for name in bads if name in names]] = 0.0
    return x

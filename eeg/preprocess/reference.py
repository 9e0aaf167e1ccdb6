"""Average reference: a step of its own, also where nothing is removed afterwards."""

from typing import Literal

import mne


def average(raw: mne.io.BaseRaw) -> mne.io.BaseRaw:
    """Return a copy whose EEG channels sum to zero at every sample; EOG channels are untouched.

    It costs one rank: `n_channels` EEG channels then hold `n_channels - 1` independent signals.

    Parameters
    ----------
    raw : Raw
        Preloaded, EEG channels of any common reference.

    Returns
    -------
    Raw
    """
    return raw.copy().set_eeg_reference("average", projection=False, ch_type="eeg", verbose="error")


def rereference(raw: mne.io.BaseRaw, reference: Literal["average", "none"]) -> mne.io.BaseRaw:
    """Return the recording against the configured reference; `none` keeps the one it was recorded with."""
    return average(raw) if reference == "average" else raw.copy()

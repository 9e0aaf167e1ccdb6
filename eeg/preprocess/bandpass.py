"""Band-pass filter, zero phase; with an upper edge of 45 Hz, mains of 50 Hz are out of its reach."""

import mne

from eeg.errors import InputError
from eeg.preprocess.stretches import spans

TRANSITION = 4.0
"""Width in Hz of the upper transition: with a pass-band up to 45 Hz the stop-band starts at 49."""


def bandpass(raw: mne.io.BaseRaw, *, low: float, high: float) -> mne.io.BaseRaw:
    """Return the recording between `low` and `high` Hz, EEG and EOG, zero phase, each joined file by itself.

    A linear-phase FIR filter (Hamming window) with its delay removed: flat from `low` to `high` within 0.03 dB,
    at least 40 dB down below `low / 2` and above `high + 4` Hz; for 4-45 Hz 47 dB up to 1.5 Hz and 57 dB from 50 Hz
    mains on. It spans 3.3 / `low` s to either side (0.83 s for 4 Hz); beyond that from a recording's ends a signal does
    not depend on them. Nearer, the recording is continued point-symmetrically, so that offset and drift leave no
    step and the error stays below the signal.

    Parameters
    ----------
    raw : Raw
        Preloaded.
    low, high : float
        Edges of the pass-band in Hz.

    Returns
    -------
    Raw
        A filtered copy; channels that are neither EEG nor EOG are as they were.

    Raises
    ------
    InputError
        The edges do not fit the sampling rate, or a joined file is shorter than the filter.
    """
    sfreq = raw.info["sfreq"]
    if not 0 < low < high <= sfreq / 2 - TRANSITION:
        raise InputError(
            f"a band with 0 < low < high <= {sfreq / 2 - TRANSITION:g} Hz at {sfreq:g} Hz",
            f"{low:g}-{high:g} Hz",
            "Change the band or the sampling rate in the config.",
        )
    _check_length(raw, 3.3 / min(low / 2, TRANSITION))
    return raw.copy().filter(
        low,
        high,
        picks=mne.pick_types(raw.info, eeg=True, eog=True, exclude=()),
        l_trans_bandwidth=low / 2,
        h_trans_bandwidth=TRANSITION,
        fir_design="firwin",
        skip_by_annotation=("edge", "bad_acq_skip"),
        verbose="error",
    )


def _check_length(raw: mne.io.BaseRaw, seconds: float) -> None:
    """Refuse a stretch shorter than the filter, whose every sample would be edge."""
    shortest = min(stop - start for start, stop in spans(raw)) / raw.info["sfreq"]
    if shortest < seconds:
        raise InputError(
            f"recordings of at least {seconds:.1f} s, the length of the filter",
            f"one of {shortest:.1f} s",
            "Leave the short recording out of the trial table or raise the lower band edge.",
        )

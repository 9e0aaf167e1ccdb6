"""Lower the sampling rate without aliasing, every event kept at its time."""

from fractions import Fraction

import mne
import numpy as np
from scipy.signal import firwin, kaiserord, resample_poly

from eeg.errors import InputError
from eeg.preprocess.stretches import samples, spans

PASS = 0.8
"""Upper end of the flat pass-band, as a share of the new Nyquist frequency."""

ATTENUATION = 80.0
"""Attenuation in dB from the new Nyquist frequency on."""


def downsample(raw: mne.io.BaseRaw, *, sfreq: float) -> mne.io.RawArray:
    """Return the recording at `sfreq`, anti-aliased and zero phase, each joined file by itself.

    A linear-phase Kaiser filter (flat within 0.002 dB to 0.8 of the new Nyquist frequency, 79 dB down from the Nyquist
    frequency on) runs as a polyphase filter, so that new sample k lies exactly at k / sfreq. At 128 Hz it spans 0.2 s
    to either side: what lies further from a recording's ends does not depend on them.

    Parameters
    ----------
    raw : Raw
        Preloaded, native rate.
    sfreq : float
        New rate in Hz, at most the native one.

    Returns
    -------
    RawArray
        First sample 0; annotations stand on the nearest new sample.

    Raises
    ------
    InputError
        `sfreq` is above the native rate.
    """
    native = raw.info["sfreq"]
    if sfreq > native:
        raise InputError(
            f"a sampling rate of at least {sfreq:g} Hz",
            f"a recording at {native:g} Hz",
            "Lower the configured rate (`sfreq`) to that of the recordings or below.",
        )
    ratio = Fraction(sfreq / native).limit_denominator(10_000)
    old = spans(raw)
    lengths = [-(-(stop - start) * ratio.numerator // ratio.denominator) for start, stop in old]
    new = np.concatenate([[0], np.cumsum(lengths)])
    resampled = mne.io.RawArray(_resampled(raw, ratio, new), _info(raw, sfreq), verbose="error")
    onset = _moved(raw.annotations.onset - raw.first_time, old, new[:-1], (native, sfreq))
    annotations = raw.annotations
    return resampled.set_annotations(mne.Annotations(onset, annotations.duration, annotations.description))


def _resampled(raw: mne.io.BaseRaw, ratio: Fraction, edges: np.ndarray) -> np.ndarray:
    """Return all channels at the new rate; one channel at a time, so memory stays at one copy of the result."""
    if ratio == 1:
        return raw.get_data()
    window = _filter(ratio)
    out = np.empty((len(raw.ch_names), edges[-1]))
    for row in range(len(out)):
        for (start, stop), first, last in zip(spans(raw), edges[:-1], edges[1:], strict=True):
            x = raw.get_data(picks=[row], start=start, stop=stop)[0]
            # without its mean, a BDF offset of tens of millivolts, no two phases of the filter differ by it; padding
            # along the straight line through both ends, a drift leaves no step
            mean = x.mean()
            slow = resample_poly(x - mean, ratio.numerator, ratio.denominator, window=window, padtype="line")
            out[row, first:last] = slow + mean
    return out


def _filter(ratio: Fraction) -> np.ndarray:
    """Return the linear-phase low-pass at the common multiple of both rates, odd length."""
    nyquist = 1 / ratio.denominator
    n_taps, beta = kaiserord(ATTENUATION, (1 - PASS) * nyquist)
    return firwin(n_taps | 1, (1 + PASS) / 2 * nyquist, window=("kaiser", beta))


def _info(raw: mne.io.BaseRaw, sfreq: float) -> mne.Info:
    """Return the measurement info of the recording with the new rate and low-pass edge."""
    # a short stand-in goes through MNE's own resampling: the public way to an info of another rate
    stand_in = mne.io.RawArray(np.zeros((len(raw.ch_names), 16)), raw.info, verbose="error")
    return stand_in.resample(sfreq, verbose="error").info


def _moved(onset: np.ndarray, old: list[tuple[int, int]], new: np.ndarray, rates: tuple[float, float]) -> np.ndarray:
    """Return onsets (seconds from the start) after each joined file's length was rounded to new samples."""
    native, sfreq = rates
    starts = np.array([start for start, _ in old])
    which = np.searchsorted(starts, samples(onset, native), side="right") - 1
    which = np.clip(which, 0, len(starts) - 1)
    return (new[which] + samples(onset - starts[which] / native, sfreq)) / sfreq

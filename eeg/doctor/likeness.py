"""How alike two sets of trials are: their transforms in a band, correlation at every lag, power by frequency."""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from scipy import fft, signal

BAND = (5.0, 40.0)
"""Hz. Inside the pass-band of the release (4-45 Hz) and above most of what eyes and electrodes add."""

REACH = 1.5
"""Seconds: lags up to this size are looked at, so that a copy cut a second late is found."""

STEPS = 4
"""Lags per sample: recordings at 512 Hz start their trials between the samples of 128 Hz."""

EDGE = 0.5
"""Seconds in which a trial fades in, and out, so that its cut does not spread over all frequencies."""

LEAST = 1e-6
"""Microvolt: a channel whose standard deviation in the band is smaller is flat."""

MOST = 1e9
"""Microvolt: larger values are no signals, and their squares no numbers."""


@dataclass(frozen=True)
class Side:
    """Trials ready for comparison: their Fourier transforms in the band.

    Parameters
    ----------
    spectra : ndarray of complex64, shape (n_trials, n_channels, n_bins)
        Each channel of length 1, so that two of them, one conjugated, multiply to their correlation; 0 where not
        usable.
    lengths : ndarray of float32, shape (n_trials, n_channels)
        What the transforms were divided by; 0 where a channel is flat or holds what is no signal (NaN, infinite).
    n_times : int
        Samples of a trial.
    sfreq : float
        In Hz.
    """

    spectra: np.ndarray
    lengths: np.ndarray
    n_times: int
    sfreq: float

    @property
    def usable(self) -> np.ndarray:
        """Whether a trial's channel can be compared, shape (n_trials, n_channels)."""
        return self.lengths > 0

    @property
    def reach(self) -> int:
        """The largest lag looked at, in samples: at most a quarter of a trial."""
        return min(round(REACH * self.sfreq), self.n_times // 4)

    @cached_property
    def n_fft(self) -> int:
        """Samples of the transforms: a trial, and zeros for the lags."""
        return fft.next_fast_len(self.n_times + self.reach, real=True)

    @cached_property
    def bins(self) -> np.ndarray:
        """The places of the band in a transform: 5-40 Hz, or up to what the rate allows."""
        frequencies = fft.rfftfreq(self.n_fft, 1 / self.sfreq)
        return np.flatnonzero((frequencies >= BAND[0]) & (frequencies <= min(BAND[1], 0.45 * self.sfreq)))

    def rows(self, chosen: np.ndarray) -> "Side":
        """Return the chosen trials, in this order."""
        return replace(self, spectra=self.spectra[chosen], lengths=self.lengths[chosen])

    def channels(self, chosen: np.ndarray) -> "Side":
        """Return the chosen channels, in this order."""
        return replace(self, spectra=self.spectra[:, chosen], lengths=self.lengths[:, chosen])

    def earlier(self, lags: np.ndarray) -> "Side":
        """Return the trials moved to the left by `lags` samples, one number for each trial, fractions included."""
        turn = np.exp(2j * np.pi / self.n_fft * np.outer(lags, self.bins)).astype(np.complex64)
        return replace(self, spectra=self.spectra * turn[:, None])

    def of(self, signals: np.ndarray) -> np.ndarray:
        """Return the band of the transforms of signals (n_channels, n_times)."""
        return fft.rfft(signals, self.n_fft, axis=1)[:, self.bins]


def side(trials: np.ndarray, n_times: int, *, sfreq: float) -> Side:
    """Return the first `n_times` samples of trials (n_trials, n_channels, n_times) in microvolt, made comparable.

    One trial after the other, so that no second copy of the signals is held.
    """
    empty = np.zeros((*trials.shape[:2], 0), np.complex64)
    made = Side(empty, np.zeros(trials.shape[:2], np.float32), n_times, sfreq)
    window = signal.windows.tukey(n_times, min(1.0, 2 * EDGE * sfreq / n_times)).astype(np.float32)
    spectra = np.zeros((*trials.shape[:2], len(made.bins)), np.complex64)
    for index, trial in enumerate(trials):
        values = np.asarray(trial[:, :n_times])
        values = np.where(np.abs(values).max(axis=1, keepdims=True) < MOST, values, 0)
        spectra[index] = made.of((values - values.mean(axis=1, keepdims=True)).astype(np.float32) * window)
    # Squares of a transform sum to n_fft / 2 times those of the samples (Parseval).
    return _of_length_one(made, spectra, least=LEAST * np.sqrt(n_times * made.n_fft / 2))


def overall(one: Side) -> Side:
    """Return, as the only channel of each trial, how strong its channels are together from moment to moment.

    The global field power (Lehmann & Skrandies 1980), in the same band, of channels made equally strong: the same
    whatever the order of the channels.
    """
    spectra = np.zeros((len(one.spectra), 1, len(one.bins)), np.complex64)
    whole = np.zeros((one.spectra.shape[1], one.n_fft // 2 + 1), np.complex64)
    for index, trial in enumerate(one.spectra):
        whole[:, one.bins] = trial
        power = np.linalg.norm(fft.irfft(whole, one.n_fft, axis=1)[:, : one.n_times], axis=0, keepdims=True)
        spectra[index] = one.of(power - power.mean())
    return _of_length_one(one, spectra)


def _of_length_one(like: Side, spectra: np.ndarray, *, least: float = 0.0) -> Side:
    """Return a side of these transforms, each divided, in place, by its length; those not longer than `least` are 0."""
    lengths = np.linalg.norm(spectra, axis=2)
    lengths[lengths <= least] = 0
    np.divide(spectra, lengths[..., None], out=spectra, where=lengths[..., None] > 0)
    spectra[lengths == 0] = 0
    return replace(like, spectra=spectra, lengths=lengths)


def search(ours: Side, theirs: Side) -> tuple[np.ndarray, np.ndarray]:
    """Return how well each of our trials fits each of theirs at the best lag, and that lag.

    Returns
    -------
    correlation : ndarray, shape (n_ours, n_theirs)
        Mean over the channels usable in both, at the best lag; NaN where there is none.
    lag : ndarray, shape (n_ours, n_theirs)
        In samples, in steps of 1 / STEPS. Positive: ours comes later.
    """
    n_fft = STEPS * ours.n_fft
    at = np.arange(-STEPS * ours.reach, STEPS * ours.reach + 1)
    overlap = 1 - np.abs(at) / (STEPS * ours.n_times)
    shared = ours.usable.astype(np.float32) @ theirs.usable.T.astype(np.float32)
    # One product of matrices per frequency takes all pairs of trials at once.
    first, second = ours.spectra.transpose(2, 0, 1), theirs.spectra.conj().transpose(2, 1, 0)
    cross = np.ascontiguousarray(first) @ np.ascontiguousarray(second)
    best, lag = np.full(shared.shape, np.nan), np.zeros(shared.shape)
    whole = np.zeros((shared.shape[1], n_fft // 2 + 1), np.complex64)
    for index in range(len(shared)):
        whole[:, ours.bins] = cross[:, index].T
        found = fft.irfft(whole, n_fft, axis=1)[:, at] * (n_fft / 2) / overlap
        np.divide(found.max(axis=1), shared[index], out=best[index], where=shared[index] > 0)
        lag[index] = at[found.argmax(axis=1)] / STEPS
    return best, lag


def between_channels(ours: Side, theirs: Side) -> np.ndarray:
    """Return the correlation of each of our channels with each of theirs, trial by trial, mean over trials.

    Returns
    -------
    ndarray, shape (n_ours, n_theirs)
        NaN where two channels share no trial in which both are usable.
    """
    shared = ours.usable.T.astype(np.float32) @ theirs.usable.astype(np.float32)
    pairs = zip(ours.spectra, theirs.spectra, strict=True)
    total = sum((x @ y.conj().T).real for x, y in pairs)
    return total / np.where(shared > 0, shared, np.nan)


def correlations(ours: Side, theirs: Side) -> np.ndarray:
    """Return the correlation of each channel of each trial, shape (n_trials, n_channels); NaN where not usable."""
    products = np.einsum("tcf,tcf->tc", ours.spectra, theirs.spectra.conj()).real.astype(float)
    return np.where(ours.usable & theirs.usable, products, np.nan)


def spectral_difference(ours: Side, theirs: Side) -> np.ndarray:
    """Return the mean absolute difference of each channel's power in dB, over bins of 1 Hz.

    Power is the mean over the trials usable on both sides.

    Returns
    -------
    ndarray, shape (n_channels,)
        NaN where no trial is usable.
    """
    both = ours.usable & theirs.usable
    first, second = (_power(one, both) for one in (ours, theirs))
    ratio = np.divide(first, second, out=np.full_like(first, np.nan), where=(first > 0) & (second > 0))
    return np.abs(10 * np.log10(ratio)).mean(axis=1)


def _power(one: Side, chosen: np.ndarray) -> np.ndarray:
    """Return the power of each channel over the chosen trials, summed in bins of 1 Hz: (n_channels, n_hertz)."""
    hertz = (one.bins * one.sfreq / one.n_fft).astype(int)
    starts = np.flatnonzero(np.diff(hertz, prepend=-1))
    squares = np.abs(one.spectra) ** 2 * (one.lengths**2 * chosen)[..., None]
    return np.add.reduceat(squares.sum(axis=0, dtype=float), starts, axis=1)

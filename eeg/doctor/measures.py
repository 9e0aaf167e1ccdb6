"""What the doctor measures in signals, one trial at a time so that memory does not grow with their number."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import fft

from eeg.channels import GENEVA, TWENTE

FLAT = 0.1
"""Microvolt: a channel that spans less in a trial recorded nothing."""

EEG_BAND = (4.0, 45.0)
"""Hz: where channels are compared; slow drifts and mains are outside."""

SLOW_BAND = (0.5, 6.0)
"""Hz: where blinks have their power."""

NEIGHBOURS = 3
"""Nearest electrodes that a channel is compared with."""


@dataclass(frozen=True)
class Measures:
    """Numbers of a subject's trials.

    Attributes
    ----------
    names : tuple of str
        EEG channels.
    places : ndarray, shape (n_channels, 3)
        Their positions.
    broken : ndarray of int, shape (n_channels,)
        Trials with values that are no numbers.
    flat : ndarray, shape (n_channels,)
        Share of the trials in which the channel spans less than `FLAT`.
    still : ndarray, shape (n_trials, n_channels)
        Seconds for which the channel does not change at all, at the longest.
    clipped : ndarray, shape (n_channels,)
        Share of the samples that stand still at a trial's largest or smallest value.
    density : ndarray, shape (n_channels, n_bins)
        Power in microvolt squared per Hz, mean over trials, bins of 1 Hz that begin at 0, 1, ... Hz.
    covariance : ndarray, shape (n_channels, n_channels)
        In `EEG_BAND`, microvolt squared, mean over trials of equal weight, as recorded.
    blinks : ndarray, shape (n_channels,) or None
        Covariance with vEOG in `SLOW_BAND` over vEOG's standard deviation; None where there is no vEOG.
    slow : ndarray, shape (n_channels, n_channels)
        Covariance in `SLOW_BAND`.
    hashes : tuple of str
        One per trial; equal for equal signals.
    """

    names: tuple[str, ...]
    places: np.ndarray
    broken: np.ndarray
    flat: np.ndarray
    still: np.ndarray
    clipped: np.ndarray
    density: np.ndarray
    covariance: np.ndarray
    blinks: np.ndarray | None
    slow: np.ndarray
    hashes: tuple[str, ...]


def measure(
    trials: Iterable[np.ndarray], *, names: Sequence[str], places: np.ndarray, sfreq: float, v_eog: int | None
) -> Measures:
    """Return the numbers of trials.

    Parameters
    ----------
    trials : iterable of ndarray, each of shape (n_rows, n_times)
        Microvolt; the EEG channels come first.
    names : sequence of str
        EEG channels.
    places : ndarray, shape (n_channels, 3)
        Their positions, any unit.
    sfreq : float
        Sampling rate in Hz.
    v_eog : int or None
        Row of the bipolar vertical EOG.

    Returns
    -------
    Measures
    """
    n = len(names)
    rows = [_trial(trial, n, sfreq=sfreq, v_eog=v_eog) for trial in trials]
    columns = [np.stack(column) for column in zip(*(row[:-1] for row in rows), strict=True)]
    broken, flat, still, clipped, density, covariance, slow, blinks = columns
    return Measures(
        names=tuple(names),
        places=places,
        broken=broken.sum(axis=0),
        flat=flat.mean(axis=0),
        still=still / sfreq,
        clipped=clipped.mean(axis=0),
        density=density.mean(axis=0),
        covariance=covariance.mean(axis=0),
        blinks=None if v_eog is None else blinks.mean(axis=0),
        slow=slow.mean(axis=0),
        hashes=tuple(row[-1] for row in rows),
    )


def _trial(trial: np.ndarray, n: int, *, sfreq: float, v_eog: int | None) -> tuple:
    """Return the numbers of one trial, in the order of `measure`, and its hash."""
    eeg = trial[:n]
    broken = ~np.isfinite(eeg).all(axis=1)
    digest = hashlib.sha256(np.ascontiguousarray(eeg, np.float32).tobytes()).hexdigest()[:16]
    used = [*range(n), *([] if v_eog is None else [v_eog])]
    x = np.where(np.isfinite(trial[used]), trial[used], 0.0)
    flat = np.ptp(x[:n], axis=1) < FLAT
    power = _spectrum(x)
    frequencies = fft.rfftfreq(x.shape[1], 1 / sfreq)
    density = _binned(np.abs(power[:n]) ** 2, frequencies, n_bins=int(sfreq / 2)) * (x.shape[1] / sfreq)
    wide, slow = (_covariance(power, frequencies, band) for band in (EEG_BAND, SLOW_BAND))
    spread = np.sqrt(slow[n, n]) if v_eog is not None and slow[n, n] > 0 else 1.0
    blinks = slow[:n, n] / spread if v_eog is not None else np.zeros(n)
    return broken, flat, _still(x[:n]), _clipped(x[:n], flat), density, wide[:n, :n], slow[:n, :n], blinks, digest


def _spectrum(x: np.ndarray) -> np.ndarray:
    """Return Fourier coefficients whose squared sizes sum to a row's variance; trend and edges taken away."""
    n_times = x.shape[1]
    line = np.linspace(-1.0, 1.0, n_times)
    x = x - x.mean(axis=1, keepdims=True)
    x -= np.outer(x @ line / (line @ line), line)
    window = np.hanning(n_times)
    return fft.rfft(x * window, axis=1) * np.sqrt(2.0 / (n_times * (window @ window)))


def _binned(power: np.ndarray, frequencies: np.ndarray, *, n_bins: int) -> np.ndarray:
    """Return the mean of a spectrum over bins of 1 Hz."""
    edges = np.searchsorted(frequencies, np.arange(n_bins + 1))
    sums = np.concatenate([np.zeros((len(power), 1)), np.cumsum(power, axis=1)], axis=1)
    return (sums[:, edges[1:]] - sums[:, edges[:-1]]) / np.maximum(edges[1:] - edges[:-1], 1)


def _covariance(coefficients: np.ndarray, frequencies: np.ndarray, band: tuple[float, float]) -> np.ndarray:
    inside = coefficients[:, (frequencies >= band[0]) & (frequencies <= band[1])]
    return (inside @ inside.conj().T).real


def _still(x: np.ndarray) -> np.ndarray:
    """Return the longest run of samples, in each row, that are equal to the one before."""
    longest = np.zeros(len(x))
    for row, values in enumerate(x):
        changes = np.flatnonzero(values[1:] != values[:-1])
        longest[row] = np.diff(changes, prepend=-1, append=len(values) - 1).max() - 1
    return longest


def _clipped(x: np.ndarray, flat: np.ndarray) -> np.ndarray:
    """Return the share of samples that equal the one before and are the row's largest or smallest; 0 where flat."""
    extreme = (x == x.max(axis=1, keepdims=True)) | (x == x.min(axis=1, keepdims=True))
    still = (extreme[:, 1:] & (x[:, 1:] == x[:, :-1])).mean(axis=1)
    return np.where(flat, 0.0, still)


def rereferenced(covariance: np.ndarray, good: np.ndarray) -> np.ndarray:
    """Return a covariance as if the mean of the good channels had been subtracted from every channel."""
    projection = np.eye(len(covariance)) - np.where(good, 1.0 / max(good.sum(), 1), 0.0)
    return projection @ covariance @ projection.T


def correlation(covariance: np.ndarray) -> np.ndarray:
    """Return correlations, 0 for a channel without power."""
    spread = np.sqrt(np.maximum(np.diag(covariance), 0.0))
    scale = np.outer(spread, spread)
    return np.divide(covariance, scale, out=np.zeros_like(covariance), where=scale > 0)


def likeness_of_neighbours(correlations: np.ndarray, places: np.ndarray, good: np.ndarray) -> float:
    """Return the mean correlation of the good channels with their nearest good ones."""
    chosen = np.flatnonzero(good)
    distance = np.linalg.norm(places[chosen][:, None] - places[chosen][None], axis=2)
    np.fill_diagonal(distance, np.inf)
    nearest = np.argsort(distance, axis=1)[:, :NEIGHBOURS]
    return float(correlations[np.ix_(chosen, chosen)][np.arange(len(chosen))[:, None], nearest].mean())


def other_orders() -> dict[str, list[str]]:
    """Return what each channel of GENEVA would be if one site's names stood on the other site's channels."""
    return {
        "the order of Twente under the names of Geneva": list(TWENTE),
        "the order of Geneva under the names of Twente": [GENEVA[TWENTE.index(name)] for name in GENEVA],
    }

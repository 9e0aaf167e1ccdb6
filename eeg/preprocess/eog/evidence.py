"""What shows how well the eyes were removed: each half of a recording is cleaned with what was fitted on the other.

Only what was removed, in microvolt, is handed in and taken over as it is.
"""

from collections.abc import Callable, Sequence
from typing import Any, Protocol

import mne
import numpy as np
from scipy.signal import welch

from eeg.preprocess.eog import events as eyes
from eeg.preprocess.eog.events import Events
from eeg.preprocess.eog.piece import Piece, names
from eeg.preprocess.eog.truth import FRONTAL, Truth, score

AROUND = (-0.5, 0.8)
"""Seconds around a blink that are shown."""

POSTERIOR = ("O1", "Oz", "O2", "PO3", "PO4", "Pz", "P3", "P4")
"""Channels whose alpha power is compared, where they exist."""

ALPHA = (8.0, 12.0)
"""Hz."""

NO_BLINKS: dict[str, Any] = {"n": 0, "times": [], "seconds": []} | {
    name: {} for name in ("before", "after", "before_error", "after_error")
}
"""What there is to say without blinks."""


class Fitted(Protocol):
    """What was fitted: weights or components."""

    @property
    def applied(self) -> bool:
        """Whether anything is removed."""

    def cleaner(self, piece: Piece) -> Callable[[mne.io.BaseRaw], mne.io.BaseRaw]:
        """Return what takes the eyes out of the EEG channels of a copy of a piece's samples, in whatever band."""

    def by_channel(self) -> dict[str, dict[str, float]]:
        """Return the weights by EEG and EOG channel, none where there are none."""

    def facts(self) -> dict[str, Any]:
        """Return what the evidence says of the fit."""

    def statement(self, where: str) -> str:
        """Return in words what was fitted `where`, and what was done with it."""


def gather(
    piece: Piece, eog: list[str], *, others: Sequence[Fitted], removed: np.ndarray, truth: Truth | None
) -> dict[str, Any]:
    """Return the evidence that does not depend on the method.

    Parameters
    ----------
    piece : Piece
        The whole recording.
    eog : list of str
        EOG channels that vary.
    others : sequence of Fitted
        For each half, what was fitted on the other.
    removed : ndarray, shape (n_eeg,)
        Root mean square of what was taken out of each EEG channel in the pass-band, in volts.
    truth : Truth or None
        What is known of a simulated recording.

    Returns
    -------
    dict
        `channels` (correlations in the wide copy, averaged over the halves without their sign, so that opposite ones do
        not cancel; what was removed in microvolt), `blinks` (averages of the wide copy in microvolt), `alpha` and
        `truth` (both in the pass-band).
    """
    halves = piece.halves()
    cleaners = [fitted.cleaner(half) for fitted, half in zip(others, halves, strict=True)]
    wide = [clean(half.wide) for clean, half in zip(cleaners, halves, strict=True)]
    correlations = [
        np.mean([np.abs(_correlations(raw, eog)) for raw in raws], axis=0)
        for raws in ([half.wide for half in halves], wide)
    ]
    rows = zip(names(piece.wide, "eeg"), *correlations, 1e6 * removed, strict=True)
    channels = {
        name: {
            "correlation_before": _named(eog, before),
            "correlation_after": _named(eog, after),
            "removed": round(float(size), 4),
        }
        for name, before, after, size in rows
    }
    blinks = _blinks(piece, wide, eog)
    del wide
    band = [clean(half.band).get_data(names(half.band, "eeg")) for clean, half in zip(cleaners, halves, strict=True)]
    after = np.concatenate(band, axis=1)
    return {
        "channels": channels,
        "blinks": blinks,
        "alpha": _alpha(piece, after),
        "truth": None if truth is None else score(truth, piece.band, after, eog),
    }


def _named(of: Sequence[str], values: np.ndarray) -> dict[str, float]:
    return {name: round(float(value), 5) for name, value in zip(of, values, strict=True)}


def _correlations(raw: mne.io.BaseRaw, eog: list[str]) -> np.ndarray:
    """Return the correlation of every EEG with every EOG channel, (n_eeg, n_eog); 0 for a flat channel."""
    x, y = (raw.get_data(chosen) for chosen in (names(raw, "eeg"), eog))
    x, y = (signal - signal.mean(axis=1, keepdims=True) for signal in (x, y))
    scale = np.outer(np.linalg.norm(x, axis=1), np.linalg.norm(y, axis=1))
    return np.divide(x @ y.T, scale, out=np.zeros_like(scale), where=scale > 0)


def _blinks(piece: Piece, after: list[mne.io.BaseRaw], eog: list[str]) -> dict[str, Any]:
    """Return number, times and the frontal averages around blinks before and after removal."""
    if "vEOG" not in eog:
        return NO_BLINKS
    window = np.arange(round(AROUND[0] * piece.sfreq), round(AROUND[1] * piece.sfreq) + 1)
    blinks = eyes.find(piece, ["vEOG"])["vEOG"]
    blinks = blinks.kept(piece.room(blinks.samples, window))
    frontal = [name for name in FRONTAL if name in names(piece.wide, "eeg")] if len(blinks.samples) else []
    cleaned = np.concatenate([raw.get_data(frontal) for raw in after], axis=1) if frontal else np.empty((0, 0))
    return {
        "n": len(blinks.samples),
        "times": [round(float(sample / piece.sfreq), 3) for sample in blinks.samples],
        "seconds": [round(float(second), 4) for second in window / piece.sfreq],
        **_averages("before", piece.wide.get_data(frontal) if frontal else cleaned, frontal, blinks, window),
        **_averages("after", cleaned, frontal, blinks, window),
    }


def _averages(when: str, x: np.ndarray, frontal: list[str], blinks: Events, window: np.ndarray) -> dict[str, Any]:
    """Return the mean of each channel of `x` (volts) around the blinks and its standard error, in microvolt."""
    means = eyes.averages(1e6 * x, blinks, window) if frontal else x
    errors = eyes.errors(1e6 * x, blinks, window) if len(blinks.samples) > 1 else x[:0]
    return {
        name: {channel: np.round(row, 3).tolist() for channel, row in zip(frontal, rows, strict=False)}
        for name, rows in ((when, means), (f"{when}_error", errors))
    }


def _alpha(piece: Piece, after: np.ndarray) -> dict[str, Any] | None:
    """Return the mean alpha power of the posterior channels before and after, None where there are none."""
    eeg = names(piece.band, "eeg")
    chosen = [name for name in POSTERIOR if name in eeg]
    if not chosen:
        return None
    before = _power(piece, piece.band.get_data(chosen))
    later = _power(piece, after[[eeg.index(name) for name in chosen]])
    change = round(later / before - 1, 5) if before > 0 else 0.0
    powers = {"before": round(before, 4), "after": round(later, 4), "change": change}
    return {"channels": chosen, "low": ALPHA[0], "high": ALPHA[1], **powers}


def _power(piece: Piece, x: np.ndarray) -> float:
    """Return the mean power in the alpha band in microvolt squared, over channels and stretches, by their length."""
    total = 0.0
    for start, stop in piece.runs:
        length = min(round(2 * piece.sfreq), stop - start)
        frequencies, density = welch(1e6 * x[:, start:stop], piece.sfreq, nperseg=length)
        inside = (frequencies >= ALPHA[0]) & (frequencies <= ALPHA[1])
        if inside.any():
            total += float(density[:, inside].mean()) * (ALPHA[1] - ALPHA[0]) * (stop - start)
    return total / x.shape[1]

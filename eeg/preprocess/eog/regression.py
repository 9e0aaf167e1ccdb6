"""EOG removal by regression (MNE's EOGRegression), its weights shrunk to what the eyes explain (see `shares`).

Blinks live below 4 Hz. Weights fitted on 4-45 Hz would mirror the brain activity in the EOG channels, so they come
from a wider copy (Gratton, Coles & Donchin 1983), best from averages around blinks and saccades, in which the brain
fades with the square root of their number (Croft & Barry 2000).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import mne
import numpy as np

from eeg.preprocess.eog import events as eyes
from eeg.preprocess.eog.events import Events
from eeg.preprocess.eog.piece import Piece, marked, names
from eeg.preprocess.eog.shares import FEWEST, around, share

AROUND = (-0.4, 0.6)
"""Seconds around an event that are averaged."""


@dataclass(frozen=True)
class Regression:
    """Fitted weights.

    Attributes
    ----------
    kind : {"events", "samples"}
        What the weights were fitted on.
    eeg, eog : list of str
        Names of the channels.
    shrink : ndarray, shape (n_eog,)
        The share of the weights that is applied where the brain is no louder than usual, 0 to 1.
    still : ndarray, shape (n_eog,)
        Usual power of the EOG channels in the pass-band away from all events, in volts squared; 0 where weights are
        not shrunk.
    counts : dict of str to int
        Events that were fitted on, by EOG channel.
    model : EOGRegression or None
        Volt in an EEG channel per volt in an EOG channel, not shrunk; None where there were too few events.
    """

    kind: str
    eeg: list[str]
    eog: list[str]
    shrink: np.ndarray
    still: np.ndarray
    counts: dict[str, int]
    model: mne.preprocessing.EOGRegression | None

    @property
    def applied(self) -> bool:
        """Whether anything is removed."""
        return self.model is not None and bool(self.shrink.any())

    def cleaner(self, piece: Piece) -> Callable[[mne.io.BaseRaw], mne.io.BaseRaw]:
        """Return what takes the eyes out of the EEG channels of a copy of a piece's samples, in whatever band."""
        gain = self.gain(piece)

        def clean(raw: mne.io.BaseRaw) -> mne.io.BaseRaw:
            if self.model is None or not self.applied:
                return raw.copy()
            copy, kept = marked(raw), raw.get_data(self.eog)
            for name, row in zip(self.eog, gain, strict=True):
                copy.apply_function(_times, picks=[name], row=row, verbose="error")
            self.model.apply(copy, copy=False)
            for name, row in zip(self.eog, kept, strict=True):
                copy.apply_function(_instead, picks=[name], row=row, verbose="error")
            return copy

        return clean

    def gain(self, piece: Piece) -> np.ndarray:
        """Return the share of the weights that is applied at every sample of a piece, shape (n_eog, n_times)."""
        quiet = eyes.quiet(piece, eyes.find(piece, self.eog))
        gain = np.repeat(self.shrink[:, None], piece.band.n_times, axis=1)
        for row, name, still in zip(gain, self.eog, self.still, strict=True):
            if still > 0 and row[0] > 0:
                louder = np.maximum(around(_power(piece, name), quiet, piece.sfreq) / still, 1.0)
                # S / (S + louder V), from the share S / (S + V)
                row[:] = row / (row + (1 - row) * louder)
        return gain

    def by_channel(self) -> dict[str, dict[str, float]]:
        """Return the weights, not shrunk, by EEG and EOG channel; 0 for EOG channels without enough events."""
        known = dict(zip(self.model.picks_artifact, self.model.coef_.T, strict=True)) if self.model else {}
        columns = {name: known.get(name, np.zeros(len(self.eeg))) for name in self.eog}
        return {
            name: {one: round(float(column[row]), 5) for one, column in columns.items()}
            for row, name in enumerate(self.eeg)
        }

    def facts(self) -> dict[str, Any]:
        """Return what the evidence says of the fit."""
        shares = zip(self.eog, self.shrink.tolist(), strict=True)
        return {"weights": self.kind, "shrink": {name: round(share, 5) for name, share in shares}, "components": None}

    def statement(self, where: str) -> str:
        """Return in words what was fitted `where`, and what was done with it."""
        seen = " and ".join(f"{self.counts[name]} {eyes.WORDS[name]}" for name in self.eog)
        if not self.applied:
            why = f"fewer than {FEWEST} of a kind, or not enough to raise the power of these channels for sure"
            start = f"No eye movements stand out in {' and '.join(self.eog)}"
            return f"{start}: {seen} in {where}, {why}. Nothing was removed."
        source = f"the averages around {seen}" if self.kind == "events" else "every sample"
        said = (
            f"Regression on {' and '.join(self.eog)} was applied to {len(self.eeg)} EEG channels; weights from {source}"
        )
        shares = ", ".join(f"{name} {share:.2f}" for name, share in zip(self.eog, self.shrink, strict=True))
        less = "; less wherever the EOG between events is louder than usual, trials included" * bool(self.still.any())
        return f"{said} in a wider copy of {where}, of which these shares were applied at most: {shares}{less}."


def fit(piece: Piece, eog: list[str], *, kind: str, shrink: bool) -> Regression:
    """Return the weights that fit a piece.

    Parameters
    ----------
    piece : Piece
        As `Piece.fitted_on` returns it.
    eog : list of str
        EOG channels that vary.
    kind : {"events", "samples"}
        Weights from the averages around events, or from every sample.
    shrink : bool
        Whether weights are shrunk to the eyes' share of an EOG channel's power in the pass-band.
    """
    found = eyes.find(piece, eog)
    window = np.arange(round(AROUND[0] * piece.sfreq), round(AROUND[1] * piece.sfreq) + 1)
    used = {name: one.kept(piece.room(one.samples, window)) for name, one in found.items()}
    counts = {name: len(one.samples) for name, one in used.items()}
    seen = [name for name in eog if counts[name] >= FEWEST]
    quiet = eyes.quiet(piece, found)
    chosen = eog if kind == "samples" else seen
    shares = dict.fromkeys(eog, (0.0, 0.0)) | dict.fromkeys(() if shrink else chosen, (1.0, 0.0))
    for name in seen if shrink else ():
        shares[name] = share(_power(piece, name), quiet, piece.sfreq)
    return Regression(
        kind,
        names(piece.wide, "eeg"),
        eog,
        shrink=np.array([shares[name][0] for name in eog]),
        still=np.array([shares[name][1] for name in eog]),
        counts=counts,
        model=_model(piece, chosen, None if kind == "samples" else [used[name] for name in seen], window),
    )


def _power(piece: Piece, name: str) -> np.ndarray:
    return piece.band.get_data([name])[0] ** 2


def _times(x: np.ndarray, row: np.ndarray) -> np.ndarray:
    return x * row


def _instead(x: np.ndarray, row: np.ndarray) -> np.ndarray:
    return row.astype(x.dtype)


def _model(
    piece: Piece, eog: list[str], used: list[Events] | None, window: np.ndarray
) -> mne.preprocessing.EOGRegression | None:
    """Return the weights on EOG channels, from averages around events if those are given; None without a channel."""
    if not eog:
        return None
    model = mne.preprocessing.EOGRegression(picks="eeg", picks_artifact=eog, exclude=(), proj=False)
    return model.fit(piece.wide if used is None else _averages(piece, used, window))


def _averages(piece: Piece, used: list[Events], window: np.ndarray) -> mne.EpochsArray:
    """Return the averages around blinks and around saccades in the wide copy as short trials."""
    x = piece.wide.get_data()
    both = np.stack([eyes.averages(x, one, window) for one in used])
    return mne.EpochsArray(both, piece.wide.info, baseline=None, proj=False, verbose="error")

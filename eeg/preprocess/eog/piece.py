"""A recording, or a half of one, as EOG removal sees it: the pass-band, the wide copy, and what may be fitted on."""

from collections.abc import Sequence
from dataclasses import dataclass

import mne
import numpy as np

from eeg.channels import EOG
from eeg.preprocess.stretches import samples, spans

RESTING = 1e-9
"""Volts within which most samples of a dead channel lie, a thousandth of an amplifier's noise."""

SAME = 1 - 1e-6
"""Correlation, without its sign, above which two channels hold one signal."""


@dataclass(frozen=True)
class Piece:
    """A stretch of a recording in both bands.

    Attributes
    ----------
    band : Raw
        EEG and EOG in the pass-band that is cleaned.
    wide : Raw
        The same samples in the wider band that weights, components and events come from.
    usable : ndarray of bool, shape (n_times,)
        Samples that may be fitted on.
    runs : list of (int, int)
        Uninterrupted stretches: first sample, one past the last.
    """

    band: mne.io.BaseRaw
    wide: mne.io.BaseRaw
    usable: np.ndarray
    runs: list[tuple[int, int]]

    @property
    def sfreq(self) -> float:
        """Sampling rate in Hz."""
        return self.wide.info["sfreq"]

    def part(self, start: int, stop: int) -> "Piece":
        """Return the samples from `start` up to but not including `stop` as a piece of their own."""
        runs = [(max(first, start) - start, min(last, stop) - start) for first, last in self.runs]
        band, wide = (
            mne.io.RawArray(raw.get_data(start=start, stop=stop), raw.info, verbose="error")
            for raw in (self.band, self.wide)
        )
        return Piece(band, wide, self.usable[start:stop], [(first, last) for first, last in runs if first < last])

    def halves(self) -> tuple["Piece", "Piece"]:
        """Return the first and the second half."""
        middle = self.wide.n_times // 2
        return self.part(0, middle), self.part(middle, self.wide.n_times)

    def room(self, found: np.ndarray, window: np.ndarray) -> np.ndarray:
        """Tell which samples have all of `window` around them inside one uninterrupted stretch."""
        inside = [(found + window[0] >= first) & (found + window[-1] < last) for first, last in self.runs]
        return np.any(inside, axis=0) if inside else np.zeros(len(found), bool)

    def fitted_on(self) -> "Piece":
        """Return the samples that may be fitted on, one stretch after the other: nothing else can be seen in it."""
        if self.usable.all():
            return self
        runs: list[tuple[int, int]] = []
        for first, last in self.runs:
            changes = np.flatnonzero(np.diff(self.usable[first:last], prepend=False, append=False))
            for start, stop in changes.reshape(-1, 2).tolist():
                begin = runs[-1][1] if runs else 0
                runs.append((begin, begin + stop - start))
        band, wide = (
            mne.io.RawArray(raw.get_data()[:, self.usable], raw.info, verbose="error") for raw in (self.band, self.wide)
        )
        return Piece(band, wide, self.usable[self.usable], runs)


def whole(band: mne.io.BaseRaw, wide: mne.io.BaseRaw, *, trials: float | None) -> Piece:
    """Return a recording as one piece.

    Parameters
    ----------
    band, wide : Raw
        The same samples in both bands.
    trials : float or None
        Seconds from a trial's onset that may not be fitted on; None: every sample may be.
    """
    usable = np.ones(wide.n_times, bool)
    if trials is not None:
        n_times = round(trials * wide.info["sfreq"])
        for start in _onsets(wide):
            usable[max(start, 0) : max(start + n_times, 0)] = False
    chosen = names(wide, "eeg") + names(wide, "eog")
    return Piece(marked(band).pick(chosen), marked(wide).pick(chosen), usable, spans(wide))


def names(raw: mne.io.BaseRaw, kind: str) -> list[str]:
    """Return the names of the EEG (`eeg`) or EOG (`eog`) channels, bad ones too."""
    return [raw.ch_names[index] for index in mne.pick_types(raw.info, exclude=(), **{kind: True})]


def usable_eog(pieces: Sequence[Piece]) -> tuple[list[str], list[str]]:
    """Return the EOG channels that can be used in all of the pieces, and a sentence on each that cannot.

    A dead channel has no weights, and of two that are one signal the weights cannot be told apart: of those the last,
    vEOG, is kept, since blinks are looked for in it.
    """
    present = [name for name in names(pieces[0].wide, "eog") if name in EOG]
    alive = [name for name in present if all(_varies(piece.wide.get_data([name])[0]) for piece in pieces)]
    twins = {
        name: other
        for row, name in enumerate(alive)
        for other in alive[row + 1 :]
        if any(_one_signal(*piece.wide.get_data([name, other])) for piece in pieces)
    }
    why = {name: "in a half of the recording it hardly varies" for name in present if name not in alive}
    why |= {name: f"it holds the signal of {other}" for name, other in twins.items()}
    left_out = [f"{name} was left out: {reason}." for name, reason in why.items()]
    return [name for name in alive if name not in twins], left_out


def _varies(x: np.ndarray) -> bool:
    """Tell whether most of a signal moves; what filters leave of the rest of it does not count."""
    return len(x) > 0 and float(np.median(np.abs(x - np.median(x)))) > RESTING


def _one_signal(x: np.ndarray, y: np.ndarray) -> bool:
    return abs(float(np.corrcoef(x, y)[0, 1])) > SAME


def _onsets(raw: mne.io.BaseRaw) -> np.ndarray:
    of_trials = [text.startswith("trial/") for text in raw.annotations.description]
    return samples(raw.annotations.onset[of_trials] - raw.first_time, raw.info["sfreq"])


def marked(raw: mne.io.BaseRaw) -> mne.io.BaseRaw:
    """Return a copy marked as referenced: EOGRegression refuses the recorded reference otherwise."""
    return raw.copy().set_eeg_reference([], ch_type="eeg", verbose="error")

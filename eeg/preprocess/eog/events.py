"""Blinks and saccades in the EOG channels, found where they stand out of what the brain leaves there."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.signal import find_peaks

from eeg.preprocess.eog.piece import Piece

BLINK = {"vEOG": (((-0.05, 0.05), 1.0), ((-0.3, -0.2), -0.5), ((0.2, 0.3), -0.5))}
SACCADE = {"hEOG": (((0.02, 0.12), 1.0), ((-0.12, -0.02), -1.0))}
SHAPES: Mapping[str, tuple[tuple[tuple[float, float], float], ...]] = {**BLINK, **SACCADE}
"""What is looked for in which channel: means over the seconds around a sample, with their weights. A blink is a hump
and a saccade a step; means over a tenth of a second are blind to alpha."""

APART = {"vEOG": 0.4, "hEOG": 0.15}
"""Seconds between two events at least."""

STANDS_OUT = 5.0
"""Robust standard deviations that an event is larger than, of the whole recording and of the time around it."""

NEARBY = 10.0
"""Seconds on each side that count as the time around an event: a burst of brain activity raises the bar for itself."""

REACH = 0.4
"""Seconds on each side of an event that are not quiet."""

WORDS = {"vEOG": "blinks", "hEOG": "saccades"}
"""What the events of a channel are called."""


@dataclass(frozen=True)
class Events:
    """Events of one EOG channel.

    Attributes
    ----------
    samples : ndarray of int
        Where they are.
    signs : ndarray of float
        1 or -1: the sign of each in the channel.
    """

    samples: np.ndarray
    signs: np.ndarray

    def kept(self, mask: np.ndarray) -> "Events":
        """Return the events for which `mask` is true."""
        return Events(self.samples[mask], self.signs[mask])


def find(piece: Piece, eog: list[str]) -> dict[str, Events]:
    """Return the blinks (vEOG) and saccades (hEOG) of a piece by channel, those at the edge of a stretch left out."""
    window = np.array([-1, 1]) * round(REACH * piece.sfreq)
    found = {name: _find(piece.wide.get_data([name])[0], name, piece.sfreq) for name in eog}
    return {name: events.kept(piece.room(events.samples, window)) for name, events in found.items()}


def quiet(piece: Piece, events: Mapping[str, Events]) -> np.ndarray:
    """Return which samples have no event of any channel near them, shape (n_times,)."""
    reach = round(REACH * piece.sfreq)
    steps = np.zeros(piece.wide.n_times + 1, np.int64)
    for one in events.values():
        np.add.at(steps, np.maximum(one.samples - reach, 0), 1)
        np.add.at(steps, np.minimum(one.samples + reach + 1, piece.wide.n_times), -1)
    return np.cumsum(steps)[:-1] == 0


def averages(x: np.ndarray, events: Events, window: np.ndarray) -> np.ndarray:
    """Return the mean of every row of `x` around the events, their signs made equal, shape (n_rows, len(window))."""
    around = x[:, events.samples[:, None] + window]
    return np.einsum("cet,e->ct", around, events.signs) / max(len(events.samples), 1)


def errors(x: np.ndarray, events: Events, window: np.ndarray) -> np.ndarray:
    """Return the standard error of `averages` over two events or more, shape (n_rows, len(window))."""
    around = x[:, events.samples[:, None] + window] * events.signs[:, None]
    return around.std(axis=1, ddof=1) / np.sqrt(len(events.samples))


def _find(x: np.ndarray, name: str, sfreq: float) -> Events:
    match = _matched(x, name, sfreq)
    if name == "vEOG":
        # lids move one way only; which way is up depends on how the electrodes were connected
        match = match * (1.0 if np.mean(match**3) >= 0 else -1.0)
        size = match
    else:
        size = np.abs(match)
    height = STANDS_OUT * np.maximum(_spread(match), _nearby(match, sfreq))
    height = np.maximum(height, np.finfo(float).tiny)
    found = find_peaks(size, height=height, distance=max(1, round(APART[name] * sfreq)))[0]
    return Events(found, np.sign(match[found]) if name == "hEOG" else np.ones(len(found)))


def _matched(x: np.ndarray, name: str, sfreq: float) -> np.ndarray:
    """Return how much the signal around each sample looks like an event, in the signal's unit."""
    total = np.concatenate([[0.0], np.cumsum(x)])
    here = np.arange(len(x))
    result = np.zeros(len(x))
    for (start, stop), weight in SHAPES[name]:
        first, last = (np.clip(here + round(second * sfreq), 0, len(x)) for second in (start, stop))
        result += weight * (total[last] - total[first]) / max(1, round((stop - start) * sfreq))
    return result


def _spread(x: np.ndarray) -> float:
    """Return the standard deviation of a signal about zero as its median size has it, which rare events do not move."""
    return 1.4826 * float(np.median(np.abs(x)))


def _nearby(x: np.ndarray, sfreq: float) -> np.ndarray:
    """Return the robust standard deviation of the time around every sample, one value a second interpolated."""
    reach, centres = round(NEARBY * sfreq), np.arange(0, len(x), max(1, round(sfreq)))
    values = [_spread(x[max(0, centre - reach) : centre + reach]) for centre in centres]
    return np.interp(np.arange(len(x)), centres, values)

"""Which trial each video trigger starts, and where those without one start, by the start times beside the ratings.

The recorder's clock and that of the stimulus computer differ by an offset and hardly in pace: time in the recording is
a + b * start time with b within `PACE` of 1.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

PACE = 0.01
"""How far the two clocks may differ in pace, as a share."""

TOLERANCE = 2.0
"""Seconds by which a trigger may miss its start time."""

SPACING = 0.25
"""The same as a share of the usual time between two starts, where that is less."""

ANCHORS = 8
"""About how many of the triggers are tried as a first guess with every trial."""

CLEAR = (2.0, 0.01)
"""Another assignment must miss the start times by more than this factor, and so many seconds, on average."""

Clocks = tuple[float, float]
"""Offset a in seconds and pace b."""


@dataclass(frozen=True)
class Match:
    """Triggers beside trials.

    Attributes
    ----------
    trials : ndarray of int, shape (n_triggers,)
        Index of the trial of every trigger; -1 where no trial starts near it. No trial twice, order kept.
    expected : ndarray, shape (n_trials,)
        When each trial starts in the recording by its start time, seconds.
    spread : float
        Largest distance in seconds between a trigger and its trial's expected start; NaN where there is none.
    miss : float
        Mean distance, in which a trigger without a trial counts as the tolerance.
    """

    trials: np.ndarray
    expected: np.ndarray
    spread: float
    miss: float


def tolerance(starts: np.ndarray) -> float:
    """Return the seconds by which a trigger may miss its start time, for start times in seconds."""
    if len(starts) < 2:
        return TOLERANCE
    return float(min(TOLERANCE, SPACING * np.median(np.abs(np.diff(starts)))))


def in_order(found: np.ndarray, starts: np.ndarray) -> np.ndarray:
    """Return by how many seconds each of as many triggers as trials misses its start time; NaN where that is blank."""
    known = np.isfinite(starts)
    offset, pace = _clocks(found[known], starts[known])
    return np.abs(found - (offset + pace * starts))


def match(found: np.ndarray, starts: np.ndarray) -> tuple[Match, bool]:
    """Return the assignment of triggers to trials that misses the start times least, and whether it is the only one.

    Parameters
    ----------
    found : ndarray, shape (n_triggers,)
        Seconds from the start of the recording, ascending.
    starts : ndarray, shape (n_trials,)
        Start times in seconds of the other clock, ascending.

    Returns
    -------
    Match
    bool
        False where another assignment, which gives a trigger to another trial, misses them hardly more.
    """
    matches = [_nearest(found, starts, _settled(found, starts, guess)) for guess in _guesses(found, starts)]
    best = min(matches, key=lambda one: one.miss)
    factor, least = CLEAR
    rivals = [one for one in matches if one.miss <= factor * best.miss + least]
    return best, not any(_contradict(best.trials, one.trials) for one in rivals)


def _guesses(found: np.ndarray, starts: np.ndarray) -> Iterator[Clocks]:
    """Yield the clocks in which some trigger is the start of some trial."""
    for trigger in found[:: max(1, len(found) // ANCHORS)]:
        for start in starts:
            yield float(trigger - start), 1.0


def _settled(found: np.ndarray, starts: np.ndarray, clocks: Clocks) -> Clocks:
    """Return the clocks after pairing what is nearest and fitting anew, until nothing changes."""
    trials = None
    for _ in range(len(starts)):
        nearest = _mutual(found, clocks[0] + clocks[1] * starts)
        if trials is not None and (nearest == trials).all():
            break
        trials = nearest
        clocks = _clocks(found[trials >= 0], starts[trials[trials >= 0]])
    return clocks


def _nearest(found: np.ndarray, starts: np.ndarray, clocks: Clocks) -> Match:
    expected = clocks[0] + clocks[1] * starts
    trials, most = _mutual(found, expected), tolerance(starts)
    distance = np.where(trials >= 0, np.abs(found - expected[trials]), np.inf)
    trials = np.where(distance <= most, trials, -1)
    spread = distance[trials >= 0].max(initial=0.0) if (trials >= 0).any() else np.nan
    return Match(trials, expected, float(spread), float(np.minimum(distance, most).mean()))


def _mutual(found: np.ndarray, expected: np.ndarray) -> np.ndarray:
    """Return for every trigger the nearest trial, -1 where another trigger is nearer to that trial."""
    distance = np.abs(found[:, None] - expected)
    trials = distance.argmin(axis=1)
    return np.where(distance.argmin(axis=0)[trials] == np.arange(len(found)), trials, -1)


def _clocks(found: np.ndarray, starts: np.ndarray) -> Clocks:
    """Return offset and pace by medians (Theil and Sen), which a few wrong pairs do not move."""
    first, second = np.triu_indices(len(found), 1)
    between = starts[second] - starts[first]
    slopes = (found[second] - found[first])[between != 0] / between[between != 0]
    pace = float(np.clip(np.median(slopes), 1 - PACE, 1 + PACE)) if len(slopes) else 1.0
    return float(np.median(found - pace * starts)), pace


def _contradict(one: np.ndarray, other: np.ndarray) -> bool:
    return bool(((one != other) & (one >= 0) & (other >= 0)).any())

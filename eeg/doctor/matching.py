"""Where one subject's trials and channels are found in DEAP's release, whatever the tables and names say."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from eeg.channels import GENEVA
from eeg.doctor import likeness
from eeg.doctor.likeness import Side

FOUND = 0.5
"""Correlation from which two signals are held to be one and the same, cleaned in two ways."""

CLEAR = 0.3
"""How much better than its own place another one must fit before a trial or channel is said to be that one, as the
difference of Fisher's z: 0.69 is clear of 0.5, 0.94 of 0.9, 0.99 of 0.98."""


@dataclass(frozen=True)
class Match:
    """Where our trials and channels are found in the release.

    Parameters
    ----------
    trials, videos : ndarray of int, shape (n_trials,)
        As in the trial table.
    row : ndarray of int, shape (n_trials,)
        The row of the release compared: the video's, unless another fits clearly better; -1 where there is neither.
    value : ndarray, shape (n_trials,)
        Correlation with that row, mean over channels; NaN where there is nothing to compare.
    lag : ndarray, shape (n_trials,)
        In samples, positive where ours comes later; the common one where a trial was not found.
    channels, source : list of str
        Names of our channels, and the name under which each stands in the release.
    """

    trials: np.ndarray
    videos: np.ndarray
    row: np.ndarray
    value: np.ndarray
    lag: np.ndarray
    channels: list[str]
    source: list[str]

    @property
    def blank(self) -> np.ndarray:
        """Trials with nothing to compare."""
        return np.isnan(self.value)

    @property
    def found(self) -> np.ndarray:
        """Trials that were recognised, at their place or elsewhere."""
        return self.value >= FOUND

    @property
    def lost(self) -> np.ndarray:
        """Trials like no row of the release."""
        return self.value < FOUND

    @property
    def moved(self) -> np.ndarray:
        """Trials that were recognised elsewhere."""
        return self.found & (self.row + 1 != self.videos)

    @property
    def common(self) -> float:
        """The lag of the recording as a whole, in samples."""
        return float(np.median(self.lag[self.found])) if self.found.any() else 0.0


def match(ours: Side, theirs: Side, trials: pd.DataFrame, *, channels: list[str]) -> Match:
    """Return where our trials and channels are found in the release.

    Trials are first recognised by how strong all channels together are from moment to moment, whatever the channels
    are called; then the channels by their correlation in these trials; then the trials once more, channel by channel.

    Parameters
    ----------
    ours : Side
        Trials in the order of the table.
    theirs : Side
        Row k is video k + 1; channels in the order GENEVA.
    trials : DataFrame
        `trial, video`.
    channels : list of str
        Names of our channels, all of them in GENEVA.
    """
    source = _sources(ours, theirs, places(channels, GENEVA))
    value, lag = likeness.search(ours, theirs.channels(source))
    videos = trials["video"].to_numpy(int)
    row = _rows(value, videos)
    each = np.arange(len(row))
    found = Match(
        trials=trials["trial"].to_numpy(int),
        videos=videos,
        row=row,
        value=np.where(row >= 0, value[each, row], np.nan),
        lag=lag[each, row],
        channels=channels,
        source=[GENEVA[place] for place in source],
    )
    return replace(found, lag=np.where(found.found, found.lag, found.common))


def places(names: Sequence[str], among: Sequence[str]) -> np.ndarray:
    """Return the index of each name."""
    return np.array([list(among).index(name) for name in names], int)


def _rows(value: np.ndarray, videos: np.ndarray) -> np.ndarray:
    """Return the row of the release that is each trial: its video's, unless another fits clearly better."""
    own = np.where((videos >= 1) & (videos <= value.shape[1]), videos - 1, -1)
    at_own = np.where(own >= 0, _numbers(value)[np.arange(len(own)), own], -1.0)
    best, peak = _peaks(value)
    return np.where(_clear(peak, at_own), best, own)


def _sources(ours: Side, theirs: Side, own: np.ndarray) -> np.ndarray:
    """Return the channel of the release that is each of ours: that of its name, unless another fits clearly better.

    The other one must itself fit none of ours better, so that a channel interpolated from its neighbours is not taken
    for one of them. They are compared in the surer half of the trials.
    """
    value, lag = likeness.search(likeness.overall(ours), likeness.overall(theirs))
    best, peak = _peaks(value)
    sure = np.flatnonzero(peak >= np.median(peak))
    aligned = ours.earlier(lag[np.arange(len(best)), best]).rows(sure)
    fit = likeness.between_channels(aligned, theirs.rows(best[sure]))
    other, peak = _peaks(fit)
    mutual = _numbers(fit).argmax(axis=0)[other] == np.arange(len(own))
    at_own = fit[np.arange(len(own)), own]  # NaN where there is nothing to compare: clear of that is nothing
    return np.where(mutual & _clear(peak, at_own), other, own)


def _clear(value: np.ndarray, other: np.ndarray) -> np.ndarray:
    first, second = (np.arctanh(np.clip(one, -0.9999, 0.9999)) for one in (value, other))
    return (value >= FOUND) & (first >= second + CLEAR)


def _peaks(value: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the column with the largest number of each row, and that number."""
    value = _numbers(value)
    return value.argmax(axis=1), value.max(axis=1)


def _numbers(value: np.ndarray) -> np.ndarray:
    """Return correlations with the lowest there is in place of NaN."""
    return np.nan_to_num(value, nan=-1.0)

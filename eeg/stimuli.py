"""What people share who saw the same videos: permutations and resamples that move a video for all of them at once.

Where neither subject nor video was trained on, a model may still answer to what a video does in everybody's EEG.
Whether that falls on the right side is then one chance per video and not one per subject and video: scores of people
who saw the same videos vary together. Moving the predictions of whole videos, alike for all subjects, keeps that in the
permutations; the variance of a mean over subjects is that between subjects and that between videos, less that of
trials, which both hold (Cameron, Gelbach & Miller 2011, "Robust inference with multiway clustering").
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from eeg.errors import InputError
from eeg.metrics import within_folds

ITEM = ["video", "time"]


@dataclass(frozen=True)
class Stimuli:
    """The videos behind the blocks of all subjects; one shown to somebody twice is two.

    Attributes
    ----------
    places : mapping of str to array of int
        By subject, which video each of its blocks is, each at most once.
    folds : array of int, shape (n_videos,)
        Videos that some fold tests together have one number.
    """

    places: Mapping[str, np.ndarray]
    folds: np.ndarray

    def permutations(self, draws: int, rng: np.random.Generator) -> dict[str, np.ndarray]:
        """Return permutations of every subject's blocks, (draws, n_blocks): videos move within folds, for all alike.

        Where a subject lacks the video that another moves to, that one's own move is followed on.
        """
        moves = within_folds(self.folds, draws=draws, rng=rng)
        return {subject: _of_one(moves, places) for subject, places in self.places.items()}

    def resamples(self, draws: int, rng: np.random.Generator) -> dict[str, np.ndarray]:
        """Return how often every subject's blocks stand in resamples of videos, (draws, n_blocks)."""
        n_videos = len(self.folds)
        times = rng.multinomial(n_videos, np.full(n_videos, 1 / n_videos), size=draws).astype(np.float64)
        return {subject: times[:, places] for subject, places in self.places.items()}


def stimuli(blocks: pd.DataFrame, trials: pd.DataFrame) -> Stimuli:
    """Return the videos behind the blocks of every subject.

    Parameters
    ----------
    blocks : DataFrame
        `subject, trial, fold`, a subject's blocks in their order.
    trials : DataFrame
        `subject, trial, video`.

    Raises
    ------
    InputError
        A block's trial is not in the table, or has no video.
    """
    table = blocks.merge(trials[["subject", "trial", "video"]], how="left")
    if (unknown := table["video"].isna()).any():
        first = table[unknown].iloc[0]
        raise InputError(
            "the video of every tested trial",
            f"none for {first['subject']} trial {first['trial']}",
            "Add the column `video` to the trial table, or leave `subject_video` out of `protocols`.",
        )
    table["time"] = table.groupby(["subject", "video"]).cumcount()
    video = table.groupby(ITEM, sort=True).ngroup().to_numpy()
    fold = table["fold"].rank(method="dense").to_numpy(np.intp) - 1
    ends = (np.ones(len(table)), (video, fold + video.max() + 1))
    size = video.max() + fold.max() + 2
    _, group = connected_components(coo_array(ends, shape=(size, size)), directed=False)
    return Stimuli(
        {str(name): video[at] for name, at in table.groupby("subject").indices.items()}, group[: video.max() + 1]
    )


@dataclass(frozen=True)
class Resampled:
    """A score, or the difference of two, over resamples.

    Attributes
    ----------
    n_videos : int
        How many videos subjects share.
    jointly, alone : array, shape (n_subjects, n_draws)
        Over resamples of videos, the same for all subjects, and over resamples of each subject's own trials; NaN where
        a resample has none.
    """

    n_videos: int
    jointly: np.ndarray
    alone: np.ndarray

    def less(self, other: "Resampled") -> "Resampled":
        """Return the difference to another score over the same resamples of the same subjects."""
        return Resampled(self.n_videos, self.jointly - other.jointly, self.alone - other.alone)

    def variances(self) -> tuple[float, float]:
        """Return the variance of the mean over subjects by videos, and by trials alone; videos add the difference.

        An estimate without bias: where they add nothing it lies about 0, on either side. Both are 0 where none is
        known.
        """
        together, n_subjects = _mean(self.jointly, axis=0), np.isfinite(self.alone).any(axis=1).sum()
        own = [np.var(values[np.isfinite(values)], ddof=1) for values in self.alone if np.isfinite(values).sum() > 1]
        together = together[np.isfinite(together)]
        if len(together) < 2:
            return 0.0, 0.0
        return float(np.var(together, ddof=1)), float(np.sum(own) / n_subjects**2)


def _mean(values: np.ndarray, axis: int) -> np.ndarray:
    """Return the mean over an axis of what is finite, NaN where nothing is."""
    finite = np.isfinite(values)
    count = finite.sum(axis=axis)
    return np.divide(
        np.where(finite, values, 0).sum(axis=axis), count, out=np.full(count.shape, np.nan), where=count > 0
    )


def _of_one(moves: np.ndarray, places: np.ndarray) -> np.ndarray:
    """Return the moves among some of the videos, as places among these."""
    own = np.full(moves.shape[1], -1)
    own[places] = np.arange(len(places))
    found = moves[:, places]
    while (away := own[found] < 0).any():
        found = np.where(away, np.take_along_axis(moves, found, axis=1), found)
    return np.ascontiguousarray(own[found])  # so that rows add up in one order, whoever lacks a video

"""What is drawn of one cell's blocks: permuted predictions, resampled trials, and videos moved for all at once."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import pandas as pd

from eeg import metrics, seeds
from eeg.method import Method
from eeg.metrics import METRICS, Blocks
from eeg.predictions import Cell
from eeg.stimuli import Resampled, Stimuli, stimuli

# Block labels permuted at a time: bounds memory for any number of trials.
CHUNK = 1_000_000

Summaries = dict[str, Blocks]
Draws = dict[str, np.ndarray]
"""Every metric over draws, (n_draws,) each."""


class Drawn(NamedTuple):
    """How much is drawn, for which cell and repeat, and of what: as `score` was asked.

    What is permuted is each model's own; what is resampled is the same for all models of a protocol and target, so that
    their differences can be resampled too.
    """

    method: Method
    cell: Cell
    repeat: int
    trials: pd.DataFrame | None

    @property
    def permuting(self) -> tuple[seeds.Word, ...]:
        """The words that name the seeds of permutations."""
        return (self.method.seed, "chance", *self.cell, *self._again)

    @property
    def resampling(self) -> tuple[seeds.Word, ...]:
        """The words that name the seeds of resamples."""
        return (self.method.seed, "resampled", self.cell.protocol, self.cell.target, *self._again)

    @property
    def _again(self) -> tuple[seeds.Word, ...]:
        return ("repeat", self.repeat) if self.repeat else ()


def in_common(summaries: Summaries, drawn: Drawn) -> Stimuli | None:
    """Return the videos behind the blocks of all subjects; None where none are counted as shared."""
    if drawn.trials is None:
        return None
    rows = [pd.DataFrame({"subject": name, "trial": own.trials, "fold": own.folds}) for name, own in summaries.items()]
    return stimuli(pd.concat(rows, ignore_index=True), drawn.trials)


def permuted(summaries: Summaries, drawn: Drawn, common: Stimuli | None) -> dict[str, Draws]:
    """Return every metric under permutation by subject, (n_draws,) each."""
    if common:
        moves = common.permutations(drawn.method.draws, seeds.generator(*drawn.permuting, "videos"))
    else:
        moves = {
            subject: metrics.within_folds(
                own.folds, draws=drawn.method.draws, rng=seeds.generator(*drawn.permuting, subject)
            )
            for subject, own in summaries.items()
        }
    return {subject: _chunked(metrics.metrics, own, moves[subject]) for subject, own in summaries.items()}


def resampled(summaries: Summaries, drawn: Drawn, *, inflation: float) -> dict[str, Draws]:
    """Return every metric over resamples of each subject's trials, (n_draws,) each.

    Resamples of so many fewer trials vary `inflation` times as much (the m out of n bootstrap).
    """
    return {
        subject: _chunked(metrics.resampled, own, _times(own, drawn, subject, inflation))
        for subject, own in summaries.items()
    }


def jointly(summaries: Summaries, drawn: Drawn, common: Stimuli | None) -> dict[str, Draws]:
    """Return every metric over resamples of the videos that subjects share, by subject, (n_draws,) each."""
    if not common:
        return {}
    times = common.resamples(drawn.method.draws, seeds.generator(*drawn.resampling, "videos"))
    with np.errstate(invalid="ignore"):  # a resample of videos may hold none of a subject's: its scores are NaN
        return {subject: _chunked(metrics.resampled, own, times[subject]) for subject, own in summaries.items()}


def together(by_video: dict[str, Draws], by_trial: dict[str, Draws], common: Stimuli | None) -> dict[str, Resampled]:
    """Return both resamples of all subjects by metric; none where no videos are counted as shared."""
    if not common:
        return {}
    return {
        metric: Resampled(
            len(common.folds), *(np.stack([own[metric] for own in draws.values()]) for draws in (by_video, by_trial))
        )
        for metric in METRICS
    }


def limits(draws: Draws, method: Method) -> dict[str, np.ndarray]:
    """Return the percentiles of every metric over resamples, (low, high); NaN where no resample has one."""
    finite = {metric: values[np.isfinite(values)] for metric, values in draws.items()}
    return {
        metric: np.quantile(values, method.tails) if len(values) else np.full(2, np.nan)
        for metric, values in finite.items()
    }


def _times(own: Blocks, drawn: Drawn, subject: str, inflation: float) -> np.ndarray:
    """Return how often every block stands in resamples of the subject's trials, (n_draws, n_blocks)."""
    trial = np.unique(own.trials, return_inverse=True)[1]
    n_trials = trial.max() + 1
    size = max(1, round(n_trials / inflation))
    rng = seeds.generator(*drawn.resampling, subject)
    return rng.multinomial(size, np.full(n_trials, 1 / n_trials), size=drawn.method.draws)[:, trial].astype(np.float64)


def _chunked(scored: Callable[[Blocks, np.ndarray], Draws], own: Blocks, rows: np.ndarray) -> Draws:
    """Return every metric of every row, so many rows at a time."""
    parts = [scored(own, chunk) for chunk in np.array_split(rows, -(-rows.size // CHUNK))]
    return {metric: np.concatenate([part[metric] for part in parts]) for metric in METRICS}

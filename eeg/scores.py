"""Scores of one model under one protocol: per subject, per window and per trial, each with its chance level."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from eeg import dependence, metrics, protocols, resampling
from eeg.method import USUAL, Method
from eeg.metrics import LEADING, METRICS, SMALLER_IS_BETTER, Blocks
from eeg.predictions import Cell, check, logits, repeats, units
from eeg.resampling import Drawn
from eeg.stimuli import Resampled
from eeg.targets import NO_CLASS

COLUMNS = ["protocol", "target", "model", "subject", "unit", "metric", "value", "chance", "low", "high"]
"""The columns of `scores.csv`."""

P_COLUMNS = [
    *("protocol", "target", "model", "unit", "metric", "n", "difference", "p"),
    *("n_videos", "by_video", "by_trial"),
]
"""What is said of all subjects together, the columns of `chance.csv`, which has `p_refit` too."""

# A draw as good as the observed score must count as such although its sum was rounded in another order.
ROUNDING = 1e-10


class Scores(NamedTuple):
    """All scores of one cell.

    Attributes
    ----------
    table : DataFrame
        The cell's rows of `scores.csv`, in the order unit, subject, metric.
    p : DataFrame
        `protocol, target, model, unit, metric`, and over the subjects scored together `p`, beside the number `n` of
        those with a chance and their mean `difference` from it, and, where they can have nothing but videos in common,
        how many of those (`n_videos`) and the variances of the mean over subjects by videos and by trials alone
        (`by_video`, `by_trial`); else 0.
    draws : dict of (unit, metric) to array, shape (n_subjects, n_draws)
        The scores under permutation that both came from, subjects in the table's order.
    resampled : list of dict of (unit, metric) to Resampled
        By repeat, the leading metrics over resamples of videos and trials where videos are counted; else empty.
    """

    table: pd.DataFrame
    p: pd.DataFrame
    draws: dict[tuple[str, str], np.ndarray]
    resampled: list[dict[tuple[str, str], Resampled]]


def score(
    predictions: pd.DataFrame, *, cell: Cell, method: Method = USUAL, trials: pd.DataFrame | None = None
) -> Scores:
    """Return every metric of every subject with its chance level, and p against chance over the subjects.

    A subject's score is taken on all its tested rows, pooled over folds. `chance` is the mean of the same score after
    its predictions were permuted among the trials of each fold. p = (1 + draws at least as good) / (1 + draws),
    one-sided, of the mean over subjects, each subject permuted by itself and the means drawn apart as `null_means`
    says. Whatever predicts a constant in each fold scores exactly its chance. A fold that tests one trial leaves
    nothing to permute; where that is so in every fold of every subject (leave one trial out), p is NaN, and so is the
    chance of a subject of whom it is so.

    In unit `trial` a row is the mean logit over the trial's tested windows. It keeps the trial's fold; a trial whose
    windows lie in several folds (protocol `window`) has fold -1, and such trials are permuted among each other.

    In unit `window` the windows that a fold tests of one trial move as one block: they are one observation, not many.
    A trial with another number of windows takes the block over in proportion. Seen from the other side, trials swap
    labels while every label keeps its number of windows.

    `low` to `high` is the subject's interval: percentiles of its score over as many resamples of its trials, whole
    trials with all their windows; of fewer than there are, where they have taught each other's models
    (`dependence.of_trials`).

    Under `subject_video` people who saw the same videos can err together. Whole videos are permuted there, for all
    subjects alike (`stimuli`), within the folds of videos; and `by_video` is the variance of the mean over resamples of
    videos, `by_trial` that over resamples of each subject's trials.

    Where trials were dealt to folds several times, all these are means over the repeats (NaN for a subject that one of
    them does not test), and p is twice the mean of their p (at most 1), which holds however they depend on each other
    (Vovk & Wang 2020, "Combining p-values via averaging").

    Parameters
    ----------
    predictions : DataFrame
        `subject, trial, window, fold, label, logit_0 ...`; `window` is -1 throughout for a yardstick, which then has
        unit `trial` only. Rows of label -1, which the target gives no class, are left out; a subject who has no others
        keeps its rows in the table, all NaN.
    cell : Cell
    method : Method
        A subject's permutations come from `generator(seed, "chance", *cell, subject)`, so a subject scored alone has
        the same chance, and `p` is then its own; resamples are the same for all models of a protocol and target.
    trials : DataFrame, optional
        `subject, trial, video`; without it nobody's videos are counted as shared.

    Raises
    ------
    InputError
        If there is nothing to score, a logit is not finite, a label is no class or a trial has two labels.
    """
    dealt = [rows[rows["label"] != NO_CLASS] for rows in repeats(predictions)]
    for rows in dealt:
        check(rows, cell)
    subjects = sorted(map(str, predictions["subject"].unique()))
    shared = trials if protocols.VIDEO in protocols.APART[cell.protocol] else None
    found = [
        _with_all(subjects, _one_repeat(rows, Drawn(method, cell, place, shared))) for place, rows in enumerate(dealt)
    ]
    whole = found[0] if len(found) == 1 else _over_repeats(found)
    return whole._replace(p=_beside(whole.p, whole.table))


def _beside(p: pd.DataFrame, table: pd.DataFrame) -> pd.DataFrame:
    """Return every p beside the number of subjects it is of and how far they lie from chance in the mean."""
    keys = ["unit", "metric"]
    apart = table.assign(difference=table["value"] - table["chance"]).groupby(keys)["difference"]
    return p.join(pd.DataFrame({"n": apart.count(), "difference": apart.mean()}), on=keys)[P_COLUMNS]


def _with_all(subjects: list[str], found: Scores) -> Scores:
    """Return scores with a place for every subject: NaN for those without a trial that has a class."""
    scored = found.table["subject"].unique()
    if len(scored) == len(subjects):
        return found
    keys = ["unit", "subject", "metric"]
    every = pd.MultiIndex.from_product([found.table["unit"].unique(), subjects, METRICS], names=keys)
    table = found.table.set_index(keys).reindex(every).reset_index().assign(**found.table.iloc[0][list(Cell._fields)])
    draws = {key: np.full((len(subjects), own.shape[1]), np.nan) for key, own in found.draws.items()}
    for key, own in found.draws.items():
        draws[key][np.searchsorted(subjects, scored)] = own
    return found._replace(table=table[COLUMNS], draws=draws)


def _over_repeats(found: list[Scores]) -> Scores:
    first = found[0]
    means = {name: np.mean([one.table[name] for one in found], axis=0) for name in ("value", "chance", "low", "high")}
    p = np.minimum(1.0, 2 * np.mean([one.p["p"] for one in found], axis=0))
    both = {name: np.mean([one.p[name] for one in found], axis=0) for name in ("by_video", "by_trial")}
    drawn = {key: np.mean([one.draws[key] for one in found], axis=0) for key in first.draws}
    resampled = [own for one in found for own in one.resampled]
    return Scores(first.table.assign(**means), first.p.assign(p=p, **both), drawn, resampled)


def _one_repeat(predictions: pd.DataFrame, drawn: Drawn) -> Scores:
    permuted: dict[tuple[str, str], np.ndarray] = {}
    again: dict[tuple[str, str], Resampled] = {}
    tables, tests, cell = [], [], drawn.cell
    shrink = dependence.of_trials(cell.protocol, n_subjects=predictions["subject"].nunique())
    for unit, rows in units(predictions).items():
        summaries = blocks(rows)
        common = resampling.in_common(summaries, drawn)
        values = {subject: metrics.metrics(own, metrics.identity(own)) for subject, own in summaries.items()}
        by_chance = resampling.permuted(summaries, drawn, common)
        by_trial = resampling.resampled(summaries, drawn, inflation=shrink)
        limits = {subject: resampling.limits(every, drawn.method) for subject, every in by_trial.items()}
        movable = {subject: len(np.unique(own.folds)) < len(own.folds) for subject, own in summaries.items()}
        table = _table(values, by_chance, limits, movable, (*cell, unit))
        tables.append(table)
        permuted |= {(unit, metric): np.stack([own[metric] for own in by_chance.values()]) for metric in METRICS}
        by_both = resampling.together(resampling.jointly(summaries, drawn, common), by_trial, common)
        again |= {(unit, metric): by_both[metric] for metric in LEADING if common}
        for metric in METRICS:
            known = (by_both[metric].n_videos, *by_both[metric].variances()) if common else (0, 0.0, 0.0)
            p = np.nan
            if any(movable.values()):
                added = known[1] - known[2]
                p = _against_chance(table, permuted[unit, metric], metric, added, drawn.method.validation)
            tests.append((*cell, unit, metric, p, *known))
    names = ["protocol", "target", "model", "unit", "metric", "p", "n_videos", "by_video", "by_trial"]
    tested = pd.DataFrame(tests, columns=names)
    return Scores(pd.concat(tables, ignore_index=True), tested, permuted, [again] if again else [])


def _against_chance(table: pd.DataFrame, draws: np.ndarray, metric: str, added: float, validation: float) -> float:
    """Return the p of one metric; what videos add is a part of the draws' variance that leans by a rule of its own."""
    protocol, unit = (str(table[name].iloc[0]) for name in ("protocol", "unit"))
    variance = draws[np.isfinite(draws).all(axis=1)].mean(axis=0).var() if added > 0 else 0.0
    share = added / variance if variance > 0 else 0.0
    rows = table[table["metric"] == metric]
    # a subject in whom nothing can be permuted has no chance and says nothing against it
    values = rows["value"].where(rows["chance"].notna()).to_numpy()
    wider = dependence.of_permutations(metric, unit, protocol, validation=validation, by_video=share)
    return p_value(values, draws, metric=metric, inflation=wider)


def blocks(predictions: pd.DataFrame) -> dict[str, Blocks]:
    """Return every subject's predictions as blocks of windows, one per fold and trial."""
    labels, folds, trials = (predictions[name].to_numpy() for name in ("label", "fold", "trial"))
    values, rows = logits(predictions), predictions.groupby("subject", sort=True).indices
    return {
        str(subject): metrics.blocks(labels[own], values[own], folds=folds[own], trials=trials[own])
        for subject, own in sorted(rows.items())
    }


def null_means(draws: np.ndarray, *, inflation: float) -> np.ndarray:
    """Return the means over subjects under permutation, drawn apart from their mean as far as those of models lie.

    Permuting takes each prediction as it is; where what is tested has taught the models that tested the rest, their
    scores on noise lean the same way and vary more. A constant stays one.

    Parameters
    ----------
    draws : array, shape (n_subjects, n_draws) or (n_subjects, n_draws, n_groups)
        `Scores.draws` of the metric and unit; subjects without a value are left out before.
    inflation : float
        By how much more, as variances: `dependence.of_permutations`.

    Returns
    -------
    array, shape (n_draws,) or (n_draws, n_groups)
    """
    means: np.ndarray = draws.mean(axis=0)
    centre: np.ndarray = means.mean(axis=0)
    return centre + np.sqrt(inflation) * (means - centre)


def p_value(values: np.ndarray, draws: np.ndarray, *, metric: str, inflation: float = 1.0) -> float:
    """Return the one-sided p of the mean over subjects, NaN where no subject has a value.

    Parameters
    ----------
    values : array, shape (n_subjects,)
    draws : array, shape (n_subjects, n_draws)
    metric : str
        NLL and Brier are better when smaller, the others when larger.
    inflation : float
        As for `null_means`.
    """
    finite = np.isfinite(values)
    if not finite.any():
        return np.nan
    sign = -1 if metric in SMALLER_IS_BETTER else 1
    gain = sign * (null_means(draws[finite], inflation=inflation) - values[finite].mean())
    return float((1 + np.count_nonzero(gain >= -ROUNDING)) / (1 + draws.shape[1]))


def _table(
    values: dict[str, dict[str, np.ndarray]],
    drawn: dict[str, dict[str, np.ndarray]],
    limits: dict[str, dict[str, np.ndarray]],
    movable: dict[str, bool],
    names: tuple[str, ...],
) -> pd.DataFrame:
    *cell, unit = names
    rows = []
    for subject, own in values.items():
        for metric, (value,) in own.items():
            # Equal draws must average to their value exactly, which the plain mean of equal floats need not do.
            chance = value + (drawn[subject][metric] - value).mean() if movable[subject] else np.nan
            rows.append((*cell, subject, unit, metric, value, chance, *limits[subject][metric]))
    return pd.DataFrame(rows, columns=COLUMNS)

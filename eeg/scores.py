"""Scores of one model under one protocol: per subject, per window and per trial, each with its chance level."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from eeg import metrics, seeds
from eeg.errors import InputError
from eeg.metrics import METRICS, SMALLER_IS_BETTER, Blocks

COLUMNS = ["protocol", "target", "model", "subject", "unit", "metric", "value", "chance"]
"""The columns of `scores.csv`."""

P_COLUMNS = ["protocol", "target", "model", "unit", "metric", "p"]
"""The columns of the p against chance, one row for all subjects together."""

# Block labels permuted at a time: bounds memory for any number of trials.
CHUNK = 1_000_000

# A draw as good as the observed score must count as such although its sum was rounded in another order.
ROUNDING = 1e-10


class Cell(NamedTuple):
    """The name of one table of predictions."""

    protocol: str
    target: str
    model: str


class Scores(NamedTuple):
    """All scores of one cell.

    Attributes
    ----------
    table : DataFrame
        The cell's rows of `scores.csv`, in the order unit, subject, metric.
    p : DataFrame
        `protocol, target, model, unit, metric, p`, over the subjects scored together.
    draws : dict of (unit, metric) to array, shape (n_subjects, n_draws)
        The scores under permutation that both came from, subjects in the table's order.
    """

    table: pd.DataFrame
    p: pd.DataFrame
    draws: dict[tuple[str, str], np.ndarray]


def score(predictions: pd.DataFrame, *, cell: Cell, draws: int = 1000, seed: int = 0) -> Scores:
    """Return every metric of every subject with its chance level, and p against chance over the subjects.

    A subject's score is taken on all its tested rows, pooled over folds. `chance` is the mean of the same score after
    its predictions were permuted among the trials of each fold. p = (1 + draws at least as good) / (1 + draws),
    one-sided, of the mean over subjects, each subject permuted by itself. Whatever predicts a constant in each fold
    scores exactly its chance. A fold that tests one trial leaves nothing to permute; where that is so in every fold of
    every subject (leave one trial out), chance equals the value and p is NaN.

    In unit `trial` a row is the mean logit over the trial's tested windows. It keeps the trial's fold; a trial whose
    windows lie in several folds (protocol `window`) has fold -1, and such trials are permuted among each other.

    In unit `window` the windows that a fold tests of one trial move as one block: they are one observation, not many.
    A trial with another number of windows takes the block over in proportion. Seen from the other side, trials swap
    labels while every label keeps its number of windows.

    Parameters
    ----------
    predictions : DataFrame
        `subject, trial, window, fold, label, logit_0 ...`; `window` is -1 throughout for a yardstick, which then has
        unit `trial` only.
    cell : Cell
    draws : int
    seed : int
        A subject's draws come from `generator(seed, "chance", *cell, subject)`, so a subject scored alone has the same
        chance, and `p` is then its own.

    Raises
    ------
    InputError
        If there is nothing to score, a logit is not finite, a label is no class or a trial has two labels.
    """
    _check(predictions, cell)
    tables, tests, permuted = [], [], {}
    for unit, rows in units(predictions).items():
        summaries = {str(subject): summary(own) for subject, own in rows.groupby("subject", sort=True)}
        values = {subject: metrics.metrics(own, metrics.identity(own)) for subject, own in summaries.items()}
        drawn = {
            subject: _permuted(own, draws, seeds.generator(seed, "chance", *cell, subject))
            for subject, own in summaries.items()
        }
        movable = any(len(np.unique(own.folds)) < len(own.folds) for own in summaries.values())
        tables.append(_table(values, drawn, (*cell, unit)))
        for metric in METRICS:
            permuted[unit, metric] = np.stack([own[metric] for own in drawn.values()])
            observed = np.concatenate([own[metric] for own in values.values()])
            p = p_value(observed, permuted[unit, metric], metric=metric) if movable else np.nan
            tests.append((*cell, unit, metric, p))
    return Scores(pd.concat(tables, ignore_index=True), pd.DataFrame(tests, columns=P_COLUMNS), permuted)


def confusion(predictions: pd.DataFrame, *, unit: str) -> np.ndarray:
    """Return counts by true and predicted class over all rows of a unit, shape (n_classes, n_classes)."""
    own = units(predictions)[unit]
    given = logits(own)
    counts = np.zeros((given.shape[1], given.shape[1]), dtype=np.int64)
    np.add.at(counts, (own["label"].to_numpy(), given.argmax(axis=1)), 1)
    return counts


def units(predictions: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Return the rows of each unit: `window` as they are (none for a yardstick), `trial` averaged."""
    trials = {"trial": trial_means(predictions)}
    return trials if (predictions["window"] == -1).all() else {"window": predictions, **trials}


def trial_means(predictions: pd.DataFrame) -> pd.DataFrame:
    """Return one row per (subject, trial): mean logits, window -1 and the trial's fold, or -1 where it has several."""
    names = _logit_names(predictions)
    by_trial = predictions.astype(dict.fromkeys(names, np.float64)).groupby(["subject", "trial"], sort=True)
    table = by_trial[["fold", "label", *names]].agg({"fold": "first", "label": "first"} | dict.fromkeys(names, "mean"))
    table["fold"] = table["fold"].where(by_trial["fold"].nunique() == 1, -1)
    table.insert(0, "window", -1)
    return table.reset_index()


def logits(predictions: pd.DataFrame) -> np.ndarray:
    """Return the logits as float64, shape (n_rows, n_classes)."""
    return predictions[_logit_names(predictions)].to_numpy(np.float64)


def summary(predictions: pd.DataFrame) -> Blocks:
    """Return one subject's predictions as blocks of windows, one per fold and trial."""
    labels, folds, trials = (predictions[name].to_numpy() for name in ("label", "fold", "trial"))
    return metrics.blocks(labels, logits(predictions), folds=folds, trials=trials)


def p_value(values: np.ndarray, draws: np.ndarray, *, metric: str) -> float:
    """Return the one-sided p of the mean over subjects, NaN where no subject has a value.

    Parameters
    ----------
    values : array, shape (n_subjects,)
    draws : array, shape (n_subjects, n_draws)
    metric : str
        NLL and Brier are better when smaller, the others when larger.
    """
    finite = np.isfinite(values)
    if not finite.any():
        return np.nan
    sign = -1 if metric in SMALLER_IS_BETTER else 1
    gain = sign * (draws[finite].mean(axis=0) - values[finite].mean())
    return float((1 + np.count_nonzero(gain >= -ROUNDING)) / (1 + draws.shape[1]))


def _logit_names(predictions: pd.DataFrame) -> list[str]:
    return [f"logit_{k}" for k in range(sum(str(name).startswith("logit_") for name in predictions.columns))]


def _permuted(own: Blocks, draws: int, rng: np.random.Generator) -> dict[str, np.ndarray]:
    permutations = metrics.within_folds(own.folds, draws=draws, rng=rng)
    chunks = np.array_split(permutations, -(-permutations.size // CHUNK))
    scored = [metrics.metrics(own, chunk) for chunk in chunks]
    return {metric: np.concatenate([part[metric] for part in scored]) for metric in METRICS}


def _table(
    values: dict[str, dict[str, np.ndarray]], drawn: dict[str, dict[str, np.ndarray]], names: tuple[str, ...]
) -> pd.DataFrame:
    *cell, unit = names
    rows = []
    for subject, own in values.items():
        for metric, (value,) in own.items():
            # Equal draws must average to their value exactly, which the plain mean of equal floats need not do.
            chance = value + (drawn[subject][metric] - value).mean()
            rows.append((*cell, subject, unit, metric, value, chance))
    return pd.DataFrame(rows, columns=COLUMNS)


def _check(predictions: pd.DataFrame, cell: Cell) -> None:
    """Raise InputError naming the cell and the first subject at fault."""
    name = "/".join(cell)
    if predictions.empty:
        raise InputError(
            f"predictions to score for {name}", "an empty table", "Run its `fit` jobs, or leave the model out."
        )
    finite = np.isfinite(logits(predictions)).all(axis=1)
    if not finite.all():
        raise InputError(
            f"finite logits in the predictions of {name}",
            f"{np.count_nonzero(~finite)} rows with NaN or infinity, first {_where(predictions[~finite])}",
            "Look for a fit that diverged in `history`, lower its learning rate and run it again.",
        )
    foreign = ~predictions["label"].between(0, len(_logit_names(predictions)) - 1)
    if foreign.any():
        raise InputError(
            f"labels from 0 to {len(_logit_names(predictions)) - 1} in the predictions of {name}",
            f"{predictions.loc[foreign, 'label'].iloc[0]} for {_where(predictions[foreign])}",
            "Delete the predictions and run the fit again with the present config.",
        )
    labels = predictions.groupby(["subject", "trial"])["label"].transform("nunique")
    if (labels > 1).any():
        raise InputError(
            f"one label per trial in the predictions of {name}",
            f"several for {_where(predictions[labels > 1])}",
            "Delete the predictions and run the fit again.",
        )


def _where(rows: pd.DataFrame) -> str:
    first = rows.iloc[0]
    return f"{first['subject']} trial {first['trial']}"

"""The table of predictions: what it holds of which cell, its repeats, its units, and whether it can be scored."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from eeg.errors import InputError
from eeg.targets import NO_CLASS, UNDECIDED

CONFUSION = ["protocol", "target", "model", "unit", "label", "predicted", "count"]
"""The columns of `confusion.csv`."""


class Cell(NamedTuple):
    """The name of one table of predictions."""

    protocol: str
    target: str
    model: str


def repeats(predictions: pd.DataFrame) -> list[pd.DataFrame]:
    """Return the predictions of every repeat, the times that all were dealt to folds.

    A repeat's folds are numbered on from those of the one before, and test a window once: where a fold tests a window
    again, the next repeat has begun. Under `subject_video` a repeat may leave trials untested that others test.
    """
    if predictions.empty:
        return [predictions]
    window = predictions.groupby(["subject", "trial", "window"]).ngroup().to_numpy()
    rows_of = predictions.groupby("fold", sort=True).indices
    seen, place, time = np.zeros(window.max() + 1, bool), 0, np.empty(len(window), np.intp)
    for rows in rows_of.values():
        if seen[window[rows]].any():
            seen[:] = False
            place += 1
        seen[window[rows]] = True
        time[rows] = place
    return [predictions[time == one] for one in range(place + 1)]


def units(predictions: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Return the rows of each unit: `window` as they are (none for a yardstick), `trial` averaged; none of no class."""
    predictions = predictions[predictions["label"] != NO_CLASS]
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


def per_trial(predictions: pd.DataFrame) -> pd.DataFrame:
    """Return `trial_means` of every repeat, one after the other, with the number of the `repeat` from 0."""
    tables = [trial_means(rows).assign(repeat=place) for place, rows in enumerate(repeats(predictions))]
    return pd.concat(tables, ignore_index=True)


def logits(predictions: pd.DataFrame) -> np.ndarray:
    """Return the logits as float64, shape (n_rows, n_classes)."""
    return predictions[_logit_names(predictions)].to_numpy(np.float64)


def confusion(predictions: pd.DataFrame, *, unit: str) -> np.ndarray:
    """Return counts by true and predicted class over all rows of a unit and all repeats, (n_classes, n_classes)."""
    n_classes = len(_logit_names(predictions))
    counts = np.zeros((n_classes, n_classes), dtype=np.int64)
    for rows in repeats(predictions):
        own = units(rows)[unit]
        np.add.at(counts, (own["label"].to_numpy(), logits(own).argmax(axis=1)), 1)
    return counts


def confusions(predictions: pd.DataFrame, *, cell: Cell) -> pd.DataFrame:
    """Return the counts of `confusion` over all subjects as a table with the columns of `confusion.csv`."""
    counts = {unit: confusion(predictions, unit=unit) for unit in units(predictions)}
    rows = [
        (*cell, unit, label, predicted, count)
        for unit, matrix in counts.items()
        for (label, predicted), count in np.ndenumerate(matrix)
    ]
    return pd.DataFrame(rows, columns=CONFUSION)


def check(predictions: pd.DataFrame, cell: Cell) -> None:
    """Raise InputError naming the cell and the first subject at fault."""
    name = "/".join(cell)
    if predictions.empty:
        raise InputError(
            f"predictions of trials with a class to score for {name}",
            "none",
            "Run its `fit` jobs, lower `exclude` of the target, or leave the target out.",
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
    labels, in_fold = (
        predictions.groupby(keys)["label"].transform("nunique")
        for keys in (["subject", "trial"], ["subject", "trial", "fold"])
    )
    if (labels > 1).any():
        raise InputError(
            f"one label per trial in the predictions of {name}",
            f"several for {_where(predictions[labels > 1])}",
            "Delete the predictions and run the fit again." if (in_fold > 1).any() else UNDECIDED,
        )


def _where(rows: pd.DataFrame) -> str:
    first = rows.iloc[0]
    return f"{first['subject']} trial {first['trial']}"


def _logit_names(predictions: pd.DataFrame) -> list[str]:
    return [f"logit_{k}" for k in range(sum(str(name).startswith("logit_") for name in predictions.columns))]

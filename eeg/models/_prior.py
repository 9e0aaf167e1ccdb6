"""What predictors without EEG know, and how they turn counts of classes into logits."""

from typing import NamedTuple

import numpy as np
import pandas as pd


class Seen(NamedTuple):
    """What a predictor without EEG may go by.

    Attributes
    ----------
    train : DataFrame
        `subject, trial, label` and, where it is known, `video` of everything trained on: one row per trial, or per
        window where windows are shuffled.
    others : DataFrame
        The same columns of the rows from which other subjects' labels may be taken: within subjects none is of the
        tested one.
    n_classes : int
    seed : int
        For predictors that draw.
    """

    train: pd.DataFrame
    others: pd.DataFrame
    n_classes: int
    seed: int


def counts(rows: pd.DataFrame, keys: list[str], wanted: pd.DataFrame, n_classes: int) -> np.ndarray:
    """Return how many rows of each class share their keys with each wanted row, (n_wanted, n_classes)."""
    table = rows.groupby([*keys, "label"]).size().unstack("label").reindex(columns=range(n_classes))
    index = pd.MultiIndex.from_frame(wanted[keys]) if len(keys) > 1 else pd.Index(wanted[keys[0]])
    return table.reindex(index).fillna(0).to_numpy()


def log_shares(counts: np.ndarray) -> np.ndarray:
    """Return the logarithms of class shares, one count added to every class (Laplace) so that none is infinite.

    Parameters
    ----------
    counts : array, (..., n_classes)
    """
    more = counts + 1.0
    return np.log(more / more.sum(axis=-1, keepdims=True)).astype(np.float32)


def overall(seen: Seen) -> np.ndarray:
    """Return how often each class was trained on, (n_classes,)."""
    return np.bincount(seen.train["label"].to_numpy(np.int64), minlength=seen.n_classes)


def where_counted(found: np.ndarray, seen: Seen) -> np.ndarray:
    """Return log shares of counts (n, n_classes), and of all that was trained on where nothing was counted."""
    return log_shares(np.where(found.sum(axis=1, keepdims=True) > 0, found, overall(seen)))

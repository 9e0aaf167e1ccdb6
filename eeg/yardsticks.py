"""Predictors that see no EEG, as tables of predictions: what any model has to beat."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from eeg.models.majority import majority
from eeg.protocols import WHOLE
from eeg.targets import classes, labels

PREDICTORS = {"majority": majority}
"""Each takes the training labels and the number of classes and returns one logit per class."""


def predict(name: str, trials: pd.DataFrame, split: pd.DataFrame, target: Mapping[str, Any]) -> pd.DataFrame:
    """Return a yardstick's predictions of one part: one row per tested trial, `window` -1.

    Parameters
    ----------
    name : str
        A key of `PREDICTORS`.
    trials : DataFrame
        Trial tables of all subjects, with label columns.
    split : DataFrame
        `fold, role, subject, trial, window`; everything that is not tested counts as training.
    target : mapping
        What is predicted.

    Returns
    -------
    DataFrame
        `subject, trial, window, fold, label, logit_0, ...`. Where windows are shuffled a trial is tested in several
        folds: its logits are then the mean over all folds and `fold` is -1.
    """
    n_classes = len(classes(target))
    labelled = trials[["subject", "trial"]].assign(label=labels(trials, target))
    rows = split.merge(labelled, on=["subject", "trial"])
    learn = PREDICTORS[name]
    logits: dict[str, np.ndarray] = {
        str(fold): learn(own.loc[own["role"] != "test", "label"].to_numpy(), n_classes)
        for fold, own in rows.groupby("fold", sort=True)
    }
    tested = rows.loc[rows["role"] == "test", ["subject", "trial", "fold", "label"]]
    if (split["window"] != WHOLE).any():
        tested = tested.assign(fold=-1)
        logits = {"-1": np.stack(list(logits.values())).mean(axis=0, dtype=np.float32)}
    tested = tested.drop_duplicates().sort_values(["subject", "trial"], ignore_index=True).assign(window=WHOLE)
    found = np.stack([logits[str(fold)] for fold in tested["fold"]])
    tested = tested.astype(dict.fromkeys(["trial", "window", "fold", "label"], "int64"))
    columns = {f"logit_{code}": found[:, code] for code in range(n_classes)}
    return tested[["subject", "trial", "window", "fold", "label"]].assign(**columns)

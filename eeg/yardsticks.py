"""Predictors that see no EEG, as tables of predictions: what any model has to beat."""

from collections.abc import Callable, Iterator, Mapping
from itertools import groupby
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from eeg import models
from eeg.models._prior import Seen
from eeg.protocols import ACROSS, TRIAL, WHOLE
from eeg.targets import NO_CLASS, classes, labels

OUTSIDE = {"video_prior": ("trial", "window")}
"""Yardsticks, and the protocols under which they go by labels that no model there has."""


class Fit(NamedTuple):
    """One fold of a part, its rows `role, subject, trial, label` and where known `video`: a row per trial or window."""

    part: str
    fold: int
    rows: pd.DataFrame


Logits = Callable[[Fit, pd.DataFrame], np.ndarray]
"""From a fit and trials it tests to their logits."""


def predict(
    name: str,
    trials: pd.DataFrame,
    splits: Mapping[str, pd.DataFrame],
    target: Mapping[str, Any],
    *,
    protocol: str,
    seed: int,
) -> dict[str, pd.DataFrame]:
    """Return a yardstick's predictions of every part of a protocol: one row per tested trial, `window` -1.

    Parameters
    ----------
    name : str
        A yardstick out of `models.names("yardstick")`.
    trials : DataFrame
        Trial tables of all subjects, with label columns.
    splits : mapping of str to DataFrame
        By part: `fold, role, subject, trial, window`; everything that is not tested counts as training.
    target : mapping
        What is predicted.
    protocol : str
    seed : int
        For yardsticks that draw.

    Returns
    -------
    dict of DataFrame
        `subject, trial, window, fold, label, logit_0, ...`. Where windows are shuffled a trial is tested in several
        folds: its logits are then the mean over all that test its subject, `fold` is -1, and it stands in the first
        part that tests it.
    """
    fits = [fit for part, split in splits.items() for fit in _fits(part, split, trials, target)]
    predictor, n_classes = models.yardstick(name), len(classes(target))
    everyone = _labelled(_known(trials).assign(label=labels(trials, target)))

    def logits(fit: Fit, tested: pd.DataFrame) -> np.ndarray:
        train = _labelled(fit.rows[fit.rows["role"] != "test"])
        return predictor(Seen(train, train if protocol in ACROSS else everyone, n_classes, seed), tested)

    torn = any((split["window"] != WHOLE).any() for split in splits.values())
    families = [fits] if protocol in ACROSS else [list(own) for _, own in groupby(fits, lambda fit: fit.part)]
    found = [_meant(family, logits) for family in families] if torn else [_apart(fit, logits) for fit in fits]
    table = pd.concat(found).sort_values(list(TRIAL), ignore_index=True)
    return {part: table[table["part"] == part].drop(columns="part").reset_index(drop=True) for part in splits}


def _fits(part: str, split: pd.DataFrame, trials: pd.DataFrame, target: Mapping[str, Any]) -> Iterator[Fit]:
    own = trials.merge(split[list(TRIAL)].drop_duplicates(), on=list(TRIAL))
    for fold in sorted(split["fold"].unique().tolist()):
        roles = split[split["fold"] == fold]
        seen = own.merge(roles.loc[roles["role"] != "test", list(TRIAL)].drop_duplicates(), on=list(TRIAL))
        yield Fit(part, fold, roles.merge(_known(own).assign(label=labels(own, target, training=seen)), on=list(TRIAL)))


def _known(trials: pd.DataFrame) -> pd.DataFrame:
    return trials[[column for column in (*TRIAL, "video") if column in trials]]


def _labelled(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the rows that have a class."""
    return rows[rows["label"] != NO_CLASS]


def _tested(fit: Fit) -> pd.DataFrame:
    """Return the trials a fit tests, one row each."""
    rows = fit.rows[fit.rows["role"] == "test"].drop(columns=["role", "window"])
    return rows.drop_duplicates().assign(part=fit.part).reset_index(drop=True)


def _apart(fit: Fit, logits: Logits) -> pd.DataFrame:
    """Return the predictions of one fit."""
    tested = _tested(fit)
    return _table(tested, logits(fit, tested))


def _meant(fits: list[Fit], logits: Logits) -> pd.DataFrame:
    """Return the predictions of fits that test the same trials, each trial once."""
    tested = pd.concat([_tested(fit) for fit in fits]).drop_duplicates(list(TRIAL)).assign(fold=-1)
    return _table(tested, np.stack([logits(fit, tested) for fit in fits]).mean(axis=0, dtype=np.float32))


def _table(tested: pd.DataFrame, logits: np.ndarray) -> pd.DataFrame:
    table = tested[["part", *TRIAL]].assign(window=WHOLE, fold=tested["fold"], label=tested["label"])
    table = table.astype(dict.fromkeys(["trial", "window", "fold", "label"], "int64"))
    return table.assign(**{f"logit_{code}": logits[:, code] for code in range(logits.shape[1])})

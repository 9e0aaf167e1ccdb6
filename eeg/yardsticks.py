"""Predictors that see no EEG, as tables of predictions: what any model has to beat."""

from collections.abc import Callable, Iterator, Mapping
from itertools import groupby
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from eeg import models
from eeg.ids import given
from eeg.models._prior import Seen
from eeg.protocols import ACROSS, TRIAL, WHOLE
from eeg.targets import NO_CLASS, classes, is_learnt, labels

OUTSIDE = {"video_prior": ("trial", "window")}
"""Yardsticks, and the protocols under which they go by labels that no model there has."""


class Fit(NamedTuple):
    """One fold of a part: what its yardstick goes by, and what it tests.

    `rows` has `role, subject, trial, window, label` and where known `video`: a row per trial or window.
    """

    part: str
    fold: int
    rows: pd.DataFrame
    seen: Seen


Predict = Callable[[Seen, pd.DataFrame], np.ndarray]
"""A yardstick: from what it goes by and tested trials to their logits."""


def predict(
    name: str,
    trials: pd.DataFrame,
    splits: Mapping[str, pd.DataFrame],
    target: Mapping[str, Any],
    *,
    protocol: str,
    seed: int,
) -> tuple[dict[str, pd.DataFrame], dict[str, list[dict[str, Any]]]]:
    """Return a yardstick's predictions of every part of a protocol, one row per tested trial, and what it went by.

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
    predictions : dict of DataFrame
        By part: `subject, trial, window, fold, label, logit_0, ...`, `window` -1. Where windows are shuffled a trial is
        tested in several folds: its logits are then the mean over all that test its subject, `fold` is -1, and it
        stands in the first part that tests it.
    records : dict of list
        By part and fold: `train` and `threshold` as of `eeg.ids.given`; `others`, the subjects all of whose labels were
        at hand besides, null where there were none; the other sources of `eeg.guard.fits`, null.
    """
    everyone = _labelled(_known(trials).assign(label=labels(trials, target)))
    fits = [
        Fit(part, fold, rows, _seen(rows, everyone, protocol, n_classes=len(classes(target)), seed=seed))
        for part, split in splits.items()
        for fold, rows in _folds(split, trials, target)
    ]
    predictor = models.yardstick(name)
    torn = any((split["window"] != WHOLE).any() for split in splits.values())
    families = [fits] if protocol in ACROSS else [list(own) for _, own in groupby(fits, lambda fit: fit.part)]
    found = [_meant(family, predictor) for family in families] if torn else [_apart(fit, predictor) for fit in fits]
    table = pd.concat(found).sort_values(list(TRIAL), ignore_index=True)
    return (
        {part: table[table["part"] == part].drop(columns="part").reset_index(drop=True) for part in splits},
        {part: [_record(fit, target) for fit in fits if fit.part == part] for part in splits},
    )


def _folds(split: pd.DataFrame, trials: pd.DataFrame, target: Mapping[str, Any]) -> Iterator[tuple[int, pd.DataFrame]]:
    """Yield every fold of a split, and its rows with their labels."""
    own = trials.merge(split[list(TRIAL)].drop_duplicates(), on=list(TRIAL))
    for fold in sorted(split["fold"].unique().tolist()):
        roles = split[split["fold"] == fold]
        seen = own.merge(roles.loc[roles["role"] != "test", list(TRIAL)].drop_duplicates(), on=list(TRIAL))
        yield fold, roles.merge(_known(own).assign(label=labels(own, target, training=seen)), on=list(TRIAL))


def _seen(rows: pd.DataFrame, everyone: pd.DataFrame, protocol: str, *, n_classes: int, seed: int) -> Seen:
    """Return what a yardstick may go by in a fold: within subjects also the labels of all others."""
    train = _labelled(rows[rows["role"] != "test"])
    others = train if protocol in ACROSS else everyone[~everyone["subject"].isin(rows["subject"].unique())]
    return Seen(train, others, n_classes, seed)


def _record(fit: Fit, target: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a fold's yardstick went by, as the record of any fit."""
    train, others = fit.seen.train, fit.seen.others
    return {
        "fold": fit.fold,
        "train": given(train),
        "others": None if others is train else others["subject"].unique().tolist(),
        "threshold": given(fit.rows[fit.rows["role"] != "test"]) if is_learnt(target) else None,
        **dict.fromkeys(("validate", "tuning", "channel_choice", "temperature")),
    }


def _known(trials: pd.DataFrame) -> pd.DataFrame:
    return trials[[column for column in (*TRIAL, "video") if column in trials]]


def _labelled(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the rows that have a class."""
    return rows[rows["label"] != NO_CLASS]


def _tested(fit: Fit) -> pd.DataFrame:
    """Return the trials a fit tests, one row each."""
    rows = fit.rows[fit.rows["role"] == "test"].drop(columns=["role", "window"])
    return rows.drop_duplicates().assign(part=fit.part).reset_index(drop=True)


def _apart(fit: Fit, predictor: Predict) -> pd.DataFrame:
    """Return the predictions of one fit."""
    tested = _tested(fit)
    return _table(tested, predictor(fit.seen, _unlabelled(tested)))


def _meant(fits: list[Fit], predictor: Predict) -> pd.DataFrame:
    """Return the predictions of fits that test the same trials, each trial once."""
    tested = pd.concat([_tested(fit) for fit in fits]).drop_duplicates(list(TRIAL)).assign(fold=-1)
    logits = np.stack([predictor(fit.seen, _unlabelled(tested)) for fit in fits])
    return _table(tested, logits.mean(axis=0, dtype=np.float32))


def _unlabelled(tested: pd.DataFrame) -> pd.DataFrame:
    """Return tested trials without what is to be predicted."""
    return tested.drop(columns="label")


def _table(tested: pd.DataFrame, logits: np.ndarray) -> pd.DataFrame:
    table = tested[["part", *TRIAL]].assign(window=WHOLE, fold=tested["fold"], label=tested["label"])
    table = table.astype(dict.fromkeys(["trial", "window", "fold", "label"], "int64"))
    return table.assign(**{f"logit_{code}": logits[:, code] for code in range(logits.shape[1])})

"""Whether predictions are of what the split tests, each once, beside the labels that the trial table gives."""

from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd

from eeg.errors import InputError
from eeg.guard.parts import WINDOW, named
from eeg.protocols import TRIAL, WHOLE
from eeg.targets import UNDECIDED, is_learnt, labels, rule

FOLD = ["fold", *WINDOW]

Blame = Callable[[int, str, str], InputError]
"""From a fold, what was expected and what was received to the error about them."""


def truth(split: pd.DataFrame, trials: pd.DataFrame, target: Mapping[str, Any]) -> pd.DataFrame:
    """Return the class of every trial that a split tests: `fold, subject, trial, label`, in order of the folds.

    Where the threshold is learnt, it is learnt again from what a fold has to train and validate with.

    Parameters
    ----------
    split : DataFrame
        `fold, role, subject, trial, window`.
    trials : DataFrame
        Trial tables, with label columns, of its subjects or more.
    target : mapping
    """
    rows = split[["fold", "role", *TRIAL]].drop_duplicates()
    own = trials[trials["subject"].isin(rows["subject"].unique())]
    tested = rows.loc[rows["role"] == "test", ["fold", *TRIAL]].sort_values("fold", kind="stable")
    if not is_learnt(target):
        return tested.merge(own[list(TRIAL)].assign(label=labels(own, target)), how="left", on=list(TRIAL))
    learnt = []
    for fold, one in rows[rows["role"] != "test"].groupby("fold"):
        seen = own.merge(one[list(TRIAL)].drop_duplicates(), on=list(TRIAL))
        learnt.append(own[list(TRIAL)].assign(fold=fold, label=labels(own, target, training=seen)))
    return tested.merge(pd.concat(learnt), how="left", on=["fold", *TRIAL])


def check_agreed(split: pd.DataFrame, trials: pd.DataFrame, name: str, target: Mapping[str, Any]) -> None:
    """Refuse a learnt threshold by which folds that test windows of one trial put it on different sides.

    Raises
    ------
    InputError
        The first such trial: its windows would be scored against two labels.
    """
    found = truth(split, trials, target)[[*TRIAL, "label"]].drop_duplicates()
    several = found[found.duplicated(list(TRIAL))]
    if len(several):
        raise InputError(
            f"one label per trial of the target {name}",
            f"several for {named(several[list(TRIAL)])}",
            UNDECIDED,
        )


def check_tested(predictions: pd.DataFrame, asked: pd.DataFrame, blame: Blame) -> None:
    """Refuse predictions of other rows `fold, subject, trial, window` than those asked for, or of one of them twice."""
    sides = predictions[FOLD].merge(asked[FOLD], how="outer", indicator="side")
    wrong = {
        "also {}": sides[sides["side"] == "left_only"],
        "none of {}": sides[sides["side"] == "right_only"],
        "several of {}": sides[sides.duplicated(FOLD)],
    }
    for received, rows in wrong.items():
        if len(rows):
            fold, first = first_fold(rows)
            what = "trial" if (asked["window"] == WHOLE).all() else "window"
            expected = f"one prediction of every {what} that the split tests and of no other"
            raise blame(fold, expected, received.format(named(first[WINDOW])))


def check_labels(predictions: pd.DataFrame, true: pd.DataFrame, target: Mapping[str, Any], blame: Blame) -> None:
    """Refuse predictions beside labels that are not the `truth`; the trials are named."""
    found = predictions[["fold", *TRIAL, "label"]].drop_duplicates()
    found = found.merge(true, how="left", on=["fold", *TRIAL], suffixes=("", "_true"))
    wrong = found[found["label"] != found["label_true"]]
    if len(wrong):
        fold, first = first_fold(wrong)
        instead = [f"{row.label} instead of {row.label_true:g}" for row in first.itertuples()]
        expected = f"the labels that the trial table gives by the target's rule, {rule(target)}"
        raise blame(fold, expected, named(first[list(TRIAL)].assign(role=instead)))


def first_fold(rows: pd.DataFrame) -> tuple[int, pd.DataFrame]:
    """Return the first fold at fault, and its rows."""
    fold = int(rows["fold"].min())
    return fold, rows[rows["fold"] == fold]

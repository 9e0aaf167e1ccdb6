"""Predictions without EEG, held against their split, the labels of their target and what they went by."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import pandas as pd

from eeg.errors import InputError
from eeg.guard.fits import Fit, check_learnt
from eeg.guard.tested import check_labels, check_tested, truth
from eeg.protocols import ACROSS, TRIAL, WHOLE


@dataclass(frozen=True)
class Yardstick:
    """What one yardstick predicts under one protocol.

    Attributes
    ----------
    name : tuple of str
        Protocol, target and yardstick.
    tables : mapping
        By part, in the order of the parts: `subject, trial, window, fold, label`, one row per tested trial.
    records : mapping
        By part: `folds`, a list of what each went by.
    splits : mapping
        By part: `fold, role, subject, trial, window`.
    trials : DataFrame
        Trial tables of all subjects, with label columns.
    target : mapping
    """

    name: tuple[str, str, str]
    tables: Mapping[str, pd.DataFrame]
    records: Mapping[str, Mapping[str, Any]]
    splits: Mapping[str, pd.DataFrame]
    trials: pd.DataFrame
    target: Mapping[str, Any]

    def fit(self, part: str) -> Fit:
        """Return what it made of one part as a fit to whole trials."""
        split = self.splits[part]
        trials = split[list(TRIAL)].drop_duplicates().assign(window=WHOLE)
        name, table, record = (*self.name, part), self.tables[part], self.records[part]
        return Fit(name, self._file(part), table, record, split, trials, self.trials, self.target)

    def _file(self, part: str) -> str:
        return f"results/predictions/{'/'.join(self.name)}/{part}.parquet"

    def error(self, part: str, fold: int, expected: str, received: str) -> InputError:
        """Return the error about a part's fold."""
        protocol, target, yardstick = self.name
        where = f"protocol {protocol}, target {target}, yardstick {yardstick}, part {part}"
        where += f", fold {fold}" if fold >= 0 else ", all folds"
        file = self._file(part)
        remedy = f"Delete {file} and run again; if it comes back, the yardstick tests what it should not."
        return InputError(f"{expected} ({where})", received, remedy, file=file)


def summary(counts: Sequence[int]) -> dict[str, int]:
    """Return the number of yardsticks, one a protocol and target, and how many trials of theirs were held together."""
    return {"n_yardsticks": len(counts), "n_compared": sum(counts)}


def check(one: Yardstick) -> int:
    """Return how many trials were held together.

    Raises
    ------
    InputError
        A part has other trials than those its split tests, or one of them twice, a label that is not the trial's, or a
        record of having gone by what it may not (`eeg.guard.fits.check_learnt`), other trials of the tested subject
        among the other subjects' included.
    """
    asked = _asked(one)
    for part, table in one.tables.items():
        own, blame = asked[asked["part"] == part], partial(one.error, part)
        check_tested(table, own, blame)
        check_labels(table, own[["fold", *TRIAL, "label"]], one.target, blame)
        _check_record(one.fit(part))
    return len(asked)


def _check_record(fit: Fit) -> None:
    check_learnt(fit, fit.roles())
    own, across = fit.split["subject"].unique(), fit.name[0] in ACROSS
    for record in fit.record["folds"]:
        if "others" not in record or (record["others"] is None) != across:
            expected = "null for the others whose labels were at hand" if across else "their names"
            raise fit.error(record["fold"], f"{expected}, as the record of a yardstick", "something else or nothing")
        if at_hand := [name for name in record["others"] or () if name in own]:
            expected = "no subject of the part among the others whose labels were at hand"
            raise fit.error(record["fold"], expected, ", ".join(at_hand))


def _asked(one: Yardstick) -> pd.DataFrame:
    """Return what is to be predicted: `part, fold, subject, trial, window, label`.

    Where windows are shuffled a trial is tested in several folds; it is predicted once, for all of them (fold -1), in
    the first part that tests it.
    """
    true = [truth(split, one.trials, one.target).assign(part=part) for part, split in one.splits.items()]
    asked = pd.concat(true, ignore_index=True).assign(window=WHOLE)
    if all((split["window"] == WHOLE).all() for split in one.splits.values()):
        return asked
    return asked.drop_duplicates(list(TRIAL)).assign(fold=-1)

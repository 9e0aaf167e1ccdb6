"""Flaws of the table of ratings: a subject's own, and her rows in everyone's where that is there."""

from collections.abc import Callable
from functools import wraps
from pathlib import Path

import numpy as np
import pandas as pd

from eeg.datasets.simulated.cohort import FELT, number
from eeg.datasets.simulated.flaws.case import Case, Spoil
from eeg.storage import write_csv

SCALES = [name.capitalize() for name in FELT]
"""The four scales as the table names them."""

HIGH = 5.0
"""Ratings above are high."""

Change = Callable[[pd.DataFrame, Case], pd.DataFrame]
"""Returns a subject's rows, all cells text, as they shall be."""


def _in_tables(change: Change) -> Spoil:
    """Return the flaw that changes a subject's rows in every table; cells that are not changed keep their digits."""

    @wraps(change)
    def spoil(case: Case) -> None:
        own, *others = case.tables
        rows = change(_read(own), case)
        for path in others:
            table = _read(path)
            hers = (table["Participant_id"] == str(number(case.subject))).to_numpy()
            first = int(np.argmax(hers))
            parts = [table[:first], rows, table[first:][~hers[first:]]]
            write_csv(path, pd.concat([part[rows.columns] for part in parts]))
        write_csv(own, rows)

    return spoil


@_in_tables
def blank(rows: pd.DataFrame, case: Case) -> pd.DataFrame:
    """Leave one rating blank."""
    rows.loc[case.one_of(len(rows)), SCALES[case.one_of(4)]] = ""
    return rows


@_in_tables
def above(rows: pd.DataFrame, case: Case) -> pd.DataFrame:
    """Put one rating outside its scale: 12, or 0.2 where a trial of high valence and arousal remains beside it."""
    row, scale = case.one_of(len(rows)), SCALES[case.one_of(2)]
    below = _both_high(rows.drop(index=row)).any() and case.rng.random() < 0.5
    rows.loc[row, scale] = "0.2" if below else "12.0"
    return rows


@_in_tables
def rounded(rows: pd.DataFrame, case: Case) -> pd.DataFrame:
    """Round all ratings to whole numbers."""
    rows[SCALES] = rows[SCALES].astype(float).round().astype(str)
    return rows


@_in_tables
def row_absent(rows: pd.DataFrame, case: Case) -> pd.DataFrame:
    """Leave out the row of one trial, not the last one."""
    return rows.drop(index=case.one_of(len(rows) - 1))


@_in_tables
def row_twice(rows: pd.DataFrame, case: Case) -> pd.DataFrame:
    """Give one trial its row twice."""
    return rows.loc[np.sort([*range(len(rows)), case.one_of(len(rows))])]


@_in_tables
def text(rows: pd.DataFrame, case: Case) -> pd.DataFrame:
    """Write a word where a rating should stand."""
    rows.loc[case.one_of(len(rows)), SCALES[case.one_of(4)]] = "good"
    return rows


@_in_tables
def column_absent(rows: pd.DataFrame, case: Case) -> pd.DataFrame:
    """Leave out one scale."""
    return rows.drop(columns=SCALES[case.one_of(4)])


@_in_tables
def inverted(rows: pd.DataFrame, case: Case) -> pd.DataFrame:
    """Store 9 - rating for valence and arousal of the trials in which both are high."""
    high, pair = _both_high(rows), SCALES[:2]
    rows.loc[high, pair] = (9.0 - rows.loc[high, pair].astype(float)).round(2).astype(str)
    return rows


@_in_tables
def shifted(rows: pd.DataFrame, case: Case) -> pd.DataFrame:
    """Raise all valences by 1.3, or by what takes one more trial above 5, to 9 at most."""
    valence = rows["Valence"].astype(float)
    low = valence[valence <= HIGH]
    shift = max(1.3, HIGH + 0.1 - low.max()) if len(low) else 1.3
    rows["Valence"] = (valence + shift).clip(upper=9.0).round(2).astype(str)
    return rows


@_in_tables
def repeated(rows: pd.DataFrame, case: Case) -> pd.DataFrame:
    """Give each trial the other subject's ratings of the trial with its number."""
    rows[SCALES] = case.ratings(case.other)[SCALES].astype(str).to_numpy()
    return rows


def _both_high(rows: pd.DataFrame) -> pd.Series:
    return (rows[SCALES[:2]].astype(float) > HIGH).all(axis=1)


def _read(path: Path) -> pd.DataFrame:
    return pd.read_csv(path, dtype=str, keep_default_na=False)

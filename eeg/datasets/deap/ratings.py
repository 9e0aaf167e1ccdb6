"""DEAP's table `participant_ratings`: who rated which video how, in which order, and when each video started."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from eeg.datasets.deap import tables
from eeg.errors import InputError

RATINGS = ("Valence", "Arousal", "Dominance", "Liking")
"""Rating columns of `participant_ratings`; the trial table has them in lower case."""

COUNTED = ("Participant_id", "Trial", "Experiment_id")
"""Numbers of the participant, of the trial in the order of presentation, and of the video."""

NEEDED = (*COUNTED, *RATINGS)
"""Columns without which there is no trial table."""

OPTIONAL = ("Start_time", "Familiarity")
"""Columns that may be missing."""

SCALES = (*RATINGS, "Familiarity")
"""Columns with a scale of one digit."""

COLUMNS = ("subject", "trial", "video", *(name.lower() for name in RATINGS), "order")
"""Columns of a trial table."""

TICKS = 1e4
"""Units of `Start_time` in a second: consecutive videos of a minute are 8e5 apart, whatever the readme says."""

BLANK = ("", "na", "nan", "n/a", "#n/a", "null", "none", "-", "?", "n.a.")
"""What stands, in any case of letters, where there is no number."""


def read(path: Path | str) -> pd.DataFrame:
    """Return the whole table under the original's column names.

    Parameters
    ----------
    path : path
        `participant_ratings` as csv (any usual separator, encoding and decimal sign), xls or ods.

    Returns
    -------
    DataFrame
        `Participant_id, Trial, Experiment_id` (int), `Valence, Arousal, Dominance, Liking` (float, NaN where blank)
        and, where they are there, `Start_time` (0.1 ms) and `Familiarity`. Rows as in the file.

    Raises
    ------
    InputError
        `ratings_file`: the file is no such table, lacks a column, or holds something else than numbers.
    """
    path = Path(path)
    names = {tables.plain(name): name for name in (*NEEDED, *OPTIONAL)}
    ((_, header), *rows), separator = tables.rows(path, columns=names)
    known = [names.get(tables.plain(name), "") for name in header]
    _check_header(known, header, separator, path)
    places = {name: known.index(name) for name in (*NEEDED, *OPTIONAL) if name in known}
    for line, cells in rows:
        _check_length(cells, line, path, least=1 + max(places[name] for name in NEEDED), most=len(header))
    lines = [line for line, _ in rows]
    columns = {
        name: _numbers([cells[place] if place < len(cells) else "" for _, cells in rows], name, lines=lines, path=path)
        for name, place in places.items()
    }
    return pd.DataFrame(columns).astype(dict.fromkeys(COUNTED, np.int64))


def rated(table: pd.DataFrame, subject: str, *, file: Path | str | None) -> pd.DataFrame:
    """Return the trials of a subject in the order they were presented.

    Parameters
    ----------
    table : DataFrame
        What `read` returns.
    subject : str
        Subject id such as `s01`.
    file : path or None
        Where the table lies, for the errors.

    Returns
    -------
    DataFrame
        `subject, trial, video, valence, arousal, dominance, liking, order`, one row per trial 1, 2, ..., n; `order`
        is `presentation`.

    Raises
    ------
    InputError
        `ratings_rows`: the subject has no rows, or her trials have a gap or repeat a number or a video.
    """
    rows = _of(table, subject)
    _check_trials(rows, subject, file)
    trials = pd.DataFrame({"subject": subject, "trial": rows["Trial"], "video": rows["Experiment_id"]})
    labels = {name.lower(): rows[name] for name in RATINGS}
    return trials.assign(**labels, order="presentation").reset_index(drop=True)


def contradicting(one: pd.DataFrame, other: pd.DataFrame) -> int:
    """Return how many trials that two tables share have another number or another rating in one than in the other."""
    both = one.merge(other, on=["Participant_id", "Experiment_id"], suffixes=("", " "))
    pairs = [(both[name].to_numpy(float), both[f"{name} "].to_numpy(float)) for name in ("Trial", *RATINGS)]
    differ = [~np.isclose(first, second, atol=1e-6, equal_nan=True) for first, second in pairs]
    return int(np.any(differ, axis=0).sum())


def start_times(table: pd.DataFrame, subject: str) -> pd.Series | None:
    """Return when each video started, in seconds of the stimulus computer's clock, indexed by trial.

    NaN where it is blank; None where the table, or every row of the subject, lacks it.
    """
    if "Start_time" not in table or _of(table, subject)["Start_time"].isna().all():
        return None
    rows = _of(table, subject)
    return pd.Series(rows["Start_time"].to_numpy() / TICKS, index=rows["Trial"].to_numpy(), name="start")


def participants(table: pd.DataFrame) -> list[str]:
    """Return the sorted ids of the subjects that have rows."""
    return [f"s{number:02d}" for number in sorted(table["Participant_id"].unique())]


def _of(table: pd.DataFrame, subject: str) -> pd.DataFrame:
    return table[table["Participant_id"] == _number(subject)].sort_values("Trial")


def _number(subject: str) -> int:
    return int(subject.removeprefix("s"))


def _check_header(known: Sequence[str], header: Sequence[str], separator: str, path: Path) -> None:
    missing = [name for name in NEEDED if name not in known]
    twice = sorted({name for name in known if name and known.count(name) > 1})
    if missing or twice:
        received = f"no {', '.join(missing)}" if missing else f"{', '.join(twice)} twice"
        found = ", ".join(header)
        shown = f"{found[:200]}..." if len(found) > 200 else found
        received = f"{received} (columns separated by {separator}: {shown})"
        raise tables.wrong(path, f"the columns {', '.join(NEEDED)}, each once", received)


def _check_length(cells: Sequence[str], line: int, path: Path, *, least: int, most: int) -> None:
    """Refuse a row that was cut off, or one that a decimal comma has split."""
    if len(cells) < least or any(cells[most:]):
        raise tables.wrong(path, f"{most} values in line {line}, one a column", f"{len(cells)}")


def _numbers(cells: Sequence[str], name: str, *, lines: Sequence[int], path: Path) -> pd.Series:
    """Return a column as numbers, NaN where blank; the columns that count have no blanks."""
    text = pd.Series(cells, dtype=object)
    # a rating has one digit before the decimal sign, so that a comma there separates no thousands
    plain = text.str.replace(r"^(\d),(\d*)$", r"\1.\2", regex=True) if name in SCALES else text
    numbers = pd.to_numeric(plain, errors="coerce").astype(float)
    good = np.isfinite(numbers) | text.str.lower().isin(BLANK)
    if name in COUNTED:
        good = np.isfinite(numbers) & (numbers >= 1) & (numbers % 1 == 0)
    if not good.all():
        row = int(np.flatnonzero(~good)[0])
        kind = "whole numbers from 1" if name in COUNTED else "numbers"
        raise tables.wrong(path, f"{kind} in the column {name}", f"{text[row]!r} in line {lines[row]}")
    return numbers


def _check_trials(rows: pd.DataFrame, subject: str, file: Path | str | None) -> None:
    numbers = rows["Trial"].tolist()
    wrong = ""
    if not numbers:
        expected, wrong = f"ratings of {subject} (Participant_id {_number(subject)})", "none"
    elif numbers != list(range(1, len(numbers) + 1)):
        expected = f"one row for every trial of {subject}, numbered from 1"
        missing = sorted(set(range(1, max(numbers) + 1)) - set(numbers))
        twice = sorted({number for number in numbers if numbers.count(number) > 1})
        wrong = f"no trial {_listed(missing)}" if missing else f"trial {_listed(twice)} more than once"
    elif rows["Experiment_id"].duplicated().any():
        expected = f"every video of {subject} once (Experiment_id)"
        wrong = f"{_listed(sorted(set(rows.loc[rows['Experiment_id'].duplicated(), 'Experiment_id'])))} more than once"
    if wrong:
        raise InputError(
            expected,
            wrong,
            "Take the file as DEAP distributes it, or leave the subject out (`subjects:` in the config).",
            file=file,
            code="ratings_rows",
        )


def _listed(numbers: Sequence[int]) -> str:
    """Return the first of some numbers for a sentence."""
    return ", ".join(map(str, numbers[:10])) + (", ..." if len(numbers) > 10 else "")

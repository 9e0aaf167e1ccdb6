"""DEAP in the three forms its makers distribute: original BDF recordings, and cleaned trials for Python and Matlab.

The functions take the folder and the source's settings from the config (`deap:`):

form : `original`, `python`, `matlab`, or `auto` for the first of them that is there
original, python, matlab : folder of a form, from the given folder on, where it is none of the usual ones
ratings : the table `participant_ratings`, likewise

Recordings stand in the order they were presented, trials of the releases in the order of the videos; the table of
ratings joins both, so that every form has the same trial table. A release without the table has no order of
presentation: there a trial has the number of its video.
"""

from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Unpack

import mne
import numpy as np
import pandas as pd

from eeg.datasets.deap import onsets, original, ratings, release, trials
from eeg.datasets.deap.folders import check_file
from eeg.datasets.deap.onsets import VIDEO, Triggers
from eeg.datasets.deap.places import Places, Settings
from eeg.datasets.deap.ratings import RATINGS
from eeg.errors import InputError

__all__ = [
    "RATINGS",
    "VIDEO",
    "contradictions",
    "everyone",
    "files",
    "form",
    "forms",
    "known",
    "read",
    "read_trials",
    "release_labels",
    "subjects",
    "table_file",
    "table_files",
    "trial_table",
    "triggers",
]

N_PARTICIPANTS, N_TRIALS = 32, 40
"""The size of DEAP."""

KNOWN = {"low": [439, 269, 298, 274], "high": [458, 266, 296, 260]}
"""Trials of HVHA, HVLA, LVHA and LVLA in a true copy, by what a rating of exactly 5 counts as."""


def forms(folder: Path | str, /, **settings: Unpack[Settings]) -> list[str]:
    """Return which of `original`, `python`, `matlab` are there, at least one, in this order."""
    return Places(Path(folder), **settings).present()


def form(folder: Path | str, /, **settings: Unpack[Settings]) -> str:
    """Return the form that is read."""
    return Places(Path(folder), **settings).chosen()


def subjects(folder: Path | str, /, **settings: Unpack[Settings]) -> list[str]:
    """Return the sorted ids of the subjects that have a file of the form that is read."""
    places = Places(Path(folder), **settings)
    return list(places.files(places.chosen()))


def files(folder: Path | str, subject: str, /, **settings: Unpack[Settings]) -> list[Path]:
    """Return the files a subject is read from: one of the form that is read."""
    places = Places(Path(folder), **settings)
    return [places.file(subject, places.chosen())]


def table_file(folder: Path | str, subject: str, /, **settings: Unpack[Settings]) -> Path:
    """Return where a subject's labels stand: everyone's ratings or, where a release has none, the release's file."""
    places = Places(Path(folder), **settings)
    return _ratings(places) or places.file(subject, places.chosen())


def table_files(folder: Path | str, /, **settings: Unpack[Settings]) -> list[Path]:
    """Return every table of ratings that is there, the one that is read first."""
    return Places(Path(folder), **settings).tables()


def contradictions(folder: Path | str, /, **settings: Unpack[Settings]) -> list[tuple[Path, Path, int]]:
    """Return the table that is read with every other that contradicts it, and in how many trials.

    Tables that cannot be read contradict nothing; that the one which is read cannot be is for the subjects' checks.
    """
    there = table_files(folder, **settings)
    if len(there) < 2:
        return []
    numbers = dict.fromkeys(there[1:], 0)
    with suppress(InputError):
        whole = ratings.read(there[0])
        for path in numbers:
            with suppress(InputError):
                numbers[path] = ratings.contradicting(whole, ratings.read(path))
    return [(there[0], path, number) for path, number in numbers.items() if number]


def trial_table(folder: Path | str, subject: str, /, **settings: Unpack[Settings]) -> pd.DataFrame:
    """Return the trials of a subject, the same for every form as long as there is a table of ratings.

    Returns
    -------
    DataFrame
        `subject, trial, video, valence, arousal, dominance, liking, order`, one row per trial 1, 2, ..., n. `order` is
        `presentation`, or `unknown` where a release has no table of ratings: there trial is video.

    Raises
    ------
    InputError
        There is no table where one is needed, it cannot be used, or it lacks the subject or a trial.
    """
    places = Places(Path(folder), **settings)
    table = _ratings(places)
    if table is not None:
        return ratings.rated(ratings.read(table), subject, file=table)
    labels = _labels(places.file(subject, places.chosen()))
    numbered = pd.DataFrame({"subject": subject, "trial": labels["video"]})
    return numbered.join(labels).assign(order="unknown")


def everyone(folder: Path | str, subjects: Sequence[str], /, **settings: Unpack[Settings]) -> pd.DataFrame:
    """Return the trial tables of all participants in the table of ratings, or of `subjects` where there is none.

    Those whose trials cannot be told are left out: their own check says why.
    """
    table = Places(Path(folder), **settings).table()
    if table is None:
        names, trials_of = list(subjects), partial(trial_table, folder, **settings)
    else:
        whole = ratings.read(table)
        names, trials_of = ratings.participants(whole), partial(ratings.rated, whole, file=table)
    found = []
    for name in names:
        with suppress(InputError):
            found.append(trials_of(name))
    return pd.concat(found, ignore_index=True) if found else pd.DataFrame(columns=list(ratings.COLUMNS))


def known(folder: Path | str, subjects: Sequence[str], /, **settings: Unpack[Settings]) -> dict[str, list[int]] | None:
    """Return how many trials of each quadrant a true copy has, None unless all of DEAP is there.

    Returns
    -------
    dict of str to list of int, or None
        By what a rating of exactly 5 counts as (`low`, `high`): trials of HVHA, HVLA, LVHA, LVLA, of 32 participants
        with 40 trials each.
    """
    counts = everyone(folder, subjects, **settings)["subject"].value_counts()
    whole = {f"s{number:02d}": N_TRIALS for number in range(1, N_PARTICIPANTS + 1)}
    return {rule: list(numbers) for rule, numbers in KNOWN.items()} if counts.to_dict() == whole else None


def release_labels(folder: Path | str, subject: str, /, **settings: Unpack[Settings]) -> pd.DataFrame | None:
    """Return the labels inside the release that is read, None where recordings are.

    Returns
    -------
    DataFrame or None
        `video, valence, arousal, dominance, liking`; row k is video k + 1.
    """
    places = Places(Path(folder), **settings)
    chosen = places.chosen()
    return None if chosen == "original" else _labels(places.file(subject, chosen))


def read(folder: Path | str, subject: str, table: pd.DataFrame, /, **settings: Unpack[Settings]) -> mne.io.RawArray:
    """Return a subject's original recording with the trials of the table marked: see `original.read`."""
    path, starts, _ = _recording(folder, subject, settings)
    return original.read(path, table, starts=starts)


def triggers(folder: Path | str, subject: str, /, **settings: Unpack[Settings]) -> Triggers:
    """Return the triggers of a subject's original recording: see `onsets.triggers`."""
    path, starts, n_trials = _recording(folder, subject, settings)
    return onsets.triggers(path, starts=starts, n_trials=n_trials)


def read_trials(
    folder: Path | str,
    subject: str,
    table: pd.DataFrame,
    /,
    *,
    baseline: float = release.BASELINE,
    **settings: Unpack[Settings],
) -> mne.EpochsArray:
    """Return a subject's trials out of the release that is read, in the order of the table: see `trials.epochs`."""
    (path,) = files(folder, subject, **settings)
    check_file(path)
    return trials.epochs(release.load(path), table, baseline=baseline, file=path)


def _ratings(places: Places) -> Path | None:
    """Return the table of ratings, None where a release has none; recordings need it."""
    return places.needed_table() if places.chosen() == "original" else places.table()


def _recording(folder: Path | str, subject: str, settings: Settings) -> tuple[Path, pd.Series | None, int]:
    """Return a subject's recording, the start times of her trials and their number, as the ratings have them."""
    places = Places(Path(folder), **settings)
    path, file = places.file(subject, "original"), places.needed_table()
    check_file(path)
    whole = ratings.read(file)
    n_trials = len(ratings.rated(whole, subject, file=file))
    return path, ratings.start_times(whole, subject), n_trials


def _labels(path: Path) -> pd.DataFrame:
    check_file(path)
    values = release.labels(path)
    columns = dict(zip((name.lower() for name in RATINGS), values.T, strict=True))
    return pd.DataFrame({"video": np.arange(1, len(values) + 1), **columns})

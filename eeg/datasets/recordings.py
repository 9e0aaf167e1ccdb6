"""Any recordings MNE reads, with a trial table beside them: `subject, trial, recording, onset, duration`, labels.

The functions take the folder and the source's settings from the config:

trials : name of the table, a csv in the folder (`trials.csv`)
prefixes : beginnings to strip from channel names (`["EEG "]`)
rename : channel name in the file (with or without prefix) to its standard name
drop : channels to leave out
eog : electrodes of `hEOG` and `vEOG`, one (already bipolar) or two (first minus second) each
"""

import re
from pathlib import Path, PurePath
from typing import Unpack

import mne
import numpy as np
import pandas as pd

from eeg.datasets.opening import Layout, Settings, opened, standard
from eeg.errors import InputError

COLUMNS = ("subject", "trial", "recording", "onset", "duration")
"""What a trial table must have; `video` is optional, every other column is a label."""

TOUCHING = 1.0
"""Seconds of pause below which two blocks count as cut from one uninterrupted stretch."""

TOLERANCE = 1e-6
"""Seconds by which times read from a table may be off."""


def subjects(folder: Path | str, /, **settings: Unpack[Settings]) -> list[str]:
    """Return the sorted ids of the table; numbers, also as `Subject00` or `sub-00`, are written `s00`."""
    return sorted(set(_table(Path(folder), Layout(**settings))["subject"]))


def table_file(folder: Path | str, subject: str, /, **settings: Unpack[Settings]) -> Path:
    """Return everyone's trial table, where the labels stand."""
    return Path(folder) / Layout(**settings).trials


def files(folder: Path | str, subject: str, /, **settings: Unpack[Settings]) -> list[Path]:
    """Return the recordings of a subject in the order its trials name them."""
    table = trial_table(folder, subject, **settings)
    return [Path(folder) / name for name in dict.fromkeys(table["recording"])]


def trial_table(folder: Path | str, subject: str, /, **settings: Unpack[Settings]) -> pd.DataFrame:
    """Return the trials of a subject: `subject, trial, video`, labels, `recording, onset, duration`.

    Raises
    ------
    InputError
        Folder, table, column or subject is missing; a trial is numbered twice, a time is not usable, durations
        differ, or a recording lies outside the folder.
    """
    layout = Layout(**settings)
    table = _table(Path(folder), layout)
    rows = table[table["subject"] == subject].sort_values("trial", ignore_index=True)
    if rows.empty:
        known = ", ".join(sorted(set(table["subject"])))
        raise _wrong(folder, layout, f"the subject {subject}", f"only {known}", "Correct `subjects` in the config.")
    if rows["trial"].duplicated().any():
        twice = ", ".join(map(str, rows.loc[rows["trial"].duplicated(), "trial"]))
        raise _wrong(folder, layout, f"every trial of {subject} once", f"trial {twice} twice", "Number them anew.")
    if "video" not in rows:
        rows["video"] = rows["trial"]
    first, last = ["subject", "trial", "video"], ["recording", "onset", "duration"]
    return rows[[*first, *(name for name in rows if name not in (*first, *last)), *last]]


def has_videos(folder: Path | str, /, **settings: Unpack[Settings]) -> bool:
    """Return whether the trial table says which stimulus a trial had; where not, `video` is the trial's number."""
    return "video" in _table(Path(folder), Layout(**settings))


def read(folder: Path | str, subject: str, table: pd.DataFrame, /, **settings: Unpack[Settings]) -> mne.io.BaseRaw:
    """Return a subject's recordings joined into one, a `trial/{trial}` annotation at the start of every trial.

    Parameters
    ----------
    folder : path
    subject : str
    table : DataFrame
        Rows of `trial_table`.
    **settings
        See the module's docstring.

    Returns
    -------
    Raw
        Preloaded, native rate, standard names and the `colin27_1020` montage; EEG channels in DEAP's order where
        all 32 exist, else in the file's; then `hEOG`, `vEOG` where configured. `EDGE boundary` where files meet.

    Raises
    ------
    InputError
        A file is missing, unreadable, cut off or shorter than its trials, files of one subject do not match, or a
        channel has no standard position.
    """
    layout = Layout(**settings)
    parts = []
    for name, rows in table.groupby("recording", sort=False):
        path = Path(folder) / str(name)
        raw = standard(opened(path), layout, path)
        _check_inside(raw, rows, path)
        described = [f"trial/{trial}" for trial in rows["trial"]]
        parts.append(raw.set_annotations(mne.Annotations(rows["onset"].to_numpy(float), 0.0, described)))
        if parts[0].ch_names != raw.ch_names or parts[0].info["sfreq"] != raw.info["sfreq"]:
            raise InputError(
                f"all recordings of {subject} with one sampling rate and the same channels in the same order",
                f"{raw.info['sfreq']:g} Hz and {', '.join(raw.ch_names)} beside {parts[0].info['sfreq']:g} Hz and "
                f"{', '.join(parts[0].ch_names)}",
                "Leave out what they do not share with `drop`, or the subject with `subjects`.",
                file=path,
            )
    return mne.concatenate_raws(parts, verbose="error")


def blocks_share_recording(table: pd.DataFrame, column: str) -> bool:
    """Tell whether trials are blocks cut from one uninterrupted recording of one condition.

    Parameters
    ----------
    table : DataFrame
        Trials of one or more subjects, `column` with class names.
    column : str

    Returns
    -------
    bool
        True where, for some subject, two trials of a class follow each other in a recording without a pause, or all
        trials of every class stand in one recording with no trial of another class between: such blocks are not
        independent.
    """
    ordered = [rows.sort_values("onset") for _, rows in table.groupby("subject")]
    return any(_in_runs(rows, column) or _touching(rows, column) for rows in ordered)


def overlapping(table: pd.DataFrame, *, baseline: float, duration: float) -> list[str]:
    """Return the trials, as "recording: trial and trial", that would share samples with `baseline` s before each."""
    found = []
    for name, rows in table.sort_values("onset").groupby("recording", sort=False):
        early = rows["onset"].diff().to_numpy() < baseline + duration - TOLERANCE
        numbers = rows["trial"].to_numpy()
        found += [f"{name}: {numbers[row - 1]} and {numbers[row]}" for row in np.flatnonzero(early)]
    return found


def _check_inside(raw: mne.io.BaseRaw, rows: pd.DataFrame, path: Path) -> None:
    """Refuse a trial that ends after its recording, by more than half a sample."""
    length = raw.n_times / raw.info["sfreq"]
    end = (rows["onset"] + rows["duration"]).to_numpy(float)
    late = np.flatnonzero(end > length + 0.5 / raw.info["sfreq"])
    if len(late):
        raise InputError(
            f"trial {rows['trial'].iloc[late[0]]} to end within the {length:g} s of its recording",
            f"an end at {end[late[0]]:g} s",
            "Correct `onset` and `duration` of the trial, or copy the file anew.",
            file=path,
        )


def _in_runs(rows: pd.DataFrame, column: str) -> bool:
    runs = 0
    for _, recorded in rows.groupby("recording"):
        label = recorded[column].astype(str)
        runs += int((label != label.shift()).sum())
    return runs == rows[column].nunique() < len(rows)


def _touching(rows: pd.DataFrame, column: str) -> bool:
    for _, recorded in rows.groupby("recording"):
        pause = recorded["onset"] - (recorded["onset"] + recorded["duration"]).shift()
        if ((pause < TOUCHING) & (recorded[column] == recorded[column].shift())).any():
            return True
    return False


def _table(folder: Path, layout: Layout) -> pd.DataFrame:
    """Return the checked trial table of all subjects."""
    if not folder.is_dir():
        raise InputError("a folder of recordings", "no such folder", "Correct the folder (`DATA=`).", file=folder)
    path = folder / layout.trials
    if not path.is_file():
        raise InputError(
            "a trial table", "no such file", f"Write one with the columns {', '.join(COLUMNS)}.", file=path
        )
    table = pd.read_csv(path, dtype={"subject": str, "recording": str})
    missing = [name for name in COLUMNS if name not in table]
    if missing or table.empty:
        raise _wrong(
            folder,
            layout,
            f"trials with the columns {', '.join(COLUMNS)}",
            f"no {', '.join(missing)}" if missing else "an empty table",
            "Complete the table.",
        )
    _check_values(table, folder, layout)
    return table.assign(subject=_ids(table["subject"], folder, layout), trial=table["trial"].astype(int))


def _check_values(table: pd.DataFrame, folder: Path, layout: Layout) -> None:
    """Refuse empty cells, trials that are no positive integers, unusable times, several durations, stray paths."""
    numbers = {name: pd.to_numeric(table[name], errors="coerce") for name in ("trial", "onset", "duration")}
    usable = {
        "subject": table["subject"].notna(),
        "trial": (numbers["trial"] >= 1) & (numbers["trial"] % 1 == 0),
        "recording": table["recording"].map(_stays_inside),
        "onset": (numbers["onset"] >= 0) & np.isfinite(numbers["onset"]),
        "duration": (numbers["duration"] > 0) & np.isfinite(numbers["duration"]),
    }
    for name, good in usable.items():
        if not good.all():
            row = int(np.flatnonzero(~good)[0])
            raise _wrong(
                folder,
                layout,
                f"in the column {name} {_MEANING[name]}",
                f"{table[name].iloc[row]!r} in line {row + 2}",
                "Correct the line.",
            )
    durations = numbers["duration"].unique()
    if len(durations) > 1:
        received = ", ".join(f"{duration:g}" for duration in durations)
        raise _wrong(folder, layout, "one duration for all trials", f"{received} s", "Cut all trials to the shortest.")


_MEANING = {
    "subject": "a name or number",
    "trial": "whole numbers from 1",
    "recording": "a path inside the folder",
    "onset": "seconds from the start of the recording",
    "duration": "seconds above 0",
}


def _stays_inside(name: object) -> bool:
    if not isinstance(name, str) or not name.strip():
        return False
    path = PurePath(name)
    return not path.is_absolute() and ".." not in path.parts and "\\" not in name


def _ids(column: pd.Series, folder: Path, layout: Layout) -> pd.Series:
    """Return subject ids as paths have them: `s00` from any usual way to number subjects."""
    ids = {}
    for value in column.unique():
        numbered = re.fullmatch(r"(?i)(?:s|sub|subj|subject|p|participant)?[-_ ]?(\d+)", value.strip())
        if not numbered:
            raise _wrong(folder, layout, "numbered subjects (1, s01, sub-01)", repr(value), "Number them in the table.")
        ids[value] = f"s{int(numbered[1]):02d}"
    if len(set(ids.values())) < len(ids):
        raise _wrong(folder, layout, "one spelling a subject", ", ".join(map(repr, ids)), "Use one for each.")
    return column.map(ids)


def _wrong(folder: Path | str, layout: Layout, expected: str, received: str, remedy: str) -> InputError:
    return InputError(expected, received, remedy, file=Path(folder) / layout.trials)

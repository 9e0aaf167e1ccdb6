"""The DEAP originals: BDF recordings of 32 people with triggers, and the table of their ratings.

Trials stand in the order they were presented: the t-th code 4 is the row of `participant_ratings.csv` whose `Trial`
is t, and that row's `Experiment_id` is the video. Layout and codes: https://www.eecs.qmul.ac.uk/mmv/datasets/deap/.
"""

import re
import warnings
from pathlib import Path

import mne
import numpy as np
import pandas as pd

from eeg.channels import EOG, GENEVA, standard_name
from eeg.datasets import bdf
from eeg.errors import InputError
from eeg.storage import read_csv

VIDEO = 4
"""Trigger code at the start of a video."""

ELECTRODES = ("EXG1", "EXG2", "EXG3", "EXG4")
"""Left, right, above, below: hEOG is the first pair's difference, vEOG the second's."""

RATINGS = ("Valence", "Arousal", "Dominance", "Liking")
"""Rating columns of `participant_ratings.csv`; the trial table has them in lower case."""


def subjects(folder: Path | str) -> list[str]:
    """Return the sorted ids of the subjects that have a recording in `folder` or `folder/data_original`."""
    return sorted(_recordings(Path(folder)))


def files(folder: Path | str, subject: str) -> list[Path]:
    """Return the files a subject is read from: one BDF recording."""
    found = _recordings(Path(folder))
    if subject not in found:
        raise InputError(
            f"a recording {subject}.bdf",
            f"the subjects {', '.join(sorted(found))}",
            "Correct `subjects:` in the config or add the recording.",
            file=folder,
        )
    return [found[subject]]


def table_file(folder: Path | str, subject: str) -> Path:
    """Return everyone's ratings: `participant_ratings.csv` in the folder, in `metadata_csv/` or in `metadata/`."""
    places = [Path(folder) / name / "participant_ratings.csv" for name in ("", "metadata_csv", "metadata")]
    for path in places:
        if path.is_file():
            return path
    raise InputError(
        "the ratings in participant_ratings.csv",
        "no such file there, in metadata_csv/ or in metadata/",
        "Unpack DEAP's metadata_csv.zip beside the recordings.",
        file=folder,
    )


def trial_table(folder: Path | str, subject: str) -> pd.DataFrame:
    """Return the trials of a subject in the order they were presented: see `rated`."""
    return rated(table_file(folder, subject), subject)


def rated(path: Path, subject: str) -> pd.DataFrame:
    """Return the trials of a subject from a table of ratings with the original's columns.

    Returns
    -------
    DataFrame
        `subject, trial, video, valence, arousal, dominance, liking`, one row per trial 1, 2, ..., n.

    Raises
    ------
    InputError
        The ratings are missing, lack a column or the subject, or their trial numbers have a gap or a repetition.
    """
    table = read_csv(path)
    needed = ("Participant_id", "Trial", "Experiment_id", *RATINGS)
    if missing := [name for name in needed if name not in table]:
        raise InputError(
            f"the columns {', '.join(needed)}",
            f"no {', '.join(missing)}",
            "Take the file as DEAP distributes it.",
            file=path,
        )
    rows = table[table["Participant_id"] == _number(subject)].sort_values("Trial")
    _check_trials(rows["Trial"].tolist(), subject, path)
    trials = pd.DataFrame(
        {"subject": subject, "trial": rows["Trial"].astype(int), "video": rows["Experiment_id"].astype(int)}
    )
    return trials.assign(**{name.lower(): rows[name].astype(float) for name in RATINGS}).reset_index(drop=True)


def read(folder: Path | str, subject: str, trials: pd.DataFrame) -> mne.io.BaseRaw:
    """Return a subject's recording with its trials marked.

    Parameters
    ----------
    folder : path
        The folder with the recordings, or with `data_original/`.
    subject : str
        Subject id such as `s01`.
    trials : DataFrame
        Trial table; the last trial number in it says how many videos the recording must hold.

    Returns
    -------
    Raw
        Preloaded at the native rate, in volts: 32 EEG channels (order GENEVA, montage biosemi32), hEOG and vEOG,
        and an annotation `trial/{trial}` where each video of `trials` starts.

    Raises
    ------
    InputError
        The recording is truncated, lacks channels, or holds another number of videos.
    """
    (path,) = files(folder, subject)
    header = bdf.header(path)
    bdf.check_size(path, header)
    recording = _open(path, header)
    (status,) = recording.get_data(picks=[len(recording.ch_names) - 1])
    found = events(status)
    onsets = _onsets(found, int(trials["trial"].max()), path)
    if header.n_records == -1 and found[-1, 1] == VIDEO:
        raise InputError(
            "the whole last video", "a recording that stops during it", "Copy the recording again.", file=path
        )
    raw = _eeg_and_eog(recording, path)
    seconds = onsets[trials["trial"].to_numpy() - 1] / raw.info["sfreq"]
    names = [f"trial/{trial}" for trial in trials["trial"]]
    return raw.set_annotations(mne.Annotations(seconds, 0.0, names))


def events(status: np.ndarray) -> np.ndarray:
    """Return where the trigger code changes, whatever offset the status channel carries.

    Parameters
    ----------
    status : ndarray, shape (n_times,)
        Values of the status channel.

    Returns
    -------
    ndarray of int64, shape (n_events, 2)
        Sample and code (the lowest eight bits) of every change to a code other than 0.
    """
    codes = np.asarray(status).astype(np.int64) & 0xFF
    samples = np.flatnonzero(np.diff(codes)) + 1
    samples = samples[codes[samples] != 0]
    return np.column_stack([samples, codes[samples]])


def _recordings(folder: Path) -> dict[str, Path]:
    place = folder / "data_original" if (folder / "data_original").is_dir() else folder
    if not place.is_dir():
        raise InputError(
            "a folder with the DEAP recordings",
            "no such folder",
            "Give the folder that holds data_original/ (make run DATA=...).",
            file=folder,
        )
    found = {path.stem: path for path in place.glob("*.bdf") if re.fullmatch(r"s\d\d+", path.stem)}
    if not found:
        raise InputError(
            "recordings named s01.bdf, s02.bdf, ...",
            "none",
            "Give the folder that holds data_original/ (make run DATA=...).",
            file=place,
        )
    return found


def _number(subject: str) -> int:
    return int(subject.removeprefix("s"))


def _check_trials(numbers: list[int], subject: str, path: Path) -> None:
    if not numbers:
        raise InputError(
            f"ratings of {subject} (Participant_id {_number(subject)})",
            "none",
            "Complete the ratings or leave the subject out (`subjects:` in the config).",
            file=path,
        )
    expected = list(range(1, len(numbers) + 1))
    if numbers != expected:
        missing = sorted(set(range(1, max(numbers) + 1)) - set(numbers))
        lacking = f"no trial {', '.join(map(str, missing))}" if missing else "a trial more than once"
        raise InputError(
            f"one row for every trial of {subject}, numbered from 1",
            lacking,
            "Take the file as DEAP distributes it, or leave the subject out (`subjects:` in the config).",
            file=path,
        )


def _onsets(found: np.ndarray, n_trials: int, path: Path) -> np.ndarray:
    onsets = found[found[:, 1] == VIDEO, 0]
    if len(onsets) != n_trials:
        raise InputError(
            f"{n_trials} video starts (code {VIDEO}), one for each rated trial",
            f"{len(onsets)}",
            "Take recording and ratings from the same release, or leave the subject out (`subjects:` in the config).",
            file=path,
        )
    return onsets


def _open(path: Path, header: bdf.Header) -> mne.io.BaseRaw:
    """Return the recording, not loaded, with the EEG and eye electrodes and, last, the status channel."""
    wanted = {*GENEVA, *ELECTRODES}
    exclude = [name for name in header.labels[:-1] if standard_name(name) not in wanted]
    exclude = [name for name in exclude if name != header.labels[-1]]
    with warnings.catch_warnings():
        # The status channel is taken by position, and the size was checked against the header.
        warnings.filterwarnings("ignore", message="Channel names are not unique")
        warnings.filterwarnings("ignore", message="Number of records from the header")
        return mne.io.read_raw_bdf(path, exclude=exclude, stim_channel=None, verbose="ERROR")


def _eeg_and_eog(recording: mne.io.BaseRaw, path: Path) -> mne.io.BaseRaw:
    position = {standard_name(name): index for index, name in enumerate(recording.ch_names[:-1])}
    if missing := [name for name in (*GENEVA, *ELECTRODES) if name not in position]:
        raise InputError(
            "the 32 EEG channels and EXG1 to EXG4",
            f"no {', '.join(missing)}",
            "Take the recording as DEAP distributes it, or leave the subject out (`subjects:` in the config).",
            file=path,
        )
    signals = recording.get_data(picks=[position[name] for name in (*GENEVA, *ELECTRODES)])
    n_eeg = len(GENEVA)
    # In place: a second copy of a whole recording would cost 400 MB.
    signals[n_eeg] -= signals[n_eeg + 1]
    np.subtract(signals[n_eeg + 2], signals[n_eeg + 3], out=signals[n_eeg + 1])
    kinds = ["eeg"] * n_eeg + ["eog"] * len(EOG)
    info = mne.create_info([*GENEVA, *EOG], recording.info["sfreq"], kinds)
    raw = mne.io.RawArray(signals[: n_eeg + len(EOG)], info, verbose="ERROR")
    raw.set_meas_date(recording.info["meas_date"])
    return raw.set_montage("biosemi32")

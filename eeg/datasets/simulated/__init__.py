"""Simulated recordings laid out as DEAP, in each of its forms, with known truth beside them."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TypedDict, Unpack

import mne
import numpy as np
import pandas as pd
from scipy.signal import resample_poly

from eeg import storage
from eeg.channels import GENEVA
from eeg.datasets import bdf, deap
from eeg.datasets.simulated import release, release_files
from eeg.datasets.simulated.cohort import SFREQ, Settings, file_of, labels, number, ratings
from eeg.datasets.simulated.recording import Recording, eyes_known, record, states, truth

__all__ = [
    "Settings",
    "collect_ratings",
    "everyone",
    "files",
    "form",
    "known",
    "ratings",
    "read",
    "read_trials",
    "release_labels",
    "states",
    "subjects",
    "table_file",
    "trial_table",
    "triggers",
    "truth",
    "write",
]

TRUTH_SFREQ = 128
"""Sampling rate of the stored clean signals in Hz; sample k lies at sample 4 k of the recording."""

RATINGS = "ratings/{subject}.csv"
"""Where a subject's ratings lie."""


def write(folder: Path | str, subject: str, settings: Settings, seed: int) -> None:
    """Write a subject's recording, ratings, clean signal and truth.

    Parameters
    ----------
    folder : path
        Gets `data_original/{subject}.bdf`, `data_preprocessed_python/{subject}.dat` and
        `data_preprocessed_matlab/{subject}.mat`, as `settings.forms` asks; `ratings/{subject}.csv`,
        `truth/{subject}_raw.fif` (the brain alone, volts, average reference, 128 Hz, trials marked) and
        `truth/{subject}.json` (see `truth` and `eyes_known`).
    subject : str
        Subject id; its number decides the form of the BDF file (`eeg.datasets.bdf.FORMS`).
    settings : Settings
        Sizes and effects.
    seed : int
        Seed of the experiment.
    """
    folder = Path(folder)
    places = {form: file_of(folder, subject, form) for form in settings.forms}
    recording, table = record(subject, settings, seed), ratings(subject, settings, seed)
    _write_clean(folder / "truth" / f"{subject}_raw.fif", recording)
    if "original" in places:
        form = bdf.FORMS[(number(subject) - 1) % len(bdf.FORMS)]
        bdf.write(places.pop("original"), recording.channels, recording.codes, form=form, sfreq=SFREQ)
    data = release.trials(recording, settings) if places else np.empty(0)
    for path in places.values():
        release_files.write(path, {"labels": labels(table), "data": data})
    storage.write_csv(table_file(folder, subject), table)
    known = {**truth(subject, settings, seed, sources=recording.sources), **eyes_known(recording.eyes)}
    storage.write_json(folder / "truth" / f"{subject}.json", known)


def collect_ratings(tables: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """Return the ratings of all subjects as one table, ordered by participant and trial."""
    return pd.concat(list(tables)).sort_values(["Participant_id", "Trial"], ignore_index=True)


def _write_clean(path: Path, recording: Recording) -> None:
    signals = resample_poly(recording.clean, 1, SFREQ // TRUTH_SFREQ, axis=1)
    signals *= 1e-6
    info = mne.create_info(GENEVA, TRUTH_SFREQ, "eeg").set_montage("biosemi32")
    raw = mne.io.RawArray(signals.astype(np.float64), info, verbose="ERROR")
    onsets = recording.onsets / SFREQ
    raw.set_annotations(mne.Annotations(onsets, 0.0, [f"trial/{trial}" for trial in range(1, len(onsets) + 1)]))
    with storage.writing(path) as temporary:
        raw.save(temporary, fmt="single", overwrite=True, verbose="ERROR")


class Reading(TypedDict, total=False):
    """How the files are read: the form (`original` if not given), and seconds before the video in a release (3)."""

    form: str
    baseline: float


def form(folder: Path | str, /, **settings: Unpack[Reading]) -> str:
    """Return the form that is read."""
    return settings.get("form", "original")


def subjects(folder: Path | str, /, **settings: Unpack[Reading]) -> list[str]:
    """Return the sorted ids of the subjects that have a file of the form that is read."""
    return deap.subjects(folder, form=form(folder, **settings))


def files(folder: Path | str, subject: str, /, **settings: Unpack[Reading]) -> list[Path]:
    """Return the files a subject is read from: one of the form that is read."""
    return deap.files(folder, subject, **_as_deap(subject, settings))


def table_file(folder: Path | str, subject: str, /, **settings: Unpack[Reading]) -> Path:
    """Return a subject's own ratings, so that nothing of hers depends on how many others there are."""
    return Path(folder) / RATINGS.format(subject=subject)


def trial_table(folder: Path | str, subject: str, /, **settings: Unpack[Reading]) -> pd.DataFrame:
    """Return the trials of a subject: see `deap.trial_table`."""
    return deap.trial_table(folder, subject, **_as_deap(subject, settings))


def everyone(folder: Path | str, subjects: Sequence[str], /, **settings: Unpack[Reading]) -> pd.DataFrame:
    """Return the trial tables of all subjects as one."""
    return pd.concat([trial_table(folder, subject, **settings) for subject in subjects], ignore_index=True)


def known(folder: Path | str, subjects: Sequence[str], /, **settings: Unpack[Reading]) -> dict[str, list[int]] | None:
    """Return how many trials of each quadrant the subjects truly have, None unless the truth of all is there.

    Returns
    -------
    dict of str to list of int, or None
        By what a rating of exactly 5 counts as (`low`, `high`): trials of HVHA, HVLA, LVHA, LVLA.
    """
    paths = [Path(folder) / "truth" / f"{subject}.json" for subject in subjects]
    if not all(path.is_file() for path in paths):
        return None
    counts = [storage.read_json(path)["quadrants"] for path in paths]
    return {rule: np.sum([count[rule] for count in counts], axis=0).tolist() for rule in ("low", "high")}


def release_labels(folder: Path | str, subject: str, /, **settings: Unpack[Reading]) -> pd.DataFrame | None:
    """Return the labels inside the release that is read, None where recordings are: see `deap.release_labels`."""
    return deap.release_labels(folder, subject, **_as_deap(subject, settings))


def read(folder: Path | str, subject: str, table: pd.DataFrame, /, **settings: Unpack[Reading]) -> mne.io.RawArray:
    """Return a subject's recording with the trials of the table marked: see `deap.original.read`."""
    return deap.read(folder, subject, table, **_as_deap(subject, settings))


def triggers(folder: Path | str, subject: str, /, **settings: Unpack[Reading]) -> deap.Triggers:
    """Return the triggers of a subject's recording: see `deap.onsets.triggers`."""
    return deap.triggers(folder, subject, **_as_deap(subject, settings))


def read_trials(
    folder: Path | str, subject: str, table: pd.DataFrame, /, **settings: Unpack[Reading]
) -> mne.EpochsArray:
    """Return a subject's trials out of the release, in the order of the table: see `deap.trials.epochs`."""
    baseline = settings.get("baseline", 3.0)
    return deap.read_trials(folder, subject, table, baseline=baseline, **_as_deap(subject, settings))


def _as_deap(subject: str, settings: Reading) -> deap.Settings:
    """Return the settings with which the source DEAP reads a simulated subject."""
    return {"form": settings.get("form", "original"), "ratings": RATINGS.format(subject=subject)}

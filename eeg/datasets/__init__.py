"""What was recorded: one file or folder per source."""

import importlib
from types import ModuleType


def reader(name: str) -> ModuleType:
    """Return the module of this folder that reads a source.

    Its functions take the folder first, and the source's settings from the config as keywords:

    subjects(folder)
        Sorted ids of the subjects that are there.
    files(folder, subject), table_file(folder, subject)
        What a subject is read from: recordings, and the table with the labels.
    trial_table(folder, subject)
        `subject, trial, video` and labels, one row a trial.
    read(folder, subject, trials)
        The recording with its trials marked, an MNE Raw in volts at its native rate.

    A source laid out as DEAP has more:

    form(folder), forms(folder)
        Which of `original`, `python`, `matlab` is read, and which are there.
    read_trials(folder, subject, trials)
        The trials of a release, MNE Epochs in volts.
    release_labels(folder, subject)
        The labels inside the release, in the order of the videos; None where recordings are read.
    triggers(folder, subject)
        The triggers of a recording and what they say of its trials (`deap.onsets.Triggers`).
    everyone(folder, subjects), known(folder, subjects)
        Trial tables of all participants, and the trials per quadrant a true copy of all has, where that is known.
    """
    return importlib.import_module(f"eeg.datasets.{name}")

"""What was recorded: one file or folder per source."""

import ast
import importlib
from pathlib import Path
from types import ModuleType

READS = {"subjects", "files", "table_file", "trial_table", "read"}
"""The functions that make a file or folder a source; see `reader`."""


def names() -> list[str]:
    """Return the sources, sorted: the files and folders here that define what a source has, without importing them."""
    found = [
        path for place in map(Path, __path__) for pattern in ("*.py", "*/__init__.py") for path in place.glob(pattern)
    ]
    return sorted(path.parent.name if path.name == "__init__.py" else path.stem for path in found if _reads(path))


def _reads(path: Path) -> bool:
    body = ast.parse(path.read_text(encoding="utf-8")).body
    return {one.name for one in body if isinstance(one, ast.FunctionDef)} >= READS


def reader(name: str) -> ModuleType:
    """Return the module of this folder that reads a source.

    Its functions take the folder first; those of `deap`, `simulated` and `recordings` have their section of the config
    as keywords too:

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

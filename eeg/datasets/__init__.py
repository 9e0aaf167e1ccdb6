"""What was recorded: one file per source, and the files the simulated source is made of."""

import importlib
from types import ModuleType


def reader(name: str) -> ModuleType:
    """Return the file of this folder that reads a source.

    It offers `subjects(folder)`, `files(folder, subject)`, `table_file(folder)`, `trial_table(folder, subject)` and
    `read(folder, subject, trials)`, each with the source's settings as keywords.
    """
    return importlib.import_module(f"eeg.datasets.{name}")

"""One simulated subject whose files are to be spoilt: where they are, what is true of them, and a source of chance."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from eeg.datasets.simulated.cohort import PLACES, Settings, file_of, number, ratings
from eeg.storage import read_json


@dataclass(frozen=True)
class Case:
    """A subject in a folder that `simulated.write` filled.

    Attributes
    ----------
    folder : path
        The cohort's folder.
    subject : str
        Subject id.
    form : str
        Which of the subject's files is spoilt.
    rng : Generator
        Draws the channels, trials and values.
    """

    folder: Path
    subject: str
    form: str
    rng: np.random.Generator

    @property
    def path(self) -> Path:
        """The subject's file in the form."""
        return file_of(self.folder, self.subject, self.form)

    @property
    def paths(self) -> dict[str, Path]:
        """The subject's files of all forms that are there, by form."""
        found = {form: file_of(self.folder, self.subject, form) for form in PLACES}
        return {form: path for form, path in found.items() if path.is_file()}

    @property
    def tables(self) -> list[Path]:
        """The tables that hold the subject's ratings: her own, and everyone's where it is there."""
        own = self.folder / "ratings" / f"{self.subject}.csv"
        return [own, *(path for path in [self.folder / "metadata_csv" / "participant_ratings.csv"] if path.is_file())]

    @property
    def other(self) -> str:
        """The subject before; the one after where there is none before."""
        own = number(self.subject)
        return f"s{own - 1 or 2:02d}"

    @cached_property
    def truth(self) -> dict[str, Any]:
        """What the simulator says is true of the subject."""
        return read_json(self.folder / "truth" / f"{self.subject}.json")

    @property
    def settings(self) -> Settings:
        """The settings of the simulation, but for the forms that were written."""
        return Settings(**self.truth["settings"])

    @property
    def seed(self) -> int:
        """The seed of the simulation."""
        return self.truth["seed"]

    def ratings(self, subject: str | None = None) -> pd.DataFrame:
        """Return the true ratings of the subject, or of another one, in the order of presentation."""
        return ratings(subject or self.subject, self.settings, self.seed)

    def one_of(self, count: int) -> int:
        """Return one of the numbers 0 to count - 1."""
        return int(self.rng.integers(count))

    def some_of(self, count: int, number: int) -> np.ndarray:
        """Return so many different numbers of 0 to count - 1, ascending."""
        return np.sort(self.rng.choice(count, number, replace=False))


Spoil = Callable[[Case], None]
"""Spoils a subject's files in place."""

"""What an experiment reads: source, folder and form, and the files each subject has there."""

from collections.abc import Callable, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import pandas as pd

from eeg import checks, datasets
from eeg.errors import InputError
from eeg.schema import Config

SIMULATED = "results/simulated"
"""Where the simulated source writes its recordings."""

WRITTEN = {
    "original": "data_original/{subject}.bdf",
    "python": "data_preprocessed_python/{subject}.dat",
    "matlab": "data_preprocessed_matlab/{subject}.mat",
}
"""A subject's file in each form the simulated source writes."""

RELEASES = ("python", "matlab")
"""The forms in which DEAP's makers distribute trials they have cleaned."""


class Source:
    """The recordings of an experiment.

    Parameters
    ----------
    config : Config
    root : path
        Where a relative `folder` starts.

    Attributes
    ----------
    subjects : list of str
        The configured subjects, all of which are there.
    form : str
        What is read: `original`, `python` or `matlab` for recordings laid out as DEAP, else `recordings`.
    other : str or None
        The release that is there beside the original recordings and is compared with them: the one that is read, or
        the first.

    Raises
    ------
    InputError
        The folder, or a configured subject, is not there.
    """

    def __init__(self, config: Config, root: Path) -> None:
        self.config, self.root = config, root
        checks.choose(config.source, datasets.names(), "source")
        self.reader: ModuleType = datasets.reader(config.source)
        checks.folder(config)
        there = self._forms()
        asked = config.deap.form if config.source == "deap" else "auto"
        self.form: str = next(iter(there), "recordings") if asked == "auto" else asked
        releases = [form for form in (self.form, *there) if form in RELEASES]
        self.other = releases[0] if releases and "original" in there else None
        self.subjects: list[str] = checks.subjects(config, self.present())

    @property
    def folder(self) -> Path:
        """The folder the recordings lie in."""
        simulated = self.config.source == "simulated"
        return Path(SIMULATED) if simulated else self.root / str(self.config.folder)

    @property
    def reading(self) -> dict[str, Any]:
        """How a step reads a recording: the file of eeg/datasets/, the folder and its settings."""
        return {"reader": self.config.source, "folder": str(self.folder), "settings": self._settings()}

    @property
    def released(self) -> bool:
        """Whether trials are read that DEAP's makers have cleaned, and that join at `segment`."""
        return self.form in RELEASES

    @property
    def written(self) -> list[str]:
        """What the simulated source writes for a subject: a pattern for each form."""
        return [f"{SIMULATED}/{WRITTEN[form]}" for form in self.config.simulated.forms]

    @property
    def collected(self) -> list[str]:
        """The table of all ratings that the simulated source has as DEAP has it; no rule reads it."""
        return [f"{SIMULATED}/metadata_csv/participant_ratings.csv"] if self.config.source == "simulated" else []

    def recording(self, wildcards: Any) -> list[str]:
        """Return the files a subject is read from."""
        return self._files(wildcards.subject, self.form)

    def original(self, wildcards: Any) -> list[str]:
        """Return the original recording of a subject that is compared with the release."""
        return self._files(wildcards.subject, "original")

    def release(self, wildcards: Any) -> list[str]:
        """Return the release's file of a subject that is compared with its recording."""
        return self._files(wildcards.subject, str(self.other))

    def ratings(self, wildcards: Any) -> str:
        """Return the table a subject's labels come from."""
        if self.config.source == "simulated":
            return f"{SIMULATED}/ratings/{wildcards.subject}.csv"
        return str(self.reader.table_file(self.folder, wildcards.subject, **self._settings()))

    @property
    def everyone(self) -> list[str]:
        """The tables with the labels of all subjects."""
        if self.config.source == "simulated":
            return [f"{SIMULATED}/ratings/{subject}.csv" for subject in self.subjects]
        files = [self.reader.table_file(self.folder, subject, **self._settings()) for subject in self.subjects]
        if self.config.source == "deap":
            # one that contradicts the others is found, and found to be gone
            files += self.reader.table_files(self.folder, **self._settings())
        return list(dict.fromkeys(map(str, files)))

    @property
    def paired(self) -> list[str]:
        """The subjects that are there as recording and as release."""
        if self.other is None or self.config.source == "simulated":
            return self.subjects if self.other else []
        settings = [{**self._settings(), "form": form} for form in ("original", self.other)]
        there = [self.reader.subjects(self.folder, **one) for one in settings]
        return [subject for subject in self.subjects if all(subject in names for names in there)]

    def stages(self, wildcards: Any) -> list[str]:
        """Return the spectra of a subject's recording after every step of the cleaning; a release has none."""
        named = () if self.released else ("recorded", "downsampled", "bandpassed", "referenced", "cleaned")
        return [f"results/recordings/{stage}/{wildcards.subject}_spectrum.csv" for stage in named]

    def excerpt(self, wildcards: Any) -> list[str]:
        """Return a few seconds of a subject's recording before and after the cleaning; a release has none."""
        return [] if self.released else [f"results/recordings/{wildcards.subject}_excerpt.npz"]

    def known_trials(self) -> dict[str, int]:
        """Return the number of trials of each subject whose trial table can be read, before any signal is."""
        if self.config.source == "simulated":
            return dict.fromkeys(self.subjects, self.config.simulated.n_trials)
        return {subject: len(table) for subject, table in self.tables().items()}

    @property
    def has_videos(self) -> bool:
        """Whether the stimuli of the trials are known, which tables of other recordings need not say."""
        return self.config.source != "recordings" or self.reader.has_videos(self.folder, **self._settings())

    def tables(self) -> dict[str, pd.DataFrame]:
        """Return the trial tables that can be read; what is wrong with the others is for the check to say.

        Raises
        ------
        InputError
            Not one of them can be read: the first one's error.
        """
        found, errors = {}, []
        for subject in self.subjects:
            try:
                found[subject] = self.reader.trial_table(self.folder, subject, **self._settings())
            except InputError as error:
                errors.append(error)
        if errors and not found:
            raise errors[0]
        return found

    def _settings(self) -> Mapping[str, Any]:
        own: Mapping[str, Callable[[], dict[str, Any]]] = {
            "recordings": lambda: self.config.recordings.model_dump(exclude={"independent_blocks"}),
            "simulated": lambda: {"form": self.form, "baseline": self.config.trial.baseline},
            "deap": lambda: {**self.config.deap.model_dump(), "form": self.form},
        }
        return own.get(self.config.source, dict)()

    def _forms(self) -> list[str]:
        if self.config.source == "deap":
            return list(self.reader.forms(self.folder, **self.config.deap.model_dump()))
        return list(self.config.simulated.forms) if self.config.source == "simulated" else []

    def present(self) -> list[str]:
        """Return the subjects that are there, configured or not."""
        if self.config.source == "simulated":
            return [f"s{number:02d}" for number in range(1, self.config.simulated.n_subjects + 1)]
        return self.reader.subjects(self.folder, **self._settings())

    def _files(self, subject: str, form: str) -> list[str]:
        if self.config.source == "simulated":
            return [f"{SIMULATED}/{WRITTEN[form].format(subject=subject)}"]
        settings = self._settings() if form == self.form else {**self._settings(), "form": form}
        return [str(file) for file in self.reader.files(self.folder, subject, **settings)]

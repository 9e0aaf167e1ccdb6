"""The reading interface for notebooks: a folder of results as tidy tables, each read when it is first asked for.

>>> from eeg.results import open_results
>>> results = open_results("results")
>>> results.summary          # doctest: +SKIP
"""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from eeg import storage
from eeg.errors import InputError
from eeg.report import words


def open_results(folder: Path | str = "results") -> "Results":
    """Return the results in `folder`, looked for here and, as a notebook does not lie here, in the folders above.

    Raises
    ------
    InputError
        The folder holds no scores.
    """
    folder = _upwards(Path(folder))
    if not (folder / "scores.csv").is_file():
        received = "a folder without scores.csv" if folder.is_dir() else "no such folder"
        raise InputError("a folder of results", received, "Run `make run` first, or name another folder.", file=folder)
    return Results(folder)


def _upwards(folder: Path) -> Path:
    places = [folder] if folder.is_absolute() else [place / folder for place in (Path.cwd(), *Path.cwd().parents)]
    return next((place for place in places if (place / "scores.csv").is_file()), folder)


@dataclass(frozen=True)
class Results:
    """A folder of results; every table is a pandas DataFrame with the columns of the artifact contract.

    Parameters
    ----------
    folder : Path
        Holds `scores.csv` and what belongs to it.
    """

    folder: Path

    @cached_property
    def scores(self) -> pd.DataFrame:
        """One row per protocol, target, model, subject, unit and metric: `value` and `chance`."""
        return self._table("scores.csv")

    @cached_property
    def summary(self) -> pd.DataFrame:
        """One row per protocol, target, model, unit and metric: mean over subjects, interval, chance, p, yardstick."""
        return self._table("summary.csv")

    @cached_property
    def comparisons(self) -> pd.DataFrame:
        """Paired comparisons over subjects: of models, of protocols, and of leaky with honest protocols."""
        return self._table("comparisons.csv")

    @cached_property
    def calibration(self) -> pd.DataFrame:
        """The calibration error of trials per protocol, target and model, all subjects pooled."""
        return self._table("calibration.csv")

    @property
    def metered(self) -> bool:
        """Whether the leak meter was run."""
        return bool(self.provenance.get("config", {}).get("leaks", {}).get("enabled"))

    @cached_property
    def leaks(self) -> pd.DataFrame:
        """What each leak is worth per subject: `source, unit, kind, leak, partner, subject, value`."""
        return self._table("leaks/shares.csv")

    @cached_property
    def leak_arms(self) -> pd.DataFrame:
        """Balanced accuracy of every combination of leaks over the subjects, with chance."""
        return self._table("leaks/arms.csv")

    @cached_property
    def leak_summary(self) -> pd.DataFrame:
        """What each leak is worth over the subjects, with intervals and tests."""
        return self._table("leaks/summary.csv")

    @cached_property
    def explanations(self) -> pd.DataFrame:
        """What models go by, per subject: importance of channels and bands, occlusion, and the noise level of each."""
        return self._table("explanations.csv")

    @cached_property
    def explanation_summary(self) -> pd.DataFrame:
        """The same over the subjects, with intervals."""
        return self._table("explanations/summary.csv")

    @cached_property
    def subjects(self) -> list[str]:
        """The subjects' ids, sorted."""
        return sorted({str(subject) for subject in self.scores["subject"]})

    @cached_property
    def provenance(self) -> dict[str, Any]:
        """Git state, config, versions and the like; empty where the run has not written them."""
        file = self.folder / "provenance.json"
        return storage.read_json(file) if file.is_file() else {}

    @property
    def source(self) -> str:
        """Name of the data source (`simulated`, `deap`, `recordings`), "unknown" where it is not recorded."""
        return str(self.provenance.get("config", {}).get("source", "unknown"))

    @property
    def transductive(self) -> list[str]:
        """The models whose input was scaled by statistics of tested trials too."""
        return words.transductive(self.provenance.get("config", {}))

    @cached_property
    def repaired(self) -> list[str]:
        """The subjects whose release holds other labels than the ratings table, which was used instead."""
        checks = {subject: self.folder / "check" / f"{subject}.json" for subject in self.subjects}
        return [name for name, file in checks.items() if file.is_file() and storage.read_json(file)["repaired"]]

    def trials(self, subject: str) -> pd.DataFrame:
        """Return the trial table of one subject."""
        return storage.read_csv(self._one("trials", f"{subject}.csv", self.subjects))

    def predictions(self, protocol: str, target: str, model: str) -> pd.DataFrame:
        """Return the predictions of one model under one protocol: one row per tested window, with its logits."""
        return self._parts("predictions", (protocol, target, model), "parquet")

    def history(self, protocol: str, target: str, model: str) -> pd.DataFrame:
        """Return a network's learning curves, one row per part, fold and epoch."""
        return self._parts("history", (protocol, target, model), "csv")

    def _table(self, name: str) -> pd.DataFrame:
        file = self.folder / name
        if not file.is_file():
            raise InputError(f"a file {name}", "none", "Run `make run` to the end first.", file=self.folder)
        return storage.read_csv(file)

    def _one(self, kind: str, name: str, choices: list[str]) -> Path:
        file = self.folder / kind / name
        if not file.is_file():
            raise InputError(
                f"a file {name} in {kind}", "none", f"There are results of {', '.join(choices)}.", file=self.folder
            )
        return file

    def _parts(self, kind: str, cell: tuple[str, str, str], ending: str) -> pd.DataFrame:
        files = sorted(self.folder.joinpath(kind, *cell).glob(f"*.{ending}"))
        parts = self.provenance.get("parts", {}).get(cell[0])
        files = [file for file in files if parts is None or file.stem in parts]
        if not files:
            known = sorted("/".join(path.parts[-3:]) for path in (self.folder / kind).glob("*/*/*") if path.is_dir())
            raise InputError(
                f"{kind} of protocol, target and model {'/'.join(cell)}",
                "none",
                f"There are {', '.join(known) or 'none at all'}.",
                file=self.folder,
            )
        read = storage.read_parquet if ending == "parquet" else storage.read_csv
        tables = [read(file) for file in files]
        if kind == "history":
            tables = [table.assign(part=file.stem) for file, table in zip(files, tables, strict=True)]
        return pd.concat(tables, ignore_index=True)

"""What the overview is made from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

import pandas as pd

from eeg.explanations import Explained
from eeg.report import words
from eeg.report.leaks import MeterTables


@dataclass(frozen=True)
class OverviewFacts:
    """Everything the overview shows.

    Parameters
    ----------
    config : mapping
        The checked config: source, targets, folds, and the rest for the reader.
    subjects : sequence of str, or mapping of str to str
        The subjects' ids, with the verdict of the check where it is known.
    n_trials : int
        Number of trials of all subjects together.
    summary, scores, comparisons : table
        As in the files of these names.
    provenance : mapping
        As in `provenance.json`: where the numbers come from, and what every rule took (`rules`).
    checks : sequence of mapping, optional
        The reports of the subjects' checks, for bad channels and repaired labels.
    removals : sequence of mapping, optional
        The subjects' evidence of EOG removal, as in `recordings/{subject}_eog.json`.
    links : mapping of str to str, optional
        Further pages and files by name, relative to this page.
    said : sequence of str, optional
        What was said of the splits.
    troubles : sequence of str, optional
        One sentence for every fold whose fit did not go well (diverged, a class missing in training).
    meter : MeterTables, optional
        What the leak meter found, where it was run.
    explained : Explained, optional
        What the models go by, where it was asked for.
    calibration, confusion : table, optional
        As in the files of these names.
    """

    TABLES: ClassVar = ("summary", "scores", "comparisons", "calibration", "confusion")

    config: Mapping[str, Any]
    subjects: Sequence[str] | Mapping[str, str]
    n_trials: int
    summary: pd.DataFrame
    scores: pd.DataFrame
    comparisons: pd.DataFrame
    provenance: Mapping[str, Any]
    checks: Sequence[Mapping[str, Any]] = ()
    removals: Sequence[Mapping[str, Any]] = ()
    links: Mapping[str, str] = field(default_factory=dict)
    said: Sequence[str] = ()
    troubles: Sequence[str] = ()
    meter: MeterTables | None = None
    explained: Explained | None = None
    calibration: pd.DataFrame | None = None
    confusion: pd.DataFrame | None = None

    @property
    def simulated(self) -> bool:
        """Whether the page must say that the recordings are simulated."""
        return words.is_simulated(self.config["source"])

    @property
    def percent(self) -> str:
        """The confidence of the intervals."""
        return f"{100 * self.config['scores']['confidence']:g} %"

    @property
    def verdicts(self) -> Mapping[str, str]:
        """The verdict of every subject's check, empty where it is not known."""
        return self.subjects if isinstance(self.subjects, Mapping) else dict.fromkeys(self.subjects, "")


def troubles(fits: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Return every fold whose fit did not go well, named by its cell and status, from the records by their paths."""
    return [
        f"{'/'.join(Path(path).with_suffix('').parts[-4:])} fold {fold['fold']} ({fold['status']})"
        for path, record in fits.items()
        for fold in record["folds"]
        if fold["status"] != "ok"
    ]


def links(*, paired: bool, notebooks: Sequence[str] = ()) -> dict[str, str]:
    """Return the other pages and files of a run by name.

    Parameters
    ----------
    paired : bool
        Recordings were held against a release.
    notebooks : sequence of str
        The names of those that were executed.
    """
    return {
        "check of the recordings": "check.html",
        **({"comparison with the release": "parity.html"} if paired else {}),
        "methods text and reporting checklist": "../methods.md",
        **{f"notebook {name}": f"../notebooks/{name}.html" for name in notebooks},
        "provenance: code, versions, settings": "../provenance.json",
        "scores of every subject": "../scores.csv",
        "summary over subjects": "../summary.csv",
        "comparisons": "../comparisons.csv",
    }

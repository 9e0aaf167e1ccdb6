"""Everything the page of one subject shows."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import pandas as pd

from eeg.report import words
from eeg.scalers import Fitted
from eeg.targets import classes, labels

if TYPE_CHECKING:
    import mne

Cell = tuple[str, ...]
"""Protocol, target and model: the three folders a table of predictions lies in."""

Table = TypeVar("Table")

NO_CLASS_NAME = "no class"


@dataclass(frozen=True)
class BandEntropy:
    """The subject's input of one branch of kind entropy, and scalers of it.

    Parameters
    ----------
    branch : str
    values : ndarray, shape (n_trials, n_windows, n_channels, n_bands)
        In nats, trials in the order of the trial table.
    about : mapping
        As beside the array: `channels`, `bands`, `cells`, ...
    protocol : str
        The one the scalers belong to.
    scalers : sequence of Fitted
        Those of a part of that protocol in which the subject is trained on or tested; none: nothing is shown scaled.
    """

    branch: str
    values: np.ndarray
    about: Mapping[str, Any]
    protocol: str = ""
    scalers: Sequence[Fitted] = ()


@dataclass(frozen=True)
class SubjectFacts:
    """Everything the page of one subject shows.

    Parameters
    ----------
    subject, source : str
        The subject's id; the name of the data source (`simulated`, `deap`, `recordings`, ...).
    trials : table
        The subject's trial table.
    check : dict
        `verdict` and `findings` as in `check/{subject}.json`.
    eog : dict
        As in `recordings/{subject}_eog.json`; `applied` may be false and `channels`, `blinks` empty.
    epochs : mne.Epochs
        The cleaned trials, in volts.
    scores : table
        Rows of `scores.csv`; rows of other subjects are ignored.
    predictions : mapping of (protocol, target, model) to table
        Predictions; rows of other subjects are ignored.
    targets : mapping of str to mapping
        The targets of the config; class names and label rules follow from them.
    provenance : mapping
        `commit`, `date`, `versions` and the like.
    bands : mapping of str to (float, float), optional
        Marked in the spectrum, in Hz.
    history : mapping of (protocol, target, model) to table, optional
        Learning curves; folds that do not test the subject are ignored.
    records : mapping of (protocol, target, model) to mapping, optional
        The records of the fits made for the subject alone.
    stages : mapping of str to table, optional
        Spectra by stage, as in `recordings/{stage}/{subject}_spectrum.csv`; none of a release.
    excerpt : mapping of str to array, optional
        As in `recordings/{subject}_excerpt.npz`; none of a release.
    entropy : BandEntropy, optional
        The input that maps are drawn from.
    explained : mapping, optional
        What `explanations.subject_section` returns.
    confidence : float, optional
        That of the intervals in `scores`.
    repaired : bool, optional
        Whether somebody's labels in this experiment were repaired; models across subjects learnt from them.
    transductive : collection of str, optional
        The models whose input was scaled by statistics of tested trials too.
    """

    subject: str
    source: str
    trials: pd.DataFrame
    check: Mapping[str, Any]
    eog: Mapping[str, Any]
    epochs: "mne.Epochs"
    scores: pd.DataFrame
    predictions: Mapping[Cell, pd.DataFrame]
    targets: Mapping[str, Mapping[str, Any]]
    provenance: Mapping[str, Any]
    bands: Mapping[str, tuple[float, float]] = field(default_factory=lambda: words.BANDS)
    history: Mapping[Cell, pd.DataFrame] = field(default_factory=dict)
    records: Mapping[Cell, Mapping[str, Any]] = field(default_factory=dict)
    stages: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    excerpt: Mapping[str, np.ndarray] | None = None
    entropy: BandEntropy | None = None
    explained: Mapping[str, Any] | None = None
    confidence: float = 0.95
    repaired: bool = False
    transductive: Collection[str] = ()

    @property
    def simulated(self) -> bool:
        """Whether the page must say that the recordings are simulated."""
        return words.is_simulated(self.source)

    @property
    def own_scores(self) -> pd.DataFrame:
        """The score rows of this subject."""
        return self.scores[self.scores["subject"] == self.subject]

    @property
    def numbered(self) -> str:
        """What a trial's number says, for an axis."""
        unknown = self.check.get("order") == "unknown"
        return "trial (numbered as its video)" if unknown else "trial, in order of presentation"

    @property
    def unused(self) -> list[str]:
        """The channels that were left out as bad and hold nothing."""
        return list(self.check["bads"]) if self.check.get("treatment") == "drop" else []

    def own_predictions(self, cell: Cell) -> pd.DataFrame:
        """Return this subject's predictions of one cell, empty where there are none."""
        table = self.predictions.get(cell)
        columns = ["subject", "trial", "window", "fold", "label", "logit_0"]
        return pd.DataFrame(columns=columns) if table is None else table[table["subject"] == self.subject]

    def own_history(self, cell: Cell) -> pd.DataFrame:
        """Return the learning curves of the folds of one cell that tested this subject."""
        table = self.history[cell]
        return table[table["fold"].isin(self.own_predictions(cell)["fold"])]

    def class_names(self, target: str) -> list[str]:
        """Return the class of every trial of the table under one target."""
        names = (*classes(self.targets[target]), NO_CLASS_NAME)
        return [names[code] for code in labels(self.trials, self.targets[target])]

    def marked(self) -> "SubjectFacts":
        """Return the facts with the mark of transductive models wherever they are named."""

        def named(tables: Mapping[Cell, Table]) -> dict[Cell, Table]:
            return {(*cell[:2], words.mark(cell[2], self.transductive)): one for cell, one in tables.items()}

        return replace(
            self,
            scores=words.marked(self.scores, self.transductive),
            predictions=named(self.predictions),
            history=named(self.history),
            records=named(self.records),
        )

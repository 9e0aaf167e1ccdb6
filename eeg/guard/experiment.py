"""What all predictions of an experiment are held against: its trials, windows, targets and splits."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from eeg.channels import choice
from eeg.guard.fits import Fit
from eeg.guard.yardsticks import Yardstick
from eeg.scalers import Fitted


@dataclass(frozen=True)
class Experiment:
    """What predictions share.

    Attributes
    ----------
    trials : DataFrame
        Trial tables of all subjects, with label columns.
    windows : mapping
        By branch: `subject, trial, window` of all subjects.
    read : callable
        From the path of a split to its table.
    branches : mapping
        By model and yardstick: the branch whose splits it goes by.
    targets : mapping
        By name.
    bads : str
        What was done about bad channels, by the config's word for it.
    scalers : callable
        From the path of a part's scalers to them.
    """

    trials: pd.DataFrame
    windows: Mapping[str, pd.DataFrame]
    read: Callable[[str], pd.DataFrame]
    branches: Mapping[str, str]
    targets: Mapping[str, Mapping[str, Any]]
    bads: str
    scalers: Callable[[str], Sequence[Fitted]]

    @property
    def channel_choice(self) -> dict[str, str] | None:
        """How channels were chosen, None where they were not."""
        return choice(self.bads)

    def fit(self, path: str, predictions: pd.DataFrame, record: Mapping[str, Any]) -> Fit:
        """Return what one model made of one part, from the path of its predictions."""
        protocol, target, model, part = Path(path).with_suffix("").parts[-4:]
        split, own = self._split(protocol, model, part), self.windows[self.branches[model]]
        own = own[own["subject"].isin(split["subject"].unique())]
        name = protocol, target, model, part
        held = self.targets[target], self.bads, self.scalers(self._path("scalers", protocol, model, part, "npz"))
        return Fit(name, path, predictions, record, split, own, self.trials, *held)

    def yardstick(self, made: Mapping[str, tuple[pd.DataFrame, Mapping[str, Any]]]) -> Yardstick:
        """Return what a yardstick predicts for one target under one protocol, from its tables and records by path."""
        protocol, target, name = Path(next(iter(made))).parts[-4:-1]
        tables = {Path(path).stem: table for path, (table, _) in made.items()}
        records = {Path(path).stem: record for path, (_, record) in made.items()}
        splits = {part: self._split(protocol, name, part) for part in tables}
        return Yardstick((protocol, target, name), tables, records, splits, self.trials, self.targets[target])

    def _split(self, protocol: str, model: str, part: str) -> pd.DataFrame:
        return self.read(self._path("splits", protocol, model, part, "csv"))

    def _path(self, folder: str, protocol: str, model: str, part: str, ending: str) -> str:
        return f"results/{folder}/{protocol}/{self.branches[model]}/{part}.{ending}"

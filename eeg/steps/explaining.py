"""The explanation of one part: its models fitted again, proven not to have learnt from what they test, and probed."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from eeg import evaluate, importance, perturb
from eeg.guard import fits as guard
from eeg.importance import WEIGHTS, Probe
from eeg.models import Watch
from eeg.steps.fitting import Part, prepared
from eeg.steps.inputs import open_inputs, read_scalers
from eeg.storage import read_csv, read_json, read_parquet, read_split


class Explanation:
    """What a job that explains does.

    Parameters
    ----------
    cell : tuple of str
        Protocol, target, model.
    given : snakemake's input
        `arrays, windows, trials, splits, scalers, predictions`: of one part.
    settings, asked : mapping
        As `Plan.fit` and `Explaining.asked` give them.
    """

    def __init__(
        self, cell: tuple[str, str, str], given: Any, *, settings: Mapping[str, Any], asked: Mapping[str, Any]
    ) -> None:
        self.cell, self.given, self.settings, self.asked = cell, given, settings, asked
        self.inputs = open_inputs(given.arrays, given.windows, given.trials, settings["target"])
        self.about = read_json(str(given.arrays[0]).removesuffix(".npy") + ".json")
        self.network = settings["model"]["training"] is not None

    def learnt(self, watch: Watch) -> pd.DataFrame:
        """Return the drops of the models that were scored, fitted again, with their `drift` from those."""
        learner, arrange = prepared(self.settings, self.inputs)
        part = self._part(arrange)
        probes = self._probes(part.tasks, arrange)
        found = evaluate.learn(learner, [one.task for one in probes], watch=watch)
        drift = self._proven(part.name, probes, found)
        return self._drops(probes, found).assign(weights=WEIGHTS[0], drift=drift)

    def randomised(self, watch: Watch) -> pd.DataFrame:
        """Return the drops of models that have not learnt what they should."""
        learner, arrange = prepared(importance.randomised_settings(self.settings), self.inputs)
        seed = self.settings["seed"]
        tasks = [importance.randomised(task, network=self.network, seed=seed) for task in self._part(arrange).tasks]
        probes = self._probes(tasks, arrange)
        found = evaluate.learn(learner, [one.task for one in probes], watch=watch)
        return self._drops(probes, found).assign(weights=WEIGHTS[1], drift=0.0)

    def _part(self, arrange: Any) -> Part:
        files = (self.given.splits, self.given.scalers)
        return Part.read(self.cell, files, inputs=self.inputs, arrange=arrange, seed=self.settings["seed"])

    def _probes(self, tasks: Sequence[evaluate.Task], arrange: Any) -> list[Probe]:
        function, bands = arrange[0], list(self.about.get("bands", {}))
        groups = (
            perturb.whole(self.inputs, function, bands=bands),
            perturb.pieces(
                self.inputs, function, bands=bands, stretches=self.asked["stretches"], seconds=self.about["length"]
            ),
        )
        chosen = {name: self.asked[name] for name in ("draws", "windows")}
        return [importance.probe(task, groups, **chosen, seed=self.settings["seed"]) for task in tasks]

    def _proven(self, part: str, probes: Sequence[Probe], found: Sequence[evaluate.Learnt]) -> float:
        """Return the drift of the fits, once they are proven to be given nothing of what they test."""
        plain = [importance.without_copies(*one) for one in zip(probes, found, strict=True)]
        predictions, records, _ = evaluate.tables(plain)
        name, file = (*self.cell, part), self.given.predictions
        trials = pd.concat([read_csv(path) for path in self.given.trials], ignore_index=True)
        rest = read_split(self.given.splits), self.inputs.table, trials, self.settings["target"]
        fitted = read_scalers(self.given.scalers)
        guard.check(guard.Fit(name, file, predictions, {"folds": records}, *rest, scalers=fitted))
        return importance.drift(predictions, read_parquet(file))

    def _drops(self, probes: Sequence[Probe], found: Sequence[evaluate.Learnt]) -> pd.DataFrame:
        tables = [importance.drops(one, learnt.logits) for one, learnt in zip(probes, found, strict=True)]
        return pd.concat(tables, ignore_index=True)

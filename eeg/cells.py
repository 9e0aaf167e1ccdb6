"""What a run makes of every protocol, target, model and part: the tables and records that the Snakefile names."""

from typing import Any

from eeg import protocols
from eeg.report import words
from eeg.schema import Config


class Cells:
    """The cells of an experiment, protocol by target by model by part, and the files of each.

    Attributes
    ----------
    config : Config
    protocols : list of str
    parts : dict of list
        By protocol.
    """

    config: Config
    protocols: list[str]
    parts: dict[str, list[str]]

    @property
    def scalings(self) -> dict[str, dict[str, Any]]:
        """Scaler and scope of every branch that some model reads."""
        used = dict.fromkeys(model.branch for model in self.config.models.values())
        return {name: self.config.branches[name].model_dump(include={"scaler", "scope"}) for name in used}

    def fitted(self) -> list[tuple[str, str]]:
        """Return every model with each of its targets."""
        return [(name, target) for name, model in self.config.models.items() for target in model.targets]

    def compared(self) -> list[tuple[str, str]]:
        """Return every yardstick with each target some model predicts."""
        asked = [target for target in self.config.targets if any(target == one for _, one in self.fitted())]
        return [(yardstick, target) for yardstick in self.config.yardsticks for target in asked]

    def scaled(self) -> list[str]:
        """Return every protocol, branch and part that has scalers."""
        return [
            f"{one}/{branch}/{part}" for one in self.protocols for branch in self.scalings for part in self.parts[one]
        ]

    def yardsticks(self, protocol: str) -> list[str]:
        """Return the predictions of the yardsticks under one protocol."""
        return [
            f"results/predictions/{protocol}/{target}/{name}/{part}.parquet"
            for name, target in self.compared()
            for part in self.parts[protocol]
        ]

    def predictions(self) -> list[str]:
        """Return every table of predictions, models first, then yardsticks."""
        return [f"results/predictions/{cell}.parquet" for cell in self._cells([*self.fitted(), *self.compared()])]

    def tested_by_models(self) -> list[str]:
        """Return every table of predictions that a fit made, in the order of the records."""
        return [f"results/predictions/{cell}.parquet" for cell in self._cells(self.fitted())]

    def tested_by_yardsticks(self) -> list[str]:
        """Return every table of predictions that a yardstick made."""
        return [f"results/predictions/{cell}.parquet" for cell in self._cells(self.compared())]

    @property
    def branch_of(self) -> dict[str, str]:
        """The branch whose splits every model and yardstick goes by."""
        models = {name: model.branch for name, model in self.config.models.items()}
        return {**models, **dict.fromkeys(self.config.yardsticks, self.first_branch)}

    @property
    def first_branch(self) -> str:
        """The branch whose splits yardsticks go by."""
        return next(iter(self.config.branches))

    def divided(self) -> list[str]:
        """Return every protocol, branch and part whose split some predictions go by."""
        branches = dict.fromkeys(self.branch_of.values())
        return [f"{one}/{branch}/{part}" for one in self.protocols for branch in branches for part in self.parts[one]]

    @property
    def held(self) -> dict[str, Any]:
        """What `eeg.guard.experiment.Experiment` has of the config."""
        targets = {name: target.model_dump() for name, target in self.config.targets.items()}
        return {"branches": self.branch_of, "targets": targets, "bads": self.config.check.bads}

    @property
    def transductive(self) -> list[str]:
        """The models whose input is scaled by statistics of tested trials too."""
        return words.transductive(self.config.model_dump())

    def records(self) -> list[str]:
        """Return the record of every fit."""
        return [f"results/fits/{cell}.json" for cell in self._cells(self.fitted())]

    def _cells(self, fitted: list[tuple[str, str]]) -> list[str]:
        return [
            f"{protocol}/{target}/{name}/{part}"
            for protocol in self.protocols
            for name, target in fitted
            for part in self.parts[protocol]
        ]

    def tested(self, wildcards: Any) -> list[str]:
        """Return the predictions in which a subject is tested."""
        return [
            f"results/predictions/{cell}.parquet"
            for cell in self._tested(wildcards.subject, [*self.fitted(), *self.compared()])
        ]

    def curves(self, wildcards: Any) -> list[str]:
        """Return the learning curves of the networks trained for a subject alone."""
        trained = [(name, target) for name, target in self.fitted() if self.config.models[name].training]
        cells = self._tested(wildcards.subject, trained)
        return [f"results/history/{cell}.csv" for cell in cells if cell.split("/")[0] not in protocols.ACROSS]

    def _tested(self, subject: str, fitted: list[tuple[str, str]]) -> list[str]:
        return [
            f"{one}/{target}/{model}/{part}"
            for one in self.protocols
            for model, target in fitted
            for part in (self.parts[one] if one in protocols.ACROSS else [subject])
        ]

"""What a run makes of every protocol, target, model and part: the tables and records that the Snakefile names."""

from typing import Any

from eeg import models, protocols
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

    def predictions(self) -> list[str]:
        """Return every table of predictions, models first, then yardsticks."""
        return [f"results/predictions/{cell}.parquet" for cell in self._cells([*self.fitted(), *self.compared()])]

    def tested_by_models(self) -> list[str]:
        """Return every table of predictions that a fit made, in the order of the records."""
        return [f"results/predictions/{cell}.parquet" for cell in self._cells(self.fitted())]

    def tested_by_yardsticks(self, *protocols: str) -> list[str]:
        """Return every table of predictions that a yardstick made, under some protocols or under all."""
        return [f"results/predictions/{cell}.parquet" for cell in self._cells(self.compared(), *protocols)]

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
        """Return the record of every fit, in the order of `tested_by_models`."""
        return [f"results/fits/{cell}.json" for cell in self._cells(self.fitted())]

    def records_of_yardsticks(self, *protocols: str) -> list[str]:
        """Return the records of what yardsticks went by, in the order of `tested_by_yardsticks`."""
        return [f"results/fits/{cell}.json" for cell in self._cells(self.compared(), *protocols)]

    def _cells(self, fitted: list[tuple[str, str]], *some: str) -> list[str]:
        return [
            f"{protocol}/{target}/{name}/{part}"
            for protocol in some or self.protocols
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
        """Return the learning curves of the networks by which a subject is tested."""
        trained = [(name, target) for name, target in self.fitted() if self.config.models[name].training]
        return [f"results/history/{cell}.csv" for cell in self._tested(wildcards.subject, trained)]

    def own_records(self, wildcards: Any) -> list[str]:
        """Return the records of the fits made for a subject alone."""
        return [f"results/fits/{cell}.json" for cell in self._alone(wildcards.subject, self.fitted())]

    def mapped(self, wildcards: Any) -> list[str]:
        """Return the input that a subject's page draws maps from, and what stands beside it; none without entropy."""
        endings = (".npy", ".json") if self._mapped else ()
        return [f"results/inputs/{self._mapped}/{wildcards.subject}{ending}" for ending in endings]

    def mapped_scalers(self, wildcards: Any) -> list[str]:
        """Return scalers of that input: those of the first protocol, honest and within subjects if there is one."""
        if not self._mapped:
            return []
        order = sorted(self.protocols, key=lambda one: (one in protocols.LEAKY, one in protocols.ACROSS))
        part = self.parts[order[0]][0] if order[0] in protocols.ACROSS else wildcards.subject
        return [f"results/scalers/{order[0]}/{self._mapped}/{part}.npz"]

    @property
    def _mapped(self) -> str | None:
        """The branch of kind entropy that some model reads as a grid, else the first that some model reads."""
        used = {name: self.config.branches[name] for name in self.scalings}
        grids = [one.branch for one in self.config.models.values() if models.input_kind(one.network) == "grid"]
        return next((name for name in [*grids, *used] if used[name].kind == "entropy"), None)

    def _alone(self, subject: str, fitted: list[tuple[str, str]]) -> list[str]:
        return [cell for cell in self._tested(subject, fitted) if cell.split("/")[0] not in protocols.ACROSS]

    def _tested(self, subject: str, fitted: list[tuple[str, str]]) -> list[str]:
        return [
            f"{one}/{target}/{model}/{part}"
            for one in self.protocols
            for model, target in fitted
            for part in (self.parts[one] if one in protocols.ACROSS else [subject])
        ]

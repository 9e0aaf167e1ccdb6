"""The code each step runs, as a short hash: what reruns after an edit, and what does not."""

from pathlib import Path
from typing import Any

from eeg import models, report
from eeg.features import definitions
from eeg.fingerprint import digest, fingerprint
from eeg.schema import Config, Entropy


class Codes:
    """Fingerprints of the steps of an experiment; which modules a step picks by name, its config says."""

    config: Config

    def code(self, step: str, *modules: str) -> str:
        """Return the fingerprint of a step's script, of all it imports, and of modules it picks by name."""
        return fingerprint(f"eeg.steps.{step}", *modules)

    def reading(self, step: str) -> str:
        """Return the fingerprint of a step that reads recordings."""
        return self.code(step, f"eeg.datasets.{self.config.source}")

    def drawing(self, step: str, *modules: str) -> str:
        """Return the fingerprint of a step that writes pages: its code and the pages' templates."""
        templates = sorted((Path(report.__file__).parent / "templates").iterdir())
        return self.code(step, *modules) + digest(*templates)

    def defining(self, wildcards: Any) -> str:
        """Return the fingerprint of a branch of kind entropy: the step's and its definition's."""
        branch = self.config.branches[wildcards.branch].model_dump()
        return self.code("entropy", f"{definitions.__name__}.{branch['definition']}")

    @property
    def quoted(self) -> list[str]:
        """The modules of the definitions that are used, whose statements the methods text quotes."""
        used = {one.definition for one in self.config.branches.values() if isinstance(one, Entropy)}
        return [f"{definitions.__name__}.{name}" for name in sorted(used)]

    @property
    def predicting(self) -> str:
        """The fingerprint of predictions without EEG: the step's and its yardsticks'."""
        return self.code("yardsticks", *(f"eeg.models.{name}" for name in self.config.yardsticks))

    def fitting(self, wildcards: Any) -> str:
        """Return the fingerprint of a fit: the step's, its network's, and that of what trains it."""
        tuned = ["eeg.models._tuning"] if self.config.tuning.enabled else []
        return self.code("fit", *self._learning(wildcards.model), *tuned)

    def refitting(self, wildcards: Any) -> str:
        """Return the fingerprint of refits: the step's and its estimator's."""
        tuned = ["eeg.models._tuning"] if self.config.tuning.enabled else []
        return self.code("refit", *self._learning(wildcards.model), *tuned)

    def explained(self, wildcards: Any) -> str:
        """Return the fingerprint of an explanation: the step's and its model's."""
        tuned = ["eeg.models._tuning"] if self.config.tuning.enabled else []
        return self.code("explain", *self._learning(wildcards.model), *tuned)

    @property
    def measuring(self) -> str:
        """The fingerprint of the leak meter for a subject: the step's, its model's, and its definition's."""
        if not self.config.leaks.enabled:
            return ""
        branch = self.config.branches[self.config.models[self.config.leaks.model].branch]
        defined = [f"{definitions.__name__}.{branch.definition}"] if isinstance(branch, Entropy) else []
        return self.code("measure_leaks", *self._learning(self.config.leaks.model), *defined)

    def _learning(self, name: str) -> list[str]:
        model = self.config.models[name]
        trainers = ["_networks", f"_{self.config.backend}"] if model.training else ["_estimators"]
        return [models.source(model.network), *(f"eeg.models.{module}" for module in trainers)]

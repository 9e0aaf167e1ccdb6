"""What the Snakefile asks of the notebooks: which there are, what each reads, the code behind it."""

from collections.abc import Callable, Mapping
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from eeg.report import words

if TYPE_CHECKING:
    from eeg.plan import Plan

TABLES = ["results/scores.csv", "results/summary.csv", "results/provenance.json"]

PICKED = {"leakage": ("eeg.models.svm", "eeg.features.definitions.reference")}
"""Modules that a notebook has chosen by name and does not import."""


class Notebooks:
    """The notebooks of an experiment; those that look at one subject look at its first.

    Parameters
    ----------
    plan : Plan
    """

    def __init__(self, plan: "Plan") -> None:
        self.plan, self.subject = plan, plan.subjects[0]

    @property
    def names(self) -> list[str]:
        """Those to be executed; `add_a_model` needs parts that are subjects, with whole trials held out."""
        return ["inspect", "leakage", *["add_a_model"] * ("trial" in self.plan.protocols)]

    @property
    def files(self) -> list[str]:
        """Where they are put."""
        return [f"results/notebooks/{name}.ipynb" for name in self.names]

    def reads(self, wildcards: Any) -> list[str]:
        """Return the files a notebook reads."""
        own: Mapping[str, Callable[[], list[str]]] = {
            "inspect": self._inspected,
            "leakage": lambda: self.plan.leaks.tables,
            "add_a_model": lambda: [*self._recorded(), *self._fitted_on("trial", list(self.plan.scalings))],
        }
        checks = [f"results/check/{subject}.json" for subject in self.plan.subjects]
        return [*TABLES, *checks, *own[wildcards.notebook]()]

    def code(self, wildcards: Any) -> str:
        """Return the fingerprint of a notebook: of what executes it, of all it imports, and of what that picks."""
        picked = PICKED.get(wildcards.notebook, ())
        return self.plan.drawing("execute_notebook", f"notebooks/{wildcards.notebook}.py", *picked)

    def _inspected(self) -> list[str]:
        """Return the predictions in which the subject is tested, and all about the first model's first target."""
        protocol, (model, target) = words.in_order(self.plan.protocols)[0], self.plan.fitted()[0]
        cells = [f"{protocol}/{target}/{model}/{part}" for part in self.plan.parts[protocol]]
        return [
            *self._recorded(),
            *self._fitted_on(protocol, [self.plan.config.models[model].branch]),
            *self.plan.tested(SimpleNamespace(subject=self.subject)),
            *(f"results/predictions/{cell}.parquet" for cell in cells),
            *(f"results/history/{cell}.csv" for cell in cells),
            *(f"results/fits/{cell}.json" for cell in cells),
        ]

    def _recorded(self) -> list[str]:
        return [f"results/trials/{self.subject}{ending}" for ending in (".csv", "_epo.fif")]

    def _fitted_on(self, protocol: str, branches: list[str]) -> list[str]:
        """Return the subject's inputs, and the splits and scalers of a protocol's parts that test it."""
        parts = [part for part in self.plan.parts[protocol] if part == self.subject] or self.plan.parts[protocol]
        cells = [f"{protocol}/{branch}/{part}" for branch in branches for part in parts]
        return [
            *(f"results/inputs/{one}/{self.subject}.{end}" for one in branches for end in ("npy", "csv", "json")),
            *(f"results/splits/{cell}.{end}" for cell in cells for end in ("csv", "json")),
            *(f"results/scalers/{cell}.npz" for cell in cells),
        ]

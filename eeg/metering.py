"""What the Snakefile asks of the leak meter: on whom, with which settings, into which files."""

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from eeg.plan import Plan

TABLES = ("arms", "shares", "summary")
"""The tables that pages read, as `eeg.report.leaks.MeterTables` names them."""


class Metering:
    """The leak meter of an experiment; nothing to do where it is off.

    Parameters
    ----------
    plan : Plan
    """

    def __init__(self, plan: "Plan") -> None:
        self.plan, self.config = plan, plan.config.leaks

    @property
    def subjects(self) -> list[str]:
        """The subjects on whom it is run."""
        return self.plan.subjects if self.config.enabled else []

    @property
    def tables(self) -> list[str]:
        """What it finds."""
        return [f"results/leaks/{name}.csv" for name in TABLES] if self.config.enabled else []

    @property
    def gpus(self) -> int:
        """How many GPUs a job takes."""
        return self.plan.gpus if self.config.enabled and self.plan.config.models[self.config.model].training else 0

    @property
    def of_subject(self) -> dict[str, Any]:
        """Settings for a subject: those of `eeg.meter.Meter`."""
        if not self.config.enabled:
            return {}
        plan, leaks = self.plan, self.config
        model = plan.config.models[leaks.model].model_dump(exclude={"targets", "search"})
        branch, settings = plan.config.branches[model["branch"]], plan.branch(SimpleNamespace(branch=model["branch"]))
        return {
            "model": (leaks.model, {**model, "settings": {**model["settings"], **leaks.settings}}),
            "target": (leaks.target, plan.target(leaks.target)),
            "kind": branch.kind,
            "branch": {name: value for name, value in settings.items() if name != "placed"},
            "overlap": leaks.overlap,
            "scaler": branch.scaler,
            "split": plan.split,
            "backend": plan.config.backend,
            "device": plan.config.device,
            "seed": plan.config.seed,
        }

    @property
    def over_subjects(self) -> dict[str, Any]:
        """Settings for all subjects together."""
        return {"model": self.config.model, "target": self.config.target, "method": self.plan.method}

"""What the Snakefile asks of the explanations: of which models and parts, with which settings, into which files."""

from typing import TYPE_CHECKING, Any

from eeg import sizes

if TYPE_CHECKING:
    from eeg.plan import Plan

TABLES = ("results/explanations.csv", "results/explanations/summary.csv", "results/explanations/sanity.csv")
"""The tables that pages read, in the order of `eeg.explanations.Explained`."""


class Explaining:
    """The explanations of an experiment; nothing to do where they are off.

    Parameters
    ----------
    plan : Plan
    """

    def __init__(self, plan: "Plan") -> None:
        self.plan, self.config = plan, plan.config.explain

    @property
    def parts(self) -> list[str]:
        """What is explained, one file per protocol, model and part."""
        return [
            f"results/explanations/{protocol}/{self.config.target}/{model}/{part}.parquet"
            for protocol in (self.config.protocols if self.config.enabled else ())
            for model in self.config.models
            for part in self.plan.parts[protocol]
        ]

    @property
    def tables(self) -> list[str]:
        """What is found over all of them."""
        return list(TABLES) if self.config.enabled else []

    @property
    def values(self) -> list[str]:
        """The table of every subject's own values."""
        return self.tables[:1]

    @property
    def asked(self) -> dict[str, Any]:
        """How tested trials are perturbed."""
        return self.config.model_dump(include={"draws", "windows", "stretches"})

    def gpus(self, wildcards: Any) -> int:
        """Return how many GPUs a job takes."""
        return self.plan.gpus if self.plan.config.models[wildcards.model].training else 0

    def mem_mb(self, wildcards: Any) -> int:
        """Return the memory a job may need: that of its fit, and perturbed windows gathered piece by piece."""
        plan = self.plan
        n_trials = sum(plan.n_trials.get(subject, 0) for subject in plan.subjects_of(wildcards))
        return sizes.fit_mb(plan.config, plan.config.models[wildcards.model], n_trials) + 2 * sizes.HELD_MB

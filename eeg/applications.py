"""Kept models applied to recordings the experiment leaves out: whether that can be, and which files it takes."""

from typing import TYPE_CHECKING, Any

from eeg import checks, models, protocols
from eeg.errors import InputError
from eeg.fits import KEPT

if TYPE_CHECKING:
    from eeg.plan import Plan
    from eeg.schema import Application


class Applications:
    """What the config's `apply` asks for.

    Parameters
    ----------
    plan : Plan

    Raises
    ------
    InputError
        An application of something the experiment does not train or keep, or to a recording it trains on.
    """

    def __init__(self, plan: "Plan") -> None:
        self.plan = plan
        self.asked: dict[str, Application] = plan.config.apply
        for name, asked in self.asked.items():
            self._check(f"apply.{name}", asked)

    @property
    def subjects(self) -> list[str]:
        """The subjects that are applied to and are none of the experiment's."""
        asked = [subject for one in self.asked.values() for subject in one.subjects]
        return sorted({subject for subject in asked if subject not in self.plan.subjects})

    @property
    def files(self) -> list[str]:
        """What is made."""
        return [f"results/applied/{name}/{one}.parquet" for name, asked in self.asked.items() for one in asked.subjects]

    def kept(self, wildcards: Any) -> str:
        """Return the folder of the models."""
        return KEPT.format(**self.asked[wildcards.application].model_dump(exclude={"subjects"}))

    def array(self, wildcards: Any) -> str:
        """Return the model input of the recording."""
        branch = self.plan.config.models[self.asked[wildcards.application].model].branch
        return f"results/inputs/{branch}/{wildcards.subject}.npy"

    def windows(self, wildcards: Any) -> str:
        """Return its windows."""
        return self.array(wildcards).replace(".npy", ".csv")

    def moments(self, wildcards: Any) -> str:
        """Return its per-trial moments."""
        return self.array(wildcards).replace(".npy", ".moments.npz")

    def _check(self, place: str, asked: "Application") -> None:
        config = self.plan.config
        checks.choose(asked.protocol, config.protocols, f"{place}.protocol")
        networks = [name for name, model in config.models.items() if models.kind(model.network) == "network"]
        checks.choose(asked.model, networks, f"{place}.model")
        checks.choose(asked.target, config.models[asked.model].targets, f"{place}.target")
        checks.choose(asked.part, self.plan.parts[asked.protocol], f"{place}.part")
        if not config.keep_models:
            raise InputError("`keep_models: true`, for models to apply", "false", "Set it.", file="config")
        seen = self.plan.subjects if asked.protocol in protocols.ACROSS else [asked.part]
        for subject in asked.subjects:
            if subject in seen:
                raise InputError(
                    f"{place}.subjects that the models of {asked.part} have never seen",
                    subject,
                    "Leave the subject out of `subjects`, or apply the models to another.",
                    file="config",
                )
            if config.source != "simulated":
                checks.choose(subject, self.plan.source.present(), f"{place}.subjects")

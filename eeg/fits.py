"""The rules that fit: which parts one job trains and tests, of which models, and what it needs for them."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from eeg import models, sizes
from eeg.refits import PROTOCOLS
from eeg.schema import Config

if TYPE_CHECKING:
    from eeg.plan import Plan

CARD = Path("/dev/nvidiactl")
"""There where a driver for a GPU is loaded."""

KEPT = "results/models/{protocol}/{target}/{model}/{part}"


@dataclass(frozen=True)
class Fit:
    """One rule that fits.

    Parameters
    ----------
    name : str
        The rule's.
    parts : list of str
        What one job trains and tests; `{part}` stands for whichever is asked for.
    models, protocols : list of str
        Those the rule is for.
    gpu : int
        How many GPUs a job takes.
    kept : list of str
        Folders of the trained models, where they are kept.
    plan : Plan
        Knows where the files of a part are.
    """

    name: str
    parts: list[str]
    models: list[str]
    protocols: list[str]
    gpu: int
    kept: list[str]
    plan: "Plan"

    @property
    def file(self) -> str:
        """What the job's log is called."""
        return self.parts[0] if len(self.parts) == 1 else f"{self.parts[0]}_{self.parts[-1]}"

    @property
    def title(self) -> str:
        """What the job's message calls its parts."""
        return "{wildcards.part}" if self.parts == ["{part}"] else f"{self.parts[0]} to {self.parts[-1]}"

    def mem_mb(self, wildcards: Any) -> int:
        """Return the memory a job may need."""
        plan, one = self.plan, self._each(wildcards)[0]
        n_trials = sum(plan.n_trials.get(subject, 0) for subject in plan.subjects_of(one))
        model, n_parts = plan.config.models[wildcards.model], len(self.parts)
        n_models = 1 if self.gpu else sizes.stacked(plan.config, plan.folds(wildcards.protocol) * n_parts)
        return sizes.fit_mb(plan.config, model, n_trials, n_parts=n_parts, n_models=n_models)

    def only(self, names: list[str]) -> str:
        """Return a wildcard's constraint to some names, or to nothing where there are none."""
        return "|".join(names) or "-"

    def trial_tables(self, wildcards: Any) -> list[str]:
        """Return the trial tables of all parts."""
        return self._united(self.plan.trial_tables(one) for one in self._each(wildcards))

    def window_tables(self, wildcards: Any) -> list[str]:
        """Return the window tables of all parts."""
        return self._united(self.plan.window_tables(one) for one in self._each(wildcards))

    def arrays(self, wildcards: Any) -> list[str]:
        """Return the model inputs of all parts."""
        return self._united(self.plan.arrays(one) for one in self._each(wildcards))

    def splits(self, wildcards: Any) -> list[str]:
        """Return the split of every part."""
        return [self.plan.splits(one) for one in self._each(wildcards)]

    def scalers(self, wildcards: Any) -> list[str]:
        """Return the scalers of every part."""
        return [self.plan.scalers(one) for one in self._each(wildcards)]

    def _each(self, wildcards: Any) -> list[Any]:
        """Return the wildcards of every part."""
        if self.parts == ["{part}"]:
            return [wildcards]
        return [SimpleNamespace(**dict(wildcards), part=part) for part in self.parts]

    @staticmethod
    def _united(paths: Iterator[list[str]]) -> list[str]:
        return list(dict.fromkeys(path for some in paths for path in some))


def fits(plan: "Plan") -> list[Fit]:
    """Return the rules that fit.

    A job takes a part, or `parts_per_fit` of them, by one rule for all protocols that have the same parts: subjects
    together under those within them, folds of subjects under the others.
    """
    config = plan.config
    networks = [name for name, model in config.models.items() if models.kind(model.network) == "network"]
    estimators = [name for name in config.models if name not in networks]

    def rules(end: str, parts: list[str], asked: list[str]) -> list[Fit]:
        return [
            Fit(f"fit{end}", parts, networks, asked, gpus(config), _kept(config, parts), plan),
            Fit(f"fit_estimator{end}", parts, estimators, asked, 0, [], plan),
        ]

    anywhere = list(map(str, config.protocols))
    if config.parts_per_fit == 1:
        return rules("", ["{part}"], anywhere)
    alike: dict[tuple[str, ...], list[str]] = {}
    for one in anywhere:
        alike.setdefault(tuple(plan.parts[one]), []).append(one)
    return [
        one
        for parts, asked in alike.items()
        for stack in _stacks(list(parts), config.parts_per_fit)
        for one in rules(f"_{asked[0]}_{stack[0]}_{stack[-1]}", stack, asked)
    ]


def refits(plan: "Plan") -> list[str]:
    """Return the refits of every estimator under permuted labels, where they are asked for, cell by cell."""
    config = plan.config
    return [
        f"results/refits/{protocol}/{target}/{name}/{part}.parquet"
        for protocol in plan.protocols
        for name, target in plan.fitted()
        if config.scores.refits and config.models[name].training is None and protocol in PROTOCOLS
        for part in plan.parts[protocol]
    ]


def _stacks(parts: list[str], size: int) -> list[list[str]]:
    return [parts[start : start + size] for start in range(0, len(parts), size)]


def gpus(config: Config) -> int:
    """Return how many GPUs a network's fit takes: one where the config asks for it, or the backend can use one here."""
    return int(config.device == "gpu" or (config.device == "auto" and config.backend == "jax" and CARD.exists()))


def _kept(config: Config, parts: list[str]) -> list[str]:
    return [KEPT.replace("{part}", part) for part in parts] if config.keep_models else []

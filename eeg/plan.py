"""From the config to a checked plan: the lists, settings and input functions the Snakefile names.

Nothing here reads a recording or imports Keras.
"""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from eeg import checks, models, protocols, targets
from eeg.applications import Applications
from eeg.cells import Cells
from eeg.codes import Codes
from eeg.config import check
from eeg.errors import InputError
from eeg.explaining import Explaining
from eeg.fits import Fit, fits, gpus, refits
from eeg.metering import Metering
from eeg.notebooks import Notebooks
from eeg.schema import Entropy, Model
from eeg.source import SIMULATED, Source


class Plan(Codes, Cells):
    """What the configured experiment consists of.

    Parameters
    ----------
    config : mapping
        As Snakemake merged it.
    root : path
        Where a relative `folder` starts.

    Raises
    ------
    InputError
        The config or the folder it names does not make an experiment.
    """

    def __init__(self, config: Mapping[str, Any], root: Path | str = ".") -> None:
        self.config = check(config)
        self.source = Source(self.config, Path(root))
        self.subjects: list[str] = self.source.subjects
        self.n_trials: dict[str, int] = self.source.known_trials()
        checks.experiment(self.config, self.subjects, self.n_trials)
        if self.source.released:
            checks.release(self.config)
        if self.config.source == "simulated" and self.config.simulated.flaws:
            checks.flaws(self.config, self.subjects)
        if self.config.source == "recordings":
            checks.blocks(self.config, self.source.tables().values())
            checks.videos(self.config, known=self.source.has_videos)
        self.protocols: list[str] = list(self.config.protocols)
        self.parts = {
            protocol: protocols.parts(protocol, self.subjects, self._n_folds(protocol)) for protocol in self.protocols
        }
        self.fits: list[Fit] = fits(self)
        self.refits: list[str] = refits(self)
        self.applications = Applications(self)
        self.leaks = Metering(self)
        self.explaining = Explaining(self)
        self.notebooks = Notebooks(self)

    def _n_folds(self, protocol: str) -> int:
        """Return the folds of a protocol across subjects, all repeats together."""
        split = self.config.split
        if protocol not in split.leave_one_out:
            return split.folds * split.repeats
        return len(self.subjects) if protocol in protocols.UNSEEN else sum(self.n_trials.values())

    # ------------------------------------------------------------------ recordings

    @property
    def simulated(self) -> dict[str, Any]:
        """Settings of the simulator that concern one subject, its flaws aside."""
        settings = self.config.simulated.model_dump(exclude={"n_subjects", "flaws"})
        return {**settings, **self.config.trial.model_dump()}

    def flaws(self, wildcards: Any) -> list[str]:
        """Return what the config wants to be wrong with a simulated subject's files."""
        return [name for name, subjects in self.config.simulated.flaws.items() if wildcards.subject in subjects]

    @property
    def asked(self) -> dict[str, Any]:
        """What the experiment needs of the recordings it learns from, as their checks want to know it."""
        steps, scale = self.config.preprocess, None if self.config.source == "recordings" else (1.0, 9.0)
        return {
            **self.config.trial.model_dump(),
            **steps.downsample.model_dump(),
            **steps.bandpass.model_dump(),
            **self.config.check.model_dump(),
            "targets": self.labelled(),
            "folds": self.config.split.folds,
            "rating_range": scale,
            "chosen": self.config.subjects != "all",
        }

    def asked_of(self, wildcards: Any) -> dict[str, Any]:
        """Return what it needs of a subject: no ratings of one that kept models are only applied to."""
        return {**self.asked, "rated": wildcards.subject in self.subjects}

    def truth(self, wildcards: Any) -> list[str]:
        """Return the clean signal and the truth of a subject, where the recordings are simulated."""
        if self.config.source != "simulated":
            return []
        return [f"{SIMULATED}/truth/{wildcards.subject}{ending}" for ending in ("_raw.fif", ".json")]

    @property
    def not_fitted(self) -> float | None:
        """The seconds of a trial that EOG removal may not be fitted on, None where it may see all of them."""
        return self.config.trial.duration if self.config.preprocess.eog.fit == "outside_trials" else None

    def parity(self, wildcards: Any) -> list[str]:
        """Return the comparison of a subject's recording with the release, where there are both."""
        return [f"results/parity/{wildcards.subject}.json"] if wildcards.subject in self.source.paired else []

    @property
    def parity_page(self) -> list[str]:
        """The page that compares recordings and release, where some subject has both."""
        return ["results/reports/parity.html"] if self.source.paired else []

    def joining(self, released: bool) -> str:
        """Return the subjects, as a wildcard's constraint, whose trials come from a release, or from recordings."""
        every = [*self.subjects, *self.applications.subjects]
        return "|".join(every) if self.source.released == released else "-"

    # ------------------------------------------------------------------ branches and parts

    def branches(self, kind: str) -> list[str]:
        """Return the branches of a kind."""
        return [name for name, branch in self.config.branches.items() if branch.kind == kind]

    def branch(self, wildcards: Any) -> dict[str, Any]:
        """Return a branch's settings, its bands spelt out; `placed`: its step must find every channel a grid cell."""
        settings = self.config.branches[wildcards.branch].model_dump(exclude={"kind", "scaler", "scope"})
        if "bands" in settings:
            settings["bands"] = {name: list(edges) for name, edges in self.config.bands[settings["bands"]].items()}
            settings["pass_band"] = list(self.config.preprocess.bandpass.model_dump().values())
            networks = [model.network for model in self.config.models.values() if model.branch == wildcards.branch]
            # known channels are checked with the config, and one more model then makes no new features
            unknown = self.config.source == "recordings" and settings["channels"] == "all"
            settings["placed"] = unknown and any(models.input_kind(network) == "grid" for network in networks)
        return settings

    def subjects_of(self, wildcards: Any) -> list[str]:
        """Return the subjects a part's folds train on and test."""
        return self.subjects if wildcards.protocol in protocols.ACROSS else [wildcards.part]

    def trial_tables(self, wildcards: Any) -> list[str]:
        """Return the trial tables of a part."""
        return [f"results/trials/{subject}.csv" for subject in self.subjects_of(wildcards)]

    def window_tables(self, wildcards: Any) -> list[str]:
        """Return the window tables of a part; the branch is a wildcard or the model's."""
        return self._inputs(wildcards, "csv")

    def arrays(self, wildcards: Any) -> list[str]:
        """Return the model inputs of a part."""
        return self._inputs(wildcards, "npy")

    def moments(self, wildcards: Any) -> list[str]:
        """Return the per-trial moments of a part."""
        return self._inputs(wildcards, "moments.npz")

    def splits(self, wildcards: Any) -> str:
        """Return the split of a fit."""
        return f"results/splits/{wildcards.protocol}/{self._branch(wildcards)}/{wildcards.part}.csv"

    def scalers(self, wildcards: Any) -> str:
        """Return the scalers of a fit."""
        return f"results/scalers/{wildcards.protocol}/{self._branch(wildcards)}/{wildcards.part}.npz"

    def _inputs(self, wildcards: Any, ending: str) -> list[str]:
        branch = self._branch(wildcards)
        return [f"results/inputs/{branch}/{subject}.{ending}" for subject in self.subjects_of(wildcards)]

    def _branch(self, wildcards: Any) -> str:
        return wildcards.branch if hasattr(wildcards, "branch") else self.config.models[wildcards.model].branch

    def trial_splits(self, protocol: str) -> list[str]:
        """Return the splits the yardsticks of a protocol learn class shares from: those of the first branch."""
        return [f"results/splits/{protocol}/{self.first_branch}/{part}.csv" for part in self.parts[protocol]]

    # ------------------------------------------------------------------ settings of steps

    def scaling(self, wildcards: Any) -> dict[str, Any]:
        """Return a branch's scaler and scope."""
        return self.scalings[wildcards.branch]

    @property
    def method(self) -> dict[str, Any]:
        """How scores become statements: the fields of `eeg.method.Method`."""
        asked = self.config.scores.model_dump(include={"draws", "confidence"})
        return {**asked, "seed": self.config.seed, "validation": self.config.split.validation}

    @property
    def shown(self) -> dict[str, Any]:
        """The config as pages and provenance show it, with the form that was found in the folder."""
        config = self.config.model_dump()
        return {**config, "deap": {**config["deap"], "form": self.source.form}}

    @property
    def scope(self) -> dict[str, Any]:
        """What this experiment consists of, so that files left by another one in the same folder are not read."""
        return {"subjects": self.subjects, "parts": self.parts}

    @property
    def split(self) -> dict[str, Any]:
        """Settings of the splits, the stratifying target spelt out."""
        split = self.config.split
        return {**split.model_dump(), "target": self.target(split.stratify), "seed": self.config.seed}

    def folds(self, protocol: str) -> float:
        """Return how many folds a part has, on average where trials are left out one by one."""
        split, known = self.config.split, self.n_trials.values()
        n_trials, alone = sum(known) / len(known), protocol in split.leave_one_out
        return protocols.folds(protocol, split.folds, n_trials=n_trials, repeats=split.repeats, alone=alone)

    def target(self, name: str) -> dict[str, Any]:
        """Return a target's settings."""
        return self.config.targets[name].model_dump()

    def fit(self, wildcards: Any) -> dict[str, Any]:
        """Return all a fit depends on besides its inputs."""
        model = self.config.models[wildcards.model]
        return {
            "model": model.model_dump(exclude={"targets", "search"}),
            "tuning": self.tuning(model),
            "target": self.target(wildcards.target),
            "bads": self.config.check.bads,
            "backend": self.config.backend,
            "device": self.config.device,
            "seed": self.config.seed,
        }

    def tuning(self, model: Model) -> dict[str, Any] | None:
        """Return how a model's settings are chosen, None where they are as configured."""
        tuning = self.config.tuning
        if not (tuning.enabled and model.search):
            return None
        return {"search": model.search, "candidates": tuning.candidates, "folds": tuning.folds}

    def stratified(self, wildcards: Any) -> bool:
        """Return whether a protocol spreads the classes of a subject over its folds."""
        split = self.config.split
        return wildcards.protocol not in (*protocols.UNSEEN, *split.leave_one_out)

    @property
    def gpus(self) -> int:
        """How many GPUs a job takes that runs a network."""
        return gpus(self.config)

    # ------------------------------------------------------------------ pages

    @property
    def marked(self) -> dict[str, list[float]]:
        """The bands that pages mark in a spectrum: those of the entropy branches, the first set's first."""
        used = {}
        for branch in reversed(self.config.branches.values()):
            if isinstance(branch, Entropy):
                used.update({name: list(edges) for name, edges in self.config.bands[branch.bands].items()})
        return used

    def learnt(self, wildcards: Any) -> dict[str, Any]:
        """Return the predicted targets of which a trial may have several labels: learnt ones where folds tear it."""
        predicted = dict.fromkeys(target for _, target in self.fitted() if wildcards.protocol in protocols.LEAKY)
        return {name: self.target(name) for name in predicted if targets.is_learnt(self.target(name))}

    def labelled(self) -> dict[str, Any]:
        """Return every target by name."""
        return {name: self.target(name) for name in self.config.targets}


def planned(config: Mapping[str, Any], root: Path | str = ".") -> Plan:
    """Return the plan, or end the program with the one sentence that says what is wrong with config or folders."""
    try:
        checks.results(Path.cwd())
        return Plan(config, root)
    except InputError as error:
        sys.exit(f"Error: {error}")

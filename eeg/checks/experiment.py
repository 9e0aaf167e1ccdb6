"""Whether the parts of a config fit each other."""

from collections.abc import Mapping
from typing import get_type_hints

from eeg import models, protocols
from eeg.channels import GENEVA
from eeg.checks._shared import choose, named
from eeg.datasets.deap import RATINGS
from eeg.errors import InputError
from eeg.features import definitions, grid
from eeg.features.entropy import check_bands, everything
from eeg.preprocess.bandpass import TRANSITION
from eeg.preprocess.downsample import PASS
from eeg.schema import Config, Entropy, Model, Training
from eeg.targets import columns

BRANCH_OF_INPUT = {"series": ("windows",), "grid": ("entropy",), "flat": ("windows", "entropy")}
"""Which kinds of branch can feed a model's kind of input."""


def experiment(config: Config, names: list[str], n_trials: Mapping[str, int]) -> None:
    """Raise InputError for the first thing in the config that cannot work; `n_trials` is per subject."""
    if not names:
        raise InputError("at least one subject", "none", "Name some, or `all`, under `subjects:`.", file="config")
    if twice := [one for one in config.protocols if config.protocols.count(one) > 1]:
        raise InputError("each protocol once", f"{twice[0]} twice", "Correct `protocols:`.", file="config")
    if taken := [name for name in config.models if name in models.names("yardstick")]:
        raise InputError("models with names of their own", f"the yardstick's {taken[0]}", "Rename it.", file="config")
    choose(config.split.stratify, config.targets, "split.stratify")
    _signal(config)
    for name, branch in config.branches.items():
        if config.source != "recordings":
            _channels(name, branch.channels)
        if branch.length > config.trial.duration:
            raise InputError(
                f"branches.{name}.length of at most the trial's {config.trial.duration:g} s",
                f"{branch.length:g} s",
                "Shorten the window or lengthen `trial.duration`.",
                file="config",
            )
        if branch.kind == "entropy":
            _entropy(config, name, branch)
    if config.source != "recordings":
        for name, target in config.targets.items():
            for column in columns(target.model_dump()):
                choose(column, [rating.lower() for rating in RATINGS], f"targets.{name}")
    for name in config.models:
        model_entry(config, name)
    if config.leaks.enabled:
        _leaks(config)
    if config.explain.enabled:
        _explain(config)
    _refits(config)
    _folds(config, names, n_trials)


def _signal(config: Config) -> None:
    band, sfreq = config.preprocess.bandpass, config.preprocess.downsample.sfreq
    for place, edges in (("bandpass", band), ("eog", config.preprocess.eog)):
        highest = min(PASS * sfreq / 2, sfreq / 2 - TRANSITION)
        if not edges.low < edges.high <= highest:
            raise InputError(
                f"preprocess.{place}: low < high <= {highest:g} Hz, what down-sampling to {sfreq:g} Hz leaves whole",
                f"{edges.low:g}-{edges.high:g} Hz",
                "Correct the edges or raise `preprocess.downsample.sfreq`.",
                file="config",
            )


def _channels(branch: str, wanted: str | list[str]) -> None:
    """Refuse channels DEAP does not have, none at all, or one twice."""
    if wanted == "all":
        return
    for name in wanted:
        choose(name, GENEVA, f"branches.{branch}.channels")
    if not wanted or len(set(wanted)) < len(wanted):
        raise InputError(
            f"branches.{branch}.channels: at least one channel, each once",
            ", ".join(wanted) or "none",
            "Correct it.",
            file="config",
        )


def _entropy(config: Config, name: str, branch: Entropy) -> None:
    choose(branch.definition, definitions.names(), f"branches.{name}.definition")
    choose(branch.bands, config.bands, f"branches.{name}.bands")
    definition, band = definitions.definition(branch.definition), config.preprocess.bandpass
    # where a library reads what the data do not hold, reproducing it means to read that too
    inside = everything(config.preprocess.downsample.sfreq) if definition.ANY_BAND else (band.low, band.high)
    with named(f"bands.{branch.bands}"):
        check_bands(config.bands[branch.bands], *inside)
    if branch.baseline == "subtract":
        _baseline(config, branch, f"set branches.{name}.baseline to keep")


def _baseline(config: Config, branch: Entropy, otherwise: str) -> None:
    """Refuse a baseline that is too short for what is subtracted of it."""
    needed = definitions.definition(branch.definition).BASELINE_SECONDS or branch.length
    if config.trial.baseline < needed:
        raise InputError(
            f"a baseline of at least {needed:g} s to subtract, as the definition {branch.definition} does",
            f"{config.trial.baseline:g} s",
            f"Lengthen `trial.baseline` or {otherwise}.",
            file="config",
        )


def _leaks(config: Config) -> None:
    leaks = config.leaks
    for key, known in (("model", config.models), ("target", config.targets)):
        if getattr(leaks, key) not in known:
            raise InputError(
                f"leaks.{key}: one of {', '.join(known)}",
                repr(getattr(leaks, key)),
                "Name one of them, or set leaks.enabled to false.",
                file="config",
            )
    model = config.models[leaks.model]
    with named("leaks.settings"):
        models.check_settings(model.network, {**model.settings, **leaks.settings})
    branch = config.branches[model.branch]
    if isinstance(branch, Entropy):
        _baseline(config, branch, "set leaks.enabled to false")
    if round(branch.length * (1 - leaks.overlap) * config.preprocess.downsample.sfreq) < 1:
        raise InputError(
            f"leaks.overlap: windows of {branch.length:g} s that begin at least a sample apart",
            f"an overlap of {leaks.overlap:g}",
            "Lower it.",
            file="config",
        )


def _explain(config: Config) -> None:
    """Refuse explanations of what is not fitted, or of single tested trials, which have nothing to swap with."""
    explain, otherwise = config.explain, "Name one of them, or set explain.enabled to false."
    for key, asked, known in (
        ("protocols", explain.protocols, config.protocols),
        ("models", explain.models, config.models),
    ):
        for name in asked:
            if name not in known or asked.count(name) > 1:
                received = repr(name) + " twice" * (name in known)
                raise InputError(f"explain.{key}: out of {', '.join(known)}", received, otherwise, file="config")
    for name in explain.models:
        targets = config.models[name].targets
        if explain.target not in targets:
            expected = f"explain.target: a target of {name} ({', '.join(targets)})"
            raise InputError(expected, repr(explain.target), otherwise, file="config")
    if "subject_video" in explain.protocols:
        raise InputError(
            "explain.protocols without subject_video: people err together on the videos, which the noise level of an "
            "explanation does not count",
            "subject_video",
            "Explain another protocol.",
            file="config",
        )
    for protocol in explain.protocols:
        if protocol in config.split.leave_one_out and protocol not in protocols.UNSEEN:
            raise InputError(
                f"explain.protocols that test several trials of a subject in a fold, not {protocol} with one",
                f"{protocol} in split.leave_one_out",
                "Take it out of one of them, or set explain.enabled to false.",
                file="config",
            )


def model_entry(config: Config, name: str) -> None:
    """Raise InputError for the first thing in one model's entry that cannot work."""
    model = config.models[name]
    if models.is_own(model.network):
        models.check_learnt(model.network)
    else:
        choose(model.network, models.names("network", "estimator"), f"models.{name}.network")
    choose(model.branch, config.branches, f"models.{name}.branch")
    for target in model.targets:
        choose(target, config.targets, f"models.{name}.targets")
    with named(f"models.{name}.settings"):
        models.check_settings(model.network, model.settings)
    wanted, kind = BRANCH_OF_INPUT[models.input_kind(model.network)], config.branches[model.branch].kind
    if kind not in wanted:
        raise InputError(
            f"models.{name} on a branch of kind {' or '.join(wanted)}",
            f"{model.branch!r} of kind {kind}",
            f"Correct models.{name}.branch.",
            file="config",
        )
    _grid(config, model)
    if (models.kind(model.network) == "network") != (model.training is not None):
        raise InputError(
            f"models.{name}.training to be null for an estimator and given for a network",
            f"the opposite for {model.network}",
            "See config.yaml.",
            file="config",
        )
    if model.search:
        with named(f"models.{name}.search"):
            given = [*model.settings, *(model.training.model_dump() if model.training else ())]
            counts = config.tuning.model_dump(exclude={"enabled"})
            models.check_tuning(model.network, {"search": model.search, **counts}, known=given)
            kinds = models.setting_kinds(model.network) | get_type_hints(Training, include_extras=True)
            for setting, values in model.search.items():
                for value in values:
                    models.check_value(setting, value, kinds)


def _grid(config: Config, model: Model) -> None:
    """Refuse named channels without a cell in the published table for a model that reads the grid."""
    branch = config.branches[model.branch]
    if models.input_kind(model.network) != "grid" or not isinstance(branch, Entropy):
        return
    if branch.grid == "table" and branch.channels != "all":
        with named(f"branches.{model.branch}.channels"):
            grid.check(branch.channels)


def _refits(config: Config) -> None:
    """Refuse refits where trials are dealt several times: permuted labels would suit one dealing and not the other."""
    if config.scores.refits and config.split.repeats > 1:
        raise InputError(
            "scores.refits without split.repeats above 1",
            f"{config.scores.refits} refits and {config.split.repeats} repeats",
            "Set one of them back to 0 refits or 1 repeat.",
            file="config",
        )


def _folds(config: Config, names: list[str], n_trials: Mapping[str, int]) -> None:
    folds, alone = config.split.folds, config.split.leave_one_out
    for protocol in (one for one in config.protocols if one in protocols.UNSEEN):
        needed = 3 if protocol in alone else max(folds, 3)
        if len(names) < needed:
            raise InputError(
                f"at least as many subjects as folds, and three, for the protocol {protocol} ({needed})",
                f"{len(names)}",
                "Lower `split.folds`, add subjects or leave the protocol out.",
                file="config",
            )
    if config.leaks.enabled or any(one not in (*protocols.ACROSS, *alone) for one in config.protocols):
        for name, number in n_trials.items():
            if number < max(folds, 3):
                raise InputError(
                    f"at least as many trials of {name} as folds ({folds})",
                    f"{number}",
                    "Lower `split.folds` or leave the subject out (`subjects:`).",
                    file="config",
                )

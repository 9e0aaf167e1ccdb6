"""A model of one's own on one part of a finished run, before it is named in the config.

>>> from eeg.results import open_results
>>> from eeg.trying import try_model
>>> mine = {"network": "mine/shallow.py", "branch": "entropy", "settings": {}, "training": None}
>>> try_model(open_results("results"), mine, protocol="trial", target="arousal", part="s01").scores   # doctest: +SKIP
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from eeg import checks, scores
from eeg.config import check
from eeg.method import Method
from eeg.predictions import Cell
from eeg.rehearsal import Asked, Material, Rehearsal
from eeg.results import Results
from eeg.schema import Config


class Tried(NamedTuple):
    """What came of it.

    Attributes
    ----------
    scores : DataFrame
        Rows as those of `Results.scores`, of the tested subjects alone.
    predictions : DataFrame
        `subject, trial, window, fold, label, logit_0, ...`: one row per tested window.
    history : DataFrame
        `fold, epoch, loss, accuracy, val_loss, val_accuracy`; empty for an estimator.
    records : list of dict
        Per fold, what training and validation were given, the seed and what came of it.
    """

    scores: pd.DataFrame
    predictions: pd.DataFrame
    history: pd.DataFrame
    records: list[dict[str, Any]]


def try_model(results: Results, model: Mapping[str, Any], *, protocol: str, target: str, part: str) -> Tried:
    """Return what a model makes of a part: fitted on its stored inputs, split and scalers, proven, and scored.

    It goes the way of the rule `fit` with the run's seed, backend, draws and confidence, so a model of the run gives
    its stored predictions again; the scalers and what was learnt from are proven as the run's guard proves them.

    Parameters
    ----------
    results : Results
    model : mapping
        `network` (the path of one's own file, or a name), `branch`, `settings` and `training`, as an entry under
        `models:` in the config. The file's name is the model's.
    protocol, target, part : str
        A subject is a part under the protocols within subjects, a fold (`f01`) under those across them.

    Raises
    ------
    InputError
        The model's file, settings, branch or training do not fit each other, or the run has no such part.
    """
    name = Path(model["network"]).stem
    config = _config_with(results, name, {**model, "targets": [target], "search": {}})
    checks.model_entry(config, name)
    asked = _asked(config, (protocol, target, name))
    material = _material(results, protocol, model["branch"], part)
    made = Rehearsal(asked).fit(part, material)
    asked_alike = config.scores.model_dump(include={"draws", "confidence"})
    scored = scores.score(
        made.predictions,
        cell=Cell(protocol, target, name),
        method=Method(seed=config.seed, validation=config.split.validation, **asked_alike),
        trials=pd.concat(material.trials.values(), ignore_index=True),
    )
    return Tried(scored.table, made.predictions, made.history, made.records)


def _config_with(results: Results, name: str, model: Mapping[str, Any]) -> Config:
    """Return the run's config with one more model; a form that was found in a folder is to be looked for again."""
    config = results.config
    models = {**config["models"], name: model}
    return check({**config, "deap": {**config["deap"], "form": "auto"}, "models": models})


def _asked(config: Config, cell: tuple[str, str, str]) -> Asked:
    _, target, name = cell
    model = config.models[name].model_dump(exclude={"targets", "search"})
    return Asked(
        cell=cell,
        target=config.targets[target].model_dump(),
        model=model,
        tuning=None,
        split=config.split.model_dump(),
        scaling=config.branches[model["branch"]].model_dump(include={"scaler", "scope"}),
        seed=config.seed,
        backend=config.backend,
        device=config.device,
    )


def _material(results: Results, protocol: str, branch: str, part: str) -> Material:
    split = results.split(protocol, branch, part)
    subjects = split["subject"].unique().tolist()
    return Material(
        {subject: results.inputs(branch, subject) for subject in subjects},
        {subject: results.trials(subject) for subject in subjects},
        split,
        results.scalers(protocol, branch, part),
    )

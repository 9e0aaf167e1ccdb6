"""A part of the experiment without files, by the functions that the steps call: for measurements of many arms."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import pandas as pd

from eeg import evaluate, inputs, models, scalers, seeds, splits
from eeg.features.branch import Branch
from eeg.guard import fits as guard_fits
from eeg.guard import scalers as guard_scalers
from eeg.guard.parts import Part
from eeg.models import Learner
from eeg.preprocess.scale import moments
from eeg.scalers import Fitted
from eeg.targets import classes, labels

MEMORY = "memory"
"""Where all of a rehearsal lies, as errors name it."""


@dataclass(frozen=True)
class Asked:
    """What is fitted, and how: a model, its target, the splits and the scalers.

    Attributes
    ----------
    cell : tuple of str
        Protocol, target and model.
    target : mapping
        What is predicted.
    model : mapping
        `network, settings, training` as a model has them in the config, and `branch`, the name of its branch.
    tuning : mapping or None
        As for `models.learner`.
    split, scaling : mapping
        As for `splits.make` and `scalers.fit`.
    seed : int
    backend, device : str
        As for `models.learner`.
    seeded : tuple of str, optional
        The cell that names the seeds of the fits; another than `cell` for fits that are to start as its do.
    """

    cell: tuple[str, str, str]
    target: Mapping[str, Any]
    model: Mapping[str, Any]
    tuning: Mapping[str, Any] | None
    split: Mapping[str, Any]
    scaling: Mapping[str, Any]
    seed: int
    backend: str = "tensorflow"
    device: str = "cpu"
    seeded: tuple[str, str, str] | None = None


class Material(NamedTuple):
    """What one part is fitted on.

    Attributes
    ----------
    branches : mapping of str to Branch
        By subject, of the part's subjects alone.
    trials : mapping of str to DataFrame
        Their trial tables.
    split : DataFrame
        `fold, role, subject, trial, window`.
    scalers : list of Fitted, optional
        Of all its folds; made where there are none.
    """

    branches: Mapping[str, Branch]
    trials: Mapping[str, pd.DataFrame]
    split: pd.DataFrame
    scalers: list[Fitted] | None = None


class Rehearsed(NamedTuple):
    """What came of one part: its predictions, the record of each fold and the learning curves of `evaluate.tables`."""

    predictions: pd.DataFrame
    records: list[dict[str, Any]]
    history: pd.DataFrame


class Rehearsal:
    """Fits one model to parts, one after the other, with one learner.

    Parameters
    ----------
    asked : Asked
    learner : Learner, optional
        That of another rehearsal of the same model and shape of windows, so that nothing is compiled again.
    """

    def __init__(self, asked: Asked, learner: Learner | None = None) -> None:
        self.asked = asked
        self.learner = learner

    def predictions(
        self, part: str, branches: Mapping[str, Branch], trials: Mapping[str, pd.DataFrame]
    ) -> pd.DataFrame:
        """Return the predictions of a part, once its fits and scalers are proven to have seen what they may alone.

        Parameters
        ----------
        part : str
            The subject or fold that is tested.
        branches : mapping of str to Branch
            By subject, of the part's subjects alone.
        trials : mapping of str to DataFrame
            Their trial tables.

        Returns
        -------
        DataFrame
            `subject, trial, window, fold, label, logit_0, ...`
        """
        (protocol, *_), name = self.asked.cell, self.asked.model["branch"]
        split = divided(protocol, part, branches, trials, branch=name, settings=self.asked.split)
        return self.fit(part, Material(branches, trials, split)).predictions

    def fit(self, part: str, material: Material) -> Rehearsed:
        """Return what comes of a part, once its fits and scalers are proven to have seen what they may alone."""
        asked, held = self.asked, self._part(part, material)
        given = _inputs(material.branches, material.trials, asked.target)
        words = ("fit", *(asked.seeded or asked.cell), part)
        kind = models.input_kind(asked.model["network"])
        arrange = inputs.arrangement(kind, given.channels, given.shape, cells=given.cells)
        self.learner = self.learner or self._learner(arrange[1])
        fitted = _scalers(held, material.scalers)
        tasks = evaluate.tasks(
            given,
            held.split,
            arrange=arrange,
            scalers=fitted,
            seeds={fold: seeds.seed(asked.seed, *words, fold) for fold in held.split["fold"].unique().tolist()},
        )
        made = Rehearsed(*evaluate.tables(evaluate.learn(self.learner, tasks)))
        guard_fits.check(
            guard_fits.Fit(
                (*asked.cell, part),
                MEMORY,
                made.predictions,
                {"folds": made.records},
                held.split,
                held.windows,
                held.trials,
                asked.target,
                scalers=fitted,
            )
        )
        return made

    def _part(self, part: str, material: Material) -> Part:
        """Return the part as the guard takes it: its split, windows, moments, arrays and trials."""
        asked, (branches, trials, split, _) = self.asked, material
        arrays = {subject: branch.array for subject, branch in branches.items()}
        stored = {s: {"trial": trials[s]["trial"].to_numpy(), **moments(array)} for s, array in arrays.items()}
        every = pd.concat([trials[subject] for subject in branches], ignore_index=True)
        of_branch = (asked.model["branch"], part, MEMORY, asked.scaling, split, _windows(branches))
        return Part(asked.cell[0], *of_branch, stored, arrays, every)

    def _learner(self, shape: tuple[int, ...]) -> Learner:
        model = self.asked.model
        return models.learner(
            model["network"],
            shape,
            len(classes(self.asked.target)),
            settings=model["settings"],
            training=model["training"],
            tuning=self.asked.tuning,
            backend=self.asked.backend,
            device=self.asked.device,
        )


def _scalers(part: Part, fitted: list[Fitted] | None) -> list[Fitted]:
    """Return the scalers of a part, made where there are none, and proven to have seen what their scope lets them."""
    if fitted is None:
        given = {"stored": part.stored, "arrays": part.arrays, "settings": part.settings}
        fitted = scalers.fit(part.split, part.windows, **given)
    guard_scalers.check(guard_scalers.File(MEMORY, scalers.to_arrays(fitted), sha256=""), part)
    return fitted


def divided(
    protocol: str,
    part: str,
    branches: Mapping[str, Branch],
    trials: Mapping[str, pd.DataFrame],
    *,
    branch: str,
    settings: Mapping[str, Any],
) -> pd.DataFrame:
    """Return the split of a part, as `splits.make` does, from the branches and trial tables of its subjects."""
    tables = [trials[subject] for subject in branches]
    return splits.make(protocol, part, tables, _windows(branches), branch=branch, settings=settings)[0]


def _windows(branches: Mapping[str, Branch]) -> pd.DataFrame:
    return pd.concat([branch.table.assign(subject=s) for s, branch in branches.items()], ignore_index=True)


def _inputs(
    branches: Mapping[str, Branch], trials: Mapping[str, pd.DataFrame], target: Mapping[str, Any]
) -> inputs.Inputs:
    tables = [inputs.table_of(branch.table, trials[s], labels(trials[s], target)) for s, branch in branches.items()]
    about = next(iter(branches.values())).about
    arrays = {subject: branch.array for subject, branch in branches.items()}
    every = pd.concat(tables, ignore_index=True)
    again = inputs.relabelling(pd.concat([trials[subject] for subject in branches], ignore_index=True), target)
    return inputs.Inputs(about["kind"], about["channels"], arrays, every, about.get("cells", {}), again)

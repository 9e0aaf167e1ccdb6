"""What the models of one part go by: how much worse they tell tested trials apart without a channel or a band.

The models are those that were scored, fitted again with the same rows and seeds: perturbed copies of the tested windows
stand behind the tested ones, so that one `learn` gives the logits of both, for networks and estimators alike and
nothing has to be kept or pickled. That they are the same models is measured: `drift` is the largest difference
between the logits of the tested windows and those that were scored. Nothing perturbed is ever trained on, and the guard
holds what these fits were given against the split again.

The sanity check of Adebayo et al. 2018 ("Sanity checks for saliency maps") goes beside it: the same of models whose
weights were *randomised*. A network keeps the weights it was born with, drawn anew, and learns nothing (their model
parameter randomisation, all layers at once); an estimator has no weights to draw, and learns from labels permuted among
the training trials (their data randomisation). What is found there is no explanation of what was learnt.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import softmax

from eeg import seeds
from eeg.evaluate import Learnt, Task
from eeg.perturb import Change, Group, donors, mean, perturbed
from eeg.samples import evenly_spaced, joined
from eeg.targets import NO_CLASS

WEIGHTS = ("learnt", "randomised")
"""Whose explanation it is: the models that were scored, or those that have not learnt it."""

NAMES = ["channel", "band", "time"]
ABOUT = ["kind", "group", *NAMES, "metric"]
"""What a row of drops is about, in the order of its columns."""


@dataclass(frozen=True)
class Probe:
    """A fold with what is asked of its model.

    Attributes
    ----------
    task : Task
        The fold, its tested windows followed by their perturbed copies.
    n_tested : int
        How many windows are tested.
    rows : array of int
        Which of these are perturbed.
    permuted, occluded : sequence of Group
    n_draws : int
        How often a permuted group is.
    """

    task: Task
    n_tested: int
    rows: np.ndarray
    permuted: Sequence[Group]
    occluded: Sequence[Group]
    n_draws: int

    @property
    def table(self) -> pd.DataFrame:
        """The windows that are perturbed: `subject, trial, window, label`."""
        return self.task.table.iloc[self.task.index["test"][self.rows]]


def probe(
    task: Task, groups: tuple[Sequence[Group], Sequence[Group]], *, draws: int, windows: int | None, seed: int
) -> Probe:
    """Return a fold with perturbed copies of its tested windows behind them; none where no tested trial has a class.

    Parameters
    ----------
    task : Task
    groups : (sequence of Group, sequence of Group)
        Those permuted and those occluded: `perturb.whole` and `perturb.pieces`.
    draws : int
        With how many other trials a trial swaps a group at most.
    windows : int or None
        Of a trial so many windows are perturbed, evenly spaced; None: all.
    seed : int
        Names the choice among other trials.
    """
    tested = task.fold.test
    known = np.flatnonzero(tested.labels != NO_CLASS)
    if not len(known):
        return Probe(task, len(tested), known, *groups, 1)
    rows = known[evenly_spaced(tested.trials[known], windows)]
    swaps = donors(
        task.table.iloc[task.index["test"][rows]].reset_index(drop=True),
        draws=draws,
        rng=seeds.generator(seed, "donors", task.fold.seed),
    )
    changes = [Change(group.mask, swap) for group in groups[0] for swap in swaps]
    changes += [Change(group.mask) for group in groups[1]]
    copies = perturbed(tested.subset(rows), changes, mean(task.fold.train))
    fold = replace(task.fold, test=joined(tested, copies))
    return Probe(replace(task, fold=fold), len(tested), rows, *groups, len(swaps))


def without_copies(one: Probe, learnt: Learnt) -> Learnt:
    """Return what was learnt with the logits of the tested windows alone, as it was scored."""
    result = replace(learnt.result, logits=learnt.result.logits[: one.n_tested])
    return replace(learnt, result=result)


def drops(one: Probe, logits: np.ndarray) -> pd.DataFrame:
    """Return how much every tested trial loses by every group, were its class the first, the second, ...

    Parameters
    ----------
    one : Probe
    logits : array, shape (n_tested + n_copies, n_classes)
        As its model gave them, calibrated.

    Returns
    -------
    DataFrame
        `kind, group, channel, band, time, metric, subject, trial, fold, label, drop_0, ...`. Kind `permutation`: the
        drop in the probability of the class and in hits, by the trial's mean logits, mean over draws (a probability
        because it is smooth and bounded: log-likelihoods let one overconfident subject speak for all). Kind
        `occlusion`: the drop of the class's logit over the mean of all classes', mean over windows.
    """
    keys, members = _trials(one.table)
    n_rows, n_classes = len(one.rows), logits.shape[1]
    before = _of_trials(logits[one.rows], members)
    n_swapped = len(one.permuted) * one.n_draws
    copies = logits[one.n_tested :].reshape(n_swapped + len(one.occluded), n_rows, n_classes)
    swapped = _of_trials(copies[:n_swapped], members).reshape(len(one.permuted), one.n_draws, *before.shape)
    occluded = _of_trials(copies[n_swapped:], members)
    found = {
        ("permutation", "probability"): (one.permuted, _drop(swapped, before, _probabilities)),
        ("permutation", "balanced_accuracy"): (one.permuted, _drop(swapped, before, _hits)),
        ("occlusion", "logit"): (one.occluded, _drop(occluded[:, None], before, _centred)),
    }
    return pd.concat(list(_rows(found, keys.assign(fold=one.task.number))), ignore_index=True)


def _trials(table: pd.DataFrame) -> tuple[pd.DataFrame, np.ndarray]:
    """Return a row per trial, `subject, trial, label`, and the share of every window in its trial, (n_trials, n)."""
    place = table.groupby(["subject", "trial"], sort=True).ngroup().to_numpy()
    members = (place == np.arange(place.max(initial=-1) + 1)[:, None]).astype(np.float64)
    keys = table[["subject", "trial", "label"]].drop_duplicates(["subject", "trial"])
    keys = keys.sort_values(["subject", "trial"], ignore_index=True)
    return keys, members / members.sum(axis=1, keepdims=True)


def _of_trials(logits: np.ndarray, members: np.ndarray) -> np.ndarray:
    """Return the mean logits of every trial, (..., n_trials, n_classes)."""
    return np.einsum("tn,...nc->...tc", members, logits.astype(np.float64), optimize=False)


def _drop(after: np.ndarray, before: np.ndarray, measure: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
    """Return by how much a measure is lower than before, mean over draws, (n_groups, n_trials, n_classes)."""
    lost: np.ndarray = (measure(before) - measure(after)).mean(axis=1)
    return lost


def _probabilities(logits: np.ndarray) -> np.ndarray:
    found: np.ndarray = softmax(logits, axis=-1)
    return found


def _hits(logits: np.ndarray) -> np.ndarray:
    return np.eye(logits.shape[-1])[logits.argmax(axis=-1)]


def _centred(logits: np.ndarray) -> np.ndarray:
    centred: np.ndarray = logits - logits.mean(axis=-1, keepdims=True)
    return centred


def _rows(
    found: Mapping[tuple[str, str], tuple[Sequence[Group], np.ndarray]], keys: pd.DataFrame
) -> Iterator[pd.DataFrame]:
    for (kind, metric), (groups, lost) in found.items():
        named = [(kind, *group[:4], metric) for group in groups]
        about = pd.DataFrame(named, columns=ABOUT)
        about = about.loc[about.index.repeat(len(keys))].reset_index(drop=True)
        trials = pd.concat([keys] * len(groups), ignore_index=True)[["subject", "trial", "fold", "label"]]
        columns = [f"drop_{code}" for code in range(lost.shape[-1])]
        values = pd.DataFrame(lost.reshape(-1, lost.shape[-1]), columns=columns)
        yield pd.concat([about, trials, values], axis=1)


def drift(predictions: pd.DataFrame, scored: pd.DataFrame) -> float:
    """Return the largest difference between the logits of the same windows in two tables of predictions."""
    keys = ["fold", "subject", "trial", "window"]
    names = [name for name in predictions.columns if name.startswith("logit_")]
    both = predictions.merge(scored, on=keys, validate="one_to_one", suffixes=("", "_scored"))
    scored_values = both[[f"{name}_scored" for name in names]].to_numpy(np.float64)
    return float(np.abs(both[names].to_numpy(np.float64) - scored_values).max())


def randomised_settings(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings of a fit whose network learns nothing: no epochs, nothing chosen."""
    model = settings["model"]
    training = model["training"] and {**model["training"], "epochs": 0}
    return {**settings, "tuning": None, "model": {**model, "training": training}}


def randomised(task: Task, *, network: bool, seed: int) -> Task:
    """Return a fold for a model that is not to learn what it should.

    A network gets another seed and so other weights; its logits are not calibrated, which would hide them. An estimator
    gets labels permuted among the training trials of each subject.
    """
    named = seeds.seed(seed, "randomised", task.fold.seed)
    fold = replace(task.fold, seed=named, calibrate=False)
    if not network:
        rows = np.concatenate([task.index["train"], task.index["validate"]])
        labels = _permuted(task.table.iloc[rows], np.random.default_rng(named))
        parts = np.split(labels, [len(fold.train)])
        fold = replace(
            fold, train=replace(fold.train, labels=parts[0]), validate=replace(fold.validate, labels=parts[1])
        )
    return replace(task, fold=fold)


def _permuted(table: pd.DataFrame, rng: np.random.Generator) -> np.ndarray:
    """Return a label for every window, those of whole trials permuted within their subject."""
    keys = ["subject", "trial"]
    trials = table[[*keys, "label"]].drop_duplicates(keys).sort_values(keys)
    trials["label"] = trials.groupby("subject", sort=True)["label"].transform(rng.permutation)
    found: np.ndarray = table[keys].merge(trials, on=keys, how="left")["label"].to_numpy(np.int64)
    return found

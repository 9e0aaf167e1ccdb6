"""Leaks planted into code: what samples hand out while a fit learns is held against the record of that fit.

The guard reads what a fit says of itself. Here nobody is asked: every window is noted as it leaves its array.
"""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from eeg import evaluate, models
from eeg.guard.fits import SOURCES, Fit, check
from eeg.inputs import Inputs, arrangement, table_of
from eeg.preprocess.scale import Scaler
from eeg.samples import Samples, joined
from eeg.scalers import Fitted, Key
from eeg.seeds import generator
from eeg.targets import labels
from tests.factories import VALENCE, split_trials, split_windows, trial_table, window_table

ROLES = ("train", "validate", "test")
WINDOWS = window_table().assign(subject="s01")
LOGISTIC = {"C": [1.0], "class_weight": "balanced", "rows_per_trial": None, "inner_folds": 2}
SVM = LOGISTIC | {"C": [0.1, 1.0], "gamma": ["scale"], "kernel": "rbf", "components": 5, "rows_per_trial": 2}
TUNING = {"search": {"C": [[0.01], [1.0]]}, "candidates": 2, "folds": 2}
LEARNERS = {
    "svm": lambda: models.learner("svm", (6,), 2, settings=SVM, training=None, tuning=None),
    "tuned": lambda: models.learner("logistic", (6,), 2, settings=LOGISTIC, training=None, tuning=TUNING),
}
SPLITS = {
    "trial": split_trials(trial_table(), np.arange(12) % 2, 3, 0.3),
    "window": split_windows(WINDOWS, WINDOWS["trial"] % 2, 3, 0.3),
}


class Witness:
    """Notes which windows leave their array, in order, and through the samples of which role."""

    def __init__(self, monkeypatch):
        self.role, self.seen, gather = "", [], Inputs.gather

        def noted(inputs, index):
            rows = inputs.table.iloc[index]
            self.seen += [(self.role, *row) for row in zip(rows["subject"], rows["trial"], rows["window"], strict=True)]
            return gather(inputs, index)

        monkeypatch.setattr(Inputs, "gather", noted)

    def beside(self, fold):
        """The same fold, watched."""
        return replace(fold, **{role: self._watched(role, getattr(fold, role)) for role in ROLES})

    def _watched(self, role, samples):
        def take(index):
            self.role = role
            return samples.take(index)

        return replace(samples, take=take)

    def complaints(self, record, tested):
        """What is wrong with the record of a fit, given the windows it was to test."""
        listed = {
            (subject, trial, window)
            for source in SOURCES
            for subject, trial, start, stop in (record[source] or {"windows": []})["windows"]
            for window in range(start, stop)
        }
        learnt = [place for place, (role, *_) in enumerate(self.seen) if role != "test"]
        handed = {tuple(window) for role, *window in self.seen if role != "test"}
        predicted = [tuple(window) for role, *window in self.seen if role == "test"]
        early = any(role == "test" for role, *_ in self.seen[: learnt[-1]])
        wrong = {
            f"handed out but not recorded: {sorted(handed - listed)[:1]}": handed - listed,
            f"recorded but not handed out: {sorted(listed - handed)[:1]}": listed - handed,
            "tested windows were handed out before all was learnt": early,
            "tested windows were handed out more than once, or others": sorted(predicted) != sorted(tested),
        }
        return [text for text, found in wrong.items() if found]


IDENTITY = Fitted(Key(), Scaler.identity((3, 2)), pd.DataFrame())


def tasks(split):
    arrays = {"s01": generator("witness").standard_normal((12, 5, 3, 2), np.float32)}
    table = table_of(window_table(), trial_table(), labels(trial_table(), VALENCE))
    inputs = Inputs("entropy", ["Fz", "Cz", "Pz"], arrays, table)
    arrange = arrangement("flat", inputs.channels, inputs.shape)
    return evaluate.tasks(inputs, split, arrange=arrange, scalers=[IDENTITY], seeds=dict.fromkeys(range(3), 1))


def heard(learner, monkeypatch, protocol="trial"):
    """What a witness of every fold says, once the guard has found nothing wrong with what the fits say themselves."""
    split, found, learnt = SPLITS[protocol], [], []
    for task in tasks(split):
        with monkeypatch.context() as patch:
            witness = Witness(patch)
            learnt += evaluate.learn(learner, [replace(task, fold=witness.beside(task.fold))])
        _, (record,), _ = evaluate.tables(learnt[-1:])
        rows = task.table.iloc[task.index["test"]]
        tested = list(zip(rows["subject"], rows["trial"], rows["window"], strict=True))
        found += witness.complaints(record, tested)
    predictions, records, _ = evaluate.tables(learnt)
    name = protocol, "valence", "svm", "s01"
    check(
        Fit(
            name,
            "p.parquet",
            predictions,
            {"folds": records},
            split,
            WINDOWS,
            trial_table(),
            VALENCE,
            scalers=[IDENTITY],
        )
    )
    return found


@pytest.mark.parametrize("protocol", SPLITS)
@pytest.mark.parametrize("name", LEARNERS)
def test_what_samples_hand_out_is_what_the_record_says(name, protocol, monkeypatch):
    assert heard(LEARNERS[name](), monkeypatch, protocol) == []


@pytest.mark.parametrize("name", LEARNERS)
def test_a_temperature_is_fitted_on_nothing_else(name, monkeypatch):
    monkeypatch.setattr(evaluate, "FEWEST_TRIALS", 1)
    assert heard(LEARNERS[name](), monkeypatch) == []


class Cheat:
    """A learner whose folds are changed behind its back, and whose record says nothing of it."""

    def __init__(self, change):
        self.change, self.own = change, LEARNERS["tuned"]().learners[1]

    def stacks(self, folds):
        return [[fold] for fold in folds]

    def learn(self, folds, watch):
        results = self.own.learn([self.change(fold) for fold in folds])
        return [replace(one, outcome=replace(one.outcome, rows=None)) for one in results]


def with_tested(fold):
    return replace(fold, train=joined(fold.train, fold.test))


def looking(fold):
    fold.test.all()
    return fold


@pytest.mark.parametrize("change", [with_tested, looking])
def test_a_learner_that_takes_tested_windows_and_does_not_say_so_is_caught(change, monkeypatch):
    found = heard(Cheat(change), monkeypatch)
    assert found[:2] == [
        "tested windows were handed out before all was learnt",
        "tested windows were handed out more than once, or others",
    ]


def test_a_learner_that_does_not_take_what_it_says_is_caught(monkeypatch):
    found = heard(Cheat(lambda fold: replace(fold, validate=fold.validate.subset(np.arange(1)))), monkeypatch)
    assert len(found) == 3
    assert all(text.startswith("recorded but not handed out: [('s01', ") for text in found)


def test_samples_that_hand_out_the_wrong_windows_are_caught(monkeypatch):
    true = Samples.subset

    def shifted(samples, index):
        subset = true(samples, index)
        return replace(subset, take=lambda inner: samples.take((np.asarray(index)[inner] + 5) % len(samples)))

    monkeypatch.setattr(Samples, "subset", shifted)
    found = heard(Cheat(lambda fold: fold), monkeypatch)
    assert any(text.startswith("handed out but not recorded: [('s01', ") for text in found)
    assert "tested windows were handed out more than once, or others" in found

"""Targets that leave trials without a class: every fold comes through, and says what it lacked."""

import numpy as np
import pandas as pd
import pytest

from eeg import evaluate, models, splits, yardsticks
from eeg.calibration import calibration
from eeg.datasets.simulated import cohort
from eeg.guard import fits as guard
from eeg.inputs import Inputs, arrangement, table_of
from eeg.leaks import score as leak_scores
from eeg.method import Method
from eeg.predictions import Cell, confusion
from eeg.preprocess.scale import Scaler
from eeg.refits import counts
from eeg.scalers import Fitted, Key
from eeg.scores import score
from eeg.seeds import generator
from eeg.statistics import compare, summarise
from eeg.targets import NO_CLASS, labels
from tests.factories import VALENCE, window_table
from tests.models.test_estimators import logistic, svm
from tests.models.test_networks import learner
from tests.test_scores import CELL, predictions, random_labels

BAND = VALENCE | {"exclude": 1.0}
EVERYTHING = VALENCE | {"exclude": 9.0}
AROUSAL = {"rating": "arousal", "threshold": 5.0, "tie": "low"}
QUADRANT = {"ratings": ["valence", "arousal"], "threshold": 5.0, "tie": "low"}
SETTINGS = {"folds": 4, "validation": 0.2, "stratify": "a_target", "gap": False, "repeats": 1, "leave_one_out": []}
IDENTITY = Fitted(Key(), Scaler.identity((3,)), pd.DataFrame())
UNTRAINED = "untrained: no trial with a class"


def rated(subject, *, seed=1):
    """A trial table of the default size."""
    names = {"Trial": "trial", "Experiment_id": "video", "Valence": "valence", "Arousal": "arousal"}
    return (
        cohort.ratings(subject, cohort.Settings(), seed)
        .rename(columns=names)[list(names.values())]
        .assign(subject=subject)
    )


def part_of(tables, target, *, protocol="trial", part="s01", seed=1, stratify=AROUSAL):
    """The split, inputs and folds of a part, its windows of noise; the split does not depend on valence."""
    windows = [window_table(24, 2, 4, 4).assign(subject=table["subject"].iloc[0]) for table in tables]
    given = {"branch": "windows", "settings": {**SETTINGS, "seed": seed, "target": stratify}}
    split, _ = splits.make(protocol, part, tables, pd.concat(windows, ignore_index=True), **given)
    names = [table["subject"].iloc[0] for table in tables]
    arrays = {name: generator(seed, name).standard_normal((24, 8, 3), np.float32) for name in names}
    rows = [
        table_of(own.drop(columns="subject"), table, labels(table, target))
        for own, table in zip(windows, tables, strict=True)
    ]
    inputs = Inputs("windows", ["Fz", "Cz", "Pz"], arrays, pd.concat(rows, ignore_index=True))
    arrange, seeds = arrangement("flat", inputs.channels, inputs.shape), dict.fromkeys(split["fold"].unique(), 1)
    return split, inputs, evaluate.tasks(inputs, split, arrange=arrange, scalers=[IDENTITY], seeds=seeds)


def learnt(model, tables, target, **named):
    """Folds, predictions, records and history of a part, once they are held against the split."""
    split, inputs, tasks = part_of(tables, target, **named)
    found, records, history = evaluate.tables(evaluate.learn(model, tasks))
    trials = pd.concat(tables, ignore_index=True)
    cell = (named.get("protocol", "trial"), "valence", "a_model", named.get("part", "s01"))
    guard.check(
        guard.Fit(cell, "memory", found, {"folds": records}, split, inputs.table, trials, target, scalers=[IDENTITY])
    )
    assert np.isfinite(found.filter(like="logit")).all(axis=None)
    assert len(found) == 2 * (split["role"] == "test").sum()
    return tasks, found, records, history


def estimator():
    return logistic(2, 12, C=[0.1, 1.0], inner_folds=2)


def mlp(**training):
    return learner("mlp", shape=(12,), epochs=6, patience=2, **training)


def without(tasks, role):
    """Which folds have no trial with a class in a role."""
    return [not len(task.index[role]) for task in tasks]


def test_a_sweep_of_default_cohorts_comes_through_where_a_band_has_no_class():
    model, lacking = svm(2, 12), 0
    for seed in (0, 2):
        for number in range(1, 9):
            subject = f"s{number:02d}"
            named = {"part": subject, "seed": seed, "stratify": QUADRANT}
            tasks, found, records, _ = learnt(model, [rated(subject, seed=seed)], BAND, **named)
            assert (found["label"] == NO_CLASS).any()
            assert {record["status"] for record in records} <= {"ok", "class_missing: 0", "class_missing: 1"}
            lacking += sum(without(tasks, "validate"))
    assert lacking > 0


def banded(split, role, fold=0):
    """A trial table whose trials in a role of a fold lie in the band, and no others."""
    table = rated("s01")
    own = split[(split["fold"] == fold) & (split["role"] == role)]["trial"]
    return table.assign(valence=np.where(table["trial"].isin(own), 5.2, np.where(table["trial"] % 2, 2.0, 8.0)))


@pytest.fixture
def by_trial():
    return part_of([rated("s01")], VALENCE)[0]


@pytest.mark.parametrize("tuning", [None, {"search": {"learning_rate": [1e-3, 1e-2]}, "candidates": 2, "folds": 2}])
def test_a_network_s_fold_without_validation_trains_for_its_patience_and_says_so(by_trial, tuning):
    table = banded(by_trial, "validate")
    model = mlp() if tuning is None else tuned_mlp(tuning)
    tasks, _, records, history = learnt(model, [table], BAND)
    assert without(tasks, "validate")[0]
    record = records[0]
    assert (record["status"], record["epochs"], record["best_epoch"]) == ("unstopped: 2 epochs", 2, 2)
    assert record["train"]["n_windows"] > 0
    assert record["validate"]["n_windows"] == 0
    assert (record["temperature"], record["temperature_value"]) == (None, 1.0)
    assert history.loc[history["fold"] == 0, "val_loss"].isna().all()
    assert {one["status"] for one in records[1:]} == {"ok"}


def tuned_mlp(tuning):
    settings = {"hidden": [4], "dropout": 0.0, "activation": "relu"}
    training = {"epochs": 6, "batch": 16, "learning_rate": 1e-3, "patience": 2, "clip": None, "balance": None}
    training |= {"precision": "float32"}
    return models.learner("mlp", (12,), 2, settings=settings, training=training, tuning=tuning)


@pytest.mark.parametrize("make", [estimator, mlp])
def test_validation_trials_are_learnt_from_where_no_training_trial_has_a_class(by_trial, make):
    table = banded(by_trial, "train")
    _, _, records, _ = learnt(make(), [table], BAND)
    held = by_trial[(by_trial["fold"] == 0) & (by_trial["role"] == "validate")]["trial"]
    assert {trial for _, trial, _, _ in records[0]["train"]["windows"]} == set(held)
    assert UNTRAINED not in records[0]["status"]


@pytest.mark.parametrize("make", [estimator, mlp])
def test_a_subject_in_the_band_altogether_is_untrained_and_uniform(make):
    _, found, records, _ = learnt(make(), [rated("s01")], EVERYTHING)
    assert [record["status"] for record in records] == [UNTRAINED] * 4
    assert (found[["logit_0", "logit_1"]] == 0).all(axis=None)
    assert (found["label"] == NO_CLASS).all()


def test_a_single_class_is_named_and_gets_the_floor_of_the_other():
    table = rated("s01").assign(valence=2.0)
    _, found, records, _ = learnt(estimator(), [table], BAND)
    assert {record["status"] for record in records} == {"class_missing: 1"}
    assert (found["logit_0"] > found["logit_1"]).all()


@pytest.mark.parametrize("protocol", ["subject", "subject_video"])
def test_a_subject_in_the_band_may_be_held_out_to_stop_by(protocol):
    tables = [rated(f"s{number:02d}") for number in range(1, 9)]
    split = part_of(tables, BAND, protocol=protocol, part="f01")[0]
    held = set(split.loc[split["role"] == "validate", "subject"])
    tables = [table.assign(valence=5.2 if table["subject"].iloc[0] in held else table["valence"]) for table in tables]
    _, _, records, _ = learnt(mlp(), tables, BAND, protocol=protocol, part="f01")
    assert {record["status"] for record in records} == {"unstopped: 2 epochs"}


@pytest.mark.parametrize("name", models.names("yardstick"))
def test_yardsticks_hold_all_classes_alike_where_none_was_seen(name, by_trial):
    trials = rated("s01")
    found = yardsticks.predict(name, trials, {"s01": by_trial}, EVERYTHING, protocol="trial", seed=0)[0]["s01"]
    assert len(found) == 24
    if name != "stratified":
        np.testing.assert_allclose(found[["logit_0", "logit_1"]], np.log(0.5))


def silent(**named):
    """Predictions of four subjects, the second of whom has no trial with a class."""
    codes = random_labels(4, 12)
    codes[1] = NO_CLASS
    return predictions(codes, 3, **named)


@pytest.mark.parametrize("protocol", ["trial", "subject_video"])
def test_a_subject_without_a_class_keeps_empty_rows_and_is_not_counted(protocol):
    table, cell = silent(), Cell(protocol, "valence", "svm")
    shown = table[["subject", "trial"]].drop_duplicates().assign(video=lambda trials: trials["trial"])
    both = (table, table[table["subject"] != "s02"])
    got, others = (score(rows, cell=cell, trials=shown, method=Method(draws=20)) for rows in both)
    own = got.table[got.table["subject"] == "s02"]
    assert own[["value", "chance", "low", "high"]].isna().all(axis=None)
    assert list(dict.fromkeys(zip(own["unit"], own["metric"], strict=True))) == list(got.draws)
    kept = got.table[got.table["subject"] != "s02"].reset_index(drop=True)
    pd.testing.assert_frame_equal(kept, others.table)
    pd.testing.assert_frame_equal(got.p, others.p)
    assert got.table["subject"].drop_duplicates().tolist() == ["s01", "s02", "s03", "s04"]
    for key, draws in got.draws.items():
        np.testing.assert_array_equal(draws[[0, 2, 3]], others.draws[key])
        assert np.isnan(draws[1]).all()
    summary = summarise(got.table, p=got.p, yardsticks=[])
    pd.testing.assert_frame_equal(summary, summarise(others.table, p=others.p, yardsticks=[]))
    assert set(summary["n"]) == {3}
    assert compare(got.table, leaky={}).empty


def test_a_subject_without_a_class_in_one_repeat_alone_has_no_score():
    first, second = silent(), predictions(random_labels(4, 12), 3)
    got = score(pd.concat([first, second.assign(fold=second["fold"] + 2)]), cell=CELL, method=Method(draws=20)).table
    assert got.loc[got["subject"] == "s02", "value"].isna().all()
    assert got.loc[got["subject"] != "s02", "value"].notna().all()


def test_what_follows_from_predictions_bears_a_subject_without_a_class():
    table = silent()
    own = table[table["subject"] == "s02"]
    assert confusion(own, unit="trial").sum() == 0
    assert counts(own, draw=0).empty
    assert calibration(table, cell=Cell(*CELL))["n"].item() == 3
    arms = pd.concat([table.assign(source="noise", shuffle=state, protocol="trial") for state in (0, 1)])
    scored = leak_scores(arms, target="valence", model="svm", method=Method(draws=20, validation=0.2))
    assert set(scored.arms["n"]) == {3}
    assert scored.arms[["mean", "low", "high", "chance", "chance_low", "chance_high", "p"]].notna().all(axis=None)

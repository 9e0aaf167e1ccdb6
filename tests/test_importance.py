"""Planted truth: importance finds the planted band and channels and not the others, and randomised models lose them."""

import numpy as np
import pandas as pd
import pytest

from eeg import evaluate, importance, models, perturb, scalers
from eeg.explanations import explained
from eeg.inputs import Inputs, arrangement, table_of
from eeg.method import Method
from eeg.preprocess.scale import moments
from eeg.seeds import generator
from eeg.targets import labels
from tests.factories import VALENCE, split_trials, trial_table, window_table

CHANNELS = ["Fz", "C3", "C4", "Cz", "P3", "P4", "Pz", "Oz"]
BANDS = ["theta", "alpha", "beta"]
PLANTED = ("C3", "C4")
"""Louder in beta where valence is high; nothing else depends on it."""
N_TRIALS, N_WINDOWS = 24, 6
SUBJECTS = ("s01", "s02", "s03", "s04")
LOGISTIC = {"C": [0.03], "inner_folds": 3, "class_weight": "balanced", "rows_per_trial": None}
CCNN = {"filters": [4, 4, 4, 4], "kernels": [3, 3, 3, 1], "dense": 8, "dropout": 0.0, "activation": "selu"}
CCNN |= {"initial": "lecun", "l2": 0.0}
TRAINING = {"epochs": 30, "batch": 32, "learning_rate": 0.01, "patience": 8, "clip": 1.0, "balance": None}
TRAINING |= {"precision": "float32"}
METHOD = Method(draws=300, seed=1, validation=0.2)
CELL = ("trial", "valence", "model")


def planted(subject, effect=1.5):
    rng, trials = generator("planted", subject), trial_table(subject, N_TRIALS)
    x = rng.normal(size=(N_TRIALS, N_WINDOWS, len(CHANNELS), len(BANDS)))
    x += rng.normal(size=(N_TRIALS, 1, len(CHANNELS), len(BANDS)))
    codes = labels(trials, VALENCE)
    x[:, :, [CHANNELS.index(name) for name in PLANTED], 2] += effect * (2 * codes - 1)[:, None, None]
    return trials, codes, x.astype(np.float32)


def tasks_of(subject, network, effect=1.5):
    trials, codes, x = planted(subject, effect)
    windows = window_table(N_TRIALS, N_WINDOWS)
    inputs = Inputs("entropy", CHANNELS, {subject: x}, table_of(windows, trials, codes))
    split = split_trials(trials, codes, 4, 0.2)
    stored = {subject: {"trial": trials["trial"].to_numpy(), **moments(x)}}
    settings = {"scaler": "zscore_minmax", "scope": "fold"}
    fitted = scalers.fit(split, windows.assign(subject=subject), stored=stored, arrays={}, settings=settings)
    arrange = arrangement(models.input_kind(network), CHANNELS, inputs.shape)
    seeds = {fold: fold for fold in split["fold"].unique().tolist()}
    tasks = evaluate.tasks(inputs, split, arrange=arrange, scalers=fitted, seeds=seeds)
    groups = (
        perturb.whole(inputs, arrange[0], bands=BANDS),
        perturb.pieces(inputs, arrange[0], bands=BANDS, stretches=4, seconds=1.0),
    )
    return tasks, groups, arrange[1]


def probed(learner, tasks, groups, **asked):
    probes = [importance.probe(task, groups, **{"draws": 20, "windows": 4, "seed": 1, **asked}) for task in tasks]
    found = evaluate.learn(learner, [one.task for one in probes])
    return (
        probes,
        found,
        pd.concat([importance.drops(*pair) for pair in zip(probes, [f.logits for f in found], strict=True)]),
    )


def both(subject, network="logistic", settings=LOGISTIC, training=None, effect=1.5):
    """The drops of learnt and of randomised models."""
    tasks, groups, shape = tasks_of(subject, network, effect)
    parts = []
    for weights in importance.WEIGHTS:
        asked = {"model": {"settings": settings, "training": training}, "tuning": None}
        if weights == "randomised":
            asked = importance.randomised_settings(asked)
            tasks = [importance.randomised(task, network=training is not None, seed=1) for task in tasks]
        learner = models.learner(network, shape, 2, device="cpu", **asked["model"])
        parts.append(probed(learner, tasks, groups)[2].assign(weights=weights, drift=0.0))
    return pd.concat(parts, ignore_index=True)


def above(found, weights, group, metric="probability"):
    rows = found.summary.query("weights == @weights and group == @group and metric == @metric")
    rows = rows[rows["mean"] > rows["noise"]]
    return set((rows["channel"] + " " + rows["band"]).str.strip())


@pytest.fixture(scope="module")
def logistic():
    drops = pd.concat([both(subject) for subject in SUBJECTS], ignore_index=True)
    return explained(drops, cell=CELL, method=METHOD)


def test_importance_finds_the_planted_band_and_channels_and_not_the_others(logistic):
    assert above(logistic, "learnt", "band") == {"beta"}
    assert above(logistic, "learnt", "band", "balanced_accuracy") == {"beta"}
    assert above(logistic, "learnt", "channel") == set(PLANTED)
    assert above(logistic, "learnt", "channel_band", "logit") == {f"{name} beta" for name in PLANTED}


def test_randomised_models_lose_it(logistic):
    for group, metric in (("band", "probability"), ("channel", "probability"), ("channel_band", "logit")):
        assert above(logistic, "randomised", group, metric) == set()
    sanity = logistic.sanity.query("metric != 'balanced_accuracy'").set_index("group")
    assert sanity["learnt"].to_dict() == {"channel": 2, "band": 1, "channel_band": 2}
    assert (sanity["randomised"] == 0).all()
    assert abs(sanity.loc["channel_band", "correlation"]) < 0.5
    assert np.isnan(sanity.loc["band", "correlation"])  # three bands rank in six ways: that says nothing


def test_nothing_is_found_where_nothing_is_planted():
    drops = pd.concat([both(subject, effect=0.0) for subject in SUBJECTS[:2]], ignore_index=True)
    found = explained(drops, cell=CELL, method=METHOD)
    assert above(found, "learnt", "band") == above(found, "learnt", "channel") == set()


def test_a_network_is_explained_alike_and_the_one_it_was_born_as_has_learnt_nothing():
    found = explained(both("s01", "ccnn", CCNN, TRAINING), cell=CELL, method=METHOD)
    assert above(found, "learnt", "band") == {"beta"}
    assert above(found, "learnt", "channel") <= set(PLANTED)
    assert above(found, "randomised", "band") == set()
    learnt, born = (
        found.summary.query("weights == @name and group == 'band'")["mean"].max() for name in importance.WEIGHTS
    )
    assert learnt > 5 * abs(born)


def test_what_is_scored_is_not_touched_by_the_copies_behind_it():
    tasks, groups, shape = tasks_of("s01", "logistic")
    learner = models.learner("logistic", shape, 2, settings=LOGISTIC, training=None)
    scored = evaluate.tables(evaluate.learn(learner, tasks))[0]
    probes, found, _ = probed(learner, tasks, groups)
    plain = [importance.without_copies(*one) for one in zip(probes, found, strict=True)]
    predictions, records, _ = evaluate.tables(plain)
    pd.testing.assert_frame_equal(predictions, scored)
    assert importance.drift(predictions, scored) == 0
    assert importance.drift(predictions.assign(logit_0=predictions["logit_0"] + 0.5), scored) == pytest.approx(0.5)
    learnt_from = {trial for record in records[:1] for _, trial, *_ in record["train"]["windows"]}
    assert learnt_from.isdisjoint(probes[0].table["trial"])


def test_every_tested_trial_has_a_drop_by_every_group_and_class():
    tasks, groups, shape = tasks_of("s01", "logistic")
    learner = models.learner("logistic", shape, 2, settings=LOGISTIC, training=None)
    _, _, drops = probed(learner, tasks, groups)
    counts = drops.groupby(["kind", "group", "metric"]).size().to_dict()
    assert counts == {
        ("permutation", "channel", "probability"): 8 * N_TRIALS,
        ("permutation", "channel", "balanced_accuracy"): 8 * N_TRIALS,
        ("permutation", "band", "probability"): 3 * N_TRIALS,
        ("permutation", "band", "balanced_accuracy"): 3 * N_TRIALS,
        ("occlusion", "channel_band", "logit"): 24 * N_TRIALS,
    }
    # what one class loses, the other gains
    np.testing.assert_allclose(drops["drop_0"], -drops["drop_1"], atol=1e-6)


def test_trials_without_a_class_are_left_out_and_a_fold_of_none_has_no_drops():
    (task, *_), groups, _ = tasks_of("s01", "logistic")
    unknown = task.table.assign(label=-1)
    test = evaluate.replace(task.fold.test, labels=np.full(len(task.fold.test), -1))
    bare = evaluate.replace(task, table=unknown, fold=evaluate.replace(task.fold, test=test))
    none = importance.probe(bare, groups, draws=2, windows=None, seed=1)
    assert none.task is bare
    drops = importance.drops(none, np.zeros((len(test), 2), np.float32))
    whole = importance.probe(task, groups, draws=2, windows=None, seed=1)
    usual = importance.drops(whole, np.zeros((len(whole.task.fold.test), 2), np.float32))
    assert drops.empty
    pd.testing.assert_series_equal(pd.concat([drops, usual]).dtypes, usual.dtypes)
    first = task.fold.test.trials == task.fold.test.trials[0]
    some = evaluate.replace(task.fold.test, labels=np.where(first, -1, task.fold.test.labels))
    part = evaluate.replace(task, fold=evaluate.replace(task.fold, test=some))
    one = importance.probe(part, groups, draws=2, windows=None, seed=1)
    assert len(one.rows) == len(task.fold.test) - N_WINDOWS
    assert one.n_tested == len(task.fold.test)


def test_randomised_estimators_learn_from_labels_permuted_by_whole_trials():
    (task, *_), _, _ = tasks_of("s01", "logistic")
    other = importance.randomised(task, network=False, seed=1)
    labels_of = pd.Series(other.fold.train.labels).groupby(other.fold.train.trials).nunique()
    assert (labels_of == 1).all()
    assert (other.fold.train.labels != task.fold.train.labels).any()
    both_roles = [np.concatenate([one.fold.train.labels, one.fold.validate.labels]) for one in (task, other)]
    assert both_roles[0].sum() == both_roles[1].sum()
    np.testing.assert_array_equal(other.fold.test.labels, task.fold.test.labels)
    network = importance.randomised(task, network=True, seed=1)
    np.testing.assert_array_equal(network.fold.train.labels, task.fold.train.labels)
    assert network.fold.seed != task.fold.seed
    assert not network.fold.calibrate

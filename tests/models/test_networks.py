"""What a learner makes of each network."""

import json
from functools import cache

import numpy as np
import pytest

from eeg import models
from eeg.errors import InputError
from eeg.samples import Samples

RNN = {
    "filters": 4,
    "kernel": 3,
    "pool": 2,
    "recurrent": [4, 3],
    "dense": 4,
    "dropout": 0.2,
    "last": "state",
    "initial": "standardised",
}
CCNN = {
    "filters": [2, 3, 4, 2],
    "kernels": [4, 4, 4, 1],
    "dense": 8,
    "dropout": 0.5,
    "activation": "selu",
    "initial": "lecun",
    "l2": 0.0,
}
MLP = {"hidden": [64, 32, 16], "dropout": 0.2, "activation": "relu"}
NETWORKS = {"cnn_lstm": ((32, 3), RNN), "cnn_gru": ((32, 3), RNN), "ccnn": ((9, 9, 2), CCNN), "mlp": ((6,), MLP)}
TRAINING = {"epochs": 3, "batch": 16, "learning_rate": 3e-3, "patience": None, "clip": 1.0}
NONE = np.arange(0)
TRAINING |= {"balance": None, "precision": "float32"}
LONGER = {"epochs": 25, "learning_rate": 1e-2, "patience": 10}


@cache
def _learner(name, n_classes, shape, written):
    settings, training = json.loads(written)
    return models.learner(name, shape, n_classes, settings=settings, training=training)


def learner(name, n_classes=2, shape=None, settings=None, **training):
    """Return a learner; equal ones are made once, which is also how a job uses them."""
    usual_shape, usual = NETWORKS[name]
    written = json.dumps([settings or usual, {**TRAINING, **training}])
    return _learner(name, n_classes, shape or usual_shape, written)


def toy(shape, n=48, seed=0, n_classes=2, scale=1.0):
    """Windows of noise, the first half of each raised by its class."""
    rng = np.random.default_rng(seed)
    labels = np.arange(n) % n_classes
    x = rng.standard_normal((n, *shape)).astype(np.float32) + labels.reshape(-1, *[1] * len(shape))
    return Samples(lambda index: scale * x[index], labels, np.arange(n) // 4, shape)


def folded(samples, seed, test=None):
    """The first half to train on, the second to stop by; all of it to predict unless told otherwise."""
    n = len(samples)
    first, second = samples.subset(np.arange(0, n // 2)), samples.subset(np.arange(n // 2, n))
    return models.Fold(first, second, samples if test is None else test, seed)


def learn(model, samples, seed=1, test=None):
    return model.learn([folded(samples, seed, test)])[0]


@pytest.mark.parametrize("name", NETWORKS)
def test_a_difference_between_classes_is_learnt(name):
    shape = NETWORKS[name][0]
    model = learner(name, **LONGER)
    result = learn(model, toy(shape, n=128), test=toy(shape, n=100, seed=9))
    assert result.outcome.status == "ok"
    assert result.logits.dtype == np.float32
    assert (result.logits.argmax(axis=1) == np.arange(100) % 2).mean() > 0.8


@pytest.mark.parametrize("name", NETWORKS)
def test_a_fold_is_the_same_to_the_bit_whatever_ran_before(name):
    shape = NETWORKS[name][0]
    one, other = toy(shape, seed=1), toy(shape, seed=2, n=80)
    model = learner(name, **LONGER)
    first = learn(model, one, 11)
    learn(model, other, 12)
    again = learn(model, one, 11)
    assert again.outcome == first.outcome
    assert np.array_equal(again.logits, first.logits)
    assert not np.array_equal(learn(model, one, 13).logits, first.logits)
    fresh = models.learner(name, shape, 2, settings=NETWORKS[name][1], training={**TRAINING, **LONGER})
    assert np.array_equal(learn(fresh, one, 11).logits, first.logits)


def test_a_row_s_logits_do_not_depend_on_its_neighbours():
    model, samples = learner("cnn_gru", **LONGER), toy((32, 3), n=50)
    index = np.array([49, 3, 20])
    few = learn(model, samples, test=samples.subset(index)).logits
    assert np.allclose(few, learn(model, samples).logits[index], atol=1e-6)


def test_the_best_epoch_is_kept_and_patience_ends_training():
    model = learner("mlp", epochs=40, patience=3, learning_rate=0.05)
    train, validate = toy((6,), seed=3), toy((6,), seed=4, n=20)
    result = model.learn([models.Fold(train, validate, validate, 5)])[0]
    outcome = result.outcome
    losses = [row["val_loss"] for row in outcome.history]
    assert outcome.best_epoch == int(np.argmin(losses)) + 1
    assert outcome.epochs == min(outcome.best_epoch + 3, 40) == len(losses)
    assert set(outcome.history[0]) == {"epoch", "loss", "accuracy", "val_loss", "val_accuracy"}
    logits = result.logits.astype(float)
    logits -= np.log(np.exp(logits).sum(axis=1, keepdims=True))
    assert -logits[np.arange(20), validate.labels].mean() == pytest.approx(min(losses), abs=1e-5)


def test_without_patience_the_last_epoch_counts_and_no_validation_is_needed():
    samples = toy((6,))
    result = learner("mlp").learn([models.Fold(samples, samples.subset(NONE), samples, 1)])[0]
    outcome = result.outcome
    assert (outcome.epochs, outcome.best_epoch) == (3, 3)
    assert set(outcome.history[0]) == {"epoch", "loss", "accuracy"}
    # and where there is some, it is trained on
    halves = learn(learner("mlp"), samples)
    assert np.array_equal(halves.logits, result.logits)
    assert halves.outcome.rows.tolist() == list(range(48))


def test_history_is_the_cross_entropy_without_the_penalty():
    model = learner("ccnn", settings={**CCNN, "l2": 0.5}, epochs=1, learning_rate=1e-6)
    outcome = learn(model, toy((9, 9, 2))).outcome
    assert outcome.history[0]["loss"] < 3 < sum(float(loss) for loss in model.model.losses)


@pytest.mark.parametrize("patience", [None, 2])
def test_a_diverging_fold_is_reported_and_leaves_finite_logits(patience):
    model = learner("mlp", learning_rate=1e25, clip=None, patience=patience, epochs=6)
    result = learn(model, toy((6,), scale=100.0))
    assert result.outcome.status == f"diverged: epoch {result.outcome.epochs + 1}"
    assert result.outcome.epochs < 6
    assert all(np.isfinite(list(row.values())).all() for row in result.outcome.history)
    assert np.isfinite(result.logits).all()


@pytest.mark.parametrize("epochs", [1, 6])
def test_windows_at_which_the_last_weights_overflow_are_reported_and_favour_no_class(epochs):
    model = learner("mlp", learning_rate=1e25, clip=None, patience=None, epochs=epochs, batch=48)
    result = learn(model, toy((6,), scale=100.0))
    lost = (result.logits == 0).all(axis=1).sum()
    assert lost
    assert f"overflowed: {lost} of 48 windows" in result.outcome.status
    assert np.isfinite(result.logits).all()


def test_an_absent_class_is_reported():
    assert learn(learner("mlp", 4), toy((6,), n_classes=2)).outcome.status == "class_missing: 2, 3"


def test_fewer_rows_than_a_batch_are_one_batch():
    outcome = learn(learner("mlp", batch=64), toy((6,), n=20)).outcome
    assert outcome.epochs == 3
    assert outcome.parameters == {"trainable": 6 * 64 + 64 + 2080 + 528 + 34}


def test_folds_whose_steps_have_one_size_are_stacked_as_far_as_the_engine_is_wide(monkeypatch):
    model = learner("mlp", batch=16, patience=2)
    monkeypatch.setattr(model.engine, "width", 2)
    folds = [folded(toy((6,), n=n), n) for n in (48, 60, 40, 20, 24, 50)]
    stacks = model.stacks(folds)
    assert [[fold.seed for fold in stack] for stack in stacks] == [[48, 60], [40], [20], [24], [50]]


def test_values_are_kept_when_asked_for():
    keeping = models.learner("mlp", (6,), 2, settings=MLP, training=TRAINING, keep=True)
    samples = toy((6,))
    kept, plain = learn(keeping, samples), learn(learner("mlp"), samples)
    assert plain.values == []
    assert np.array_equal(kept.logits, plain.logits)
    for variable, value in zip(keeping.model.variables, kept.values, strict=True):
        variable.assign(value)
    assert np.allclose(keeping.model.predict(samples.all(), verbose=0), kept.logits, atol=1e-6)


@pytest.mark.parametrize("balance", ["weights", "batches"])
def test_a_rare_class_counts_as_much_as_the_others(balance):
    labels = np.array([0] * 90 + [1] * 10)
    training = learner("mlp", balance=balance).training
    weights = training.weights(labels, 3)
    order = training.order(labels, np.random.default_rng(0))
    assert order.shape == (100 // 16, 16)
    seen = np.bincount(labels[order.ravel()], minlength=2)
    if balance == "batches":
        assert weights.tolist() == [1, 1, 1]
        assert seen.tolist() == [48, 48]
        # the rare class in turns, each row as often as the others
        assert set(np.bincount(order.ravel())[90:]) <= {4, 5}
    else:
        assert weights[0] * 90 == pytest.approx(weights[1] * 10) == pytest.approx(50)
        assert weights[2] == 0  # nothing is learnt of it, so nothing of it can end training
        assert len(set(order.ravel())) == 96


@pytest.mark.parametrize("name", ["mlp", "ccnn", "cnn_lstm"])
def test_mixed_precision_learns_and_gives_float32_logits(name):
    shape = NETWORKS[name][0]
    model = learner(name, precision="mixed", **LONGER)
    import keras

    assert {layer.compute_dtype for layer in model.model.layers[1:-1]} == {"bfloat16"}
    assert keras.config.dtype_policy().name == "float32"
    logits = learn(model, toy(shape, n=128), test=toy(shape, n=100, seed=9)).logits
    assert logits.dtype == np.float32
    assert (logits.argmax(axis=1) == np.arange(100) % 2).mean() > 0.7


def test_a_standardised_start_undoes_the_scaling():
    model = learner("cnn_lstm", **LONGER)
    x = toy((32, 3))
    narrow = Samples(lambda index: 0.5 + 0.01 * x.take(index), x.labels, x.trials, x.shape)
    found = []
    for samples in (x, narrow):
        for variable, value in zip(model.model.variables, model._initial(folded(samples, 3)), strict=True):
            variable.assign(value)
        found.append(model.model.predict(samples.all(), verbose=0))
    # float32: windows of mean 0.5 and deviation 0.01 keep five digits of it.
    assert np.allclose(*found, atol=1e-4)


def test_errors_name_what_to_change():
    with pytest.raises(InputError, match=r"windows long enough .* windows of 8 samples"):
        learner("cnn_lstm", shape=(8, 3))
    with pytest.raises(InputError, match="as many `kernels` as `filters`"):
        learner("ccnn", settings={**CCNN, "kernels": [4]})
    with pytest.raises(InputError, match="`initial`: input should be 'authors' or 'lecun'"):
        learner("ccnn", settings={**CCNN, "initial": "he"})
    with pytest.raises(InputError, match="`initial`: input should be 'glorot' or 'standardised'"):
        learner("cnn_gru", settings={**RNN, "initial": "he"})
    with pytest.raises(InputError, match="`last`: input should be 'state' or 'sequence'"):
        learner("cnn_gru", settings={**RNN, "last": "first"})
    with pytest.raises(InputError, match="`recurrent`: list should have at least 2 items"):
        learner("cnn_gru", settings={**RNN, "recurrent": [3]})
    with pytest.raises(InputError, match="`filters`: input should be greater than or equal to 1. Received -1"):
        learner("cnn_gru", settings={**RNN, "filters": -1})

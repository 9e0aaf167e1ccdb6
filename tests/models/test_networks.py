"""Everything that imports Keras, so that it is imported once."""

import subprocess
import sys

import numpy as np
import pytest

from eeg import models
from eeg.errors import InputError
from eeg.models import _backend
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
PAPER_RNN = {**RNN, "filters": 128, "recurrent": [256, 32], "dense": 128, "initial": "glorot"}
CCNN = {
    "filters": [2, 3, 4, 2],
    "kernels": [4, 4, 4, 1],
    "dense": 8,
    "dropout": 0.5,
    "activation": "selu",
    "initial": "lecun",
    "l2": 0.0,
}
PAPER_CCNN = {**CCNN, "filters": [64, 128, 256, 64], "dense": 1024, "initial": "authors", "l2": 0.5}
MLP = {"hidden": [64, 32, 16], "dropout": 0.2, "activation": "relu"}
NETWORKS = {"cnn_lstm": ((32, 3), RNN), "cnn_gru": ((32, 3), RNN), "ccnn": ((9, 9, 2), CCNN), "mlp": ((6,), MLP)}
TRAINING = {"epochs": 3, "batch": 16, "learning_rate": 3e-3, "patience": None, "clip": 1.0, "class_weight": None}


def learner(name, n_classes=2, shape=None, settings=None, **training):
    usual_shape, usual = NETWORKS[name]
    return models.learner(
        name, shape or usual_shape, n_classes, settings=settings or usual, training={**TRAINING, **training}
    )


def toy(shape, n=48, seed=0, n_classes=2, scale=1.0):
    """Windows of noise, the first half of each raised by its class."""
    rng = np.random.default_rng(seed)
    labels = np.arange(n) % n_classes
    x = rng.standard_normal((n, *shape)).astype(np.float32) + labels.reshape(-1, *[1] * len(shape))
    return Samples(lambda index: scale * x[index], labels, np.arange(n) // 4, shape)


def roles(samples):
    n = len(samples)
    return samples.subset(np.arange(0, n // 2)), samples.subset(np.arange(n // 2, n))


def rows(model):
    return [
        (layer.__class__.__name__, tuple(layer.output.shape[1:]), layer.count_params()) for layer in model.layers[1:]
    ]


def test_ccnn_has_the_paper_s_layers_and_parameters():
    model = learner("ccnn", shape=(9, 9, 4), settings=PAPER_CCNN).model
    assert model.count_params() == 5_987_842
    assert rows(model) == [
        ("Conv2D", (9, 9, 64), 4160),
        ("Conv2D", (9, 9, 128), 131_200),
        ("Conv2D", (9, 9, 256), 524_544),
        ("Conv2D", (9, 9, 64), 16_448),
        ("Flatten", (5184,), 0),
        ("Dense", (1024,), 5_309_440),
        ("Dropout", (1024,), 0),
        ("Dense", (2,), 2050),
    ]


def test_ccnn_starts_as_its_authors_did_and_its_penalty_is_coupled():
    model = learner("ccnn", settings={**CCNN, "initial": "authors", "l2": 0.5}).model
    values = [weight.numpy() for weight in model.trainable_variables]
    assert all((value == np.float32(0.1)).all() for value in values if value.ndim == 1)
    # Keras' truncated normal cuts at two standard deviations, which leaves 0.88 of the sd.
    assert np.std(np.concatenate([value.ravel() for value in values if value.ndim > 1])) == pytest.approx(0.088, 0.05)
    penalty = sum(float(loss) for loss in model.losses)
    assert penalty == pytest.approx(sum(0.25 * float((value**2).sum()) for value in values), rel=1e-5)


def test_ccnn_without_a_penalty_has_none():
    assert learner("ccnn").model.losses == []


@pytest.mark.parametrize(("name", "gates", "biases"), [("cnn_lstm", 4, 1), ("cnn_gru", 3, 2)])
def test_recurrent_networks_have_the_paper_s_layers(name, gates, biases):
    model = learner(name, 4, shape=(256, 14), settings=PAPER_RNN).model
    kind = {"cnn_lstm": "LSTM", "cnn_gru": "GRU"}[name]
    assert rows(model) == [
        ("Conv1D", (254, 128), 5504),
        ("MaxPooling1D", (127, 128), 0),
        ("Dropout", (127, 128), 0),
        ("Conv1D", (125, 128), 49_280),
        ("MaxPooling1D", (62, 128), 0),
        ("Dropout", (62, 128), 0),
        (kind, (62, 256), gates * 256 * (128 + 256 + biases)),
        ("Dropout", (62, 256), 0),
        (kind, (32,), gates * 32 * (256 + 32 + biases)),
        ("Dropout", (32,), 0),
        ("Flatten", (32,), 0),
        ("Dense", (128,), 4224),
        ("Dense", (4,), 516),
    ]


def test_the_whole_sequence_can_be_handed_on():
    model = learner("cnn_lstm", shape=(256, 14), settings={**PAPER_RNN, "last": "sequence"}).model
    assert model.get_layer("flatten").output.shape[1:] == (62 * 32,)


def test_mlp_has_the_paper_s_parameters():
    assert learner("mlp", shape=(128,)).model.count_params() == 10_898


@pytest.mark.parametrize("name", NETWORKS)
def test_a_difference_between_classes_is_learnt(name):
    samples = toy(NETWORKS[name][0], n=128)
    train, validate = roles(samples)
    model = learner(name, epochs=25, learning_rate=1e-2, patience=10)
    outcome = model.fit(train, validate, 1)
    logits = model.predict(toy(NETWORKS[name][0], n=100, seed=9))
    assert outcome.status == "ok"
    assert logits.dtype == np.float32
    assert (logits.argmax(axis=1) == np.arange(100) % 2).mean() > 0.8


@pytest.mark.parametrize("name", NETWORKS)
def test_a_fold_is_the_same_to_the_bit_whatever_ran_before(name):
    shape = NETWORKS[name][0]
    one, other = toy(shape, seed=1), toy(shape, seed=2, n=80)
    model = learner(name)
    first = model.fit(*roles(one), 11)
    alone = model.predict(one)
    model.fit(*roles(other), 12)
    again = model.fit(*roles(one), 11)
    assert np.array_equal(model.predict(one), alone)
    assert again == first
    fresh = learner(name)
    fresh.fit(*roles(one), 11)
    assert np.array_equal(fresh.predict(one), alone)
    fresh.fit(*roles(one), 13)
    assert not np.array_equal(fresh.predict(one), alone)


def test_a_row_s_logits_do_not_depend_on_its_neighbours():
    model, samples = learner("cnn_gru"), toy((32, 3), n=50)
    model.fit(*roles(samples), 1)
    index = np.array([49, 3, 20])
    assert np.allclose(model.predict(samples.subset(index)), model.predict(samples)[index], atol=1e-6)


def test_the_best_epoch_is_kept_and_patience_ends_training():
    model = learner("mlp", epochs=40, patience=3, learning_rate=0.05)
    train, validate = toy((6,), seed=3), toy((6,), seed=4, n=20)
    outcome = model.fit(train, validate, 5)
    losses = [row["val_loss"] for row in outcome.history]
    assert outcome.best_epoch == int(np.argmin(losses)) + 1
    assert outcome.epochs == min(outcome.best_epoch + 3, 40) == len(losses)
    assert set(outcome.history[0]) == {"epoch", "loss", "accuracy", "val_loss", "val_accuracy"}
    logits = model.predict(validate).astype(float)
    logits -= np.log(np.exp(logits).sum(axis=1, keepdims=True))
    assert -logits[np.arange(20), validate.labels].mean() == pytest.approx(min(losses), abs=1e-5)


def test_without_patience_the_last_epoch_counts_and_no_validation_is_needed():
    samples = toy((6,))
    outcome = learner("mlp").fit(samples, samples.subset(np.arange(0)), 1)
    assert (outcome.epochs, outcome.best_epoch) == (3, 3)
    assert set(outcome.history[0]) == {"epoch", "loss", "accuracy"}


def test_history_is_the_cross_entropy_without_the_penalty():
    model = learner("ccnn", settings={**CCNN, "l2": 0.5}, epochs=1, learning_rate=1e-6)
    outcome = model.fit(*roles(toy((9, 9, 2))), 1)
    assert outcome.history[0]["loss"] < 5 < sum(float(loss) for loss in model.model.losses)


@pytest.mark.parametrize("patience", [None, 2])
def test_a_diverging_fold_is_reported_and_leaves_finite_logits(patience):
    model = learner("mlp", learning_rate=1e25, clip=None, patience=patience, epochs=6)
    samples = toy((6,), scale=100.0)
    outcome = model.fit(*roles(samples), 1)
    assert outcome.status == f"diverged: epoch {outcome.epochs + 1}"
    assert outcome.epochs < 6
    assert all(np.isfinite(list(row.values())).all() for row in outcome.history)
    assert np.isfinite(model.predict(samples)).all()


def test_an_absent_class_is_reported():
    samples = toy((6,), n_classes=2)
    outcome = learner("mlp", 4).fit(*roles(samples), 1)
    assert outcome.status == "class_missing: 2, 3"


def test_balanced_weights_give_every_present_class_the_same_total():
    weights = learner("mlp", 3, class_weight="balanced").training.weights(np.array([0, 0, 0, 2]), 3)
    assert weights[0] * 3 == pytest.approx(weights[2]) == pytest.approx(2)


def test_fewer_rows_than_a_batch_are_one_batch():
    samples = toy((6,), n=10)
    outcome = learner("mlp", batch=64).fit(*roles(samples), 1)
    assert outcome.epochs == 3
    assert outcome.parameters == {"trainable": 6 * 64 + 64 + 2080 + 528 + 34}


def test_a_standardised_start_undoes_the_scaling():
    plain, squeezed = learner("cnn_lstm"), learner("cnn_lstm")
    x = toy((32, 3))
    narrow = Samples(lambda index: 0.5 + 0.01 * x.take(index), x.labels, x.trials, x.shape)
    for model, samples in ((plain, x), (squeezed, narrow)):
        model._reset(3)
        model.start(model.model, samples)
    # float32: windows of mean 0.5 and deviation 0.01 keep five digits of it.
    assert np.allclose(plain.predict(x), squeezed.predict(narrow), atol=1e-4)


def test_errors_name_what_to_change():
    with pytest.raises(InputError, match=r"windows long enough .* windows of 8 samples"):
        learner("cnn_lstm", shape=(8, 3))
    with pytest.raises(InputError, match="as many `kernels` as `filters`"):
        learner("ccnn", settings={**CCNN, "kernels": [4]})
    with pytest.raises(InputError, match="`initial` to be authors or lecun"):
        learner("ccnn", settings={**CCNN, "initial": "he"})
    with pytest.raises(InputError, match="`initial` to be glorot or standardised"):
        learner("cnn_gru", settings={**RNN, "initial": "he"})
    with pytest.raises(InputError, match="`last` to be state or sequence"):
        learner("cnn_gru", settings={**RNN, "last": "first"})
    with pytest.raises(InputError, match="two numbers of units"):
        learner("cnn_gru", settings={**RNN, "recurrent": [3]})
    samples = toy((6,))
    empty = samples.subset(np.arange(0))
    with pytest.raises(InputError, match="validation windows for early stopping"):
        learner("mlp", patience=2).fit(samples, empty, 1)
    with pytest.raises(InputError, match="expected training windows"):
        learner("mlp").fit(empty, samples, 1)


def test_a_second_backend_in_one_process_is_refused():
    learner("mlp")
    with pytest.raises(InputError, match="Keras on the jax backend. Received Keras already imported on tensorflow"):
        _backend.prepare("jax")
    with pytest.raises(InputError, match="a backend out of tensorflow, jax. Received 'torch'"):
        _backend.prepare("torch")


JAX = """
import sys
import numpy as np
from eeg import models
from eeg.samples import Samples
from tests.models import test_networks as here

stored = np.load(sys.argv[1])
for name, (shape, settings) in here.NETWORKS.items():
    model = models.learner(name, shape, 2, settings=settings, training=here.TRAINING, backend="jax")
    model.model.set_weights([stored[f"{name}_{place}"] for place in range(len(model.model.weights))])
    difference = np.abs(model.predict(here.toy(shape)) - stored[name]).max()
    print(name, "equal" if difference < 1e-4 else difference)
outcome = model.fit(*here.roles(here.toy((6,))), 1)
alone = model.predict(here.toy((6,)))
model.fit(*here.roles(here.toy((6,), seed=5)), 2)
print(outcome.status, model.fit(*here.roles(here.toy((6,))), 1) == outcome,
      np.array_equal(model.predict(here.toy((6,))), alone))
"""


def test_jax_gives_the_same_logits_for_the_same_weights(tmp_path):
    stored = {}
    for name, (shape, _) in NETWORKS.items():
        model = learner(name)
        stored |= {f"{name}_{place}": weight for place, weight in enumerate(model.model.get_weights())}
        stored[name] = model.predict(toy(shape))
    np.savez(tmp_path / "weights.npz", **stored)
    command = [sys.executable, "-c", JAX, str(tmp_path / "weights.npz")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split("\n")[:-1] == [*(f"{name} equal" for name in NETWORKS), "ok True True"]

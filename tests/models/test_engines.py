"""The engines: an epoch is one call, many models at once learn what each learns alone, on either backend the same."""

import importlib
import subprocess
import sys
from types import SimpleNamespace

import numpy as np
import pytest

from eeg.models import _backend
from eeg.samples import Samples
from tests.models.test_networks import NETWORKS

N_CLASSES = 2


def samples(seed, n=300, shape=(6,)):
    """Windows of noise, those of the second class raised; more than one block of predictions."""
    labels = np.arange(n) % N_CLASSES
    raised = labels.reshape(-1, *[1] * len(shape)).astype(np.float32)
    x = np.random.default_rng(seed).standard_normal((n, *shape)).astype(np.float32) + raised
    return Samples(lambda index: x[index], labels, np.arange(n), shape)


def trained(backend, sizes, *, network="mlp", dropout=0.0, chunk=None, n_samples=2**20):
    """Return losses by epoch and logits of models trained together, one for each number of rows."""
    _backend.prepare(backend)
    import keras

    from eeg.models import _faster, _stack, _training

    shape, settings = NETWORKS[network]
    build = importlib.import_module(f"eeg.models.{network}").build
    model = build(shape, N_CLASSES, **settings | {"dropout": dropout})
    training = _training.Training(5, 16, 1e-2, None, 1.0, None, "float32")
    engine = importlib.import_module(f"eeg.models._{backend}").Engine(_faster.faster(model), training)
    if chunk is not None:
        engine.held_bytes, _stack.CHUNK_BYTES = 0, chunk
    rng = np.random.default_rng(0)
    start = [
        0.3 * rng.standard_normal(variable.shape).astype(np.float32)
        if variable.trainable
        else np.asarray(variable.value).copy()
        for variable in model.variables
    ]
    assert keras.backend.backend() == backend
    engine.begin([start for _ in sizes], n_samples)
    folds = [samples(n, n, shape) for n in sizes]
    stack = _stack.Stack(folds, engine, [np.ones(N_CLASSES, np.float32)] * len(sizes))
    shuffles = [np.random.default_rng(n) for n in sizes]
    losses = []
    for _ in range(training.epochs):
        orders = [training.order(fold.labels, own) for fold, own in zip(folds, shuffles, strict=True)]
        losses.append(stack.epoch(orders))
        if len(losses) == 3:
            engine.keep(np.array([True] * len(sizes)))
            third = stack.logits(N_CLASSES)
    last = stack.logits(N_CLASSES)
    engine.restore()
    assert all(np.array_equal(one, other) for one, other in zip(stack.logits(N_CLASSES), third, strict=True))
    return np.stack(losses, axis=1), last


def test_an_epoch_teaches_and_says_that_all_was_finite():
    losses, logits = trained("tensorflow", [300], dropout=0.2)
    assert losses[0, -1, 0] < losses[0, 0, 0]
    assert (losses[..., 2] == 1).all()
    assert logits[0].shape == (300, N_CLASSES)
    assert (logits[0].argmax(axis=1) == np.arange(300) % N_CLASSES).mean() > 0.8


def test_tensorflow_teaches_the_same_whether_or_not_compiling_is_worth_it():
    losses, logits = trained("tensorflow", [300])
    plain, without = trained("tensorflow", [300], n_samples=100)
    np.testing.assert_allclose(plain, losses, rtol=1e-4)
    np.testing.assert_allclose(without[0], logits[0], atol=1e-4)


def test_windows_gathered_piece_by_piece_teach_the_same(monkeypatch):
    from eeg.models import _stack

    losses, logits = trained("tensorflow", [300])
    monkeypatch.setattr(_stack, "CHUNK_BYTES", _stack.CHUNK_BYTES)
    # five batches at a time, of eighteen
    again, by_piece = trained("tensorflow", [300], chunk=5 * 16 * 6 * 4)
    # sums of losses in another order
    np.testing.assert_allclose(again, losses, rtol=1e-6)
    assert np.array_equal(by_piece[0], logits[0])


ON_JAX = """
import importlib
import sys
import numpy as np
from tests.models import test_engines as here

sizes = [300, 320]
found = {}
for network in here.NETWORKS:
    losses, logits = here.trained("jax", sizes, network=network)
    for place, n in enumerate(sizes):
        alone, own = here.trained("jax", [n], network=network)
        np.testing.assert_allclose(losses[place], alone[0], rtol=1e-3, atol=1e-4, err_msg=network)
        np.testing.assert_allclose(logits[place], own[0], rtol=2e-3, atol=2e-3, err_msg=network)
    found |= {f"{network}_losses": losses[1], f"{network}_logits": logits[1]}
from eeg.models import _faster, _stack, _training
shape, settings = here.NETWORKS["mlp"]
model = importlib.import_module("eeg.models.mlp").build(shape, here.N_CLASSES, **settings)
training = _training.Training(5, 16, 1e-2, None, 1.0, None, "float32")
engine = importlib.import_module("eeg.models._jax").Engine(_faster.faster(model), training)
engine.begin([[np.asarray(one.value) for one in model.variables]] * 2, 2**20)
stack = _stack.Stack([here.samples(n, n, shape) for n in (96, 48)], engine, [np.ones(here.N_CLASSES, "f4")] * 2)
long, short = (np.arange(n, dtype=np.int32).reshape(-1, 16) for n in (96, 48))
for orders in ([long, short], [long[:0], short]):
    stack.epoch(orders)
found["programs"] = engine._steps._cache_size()
np.savez(sys.argv[1], **found)
"""


@pytest.fixture(scope="module")
def on_jax(tmp_path_factory):
    path = tmp_path_factory.mktemp("jax") / "found.npz"
    done = subprocess.run([sys.executable, "-c", ON_JAX, str(path)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return dict(np.load(path))


@pytest.mark.parametrize("network", NETWORKS)
def test_models_stacked_on_jax_learn_what_each_learns_alone_and_on_tensorflow(on_jax, network):
    losses, logits = trained("tensorflow", [320], network=network)
    np.testing.assert_allclose(on_jax[f"{network}_losses"], losses[0], rtol=1e-3, atol=1e-4)
    np.testing.assert_allclose(on_jax[f"{network}_logits"], logits[0], rtol=2e-3, atol=2e-3)


def test_a_fold_that_stops_before_shorter_ones_has_nothing_compiled_anew(on_jax):
    assert on_jax["programs"] == 1


def test_a_card_holds_what_it_has_memory_for(monkeypatch):
    from eeg.models import _jax

    card = SimpleNamespace(memory_stats=lambda: {"bytes_limit": 60 * 2**30})
    monkeypatch.setattr(_jax.jax, "devices", lambda: [card])
    assert _jax._held_bytes() == 10 * 2**30
    monkeypatch.setattr(card, "memory_stats", lambda: None)
    assert _jax._held_bytes() == _jax.HELD_BYTES

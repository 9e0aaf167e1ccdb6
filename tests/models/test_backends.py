"""TensorFlow and JAX beside each other."""

import os
import subprocess
import sys

import numpy as np
import pytest

from eeg.errors import InputError
from eeg.models import _backend
from tests.models.test_networks import NETWORKS, learner, toy


def test_what_is_set_for_xla_already_stays(monkeypatch):
    monkeypatch.delitem(sys.modules, "keras", raising=False)
    for name in (*_backend.SINGLE_THREAD, _backend.ONEDNN, "KERAS_BACKEND", "TF_CPP_MIN_LOG_LEVEL"):
        monkeypatch.setenv(name, "0")
    monkeypatch.setenv("XLA_FLAGS", "--xla_cpu_prefer_vector_width=256")
    _backend.prepare("jax")
    assert os.environ["XLA_FLAGS"] == "--xla_cpu_prefer_vector_width=256 --xla_cpu_multi_thread_eigen=false"


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
from tests.models import test_networks as here

stored = np.load(sys.argv[1])
learners = {
    name: models.learner(name, shape, 2, settings=settings, training=here.TRAINING, backend="jax")
    for name, (shape, settings) in here.NETWORKS.items()
}
for name, learner in learners.items():
    model = learner.model
    model.set_weights([stored[f"{name}_{place}"] for place in range(len(model.weights))])
    logits = model.predict(here.toy(model.input_shape[1:]).all(), verbose=0)
    difference = np.abs(logits - stored[name]).max()
    print(name, "equal" if difference < 1e-4 else difference)
one, other = (here.folded(here.toy((6,), seed=seed), seed) for seed in (1, 5))
mlp = learners["mlp"]
assert [len(stack) for stack in mlp.stacks([one, other])] == [2]
alone, beside = mlp.learn([one])[0], mlp.learn([other, one])[1]
print(alone.outcome.status, np.abs(alone.logits - beside.logits).max() < 1e-5,
      np.array_equal(mlp.learn([one])[0].logits, alone.logits))
search = {"search": {"learning_rate": [1e-9, 0.05]}, "candidates": 2, "folds": 2}
training = here.TRAINING | {"epochs": 10}
tuned = models.learner("mlp", (6,), 2, settings=here.MLP, training=training, backend="jax", tuning=search)
print(tuned.learn([one])[0].outcome.tuning["chosen"])
"""


def test_jax_gives_the_same_logits_for_the_same_weights(tmp_path):
    stored = {}
    for name, (shape, _) in NETWORKS.items():
        model = learner(name).model
        stored |= {f"{name}_{place}": weight for place, weight in enumerate(model.get_weights())}
        stored[name] = model.predict(toy(shape).all(), verbose=0)
    np.savez(tmp_path / "weights.npz", **stored)
    command = [sys.executable, "-c", JAX, str(tmp_path / "weights.npz")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    same = [f"{name} equal" for name in NETWORKS]
    assert done.stdout.split("\n")[:-1] == [*same, "ok True True", "{'learning_rate': 0.05}"]

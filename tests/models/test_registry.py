import subprocess
import sys

import numpy as np
import pytest

from eeg import models
from eeg.errors import InputError
from eeg.models.majority import majority

SVM = {"C": 1.0, "gamma": "scale", "class_weight": None, "rows_per_trial": None}


def learner(name, settings, training=None, shape=(4,)):
    return models.learner(name, shape, 2, settings=settings, training=training)


def test_every_file_of_the_folder_is_a_model_that_says_what_it_is():
    assert models.names() == ["ccnn", "cnn_gru", "cnn_lstm", "majority", "mlp", "svm"]
    assert models.names("estimator") == ["svm"]
    assert models.names("yardstick") == ["majority"]
    kinds = [models.input_kind(name) for name in models.names()]
    assert kinds == ["grid", "series", "series", "none", "flat", "flat"]


def test_settings_are_known_without_an_import():
    assert models.setting_names("mlp") == ["hidden", "dropout", "activation"]
    assert models.setting_names("svm") == list(SVM)


@pytest.mark.parametrize(
    "code",
    [
        "from eeg import models; [models.input_kind(name) for name in models.names()]; models.setting_names('ccnn')",
        "import numpy as np; from eeg import models; from eeg.samples import Samples\n"
        f"svm = models.learner('svm', (2,), 2, settings={SVM}, training=None)\n"
        "x = np.eye(6, 2); s = Samples(lambda i: x[i], np.arange(6) % 2, np.arange(6), (2,))\n"
        "svm.fit(s, s.subset(np.arange(0)), 0); svm.predict(s)",
    ],
    ids=["registry", "svm"],
)
def test_neither_the_registry_nor_an_estimator_imports_keras(code):
    check = f"{code}\nimport sys\nprint([m for m in ('keras', 'tensorflow', 'jax') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_an_unknown_model_names_the_choices_and_the_nearest():
    with pytest.raises(InputError, match=r"ccnn, cnn_gru, .*Received 'cnn_lstn'\. Did you mean cnn_lstm\?"):
        models.input_kind("cnn_lstn")


def test_a_yardstick_cannot_be_learnt():
    with pytest.raises(InputError, match=r"expected a network or estimator \(ccnn.*svm\)\. Received the yardstick"):
        learner("majority", {})


def test_an_unknown_setting_names_the_nearest():
    with pytest.raises(InputError, match=r"a setting of svm out of C, gamma.*Did you mean gamma\?"):
        learner("svm", {**SVM, "gama": 1})


def test_a_missing_setting_is_named():
    with pytest.raises(InputError, match=r"every setting of svm.*Received none for gamma, class_weight"):
        learner("svm", {"C": 1.0, "rows_per_trial": 3})


def test_a_network_needs_training_settings():
    with pytest.raises(InputError, match=r"a `training` section for the network mlp"):
        learner("mlp", {"hidden": [2], "dropout": 0.0, "activation": "relu"})


def test_majority_gives_smoothed_class_shares():
    logits = majority(np.array([0, 0, 2, 0]), 3)
    assert np.allclose(np.exp(logits), [4 / 7, 1 / 7, 2 / 7])
    assert logits.dtype == np.float32
    assert np.isfinite(majority(np.array([], dtype=int), 4)).all()

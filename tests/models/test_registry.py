import subprocess
import sys
from typing import get_args

import numpy as np
import pandas as pd
import pytest

from eeg import kinds, models
from eeg.errors import InputError
from eeg.models._prior import Seen

SVM = {
    "C": [1.0],
    "gamma": ["scale"],
    "kernel": "rbf",
    "components": 100,
    "class_weight": None,
    "rows_per_trial": None,
    "inner_folds": 3,
}
LOGISTIC = {"C": [1.0], "class_weight": None, "rows_per_trial": None, "inner_folds": 3}


YARDSTICKS = ("majority", "stratified", "subject_prior", "video_prior")


def learner(name, settings, training=None, shape=(4,)):
    return models.learner(name, shape, 2, settings=settings, training=training)


def test_every_file_of_the_folder_is_a_model_that_says_what_it_is():
    assert models.names("network") == ["ccnn", "cnn_gru", "cnn_lstm", "mlp"]
    assert models.names("estimator") == ["logistic", "svm"]
    assert models.names("yardstick") == list(YARDSTICKS)
    kinds = {name: models.input_kind(name) for name in models.names()}
    assert kinds == {
        **dict.fromkeys(YARDSTICKS, "none"),
        **dict.fromkeys(("mlp", "logistic", "svm"), "flat"),
        **dict.fromkeys(("cnn_gru", "cnn_lstm"), "series"),
        "ccnn": "grid",
    }


def test_settings_are_known_without_an_import():
    assert models.setting_names("mlp") == ["hidden", "dropout", "activation"]
    assert models.setting_names("svm") == list(SVM)
    assert models.setting_names("logistic") == list(LOGISTIC)


def test_kinds_of_settings_are_read_from_the_signature():
    found = models.setting_kinds("svm")
    assert found["components"] == kinds.Count
    assert found["C"] == kinds.Positives
    assert get_args(found["kernel"]) == ("rbf", "nystroem")
    assert all(set(models.setting_kinds(name)) == set(models.setting_names(name)) for name in models.names())


@pytest.mark.parametrize(
    "code",
    [
        "from eeg import models; [models.input_kind(name) for name in models.names()]; models.setting_names('ccnn')",
        *(
            "import numpy as np; from eeg import models; from eeg.samples import Samples\n"
            f"learner = models.learner('{name}', (2,), 2, settings={settings}, training=None)\n"
            "x = np.eye(6, 2); s = Samples(lambda i: x[i], np.arange(6) % 2, np.arange(6), (2,))\n"
            "learner.learn([models.Fold(s, s.subset(np.arange(0)), s, 0)])"
            for name, settings in (("svm", SVM), ("logistic", LOGISTIC))
        ),
    ],
    ids=["registry", "svm", "logistic"],
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
    with pytest.raises(InputError, match=r"every setting of logistic.*Received none for class_weight, inner_folds"):
        learner("logistic", {"C": [1.0], "rows_per_trial": 3})


WRONG = {
    "a number alone": ({"C": 1.0}, r"expected `C`: input should be a valid list\. Received 1\.0\. config\.yaml and"),
    "no candidates": ({"C": []}, r"`C`: list should have at least 1 item.* Received \[\]"),
    "a cost of nothing": ({"C": [1.0, 0]}, r"`C`: input should be greater than 0\. Received 0"),
    "a weighting nobody knows": ({"class_weight": "even"}, r"input should be 'balanced'\. Received 'even'"),
    "no windows": ({"rows_per_trial": 0}, r"`rows_per_trial`: input should be greater than or equal to 1\. Received 0"),
    "one inner fold": ({"inner_folds": 1}, r"`inner_folds`: input should be greater than or equal to 2\. Received 1"),
}
WRONG_KERNEL = {
    "no widths": ({"gamma": []}, r"`gamma`: list should have at least 1 item.* Received \[\]"),
    "a negative width": ({"gamma": ["scale", -1.0]}, r"`gamma`: input should be greater than 0\. Received -1\.0"),
    "a number YAML did not see": ({"gamma": ["1e-3"]}, r"Received '1e-3'\. Write numbers like 0\.001; YAML takes 1e-3"),
    "a kernel nobody offers": ({"kernel": "poly"}, r"`kernel`: input should be 'rbf' or 'nystroem'\. Received 'poly'"),
    "half a feature": ({"components": 0.5}, r"`components`: input should be a valid integer\. Received 0\.5"),
}


@pytest.mark.parametrize(("changes", "message"), (WRONG | WRONG_KERNEL).values(), ids=WRONG | WRONG_KERNEL)
def test_a_wrong_setting_of_svm_says_what_was_expected(changes, message):
    with pytest.raises(InputError, match=message):
        learner("svm", SVM | changes)


@pytest.mark.parametrize(("changes", "message"), WRONG.values(), ids=WRONG)
def test_a_wrong_setting_of_logistic_says_what_was_expected(changes, message):
    with pytest.raises(InputError, match=message):
        learner("logistic", LOGISTIC | changes)


def test_a_network_needs_training_settings():
    with pytest.raises(InputError, match=r"a `training` section for the network mlp"):
        learner("mlp", {"hidden": [2], "dropout": 0.0, "activation": "relu"})


def test_majority_gives_smoothed_class_shares():
    tested = pd.DataFrame({"subject": ["s01", "s02"], "trial": [1, 2]})
    for labels, shares in (([0, 0, 2, 0], [4 / 7, 1 / 7, 2 / 7]), ([], [1 / 3] * 3)):
        train = pd.DataFrame({"label": labels})
        logits = models.yardstick("majority")(Seen(train, train, 3, seed=0), tested)
        assert np.allclose(np.exp(logits), [shares, shares])
        assert logits.dtype == np.float32


def test_a_yardstick_is_asked_for_by_its_name():
    with pytest.raises(InputError, match=r"a yardstick out of majority, .*Received 'mlp'"):
        models.yardstick("mlp")

"""A model in a file of one's own: named in the config by its path, read and checked like those of the package."""

from types import SimpleNamespace

import numpy as np
import pytest

from eeg import fingerprint, models
from eeg.errors import InputError
from eeg.models import _files
from eeg.plan import Plan
from eeg.samples import Samples
from tests.models.test_networks import MLP
from tests.models.test_registry import LOGISTIC
from tests.test_plan import changed

WRONG = {
    "no kind": ('INPUT = "flat"\n', r'mine\.py: expected a line KIND = "\.\.\." in the model file'),
    "no Python": ("KIND = = 1\n", r"mine\.py: expected a model in Python\. Received line 1: invalid syntax"),
    "a yardstick": ('KIND = "yardstick"\n', r"a network or estimator \(ccnn.*Received the yardstick .*mine\.py"),
    "nothing to build": ('KIND = "network"\n', r"mine\.py: expected a function `build\(input_shape, n_classes"),
}


@pytest.fixture
def own(tmp_path):
    """The package's logistic regression, as a file of one's own."""
    path = tmp_path / "mine.py"
    path.write_bytes((_files.FOLDER / "logistic.py").read_bytes())
    return path


def experiment(path, **settings):
    """The default experiment with one more model."""
    mine = {"network": str(path), "branch": "entropy", "targets": ["arousal"], "training": None, "search": {}}
    return Plan(changed({"models": {"mine": {**mine, "settings": {**LOGISTIC, **settings}}}}))


def logits(name):
    x = np.random.default_rng(1).normal(size=(12, 3))
    samples = Samples(lambda index: x[index], np.arange(12) % 2, np.arange(12), (3,))
    learner = models.learner(name, (3,), 2, settings=LOGISTIC, training=None)
    return learner.learn([models.Fold(samples, samples.subset(np.arange(0)), samples, 0)])[0].logits


def test_it_says_what_it_is_and_learns_like_one_of_the_package(own):
    assert (models.kind(str(own)), models.input_kind(str(own))) == ("estimator", "flat")
    assert models.setting_names(str(own)) == models.setting_names("logistic")
    np.testing.assert_array_equal(logits(str(own)), logits("logistic"))


def test_an_edited_file_is_another_model(own):
    before = _files.module(str(own))
    assert _files.module(str(own)) is before
    own.write_text(own.read_text().replace('INPUT = "flat"', 'INPUT = "series"'))
    assert models.input_kind(str(own)) == "series"
    assert _files.module(str(own)).INPUT == "series"


def test_its_path_starts_where_the_package_lies(own, monkeypatch):
    monkeypatch.setattr(_files, "FOLDER", own.parent / "eeg" / "models")
    assert models.kind("mine.py") == "estimator"


def test_an_absent_file_is_named(tmp_path):
    with pytest.raises(InputError, match=r"none\.py: expected a file with a model of your own\. Received no such file"):
        models.kind(str(tmp_path / "none.py"))


@pytest.mark.parametrize(("text", "message"), WRONG.values(), ids=WRONG)
def test_a_file_that_is_no_model_is_refused_with_the_config(own, text, message):
    own.write_text(text)
    with pytest.raises(InputError, match=message):
        experiment(own)


def test_its_settings_are_checked_with_the_config(own):
    with pytest.raises(InputError, match=r"mine\.settings: a setting of .*mine\.py out of C, .*mean inner_folds\?"):
        experiment(own, inner_fold=3)


def test_an_edited_file_reruns_its_fits_and_no_others(own):
    plan = experiment(own)
    assert "mine" in plan.fits[1].models
    cells = [SimpleNamespace(model=name) for name in ("mine", "svm")]
    before = [plan.fitting(cell) for cell in cells]
    own.write_text(own.read_text() + "\nMORE = 1\n")
    fingerprint._tree.cache_clear()  # as in the next run
    after = [plan.fitting(cell) for cell in cells]
    assert after[0] != before[0]
    assert after[1] == before[1]


LAYERS = '''
import keras
from keras import layers

KIND = "network"
INPUT = "flat"


class Scaled(layers.Layer):
    """Multiplies by one trained number, and adds a fixed one."""

    def __init__(self, more=0.0, **kwargs):
        super().__init__(**kwargs)
        self.more = more

    def build(self, shape):
        self.factor = self.add_weight(shape=(1,), initializer="ones", name="factor")

    def call(self, x):
        return x * self.factor + self.more

    def get_config(self):
        return {**super().get_config(), "more": self.more}


def build(input_shape, n_classes):
    inputs = keras.Input(input_shape)
    return keras.Model(inputs, layers.Dense(n_classes, dtype="float32")(Scaled(0.5)(inputs)))
'''
TRAINING = {"epochs": 2, "batch": 8, "learning_rate": 0.1, "patience": None, "clip": 1.0}
TRAINING |= {"balance": None, "precision": "float32"}


@pytest.mark.filterwarnings("ignore:__array__ implementation")  # Keras reads variables as it did before numpy 2
def test_a_kept_network_with_a_layer_of_one_s_own_is_read_again(own, tmp_path):
    own.write_text(LAYERS)
    x = np.random.default_rng(1).normal(size=(24, 3)).astype(np.float32)
    samples = Samples(lambda index: x[index], np.arange(24) % 2, np.arange(24), (3,))
    learner = models.learner(str(own), (3,), 2, settings={}, training=TRAINING, keep=True)
    (result,) = learner.learn([models.Fold(samples, samples.subset(np.arange(4)), samples, 0)])
    learner.save(result, tmp_path / "fold_0.keras")
    again = models.kept(tmp_path / "fold_0.keras", str(own), backend="tensorflow")
    np.testing.assert_allclose(again.predict(samples), result.logits, atol=1e-6)


ESTIMATOR = """
from sklearn.ensemble import RandomForestClassifier
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.pipeline import make_pipeline

from eeg.models._estimators import Recipe

KIND = "estimator"
INPUT = "flat"


def build(input_shape, n_classes):
    return Recipe(make_pipeline({machine}), {}, 2, None)
"""


@pytest.mark.parametrize("machine", ["LinearDiscriminantAnalysis()", "RandomForestClassifier(20)"])
def test_an_estimator_needs_neither_iterations_nor_a_decision_function(own, machine):
    own.write_text(ESTIMATOR.replace("{machine}", machine))
    x = np.random.default_rng(1).normal(size=(40, 3)) + (np.arange(40) % 2)[:, None] * 3
    samples = Samples(lambda index: x[index], np.arange(40) % 2, np.arange(40), (3,))
    learner = models.learner(str(own), (3,), 2, settings={}, training=None)
    (result,) = learner.learn([models.Fold(samples, samples.subset(np.arange(0)), samples, 0)])
    assert result.outcome.status == "ok"
    assert np.isfinite(result.logits).all()
    assert (result.logits.argmax(axis=1) == np.arange(40) % 2).mean() > 0.9


def test_a_network_that_keras_cannot_build_is_an_error_with_its_reason(tmp_path):
    path = tmp_path / "mine.py"
    path.write_bytes((_files.FOLDER / "mlp.py").read_bytes().replace(b"list[Count]", b"list"))
    with pytest.raises(InputError, match=r"settings that Keras can build the network from\. Received .*units"):
        models.learner(str(path), (6,), 2, settings={**MLP, "hidden": [-1]}, training=TRAINING)


ENDS = {
    "softmax": ('layers.Dense(2, activation="softmax")', "logits, from a last layer without an activation.* softmax"),
    "a softmax layer": ("lambda x: layers.Softmax()(layers.Dense(2)(x))", "last layer without an activation.* softmax"),
    "three": ("layers.Dense(3)", r"2 logits of .*mine\.py, one a class. Received 3"),
    "a series": ("lambda x: layers.Reshape((2, 1))(layers.Dense(2)(x))", r"of shape \(n_windows, n_classes\).*2, 1\)"),
    "half": ('layers.Dense(2, dtype="bfloat16")', "logits in float32. Received bfloat16. Give the last layer dtype="),
    "unsafe": ("lambda x: layers.Lambda(lambda y: y)(layers.Dense(2)(x))", "layers that can be made again from their"),
}


@pytest.mark.parametrize("end", ENDS)
def test_a_network_that_does_not_end_in_logits_is_refused(own, end):
    last, message = ENDS[end]
    own.write_text(f"""
import keras
from keras import layers

KIND = "network"
INPUT = "flat"


def build(input_shape, n_classes):
    inputs = keras.Input(input_shape)
    return keras.Model(inputs, ({last})(inputs))
""")
    with pytest.raises(InputError, match=message):
        models.learner(str(own), (3,), 2, settings={}, training=TRAINING)


@pytest.mark.parametrize(
    ("returned", "message"),
    [
        ("None", "`build` to return a keras.Model. Received a NoneType"),
        ("Own()", "a functional model of layers that can be made again from their `get_config`"),
    ],
)
def test_what_is_no_functional_network_is_refused(own, returned, message):
    own.write_text(f"""
import keras

KIND = "network"
INPUT = "flat"


class Own(keras.Model):
    def call(self, x):
        return x


def build(input_shape, n_classes):
    return {returned}
""")
    with pytest.raises(InputError, match=message):
        models.learner(str(own), (3,), 2, settings={}, training=TRAINING)

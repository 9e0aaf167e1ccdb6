import numpy as np
import pytest

from eeg import models
from eeg.models._estimators import FLOOR, evenly_spaced
from eeg.samples import Samples

NONE = np.arange(0)


def toy(labels, seed=0, noise=0.3):
    """Windows whose first features point at their class; five windows a trial."""
    labels = np.asarray(labels, dtype=np.int64)
    x = np.eye(4)[labels] * 50 + 50 * noise * np.random.default_rng(seed).standard_normal((len(labels), 4))
    return Samples(lambda index: x[index], labels, np.arange(len(labels)) // 5, (4,))


def svm(n_classes, rows_per_trial=None):
    settings = {"C": 1.0, "gamma": "scale", "class_weight": "balanced", "rows_per_trial": rows_per_trial}
    return models.learner("svm", (4,), n_classes, settings=settings, training=None)


def test_two_classes_give_decision_values_of_opposite_sign():
    learner, samples = svm(2), toy(np.arange(100) % 2)
    outcome = learner.fit(samples.subset(np.arange(80)), samples.subset(np.arange(80, 90)), 1)
    logits = learner.predict(samples.subset(np.arange(90, 100)))
    assert outcome.status == "ok"
    assert logits.shape == (10, 2)
    assert logits.dtype == np.float32
    assert np.array_equal(logits[:, 0], -logits[:, 1])
    assert np.array_equal(logits.argmax(axis=1), samples.labels[90:])


def test_more_classes_give_one_versus_the_rest():
    learner, samples = svm(4), toy(np.arange(200) % 4)
    learner.fit(samples.subset(np.arange(160)), samples.subset(NONE), 1)
    logits = learner.predict(samples.subset(np.arange(160, 200)))
    assert np.array_equal(logits.argmax(axis=1), samples.labels[160:])


def test_validation_rows_are_fitted_too():
    samples = toy(np.arange(100) % 2)
    outcome = svm(2).fit(samples.subset(np.arange(60)), samples.subset(np.arange(60, 100)), 1)
    assert outcome.parameters["rows"] == 100
    assert outcome.parameters["svc__C"] == 1.0


def test_an_absent_class_gets_a_finite_floor_and_is_reported():
    learner, samples = svm(3), toy([0, 2] * 40)
    outcome = learner.fit(samples, samples.subset(NONE), 1)
    logits = learner.predict(samples)
    assert outcome.status == "class_missing: 1"
    assert np.isfinite(logits).all()
    assert np.allclose(logits[:, 1], logits[:, [0, 2]].min(axis=1) - FLOOR, atol=1e-5)


def test_one_class_alone_gives_constant_logits():
    learner, samples = svm(2), toy([1] * 20)
    outcome = learner.fit(samples, samples.subset(NONE), 1)
    assert outcome.status == "class_missing: 0"
    assert np.array_equal(learner.predict(samples), np.tile(np.float32([-FLOOR, 0]), (20, 1)))


def test_a_fit_forgets_the_one_before():
    learner, first, second = svm(2), toy(np.arange(100) % 2, seed=1), toy(np.arange(100) % 2, seed=2)
    learner.fit(second, second.subset(NONE), 7)
    alone = learner.predict(first)
    learner.fit(first, first.subset(NONE), 3)
    learner.fit(second, second.subset(NONE), 7)
    assert np.array_equal(learner.predict(first), alone)


@pytest.mark.parametrize(
    ("limit", "expected"), [(1, [0, 4]), (2, [0, 3, 4, 5]), (9, [0, 1, 2, 3, 4, 5]), (None, range(6))]
)
def test_rows_of_a_trial_are_evenly_spaced(limit, expected):
    assert evenly_spaced(np.array([5, 5, 5, 5, 2, 2]), limit).tolist() == list(expected)


def test_rows_per_trial_limit_the_fit():
    samples = toy(np.arange(100) % 2)
    assert svm(2, rows_per_trial=2).fit(samples, samples.subset(NONE), 1).parameters["rows"] == 40


def test_no_rows_give_no_logits():
    learner, samples = svm(2), toy(np.arange(20) % 2)
    learner.fit(samples, samples.subset(NONE), 1)
    assert learner.predict(samples.subset(NONE)).shape == (0, 2)

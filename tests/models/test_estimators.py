import json

import numpy as np
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from eeg import models
from eeg.models._estimators import FLOOR, EstimatorLearner, Recipe, evenly_spaced
from eeg.models._inner import inner_splits
from eeg.samples import Samples

NONE = np.arange(0)
LOGISTIC = {"C": [1.0], "class_weight": "balanced", "rows_per_trial": None, "inner_folds": 4}
SVM = LOGISTIC | {"gamma": ["scale"], "kernel": "rbf", "components": 50}


def samples_of(x, labels, trials):
    return Samples(lambda index: x[index], np.asarray(labels), np.asarray(trials), x.shape[1:])


def toy(labels, seed=0, noise=0.3):
    """Windows whose first features point at their class; five windows a trial."""
    labels = np.asarray(labels, dtype=np.int64)
    x = np.eye(4)[labels] * 50 + 50 * noise * np.random.default_rng(seed).standard_normal((len(labels), 4))
    return samples_of(x, labels, np.arange(len(labels)) // 5)


def rings(n_trials=24, seed=0):
    """A disc inside a ring, which no straight line parts; five windows a trial, every trial of one class."""
    generator = np.random.default_rng(seed)
    labels = np.repeat(np.arange(n_trials) % 2, 5)
    angle = generator.uniform(0, 2 * np.pi, len(labels))
    radius = 1 + 2 * labels + 0.3 * generator.standard_normal(len(labels))
    x = np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)
    return samples_of(x, labels, np.repeat(np.arange(n_trials), 5))


def svm(n_classes, n_features=4, **changes):
    return models.learner("svm", (n_features,), n_classes, settings=SVM | changes, training=None)


def logistic(n_classes, n_features=4, **changes):
    return models.learner("logistic", (n_features,), n_classes, settings=LOGISTIC | changes, training=None)


def learnt(learner, train, test=None, *, validate=None, seed=1):
    validate = train.subset(NONE) if validate is None else validate
    fold = models.Fold(train, validate, train if test is None else test, seed)
    return learner.learn([fold])[0]


def accuracy(result, samples):
    return np.mean(result.logits.argmax(axis=1) == samples.labels)


class Spy(ClassifierMixin, BaseEstimator):
    """Keeps what every copy of it was fitted on and asked for; always says the same."""

    seen: list = []  # noqa: RUF012 - shared by all copies on purpose

    def __init__(self, width=1):
        self.width = width

    def fit(self, x, y):
        self.classes_, self.n_iter_, self.max_iter = np.unique(y), 0, -1
        self.seen.append(("fit", x))
        return self

    def decision_function(self, x):
        return np.zeros(len(x))

    def predict(self, x):
        self.seen.append(("predict", x))
        return np.zeros(len(x), np.int64)


@pytest.mark.parametrize("make", [svm, logistic])
def test_two_classes_give_decision_values_of_opposite_sign(make):
    samples = toy(np.arange(100) % 2, noise=0.1)
    train, validate, test = (samples.subset(np.arange(*ends)) for ends in ((80,), (80, 90), (90, 100)))
    result = learnt(make(2), train, test, validate=validate)
    assert result.outcome.status == "ok"
    assert result.values == []
    assert result.logits.shape == (10, 2)
    assert result.logits.dtype == np.float32
    assert np.array_equal(result.logits[:, 0], -result.logits[:, 1])
    assert np.array_equal(result.logits.argmax(axis=1), test.labels)


@pytest.mark.parametrize("make", [svm, logistic])
@pytest.mark.parametrize("weight", ["balanced", None])
def test_more_classes_give_a_logit_each(make, weight):
    samples = toy(np.arange(200) % 4)
    test = samples.subset(np.arange(160, 200))
    result = learnt(make(4, class_weight=weight), samples.subset(np.arange(160)), test)
    assert np.array_equal(result.logits.argmax(axis=1), test.labels)


@pytest.mark.parametrize("n_classes", [2, 3])
def test_the_softmax_of_logistic_logits_is_calibrated(n_classes):
    generator = np.random.default_rng(5)
    x = generator.standard_normal((6000, 2))
    odds = np.exp(np.stack([x[:, 0], x[:, 1], 0 * x[:, 0]], axis=1)[:, :n_classes])
    truth = odds / odds.sum(axis=1, keepdims=True)
    labels = (generator.random((6000, 1)) > truth.cumsum(axis=1)).sum(axis=1)
    logits = learnt(logistic(n_classes, 2, class_weight=None), samples_of(x, labels, np.arange(6000))).logits
    given = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    assert np.abs(given - truth).max() < 0.05  # weights are known to 1 / sqrt(6000 p (1 - p)), about 0.03


def test_validation_rows_are_fitted_too():
    samples = toy(np.arange(100) % 2)
    outcome = learnt(svm(2), samples.subset(np.arange(60)), validate=samples.subset(np.arange(60, 100))).outcome
    assert outcome.parameters == {
        "rows": 100, "C": 1.0, "gamma": "scale", "candidates": 1, "inner_folds": 0, "search": "none, one candidate",
    }  # fmt: skip
    assert outcome.rows.tolist() == list(range(100))


def test_an_absent_class_gets_a_finite_floor_and_is_reported():
    samples = toy([0, 2] * 40)
    result = learnt(svm(3), samples)
    assert result.outcome.status == "class_missing: 1"
    assert np.isfinite(result.logits).all()
    assert np.allclose(result.logits[:, 1], result.logits[:, [0, 2]].min(axis=1) - FLOOR, atol=1e-5)


def test_one_class_alone_gives_constant_logits():
    result = learnt(svm(2, C=[1.0, 2.0]), toy([1] * 20))
    assert result.outcome.status == "class_missing: 0"
    assert result.outcome.parameters == {"rows": 20}
    assert np.array_equal(result.logits, np.tile(np.float32([-FLOOR, 0]), (20, 1)))


def test_no_rows_give_no_logits():
    samples = toy(np.arange(20) % 2)
    assert learnt(svm(2), samples, samples.subset(NONE)).logits.shape == (0, 2)


def test_folds_are_learnt_alone_and_watched():
    learner, samples, told = svm(2), toy(np.arange(40) % 2), []
    folds = [models.Fold(samples, samples.subset(NONE), samples, seed) for seed in (1, 2)]
    assert [list(stack) for stack in learner.stacks(folds)] == [[fold] for fold in folds]
    assert len(learner.learn(folds, lambda *news: told.append(news))) == 2
    assert told == [("40 windows fitted", 0.5), ("40 windows fitted", 1.0)]


@pytest.mark.parametrize("changes", [{}, {"C": [0.1, 1.0, 10.0]}, {"kernel": "nystroem", "components": 20}])
def test_a_fit_forgets_the_one_before_and_equal_seeds_give_equal_logits(changes):
    learner, first, second = svm(2, 2, **changes), rings(seed=1), rings(seed=2)
    alone = learnt(learner, second, first, seed=7)
    learnt(learner, first, seed=3)
    again = learnt(learner, second, first, seed=7)
    assert np.array_equal(again.logits, alone.logits)
    assert again.outcome.parameters == alone.outcome.parameters


def test_the_seed_draws_the_features_of_the_kernel():
    learner, samples = svm(2, 2, kernel="nystroem", components=20), rings()
    assert not np.array_equal(learnt(learner, samples, seed=1).logits, learnt(learner, samples, seed=2).logits)


@pytest.mark.parametrize(
    ("limit", "expected"), [(1, [0, 4]), (2, [0, 3, 4, 5]), (9, [0, 1, 2, 3, 4, 5]), (None, range(6))]
)
def test_rows_of_a_trial_are_evenly_spaced(limit, expected):
    assert evenly_spaced(np.array([5, 5, 5, 5, 2, 2]), limit).tolist() == list(expected)


@pytest.mark.parametrize("make", [svm, logistic])
def test_rows_per_trial_limit_the_fit(make):
    samples = toy(np.arange(100) % 2)
    outcome = learnt(make(2, rows_per_trial=2), samples).outcome
    assert outcome.parameters["rows"] == 40
    assert outcome.rows.tolist() == [row for row in range(100) if row % 5 in (0, 4)]


@pytest.mark.parametrize("changes", [{}, {"kernel": "nystroem"}], ids=["rbf", "nystroem"])
def test_the_search_finds_the_width_that_parts_the_rings(changes):
    train, test = rings(), rings(seed=1)
    gamma = [1e-6, 0.5, 1e4]  # a straight line, the rings, every window for itself
    result = learnt(svm(2, 2, C=[1.0, 10.0], gamma=gamma, **changes), train, test)
    found = result.outcome.parameters
    assert (found["gamma"], found["candidates"], found["inner_folds"]) == (0.5, 6, 4)
    assert found["search"] == "balanced accuracy on whole trials held out"
    assert found == json.loads(json.dumps(found))
    assert accuracy(result, test) > 0.95
    for wrong in (gamma[0], gamma[2]):
        assert accuracy(learnt(svm(2, 2, gamma=[wrong], **changes), train, test), test) < 0.7


def test_the_search_of_logistic_takes_the_penalty_that_noise_asks_for():
    generator = np.random.default_rng(3)
    labels = np.repeat(np.arange(40) % 2, 3)
    x = generator.standard_normal((120, 60)) + 0.7 * np.eye(60)[0] * (2 * labels[:, None] - 1)
    found = learnt(logistic(2, 60, C=[1e4, 0.01]), samples_of(x, labels, np.arange(120) // 3)).outcome.parameters
    assert (found["C"], found["candidates"]) == (0.01, 2)


def test_of_equal_candidates_the_first_is_taken():
    assert learnt(logistic(2, C=[2.0, 1.0]), toy(np.repeat([0, 1] * 8, 5), noise=0)).outcome.parameters["C"] == 2.0


def test_nystroem_comes_near_the_kernel_it_stands_for():
    train, test = rings(), rings(seed=1)
    exact, near = learnt(svm(2, 2), train, test), learnt(svm(2, 2, kernel="nystroem"), train, test)
    assert near.outcome.parameters["components"] == 50
    assert near.outcome.parameters["gamma"] == 0.5  # scale: one over two features
    assert np.mean(exact.logits.argmax(axis=1) == near.logits.argmax(axis=1)) > 0.97


def test_nystroem_states_the_components_that_few_rows_allow():
    settings = {"kernel": "nystroem", "components": 1000, "C": [1.0, 2.0]}
    assert learnt(svm(2, 2, **settings), rings()).outcome.parameters["components"] == 120


def spied(samples, *, inner_folds=4):
    """What the last step of a scaled pipeline saw during a search of two candidates, and the result."""
    Spy.seen.clear()
    recipe = Recipe(make_pipeline(StandardScaler(), Spy()), {"spy__width": [1, 2]}, inner_folds, None)
    return learnt(EstimatorLearner(recipe, 2), samples), list(Spy.seen)


def test_a_search_never_puts_a_trial_on_both_sides():
    labels = np.repeat(np.arange(24) % 2, 5)
    samples = samples_of(np.repeat(np.arange(24.0), 5)[:, None], labels, np.repeat(np.arange(24), 5))
    _, seen = spied(samples)
    places = [StandardScaler().fit(samples.all()[fit]) for fit, _ in inner_splits(samples, 4, seed=1)]
    pairs = list(zip(seen[0:-1:2], seen[1::2], strict=True))
    assert [first[0] + second[0] for first, second in pairs] == ["fitpredict"] * 8
    for ((_, fit), (_, held)), scaler in zip(pairs, places * 2, strict=True):
        kept, out = (np.unique(scaler.inverse_transform(x).round().astype(int)) for x in (fit, held))
        assert sorted([*kept, *out]) == list(range(24))


def test_an_inner_fold_is_scaled_by_the_rows_it_is_fitted_on():
    samples = toy(np.repeat([0, 1] * 8, 5))
    _, seen = spied(samples)
    fits = [x for kind, x in seen if kind == "fit"]
    held = [x for kind, x in seen if kind == "predict"]
    assert [len(x) for x in fits] == [60] * 8 + [80]
    assert all(np.allclose(x.mean(axis=0), 0, atol=1e-5) and np.allclose(x.std(axis=0), 1, atol=1e-4) for x in fits)
    assert all(np.abs(x.mean(axis=0)).max() > 0.01 for x in held)


def test_a_trouble_of_the_optimiser_is_reported():
    recipe = models.learner("logistic", (2,), 2, settings=LOGISTIC, training=None).recipe
    assert learnt(EstimatorLearner(recipe, 2), rings()).outcome.status == "ok"
    recipe.estimator.set_params(logisticregression__max_iter=1)
    assert learnt(EstimatorLearner(recipe, 2), rings()).outcome.status == "unconverged: 1 iterations"


@pytest.mark.parametrize(
    ("counts", "asked", "expected"),
    [((6, 6), 4, 4), ((8, 3), 4, 3), ((8, 2), 4, 2), ((8, 1), 4, 0), ((4, 4, 3, 9), 5, 3)],
)
def test_the_class_with_fewest_trials_limits_the_inner_folds(counts, asked, expected):
    labels = np.repeat(np.repeat(np.arange(len(counts)), counts), 5)
    samples = toy(labels)
    splits = inner_splits(samples, asked, seed=3)
    assert len(splits) == expected
    for fit, held in splits:
        assert set(labels[fit]) == set(labels[held]) == set(range(len(counts)))
        assert not set(samples.trials[fit]) & set(samples.trials[held])


@pytest.mark.parametrize(("ones", "expected"), [((0, 0, 1, 3, 5), 2), ((0, 0, 0, 1, 5), 0)])
def test_trials_of_several_labels_never_leave_an_inner_fold_without_a_class(ones, expected):
    labels = np.concatenate([np.repeat([1, 0], [count, 5 - count]) for count in ones])
    splits = inner_splits(toy(labels), 4, seed=3)
    assert len(splits) == expected  # three, or two, trials have a one, but they would leave a part without
    assert all(len(np.unique(labels[part])) == 2 for split in splits for part in split)


def test_too_few_trials_for_a_search_are_said():
    samples = toy(np.repeat([0, 1, 1, 1], 5))
    found = learnt(svm(2, C=[3.0, 1.0]), samples).outcome.parameters
    assert found == {
        "rows": 20, "C": 3.0, "gamma": "scale", "candidates": 2, "inner_folds": 0, "search": "none, too few trials",
    }  # fmt: skip


def test_an_svm_s_logits_are_the_decision_values_of_one_machine_a_class():
    train, test = toy(np.repeat(np.arange(4), 25), noise=1.0), toy(np.repeat(np.arange(4), 10), seed=1, noise=1.0)
    result = learnt(svm(4), train, test)
    scaler = StandardScaler().fit(train.all())
    for code in range(4):
        machine = SVC(C=1.0, gamma="scale", class_weight="balanced")
        machine.fit(scaler.transform(train.all()), train.labels == code)
        expected = machine.decision_function(scaler.transform(test.all()))
        np.testing.assert_allclose(result.logits[:, code], expected, atol=1e-5)

"""Folds that lack rows to train on or to stop by, as where a target leaves trials without a class."""

import numpy as np

from eeg import models
from tests.models import test_estimators as estimators
from tests.models.test_networks import folded, learner, toy

NONE = np.arange(0)


def test_a_fold_without_rows_to_fit_says_so_and_holds_all_classes_alike():
    samples = estimators.toy([1] * 20)
    result = estimators.learnt(estimators.svm(2), samples.subset(NONE), samples)
    assert result.outcome.status == "untrained: no trial with a class"
    assert (result.outcome.rows.tolist(), result.outcome.parameters) == ([], {})
    assert np.array_equal(result.logits, np.zeros((20, 2)))


def test_where_validation_rows_alone_have_a_class_they_are_fitted_and_calibrate_nothing():
    samples = estimators.toy(np.arange(100) % 2)
    fold = models.Fold(samples.subset(NONE), samples, samples, 1, calibrate=True)
    [result] = estimators.svm(2).learn([fold])
    assert (result.outcome.status, result.held) == ("ok", None)
    assert result.outcome.rows.tolist() == list(range(100))


def test_a_fold_without_rows_to_stop_by_trains_as_many_epochs_as_the_patience():
    model, samples = learner("mlp", epochs=9, patience=2), toy((6,))
    stopped, unstopped = (
        models.Fold(samples, samples, samples, 1),
        models.Fold(samples, samples.subset(NONE), samples, 1),
    )
    assert [len(stack) for stack in model.stacks([stopped, unstopped])] == [1, 1]
    [result] = model.learn([unstopped])
    assert result.outcome.status == "unstopped: 2 epochs"
    assert (result.outcome.epochs, result.outcome.best_epoch) == (2, 2)
    assert result.outcome.rows.tolist() == list(range(48))
    [same] = learner("mlp", epochs=2, patience=None).learn([unstopped])
    assert np.array_equal(result.logits, same.logits)


def test_rows_that_could_only_validate_are_trained_on_where_there_are_no_others():
    samples = toy((6,))
    [result] = learner("mlp", epochs=9, patience=2).learn([models.Fold(samples.subset(NONE), samples, samples, 1)])
    assert result.outcome.status == "unstopped: 2 epochs"
    assert result.outcome.rows.tolist() == list(range(48))


def test_a_fold_without_rows_to_train_on_says_so_and_holds_all_classes_alike():
    samples = toy((6,))
    empty = samples.subset(NONE)
    nothing, something = models.Fold(empty, empty, samples, 1), folded(samples, 1)
    model = learner("mlp", patience=2)
    assert [len(stack) for stack in model.stacks([nothing, something, nothing])] == [1, 1, 1]
    [result] = model.learn([nothing])
    assert result.outcome.status == "untrained: no trial with a class"
    assert (result.values, result.outcome.history) == ([], [])
    assert np.array_equal(result.logits, np.zeros((48, 2)))


def test_validation_rows_of_a_class_that_training_lacks_stop_it_all_the_same():
    samples = toy((6,))
    low, high = (samples.subset(np.flatnonzero(samples.labels == code)) for code in (0, 1))
    [result] = learner("mlp", patience=2, balance="weights").learn([models.Fold(low, high, samples, 1)])
    assert result.outcome.status == "class_missing: 1"
    assert np.isfinite(result.logits).all()
    assert all(np.isfinite(row["val_loss"]) for row in result.outcome.history)

import warnings

import numpy as np
import pytest
from sklearn import metrics as reference

from eeg import metrics


def drawn(seed, n=60, n_classes=4, signal=0.0):
    rng = np.random.default_rng(seed)
    labels = rng.integers(n_classes, size=n)
    return labels, rng.normal(size=(n, n_classes)) + signal * np.eye(n_classes)[labels]


def summarised(labels, logits, folds=None, trials=None):
    folds = np.zeros(len(labels), dtype=int) if folds is None else np.asarray(folds)
    trials = np.arange(len(labels)) if trials is None else np.asarray(trials)
    return metrics.blocks(np.asarray(labels), np.asarray(logits, dtype=float), folds=folds, trials=trials)


def values(*args, **kwargs):
    summary = summarised(*args, **kwargs)
    return {name: value.item() for name, value in metrics.metrics(summary, metrics.identity(summary)).items()}


def expected(labels, logits):
    predicted = logits.argmax(axis=1)
    shares = np.exp(metrics.log_softmax(logits))
    n_classes = logits.shape[1]
    ranked = {"y_score": shares[:, 1]} if n_classes == 2 else {"y_score": shares, "multi_class": "ovr"}
    return {
        "balanced_accuracy": reference.balanced_accuracy_score(labels, predicted),
        "macro_f1": reference.f1_score(labels, predicted, average="macro"),
        "accuracy": reference.accuracy_score(labels, predicted),
        "auroc": reference.roc_auc_score(labels, **ranked),
        "kappa": reference.cohen_kappa_score(labels, predicted),
        "mcc": reference.matthews_corrcoef(labels, predicted),
        "nll": reference.log_loss(labels, shares),
        "brier": reference.brier_score_loss(labels, shares, labels=np.arange(n_classes)),
    }


@pytest.mark.parametrize("n_classes", [2, 3, 4])
@pytest.mark.parametrize("seed", range(5))
def test_every_metric_agrees_with_scikit_learn(n_classes, seed):
    labels, logits = drawn(seed, n_classes=n_classes, signal=0.5)
    got = values(labels, logits)
    assert tuple(got) == metrics.METRICS
    assert got == pytest.approx(expected(labels, logits), abs=1e-12)


def test_tied_probabilities_rank_as_in_scikit_learn():
    labels, logits = drawn(1, n_classes=2)
    logits = np.round(logits)
    assert values(labels, logits)["auroc"] == pytest.approx(expected(labels, logits)["auroc"], abs=1e-12)


def test_a_constant_added_to_a_row_of_logits_changes_nothing():
    labels, logits = drawn(2)
    moved = logits + np.random.default_rng(0).normal(size=(len(labels), 1))
    assert values(labels, moved) == pytest.approx(values(labels, logits), abs=1e-12)


def test_classes_absent_from_labels_are_left_out_of_the_averages():
    labels, logits = drawn(3, n_classes=4)
    labels = labels % 2
    got, predicted = values(labels, logits), logits.argmax(axis=1)
    shares = np.exp(metrics.log_softmax(logits))
    assert got["auroc"] == pytest.approx(
        np.mean([reference.roc_auc_score(labels == k, shares[:, k]) for k in (0, 1)]), abs=1e-12
    )
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "y_pred contains classes not in y_true")
        assert got["balanced_accuracy"] == pytest.approx(reference.balanced_accuracy_score(labels, predicted))
    assert got["macro_f1"] == pytest.approx(reference.f1_score(labels, predicted, average="macro"))


def test_one_class_everywhere_leaves_auroc_and_kappa_empty():
    got = values([1, 1, 1], [[0, 1], [0, 2], [0, 3]])
    assert np.isnan(got["auroc"])
    assert np.isnan(got["kappa"])
    assert (got["accuracy"], got["balanced_accuracy"], got["macro_f1"], got["mcc"]) == (1, 1, 1, 0)


def test_four_trials_by_hand():
    got = values([0, 0, 1, 1], np.log([[0.8, 0.2], [0.4, 0.6], [0.3, 0.7], [0.1, 0.9]]))
    # Predicted 0 1 1 1: recalls 1/2 and 1; F1 2/3 and 4/5; agreement by chance 1/2.
    assert got["balanced_accuracy"] == pytest.approx(0.75)
    assert got["macro_f1"] == pytest.approx((2 / 3 + 4 / 5) / 2)
    assert got["kappa"] == pytest.approx(0.5)
    assert got["mcc"] == pytest.approx(1 / np.sqrt(3))
    assert got["auroc"] == 1
    assert got["nll"] == pytest.approx(-np.log(0.8 * 0.4 * 0.7 * 0.9) / 4)
    assert got["brier"] == pytest.approx((0.2**2 + 0.6**2 + 0.3**2 + 0.1**2) / 4)


def test_a_tie_goes_to_the_lowest_class():
    assert values([0, 1], [[1, 1], [1, 1]])["accuracy"] == 0.5
    np.testing.assert_array_equal(summarised([0], [[0, 2, 2]]).votes, [[0, 1, 0]])


def test_extreme_logits_stay_finite():
    got = values([0, 1], [[-2e4, 2e4], [-2e4, 2e4]])
    assert got["nll"] == 2e4
    assert got["brier"] == 0.5


def test_auroc_ranks_within_folds():
    # Each fold is ranked perfectly; an offset of one fold would put its low above the other's high.
    labels, margin = np.array([0, 1, 0, 1]), np.array([0.0, 1, 10, 11])
    logits = np.stack([np.zeros(4), margin], axis=1)
    assert values(labels, logits, folds=[0, 0, 1, 1])["auroc"] == 1
    assert values(labels, logits)["auroc"] == 0.75


def test_a_constant_in_fold_is_centred_to_exactly_zero():
    folds = np.repeat([0, 1, 2], [3, 7, 11])
    logits = np.random.default_rng(0).normal(size=(3, 4))[folds]
    assert not metrics.fold_centred(logits, folds).any()
    assert values(np.arange(21) % 4, logits, folds=folds)["auroc"] == 0.5


@pytest.mark.parametrize("n_classes", [2, 4])
def test_permuting_equal_blocks_is_permuting_whole_trials_of_rows(n_classes):
    rng = np.random.default_rng(5)
    trials, folds = np.repeat(np.arange(12), 5), np.repeat(np.arange(12) % 3, 5)
    labels, logits = rng.integers(n_classes, size=12)[trials], rng.normal(size=(60, n_classes))
    summary = summarised(labels, logits, folds, trials)
    permutations = metrics.within_folds(summary.folds, draws=4, rng=rng)
    got = metrics.metrics(summary, permutations)
    order = np.lexsort((trials, folds))
    for draw, permutation in enumerate(permutations):
        rows = order.reshape(12, 5)[permutation].ravel()
        literal = values(labels[order], logits[rows], folds[order], trials[order])
        assert {name: scores[draw] for name, scores in got.items()} == pytest.approx(literal, abs=1e-12)


def test_unequal_blocks_take_predictions_over_in_proportion():
    """Two blocks of 1 and 3 windows swap: as if each block's windows were repeated to the other's number."""
    logits = np.log([[0.9, 0.1], [0.2, 0.8], [0.7, 0.3], [0.6, 0.4]])
    summary = summarised([0, 1, 1, 1], logits, trials=[1, 2, 2, 2])
    got = metrics.metrics(summary, np.array([[1, 0]]))
    labels, swapped = np.repeat([0, 1], [3, 9]), np.concatenate([logits[1:], np.repeat(logits[:1], 9, axis=0)])
    literal = expected(labels, swapped)
    assert {name: scores.item() for name, scores in got.items()} == pytest.approx(literal, abs=1e-12)


def test_unequal_blocks_unpermuted_score_as_their_windows():
    labels, logits = drawn(7, n=50)
    trials = np.random.default_rng(7).integers(8, size=50)
    labels = (trials * 3) % 4
    assert values(labels, logits, trials=trials) == pytest.approx(expected(labels, logits), abs=1e-12)


def test_permutations_stay_within_folds_and_reach_every_order():
    folds = np.array([2, 0, 2, 0, 2, 1])
    permutations = metrics.within_folds(folds, draws=600, rng=np.random.default_rng(0))
    assert (np.sort(permutations, axis=1) == np.arange(6)).all()
    assert (folds[permutations] == folds).all()
    orders, counts = np.unique(permutations, axis=0, return_counts=True)
    assert len(orders) == 12
    assert counts.min() > 25  # 50 expected; 25 lies 3.7 standard deviations below


@pytest.mark.parametrize("n_classes", [2, 3])
def test_a_resample_of_blocks_scores_as_the_rows_it_holds(n_classes):
    labels, logits = drawn(3, n=30, n_classes=n_classes, signal=0.5)
    trials, folds = np.arange(30) // 3, np.zeros(30, int)
    labels = labels[trials * 3]
    summary = summarised(labels, logits, folds, trials)
    times = np.random.default_rng(0).multinomial(10, np.full(10, 0.1), size=20)
    got = metrics.resampled(summary, times.astype(float))
    for draw, counts in enumerate(times):
        rows = np.concatenate([np.flatnonzero(trials == trial) for trial in np.repeat(np.arange(10), counts)])
        if len(np.unique(labels[rows])) < n_classes:
            continue
        one = {name: values[draw] for name, values in got.items()}
        assert one == pytest.approx(expected(labels[rows], logits[rows]) | {"auroc": one["auroc"]}, abs=1e-12)
        # logits here are centred over all rows; order within the resample is the logits' own
        ranks = metrics.fold_centred(metrics.log_odds(logits), folds)[rows]
        areas = [reference.roc_auc_score(labels[rows] == k, ranks[:, k]) for k in range(n_classes)]
        assert one["auroc"] == pytest.approx(np.mean(areas), abs=1e-12)

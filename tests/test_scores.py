import time

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from eeg import metrics
from eeg.method import Method
from eeg.predictions import Cell, confusion, units
from eeg.scores import COLUMNS, P_COLUMNS, null_means, p_value, score

CELL = Cell("trial", "quadrant", "svm")


def predictions(labels, n_windows=1, *, n_classes=2, seed=0, signal=0.0, n_folds=2):
    """Return noise logits, the label's raised by `signal`; `labels` is (n_subjects, n_trials)."""
    labels = np.atleast_2d(labels)
    subject, trial, window = (axis.ravel() for axis in np.indices((*labels.shape, n_windows)))
    label = labels[subject, trial]
    logits = np.random.default_rng(seed).normal(size=(len(label), n_classes)) + signal * np.eye(n_classes)[label]
    table = {"subject": [f"s{s + 1:02d}" for s in subject], "trial": trial + 1, "window": window}
    columns = {f"logit_{k}": column.astype(np.float32) for k, column in enumerate(logits.T)}
    return pd.DataFrame({**table, "fold": trial % n_folds, "label": label, **columns})


def with_logits(table, logits):
    return table.assign(**{f"logit_{k}": column.astype(np.float32) for k, column in enumerate(np.asarray(logits).T)})


def look(table, **cell):
    return table.loc[(table[list(cell)] == pd.Series(cell)).all(axis=1)]


def random_labels(n_subjects, n_trials, n_classes=2, seed=0):
    return np.random.default_rng(seed).integers(n_classes, size=(n_subjects, n_trials))


@pytest.mark.parametrize("n_repeats", [1, 2])
def test_a_p_stands_beside_the_subjects_it_is_of_and_their_distance_from_chance(n_repeats):
    rows = predictions(random_labels(3, 8), 3)
    rows.loc[rows["subject"] == "s02", "fold"] = rows.loc[rows["subject"] == "s02", "trial"] - 1  # one trial a fold
    dealt = [rows.assign(fold=rows["fold"] + 8 * place) for place in range(n_repeats)]
    got = score(pd.concat(dealt), cell=CELL, method=Method(draws=5))
    p, table = (look(one, unit="trial", metric="kappa") for one in (got.p, got.table))
    known = table[table["subject"] != "s02"]
    assert p["n"].tolist() == [2]
    assert p["difference"].tolist() == [pytest.approx((known["value"] - known["chance"]).mean())]


def test_columns_and_order():
    got = score(predictions(random_labels(2, 8), 3), cell=CELL, method=Method(draws=5))
    assert list(got.table) == COLUMNS
    assert list(got.p) == P_COLUMNS
    assert len(got.table) == 2 * 2 * 8
    assert list(dict.fromkeys(got.table["unit"])) == ["window", "trial"]
    assert tuple(dict.fromkeys(got.table["metric"])) == metrics.METRICS
    assert got.draws["window", "nll"].shape == (2, 5)


def test_rows_in_another_order_give_the_same_scores():
    table = predictions(random_labels(3, 8), 3)
    shuffled = table.sample(frac=1, random_state=1)
    first, second = (score(rows, cell=CELL, method=Method(draws=20)) for rows in (table, shuffled))
    pd.testing.assert_frame_equal(first.table, second.table, rtol=1e-12)
    pd.testing.assert_frame_equal(first.p, second.p)


def test_a_subject_scored_alone_has_the_same_scores():
    table = predictions(random_labels(3, 8), 3)
    alone = score(table[table["subject"] == "s02"], cell=CELL, method=Method(draws=20))
    together = look(score(table, cell=CELL, method=Method(draws=20)).table, subject="s02")
    pd.testing.assert_frame_equal(alone.table, together.reset_index(drop=True))


def test_one_window_per_trial_scores_alike_in_both_units():
    table = score(predictions(random_labels(2, 12)), cell=CELL, method=Method(draws=50)).table
    by_unit = [look(table, unit=unit)[["value", "chance"]].to_numpy() for unit in ("window", "trial")]
    np.testing.assert_array_equal(*by_unit)


def test_a_yardstick_has_trial_rows_only():
    table = predictions(random_labels(2, 8)).assign(window=-1)
    assert list(units(table)) == ["trial"]
    assert set(score(table, cell=CELL, method=Method(draws=5)).table["unit"]) == {"trial"}


@pytest.mark.parametrize("n_classes", [2, 4])
def test_a_constant_in_each_fold_scores_exactly_its_chance(n_classes):
    table = predictions(random_labels(3, 30, n_classes), n_classes=n_classes, n_folds=5)
    constants = np.random.default_rng(1).normal(size=(5, n_classes))
    got = score(with_logits(table.assign(window=-1), constants[table["fold"]]), cell=CELL, method=Method(draws=200))
    np.testing.assert_array_equal(got.table["value"], got.table["chance"])
    assert (got.p["p"] == 1).all()
    assert (look(got.table, metric="auroc")["value"] == 0.5).all()


def test_a_constant_scores_its_chance_on_trials_of_unequal_length_too():
    table = predictions(random_labels(2, 20), 6)
    table = table[table["window"] <= table["trial"] % 6]
    constants = np.random.default_rng(1).normal(size=(2, 2))
    got = score(with_logits(table, constants[table["fold"]]), cell=CELL, method=Method(draws=100))
    counted = got.table[~got.table["metric"].isin(metrics.SMALLER_IS_BETTER)]
    np.testing.assert_array_equal(counted["value"], counted["chance"])
    np.testing.assert_allclose(got.table["value"], got.table["chance"], rtol=1e-14)


def test_the_majority_trap_of_leaving_one_trial_out():
    """Guessing the other trials' majority is always wrong on balanced labels: 0.00, and no chance can show it."""
    labels = np.arange(10) % 2
    table = predictions(labels, n_folds=10).assign(window=-1)
    got = score(with_logits(table, np.eye(2)[1 - labels]), cell=CELL, method=Method(draws=50))
    assert look(got.table, metric="balanced_accuracy")["value"].item() == 0
    assert got.table["chance"].isna().all()
    assert got.p["p"].isna().all()


def test_the_true_label_scores_one_with_the_least_p():
    labels = random_labels(4, 40, 4)
    got = score(predictions(labels, 2, n_classes=4, signal=50), cell=CELL, method=Method(draws=200))
    best = got.table[got.table["metric"].isin(["balanced_accuracy", "macro_f1", "accuracy", "auroc", "kappa", "mcc"])]
    np.testing.assert_allclose(best["value"], 1, rtol=1e-12)
    np.testing.assert_allclose(got.p["p"], 1 / 201)
    assert look(got.table, metric="balanced_accuracy")["chance"].mean() == pytest.approx(0.25, abs=0.02)


def test_chance_is_the_mean_over_all_orders_of_a_small_fold():
    """Two trials, one draw of two keeps the order: chance of accuracy 1 is half way to its swap's 0."""
    table = with_logits(predictions([[0, 1]], n_folds=1).assign(window=-1), np.eye(2))
    got = score(table, cell=CELL, method=Method(draws=4000))
    accuracy = look(got.table, metric="accuracy")
    assert accuracy["value"].item() == 1
    assert accuracy["chance"].item() == pytest.approx(0.5, abs=0.03)  # 3.8 standard errors
    assert look(got.p, unit="trial", metric="accuracy")["p"].item() == pytest.approx(0.5, abs=0.03)


def test_windows_of_a_trial_are_one_observation():
    """Windows that only tell trials apart: 40 copies of each trial's guess must not make p small."""
    trials = predictions(random_labels(1, 12, seed=3), seed=5)
    copies = trials.loc[trials.index.repeat(40)].assign(window=np.tile(np.arange(40), 12))
    once, often = (score(table, cell=CELL, method=Method(draws=200)) for table in (trials, copies))
    np.testing.assert_allclose(once.p["p"], often.p["p"])
    np.testing.assert_allclose(once.table["chance"], often.table["chance"], rtol=1e-10)


def cross_validated(n_subjects, n_trials, n_windows, *, seed, n_folds=4, n_features=8):
    """Return predictions on noise of linear models, one per subject and fold, of the other folds' trials."""
    table = predictions(random_labels(n_subjects, n_trials, seed=seed), n_windows, n_folds=n_folds)
    rng = np.random.default_rng(1000 + seed)
    of_trials = np.repeat(rng.standard_normal((n_subjects * n_trials, n_features)), n_windows, axis=0)
    x = of_trials + rng.standard_normal((len(table), n_features))
    signed = (2 * table["label"].to_numpy() - 1)[:, None] * x
    margins = np.empty(len(table))
    for _, own in table.groupby(["subject", "fold"]):
        taught = (table["subject"] == own["subject"].iloc[0]) & (table["fold"] != own["fold"].iloc[0])
        margins[own.index] = x[own.index] @ signed[taught].mean(axis=0)
    return with_logits(table, np.stack([np.zeros(len(table)), margins], axis=1))


def test_p_of_models_cross_validated_on_noise_is_uniform_for_every_metric():
    cohorts = 200
    p = pd.DataFrame(
        [
            look(score(cross_validated(4, 20, 2, seed=k), cell=CELL, method=Method(draws=99, seed=k)).p)
            .set_index(["unit", "metric"])["p"]
            .to_dict()
            for k in range(cohorts)
        ]
    )
    for share in (0.05, 0.2, 0.5):
        # Every single metric within the binomial's central 99.99 %: 16 rows and three levels are looked at.
        low, high = stats.binom.interval(0.9999, cohorts, share)
        counts = (p <= share).sum()
        assert counts.between(low, high).all(), counts


def test_p_counts_smaller_losses_as_better():
    draws = np.array([[0.2, 0.4, 0.6, 0.8]])  # drawn apart: 0.12 0.37 0.63 0.88 and 0.08 0.36 0.64 0.92
    assert p_value(np.array([0.65]), draws, metric="accuracy", inflation=1 + 2 / np.pi) == 2 / 5
    assert p_value(np.array([0.65]), draws, metric="nll", inflation=2) == 4 / 5


def test_permutations_are_drawn_apart_as_far_as_models_that_were_taught_by_the_tested():
    draws = np.random.default_rng(0).normal(0.5, 0.1, (4, 50))
    means = null_means(draws, inflation=1.6)
    assert means.mean() == pytest.approx(draws.mean())
    assert means.var() == pytest.approx(1.6 * draws.mean(axis=0).var())


def test_p_leaves_out_subjects_without_a_value():
    draws = np.array([[0.1, 0.9], [np.nan, np.nan]])
    assert p_value(np.array([0.5, np.nan]), draws, metric="auroc") == 2 / 3
    assert np.isnan(p_value(np.array([np.nan]), draws[1:], metric="auroc"))


def test_a_subject_in_whom_nothing_can_be_permuted_does_not_count_against_chance():
    two = predictions([[0, 1, 0, 1], [0, 1, 0, 1]], 1, signal=1.0)
    alone = two["subject"] == "s02"
    table = two.assign(fold=np.where(alone, two["trial"], 0))
    got, other = (
        score(table, cell=CELL, method=Method(draws=50)),
        score(table[~alone], cell=CELL, method=Method(draws=50)),
    )
    assert got.table.loc[got.table["subject"] == "s02", "chance"].isna().all()
    assert look(got.p)["p"].tolist() == look(other.p)["p"].tolist()


@pytest.mark.parametrize("in_fold", [2, 4, 10])
def test_the_chance_of_a_model_that_is_always_right_rises_as_folds_test_fewer_trials(in_fold):
    """Of two classes that fall at random on folds of n: 1/2 + 1/(2 n)."""
    table = predictions(random_labels(60, 40), 1, signal=50.0).assign(window=-1)
    got = score(table.assign(fold=(table["trial"] - 1) // in_fold), cell=CELL, method=Method(draws=200)).table
    found = got[(got["metric"] == "accuracy") & (got["unit"] == "trial")]
    assert (found["value"] == 1).all()
    # its standard error over 60 subjects is below .01
    assert found["chance"].mean() == pytest.approx(0.5 + 1 / (2 * in_fold), abs=0.03)


def test_a_subject_of_full_size_takes_a_moment():
    labels = random_labels(1, 40, 4)
    table = predictions(labels, 60, n_classes=4)
    table["fold"] = np.random.default_rng(0).permutation(len(table)) % 10  # windows shuffled: 400 blocks
    started = time.process_time()
    score(table, cell=Cell("window", "quadrant", "svm"), method=Method(draws=1000))
    assert time.process_time() - started < 5  # 0.15 s measured


def test_trials_of_no_class_are_not_scored():
    table = predictions(random_labels(2, 12), 2)
    without = table.assign(label=table["label"].where(table["trial"] > 3, -1))
    expected = score(table[table["trial"] > 3], cell=CELL, method=Method(draws=20))
    pd.testing.assert_frame_equal(score(without, cell=CELL, method=Method(draws=20)).table, expected.table)
    assert confusion(without, unit="window").sum() == 2 * 9 * 2


@pytest.mark.parametrize(("protocol", "n_trials"), [("subject", 40), ("trial", 20)])
def test_the_interval_within_a_subject_resamples_whole_trials(protocol, n_trials):
    """As many as there are, or half where they have taught each other's models."""
    cell = Cell(protocol, "valence", "svm")
    labels = random_labels(1, 40, seed=2)
    table = predictions(labels, signal=1.0)
    copies = table.loc[table.index.repeat(20)].assign(window=np.tile(np.arange(20), 40))
    once, often = (
        look(score(rows, cell=cell, method=Method(draws=2000)).table, metric="accuracy") for rows in (table, copies)
    )
    np.testing.assert_allclose(once["low"], often["low"])
    value = once["value"].iloc[0]
    expected = stats.binom.ppf([0.025, 0.975], n_trials, value) / n_trials
    np.testing.assert_allclose(once[["low", "high"]].iloc[0], expected, atol=0.026)


def test_a_constant_has_an_interval_without_width_where_nothing_can_vary():
    table = with_logits(predictions([[0, 1] * 10]), np.tile([1.0, 0.0], (20, 1)))
    got = look(score(table, cell=CELL, method=Method(draws=200)).table, metric="auroc")
    assert got[["low", "high"]].iloc[0].tolist() == [0.5, 0.5]

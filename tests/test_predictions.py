"""Tables of predictions: trials of windows, counts of classes, repeats apart."""

import numpy as np
import pandas as pd
import pytest

from eeg.errors import InputError
from eeg.method import Method
from eeg.predictions import Cell, confusion, repeats, trial_means
from eeg.scores import score
from tests.test_scores import CELL, predictions, random_labels, with_logits


def test_trial_unit_is_the_mean_logit_with_the_trials_fold():
    table = predictions([[0, 1]], 3)
    table.loc[table["trial"] == 2, "fold"] = [0, 1, 1]
    trials = trial_means(table)
    assert trials["fold"].tolist() == [0, -1]
    assert trials["window"].tolist() == [-1, -1]
    logits = table["logit_1"].to_numpy(np.float64).reshape(2, 3)
    np.testing.assert_allclose(trials["logit_1"], logits.mean(axis=1), rtol=1e-15)


def test_confusion_counts_rows_of_the_unit():
    table = predictions([[0, 1, 1]], 4, signal=50)
    np.testing.assert_array_equal(confusion(table, unit="window"), [[4, 0], [0, 8]])
    np.testing.assert_array_equal(confusion(table, unit="trial"), [[1, 0], [0, 2]])


def test_unusable_predictions_are_named():
    table = predictions([[0, 1, 1]], 2)
    with pytest.raises(InputError, match=r"trial/quadrant/svm.*2 rows with NaN or infinity, first s01 trial 2"):
        score(table.assign(logit_0=table["logit_0"].where(table["trial"] != 2)), cell=CELL)
    with pytest.raises(InputError, match=r"labels from 0 to 1 .* Received 2 for s01 trial 1"):
        score(table.assign(label=2), cell=CELL)
    with pytest.raises(InputError, match=r"one label per trial .* several for s01 trial 1"):
        score(table.assign(label=table["window"]), cell=CELL)
    in_folds = table[table["trial"] == 1].assign(fold=[0, 1], label=[0, 1])
    with pytest.raises(InputError, match="The threshold is learnt in each fold, and the folds put the trial on"):
        score(in_folds, cell=CELL)
    with pytest.raises(InputError, match="lower `exclude` of the target"):
        score(table[:0], cell=CELL)


def test_repeats_are_scored_apart_and_averaged():
    labels = random_labels(3, 12)
    first, second = (predictions(labels, 2, seed=seed, signal=0.5) for seed in (1, 2))
    both = pd.concat([first, second.assign(fold=second["fold"] + 2)], ignore_index=True).sample(frac=1, random_state=1)
    assert [len(one) for one in repeats(both)] == [72, 72]
    got, alone = score(both, cell=CELL, method=Method(draws=100)), score(first, cell=CELL, method=Method(draws=100))
    other = score(second, cell=CELL, method=Method(draws=100))
    np.testing.assert_allclose(got.table["value"], (alone.table["value"] + other.table["value"]) / 2)
    # the first repeat's draws are those it has alone; p is twice the mean of the repeats' p
    assert (got.p["p"] >= alone.p["p"] - 1e-12).all()
    assert got.p["p"].between(1 / 101, 1).all()


def test_repeats_stay_apart_where_one_leaves_trials_untested_and_a_majority_gains_nothing():
    cell = Cell("subject_video", "valence", "majority")
    labels = random_labels(3, 12, seed=4)
    first = predictions(labels, 1, n_folds=3)
    second = first.assign(fold=first["fold"] + 3)
    both = pd.concat([first[first["fold"] != 1], second[second["fold"] != 5]])
    both = both[(both["subject"] != "s03") | (both["fold"] < 3)]
    assert [set(one["fold"]) for one in repeats(both)] == [{0, 2}, {3, 4}]
    lean = np.where(both["fold"] % 2 == 0, 1.0, -1.0)
    trials = both[["subject", "trial"]].drop_duplicates().assign(video=lambda table: table["trial"])
    got = score(with_logits(both, np.stack([lean, -lean], axis=1)), cell=cell, method=Method(draws=50), trials=trials)
    own = got.table.dropna(subset="value")
    assert sorted(set(own["subject"])) == ["s01", "s02"]
    assert set(got.table["subject"]) == {"s01", "s02", "s03"}
    np.testing.assert_array_equal(own["value"], own["chance"])

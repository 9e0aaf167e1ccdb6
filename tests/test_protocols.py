import numpy as np
import pytest

from eeg import protocols
from eeg.seeds import generator
from tests.factories import split_windows, window_table


def shuffled(step, length=16):
    windows = window_table(10, 6, length=length, step=step).assign(subject="s01")
    return split_windows(windows, windows["trial"] % 2), windows


@pytest.mark.parametrize("counts", [(6, 6, 6, 6), (20, 2, 1, 1), (23, 0, 0, 1), (9, 8, 4, 3)])
def test_dealing_is_even_in_all_and_within_each_class(counts):
    strata = np.repeat(np.arange(4), counts)
    fold = protocols.deal(strata, 4, generator(1))
    for members in (np.ones(len(strata), bool), *(strata == code for code in range(4))):
        sizes = np.bincount(fold[members], minlength=4)
        assert sizes.max() - sizes.min() <= 1


def test_a_class_rarer_than_the_folds_is_counted():
    assert protocols.rare(np.array([0] * 22 + [1, 2]), ("a", "b", "c", "d"), 4) == {"b": 1, "c": 1, "d": 0}


@pytest.mark.parametrize("share", [0.1, 0.25, 0.3, 0.6])
def test_the_share_held_for_validation_is_the_one_asked_for(share):
    strata = np.repeat(np.arange(4), (40, 30, 20, 10))
    held = protocols.hold(strata, share, generator(1))
    assert len(held) == round(share * 100)
    assert len(set(held)) == len(held)
    np.testing.assert_allclose(np.bincount(strata[held]), share * np.array([40, 30, 20, 10]), atol=1)


def test_something_is_held_and_something_left():
    assert len(protocols.hold(np.zeros(3), 0.01, generator(1))) == 1
    assert len(protocols.hold(np.zeros(3), 0.99, generator(1))) == 2


def test_windows_of_a_trial_stand_on_both_sides_and_are_counted():
    split, windows = shuffled(16)
    assert protocols.shared(split, windows) == (60, 60, 0)
    said = "LEAKY: training and test share the subject and the trials; of 60 test windows 60 have training or "
    said += "validation windows of their own trial, and 0 share samples with one."
    assert protocols.stated("window", split, windows) == {"statement": said, "shared": [60, 60, 0]}
    assert protocols.statement("pooled_window", (1, 1, 0)).startswith("LEAKY: training and test share the subjects")
    assert protocols.stated("trial", split, windows) == {"statement": protocols.statement("trial")}


def test_overlapping_windows_share_samples():
    assert protocols.shared(*shuffled(4))[2] > 50


def test_a_gap_leaves_out_of_training_what_shares_samples_with_a_tested_window():
    split, windows = shuffled(4)
    apart = protocols.without_shared_samples(split, windows)
    n_test, n_trial, n_sample = protocols.shared(apart, windows)
    assert (n_test, n_sample) == (60, 0)
    assert n_trial > 0
    assert len(apart) < len(split)
    kept = split.merge(apart, how="left", indicator=True)["_merge"] == "both"
    gone = split[~kept].merge(windows).assign(far=True)
    for row in gone.itertuples():
        tested = split.query("fold == @row.fold and trial == @row.trial and role == 'test'")
        assert (abs(tested["window"] - row.window) * 4 < 16).any()


def test_windows_side_by_side_need_no_gap():
    split, windows = shuffled(16)
    assert protocols.without_shared_samples(split, windows).equals(split)


def test_parts():
    assert protocols.parts("trial", ["s01", "s02"], 9) == ["s01", "s02"]
    for protocol in protocols.ACROSS:
        assert protocols.parts(protocol, ["s01", "s02"], 2) == ["f01", "f02"]


def test_a_part_has_all_folds_of_its_subject_or_one_of_all_subjects():
    def folds(name, repeats=1, alone=False):
        return protocols.folds(name, 4, n_trials=40, repeats=repeats, alone=alone)

    assert [folds(name) for name in ("trial", "window", "subject_video")] == [4, 4, 4]
    assert [folds(name) for name in ("subject", "pooled_trial", "pooled_window")] == [1, 1, 1]
    assert [folds(name, repeats=3) for name in ("trial", "window", "subject_video", "subject")] == [12, 12, 4, 1]
    assert [folds(name, alone=True) for name in ("trial", "subject_video", "subject")] == [40, 4, 1]


def test_every_protocol_says_what_it_keeps_apart_and_shares():
    assert set(protocols.SHARED) | set(protocols.LEAKY) == set(protocols.APART)
    assert all(partner in protocols.SHARED for partner in protocols.LEAKY.values())
    assert set(protocols.UNSEEN) < set(protocols.ACROSS) < set(protocols.APART)

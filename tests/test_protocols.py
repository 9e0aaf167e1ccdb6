import numpy as np
import pandas as pd
import pytest

from eeg import protocols
from eeg.errors import InputError
from eeg.seeds import generator


def trial_table(n=24, subject="s01"):
    return pd.DataFrame({"subject": subject, "trial": np.arange(1, n + 1)})


def window_table(n_trials=10, n_windows=6, length=128, step=128):
    index = pd.MultiIndex.from_product([range(1, n_trials + 1), range(n_windows)], names=["trial", "window"])
    table = index.to_frame(index=False).assign(subject="s01", length=length)
    return table.assign(start=table["window"] * step)


def by_trials(strata, n_folds=4, seed=1):
    table = trial_table(len(strata))
    return protocols.split_trials(table, strata, n_folds=n_folds, validation=0.2, generator=generator(seed))


@pytest.mark.parametrize("counts", [(6, 6, 6, 6), (20, 2, 1, 1), (23, 0, 0, 1), (9, 8, 4, 3)])
def test_dealing_is_even_in_all_and_within_each_class(counts):
    strata = np.repeat(np.arange(4), counts)
    fold = protocols.deal(strata, 4, generator(1))
    for members in (np.ones(len(strata), bool), *(strata == code for code in range(4))):
        sizes = np.bincount(fold[members], minlength=4)
        assert sizes.max() - sizes.min() <= 1


def test_every_trial_is_tested_once_and_never_trained_on_in_its_fold():
    split = by_trials(np.arange(24) % 4)
    assert sorted(split.query("role == 'test'")["trial"]) == list(range(1, 25))
    for _, fold in split.groupby("fold"):
        assert sorted(fold["trial"]) == list(range(1, 25))
        assert (fold["role"] == "validate").sum() == pytest.approx(0.2 * 18, abs=1)


def test_a_class_rarer_than_the_folds_is_no_error():
    strata = np.array([0] * 22 + [1, 2])
    split = by_trials(strata)
    assert set(split["role"]) == {"train", "validate", "test"}
    assert protocols.rare(strata, ("a", "b", "c", "d"), 4) == {"b": 1, "c": 1, "d": 0}


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


def test_more_folds_than_trials_is_an_error():
    with pytest.raises(InputError, match=r"as many trials of s01 as folds \(9\). Received 5"):
        by_trials(np.zeros(5), n_folds=9)


def test_windows_of_a_trial_stand_on_both_sides_and_are_counted():
    windows = window_table()
    split = protocols.split_windows(
        windows, windows["trial"].to_numpy() % 2, n_folds=4, validation=0.2, generator=generator(1)
    )
    n_test, n_trial, n_sample = protocols.shared(split, windows)
    assert (n_test, n_sample) == (60, 0)
    assert n_trial == 60
    assert protocols.statement("window", split, windows).startswith("LEAKY: training and test share")


def test_overlapping_windows_share_samples():
    windows = window_table(step=32)
    split = protocols.split_windows(
        windows, windows["trial"].to_numpy() % 2, n_folds=4, validation=0.2, generator=generator(1)
    )
    assert protocols.shared(split, windows)[2] > 50


def subject_split(part, n_subjects=8, n_folds=4):
    table = pd.concat([trial_table(3, f"s{n:02d}") for n in range(1, n_subjects + 1)])
    seeds = (generator("deal"), generator("hold", part))
    return protocols.split_subjects(table, part, n_folds=n_folds, validation=0.2, seeds=seeds)


def test_subjects_are_held_out_whole_and_each_once():
    tested = []
    for part in protocols.parts("subject", [], 4):
        split = subject_split(part)
        roles = split.groupby("subject")["role"].nunique()
        assert (roles == 1).all()
        assert set(split["role"]) == {"train", "validate", "test"}
        assert set(split["fold"]) == {int(part[1:]) - 1}
        tested += sorted(split.query("role == 'test'")["subject"].unique())
    assert sorted(tested) == [f"s{n:02d}" for n in range(1, 9)]


def test_more_folds_than_subjects_is_an_error():
    with pytest.raises(InputError, match=r"as many subjects as folds \(4\). Received 3"):
        subject_split("f01", n_subjects=3)


def test_parts():
    assert protocols.parts("trial", ["s01", "s02"], 9) == ["s01", "s02"]
    assert protocols.parts("subject", ["s01", "s02"], 2) == ["f01", "f02"]

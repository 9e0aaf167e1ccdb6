import numpy as np
import pytest

from eeg import scalers
from eeg.preprocess.scale import moments
from eeg.protocols import split_trials, split_windows
from eeg.seeds import generator
from tests.factories import trial_table, window_table

STRATA = np.arange(12) % 2


@pytest.fixture
def array():
    return generator("array").normal(size=(12, 80, 3)).astype(np.float32) * [1, 5, 20]


def stored(array):
    return {"s01": {"trial": np.arange(1, 13), **moments(array)}}


def windows(**shape):
    return window_table(**shape).assign(subject="s01")


def test_whole_trials_give_the_scaler_of_their_samples_and_of_no_others(array):
    split = split_trials(trial_table(), STRATA, n_folds=3, validation=0.25, generator=generator(1))
    fitted = scalers.fit(split, windows(), stored=stored(array), arrays={}, kind="zscore_minmax")
    for one in fitted:
        trials = split.query("fold == @one.fold and role == 'train'")["trial"].to_numpy()
        samples = array[trials - 1].reshape(-1, 3)
        np.testing.assert_allclose(one.scaler.mean, samples.mean(axis=0))
        np.testing.assert_allclose(one.scaler.sd, samples.std(axis=0))
        scaled = one.scaler.transform(samples)
        np.testing.assert_allclose([scaled.min(), scaled.max()], [0, 1], atol=1e-6)
        assert set(one.ids["trial"]) == set(trials)
        assert (one.ids[["start", "stop"]] == -1).all(axis=None)


def test_a_changed_test_trial_changes_no_scaler(array):
    split = split_trials(trial_table(), STRATA, n_folds=3, validation=0.25, generator=generator(1))
    others = split.query("fold == 0 and role != 'train'")["trial"].to_numpy()
    changed = array.copy()
    changed[others - 1] *= 1000
    first, second = (
        scalers.fit(split, windows(), stored=stored(one), arrays={}, kind="zscore_minmax")[0]
        for one in (array, changed)
    )
    np.testing.assert_array_equal(first.scaler.mean, second.scaler.mean)
    np.testing.assert_array_equal(first.scaler.high, second.scaler.high)


def test_training_windows_count_each_sample_once_however_they_overlap(array):
    plan = windows(n_windows=9, step=8)
    split = split_windows(plan, plan["trial"] % 2, n_folds=4, validation=0.2, generator=generator(1))
    one = scalers.fit(split, plan, stored=stored(array), arrays={"s01": array}, kind="zscore")[0]
    rows = split.query("fold == 0 and role == 'train'").merge(plan)
    seen = np.zeros((12, 80), bool)
    for trial, start in zip(rows["trial"], rows["start"], strict=True):
        seen[trial - 1, start : start + 16] = True
    np.testing.assert_allclose(one.scaler.mean, array[seen].mean(axis=0))
    np.testing.assert_allclose(one.scaler.sd, array[seen].std(axis=0))
    assert (one.ids["stop"] - one.ids["start"]).sum() == len(rows)


def test_entropy_windows_are_rows(array):
    de = generator("de").normal(size=(12, 5, 3, 2))
    plan = windows()
    split = split_windows(plan, plan["trial"] % 2, n_folds=4, validation=0.2, generator=generator(1))
    one = scalers.fit(split, plan, stored=stored(de), arrays={"s01": de}, kind="zscore")[0]
    rows = split.query("fold == 0 and role == 'train'")
    np.testing.assert_allclose(one.scaler.mean, de[rows["trial"] - 1, rows["window"]].mean(axis=0))


def test_the_artifact_gives_the_scalers_back(array):
    split = split_trials(trial_table(), STRATA, n_folds=3, validation=0.25, generator=generator(1))
    fitted = scalers.fit(split, windows(), stored=stored(array), arrays={}, kind="zscore_minmax")
    content = scalers.to_arrays(fitted)
    back = scalers.from_arrays(content)
    for one in fitted:
        np.testing.assert_array_equal(back[one.fold].transform(array[0]), one.scaler.transform(array[0]))
    assert all(values.dtype != object for values in content.values())
    assert len(content["id_fold"]) == (split["role"] == "train").sum()

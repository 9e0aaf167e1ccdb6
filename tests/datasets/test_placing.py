import numpy as np
import pytest

from eeg.datasets.deap import placing


def starts(seed, n=40):
    """Start times of videos of a minute with pauses of 13 to 50 s, in seconds."""
    return 120 + np.cumsum(np.random.default_rng(seed).uniform(73, 110, n))


@pytest.mark.parametrize("pace", [0.991, 1.0, 1.009])
@pytest.mark.parametrize("seed", range(4))
def test_any_thirteen_of_forty_may_be_missing(seed, pace):
    rng = np.random.default_rng(100 + seed)
    other = starts(seed)
    true = 35.0 + pace * other + rng.normal(0, 0.05, 40)
    kept = np.sort(rng.choice(40, 27, replace=False))
    best, only = placing.match(true[kept], other)
    assert only
    assert best.trials.tolist() == kept.tolist()
    # 27 triggers tell offset and pace several times better than the 0.05 s each is off
    np.testing.assert_allclose(best.expected, 35.0 + pace * other, atol=0.1)
    assert best.spread < 0.25


def test_paces_beyond_one_percent_are_no_match():
    other = starts(1)
    best, _ = placing.match(1.03 * other[:30], other)
    assert (best.trials < 0).sum() > 15


@pytest.mark.parametrize("seed", range(10))
def test_no_trial_has_two_triggers_and_order_is_kept(seed):
    rng = np.random.default_rng(seed)
    other = starts(seed)
    found = np.sort(np.concatenate([other[rng.choice(40, 30, replace=False)], rng.uniform(0, 3500, 6)]))
    best, _ = placing.match(found, other)
    matched = best.trials[best.trials >= 0]
    assert (np.diff(matched) > 0).all()
    assert len(matched) >= 30


@pytest.mark.parametrize("gone", [[0], [0, 1], [39]])
def test_equal_distances_do_not_say_which_end_is_missing(gone):
    other = 80.0 * np.arange(40)
    _, only = placing.match(np.delete(other, gone), other)
    assert not only


@pytest.mark.parametrize(("off", "clear"), [(0.001, True), (0.2, False)])
def test_distances_less_different_than_the_triggers_are_off_do_not_say_it_either(off, clear):
    rng = np.random.default_rng(3)
    other = 80.0 * np.arange(40) + rng.normal(0, 0.1, 40)
    best, only = placing.match((other + rng.normal(0, off, 40))[1:], other)
    assert only == clear
    if clear:
        assert best.trials.tolist() == list(range(1, 40))


def test_equal_distances_say_which_middle_is_missing():
    other = 80.0 * np.arange(40)
    best, only = placing.match(np.delete(other, 20), other)
    assert only
    assert best.trials.tolist() == [*range(20), *range(21, 40)]


def test_in_order_finds_the_one_that_was_moved():
    other = starts(2)
    moved = 5.0 + 1.002 * other
    moved[7] += 3.0
    misses = placing.in_order(moved, other)
    # forty triggers outvote one
    assert misses[7] == pytest.approx(3.0, abs=0.01)
    assert np.delete(misses, 7).max() < 0.01


def test_in_order_passes_over_blank_start_times():
    other = starts(2)
    other[3] = np.nan
    misses = placing.in_order(np.nan_to_num(other, nan=0.0), other)
    assert np.flatnonzero(np.isnan(misses)).tolist() == [3]
    assert np.nanmax(misses) == pytest.approx(0.0, abs=1e-9)


def test_tolerance_is_less_between_short_trials():
    assert placing.tolerance(starts(1)) == 2.0
    assert placing.tolerance(np.array([0.0, 1.0, 2.0])) == 0.25
    assert placing.tolerance(np.array([0.0])) == 2.0

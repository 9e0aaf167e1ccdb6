import numpy as np
import pytest
from scipy import stats

from eeg.intervals import Common, detectable, interval


@pytest.mark.parametrize("n", [2, 8, 20])
def test_interval_is_students_up_to_twenty(n):
    values = np.random.default_rng(n).normal(size=n)
    expected = stats.t.interval(0.95, n - 1, loc=values.mean(), scale=stats.sem(values))
    assert interval(values) == pytest.approx(expected, abs=1e-12)


def test_interval_leaves_out_what_is_not_finite_and_needs_two():
    assert interval(np.array([0.2, np.nan, 0.6])) == interval(np.array([0.2, 0.6]))
    assert np.isnan(interval(np.array([0.2, np.nan]))).all()
    assert np.isnan(interval(np.array([]))).all()


@pytest.mark.parametrize("n", [5, 30])
def test_equal_values_have_an_interval_without_width(n):
    assert interval(np.full(n, 0.7)) == pytest.approx((0.7, 0.7), abs=1e-15)
    assert np.ptp(interval(np.full(n, 0.7))) == 0


def test_one_outlier_among_many_equal_values_gives_a_finite_interval():
    low, high = interval(np.r_[np.full(31, 0.5), 0.9])
    assert low < 0.5125 < high
    assert np.isfinite([low, high]).all()


def test_the_bootstrap_is_repeatable_and_agrees_with_student_on_normal_values():
    values = np.random.default_rng(0).normal(size=200)
    assert interval(values) == interval(values)
    assert interval(values) != interval(values, seed=1)
    expected = stats.t.interval(0.95, 199, loc=values.mean(), scale=stats.sem(values))
    # Both ends within a twentieth of the interval's width: the noise of 1,999 resamples.
    assert interval(values) == pytest.approx(expected, abs=0.05 * np.ptp(expected))


def test_the_bootstrap_covers_the_mean_of_skewed_values():
    rng = np.random.default_rng(4)
    limits = np.array([interval(rng.exponential(size=32), seed=k) for k in range(400)])
    covered = np.count_nonzero((limits[:, 0] <= 1) & (limits[:, 1] >= 1))
    # 95 % of 400 is 380; Student's interval covers about 92 % of such samples, the percentile bootstrap less.
    assert 365 <= covered <= 393


@pytest.mark.parametrize("n", [3, 8, 20, 32])
def test_the_detectable_effect_has_the_power_that_the_noncentral_t_gives_it(n):
    shift = detectable(n, 1.0) * np.sqrt(n)
    limit = stats.t.ppf(0.975, n - 1)
    power = stats.nct.sf(limit, n - 1, shift) + stats.nct.cdf(-limit, n - 1, shift)
    assert power == pytest.approx(0.8, abs=1e-6)


def test_the_detectable_effect_is_that_of_the_tables():
    # Cohen's d of a one-sample t test, two-sided .05, power .8
    assert detectable(20, 1.0) == pytest.approx(0.660, abs=0.002)
    assert detectable(34, 2.0) == pytest.approx(2 * 0.494, abs=0.004)
    assert np.isnan(detectable(1, 1.0))


def test_the_detectable_effect_is_found_as_often_as_it_says():
    rng = np.random.default_rng(1)
    values = rng.normal(detectable(8, 1.0), 1.0, size=(4000, 8))
    assert np.mean(stats.ttest_1samp(values, 0, axis=1).pvalue < 0.05) == pytest.approx(0.8, abs=0.02)


def test_an_inflated_variance_widens_interval_and_effect_by_its_root():
    values = np.random.default_rng(0).normal(size=8)
    low, high = interval(values)
    wide = interval(values, inflation=4.0)
    np.testing.assert_allclose(wide, [2 * low - values.mean(), 2 * high - values.mean()])
    assert detectable(8, 1.0, inflation=4.0) == pytest.approx(2 * detectable(8, 1.0))
    assert np.isnan(interval(values, inflation=np.nan)).all()


def test_common_videos_give_the_degrees_of_freedom_of_what_says_most():
    # subjects say little: nearly all of it is the videos'
    total, freedom = Common(40, by_video=1.0, by_trial=0.0).added(0.01, 8)
    assert total == pytest.approx(2.01)
    assert freedom == pytest.approx(39, rel=0.02)
    # videos add nothing, and are known less well than the subjects' own spread
    total, freedom = Common(40, by_video=0.5, by_trial=0.5).added(1.0, 8)
    assert total == 1
    assert 5 < freedom < 7
    # an estimate that happens to lie far below 0 leaves half of what subjects say, and a test that can be reckoned
    total, freedom = Common(40, by_video=0.5, by_trial=2.0).added(1.0, 8)
    assert (total, freedom) == (0.5, 3.5)
    assert np.isfinite(detectable(8, 1.0, common=Common(3, 0.5, 2.0)))
    assert Common().added(1.0, 8) == (1.0, 7)

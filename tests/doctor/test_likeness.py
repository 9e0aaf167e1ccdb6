"""Likeness: known lags, fractions of a sample, and what must not matter to it."""

import numpy as np
import pytest
from scipy import fft

from eeg.doctor import likeness

SFREQ = 128.0


def noise(*shape, seed=0, slope=1.0):
    """Noise whose power falls with frequency as a brain's does, standard deviation about 10 microvolt."""
    x = np.random.default_rng(seed).standard_normal(shape)
    frequencies = np.maximum(fft.rfftfreq(shape[-1], 1 / SFREQ), 1)
    return 20 * fft.irfft(fft.rfft(x) * frequencies ** (-slope / 2), shape[-1])


def delayed(x, samples):
    """Return signals that come `samples` later, by a turn of their (periodic) transform."""
    turn = np.exp(-2j * np.pi * np.arange(x.shape[-1] // 2 + 1) * samples / x.shape[-1])
    return fft.irfft(fft.rfft(x) * turn, x.shape[-1])


def side(x):
    return likeness.side(x, x.shape[2], sfreq=SFREQ)


@pytest.mark.parametrize("lag", [-190, -7, -0.5, 0, 0.25, 1, 64, 190])
def test_a_known_lag_is_found_to_a_quarter_sample(lag):
    theirs = noise(2, 6, 2048)
    value, found = likeness.search(side(delayed(theirs, lag)), side(theirs))
    assert found.diagonal().tolist() == [lag, lag]
    # The delay is circular: over 190 of 2048 samples and the faded edges the two sides hold other signals.
    assert value.diagonal().min() > 0.9
    assert value[0, 1] < 0.3


def test_signals_moved_back_are_the_same():
    theirs = noise(3, 4, 4096)
    lags = np.array([0.5, -3.25, 12.0])
    ours = np.array([delayed(x, lag) for x, lag in zip(theirs, lags, strict=True)])
    before = likeness.correlations(side(ours), side(theirs))
    after = likeness.correlations(side(ours).earlier(lags), side(theirs))
    assert before[2].max() < 0.5
    # 12 of 4096 samples are others, and those of the edges are weighed otherwise.
    assert after.min() > 0.99


def test_units_offsets_and_what_lies_outside_the_band_do_not_matter():
    theirs = noise(2, 3, 4096)
    t = np.arange(4096) / SFREQ
    ours = 3 * theirs + 1000 + 200 * np.sin(2 * np.pi * 1.3 * t) + 50 * np.sin(2 * np.pi * 50 * t)
    assert likeness.correlations(side(ours), side(theirs)).min() > 0.999


def test_noise_of_equal_power_makes_the_correlation_what_theory_says():
    theirs, other = noise(8, 4, 8064), noise(8, 4, 8064, seed=1)
    found = likeness.correlations(side(theirs + other), side(theirs))
    # Equal powers correlate by 1 / sqrt(2); the standard error over 32 signals of 63 s x 35 Hz is about 0.002.
    assert found.mean() == pytest.approx(np.sqrt(0.5), abs=0.01)


@pytest.mark.parametrize("bad", [0.0, 5.0, np.nan, np.inf, 1e30])
def test_flat_channels_and_no_numbers_are_not_usable(bad):
    x = noise(2, 3, 1024)
    x[0, 1] = bad
    x[1, 2, 100] = np.nan
    made = side(x)
    assert made.usable.tolist() == [[True, False, True], [True, True, False]]
    assert np.isfinite(made.spectra).all()
    found = likeness.correlations(made, side(noise(2, 3, 1024)))
    assert np.isnan(found).tolist() == (~made.usable).tolist()


def test_where_nothing_is_shared_there_is_no_number():
    x, y = noise(1, 2, 1024), noise(1, 2, 1024)
    x[0, 0], y[0, 1] = 0, 0
    assert np.isnan(likeness.search(side(x), side(y))[0]).all()
    assert np.isnan(likeness.between_channels(side(x), side(y)).diagonal()).all()
    assert np.isnan(likeness.spectral_difference(side(x), side(y))).all()


def test_the_mean_is_over_the_channels_both_have():
    x = noise(1, 4, 2048)
    y = x.copy()
    x[0, 0], y[0, 1] = 0, np.nan
    assert likeness.search(side(x), side(y))[0] == pytest.approx(1, abs=1e-4)


def test_the_overall_strength_does_not_know_the_order_of_channels():
    x = noise(3, 8, 2048)
    mixed = likeness.overall(side(x[:, [3, 1, 7, 0, 2, 5, 4, 6]]))
    value, lag = likeness.search(likeness.overall(side(x)), mixed)
    np.testing.assert_allclose(value.diagonal(), 1, atol=1e-4)
    assert not lag.diagonal().any()
    assert value[~np.eye(3, dtype=bool)].max() < 0.3


def test_channels_are_compared_with_all_channels():
    x = noise(4, 5, 2048)
    order = [2, 0, 1, 4, 3]
    fit = likeness.between_channels(side(x[:, order]), side(x))
    assert fit.argmax(axis=1).tolist() == order


def test_the_spectra_differ_by_the_decibels_put_in():
    x = noise(3, 2, 4096)
    found = likeness.spectral_difference(side(x * np.array([[1.0], [2.0]])), side(x))
    np.testing.assert_allclose(found, [0, 20 * np.log10(2)], atol=1e-3)


def test_short_trials_are_searched_over_a_quarter_of_their_length():
    assert side(noise(1, 2, 8064)).reach == 192
    assert side(noise(1, 2, 400)).reach == 100

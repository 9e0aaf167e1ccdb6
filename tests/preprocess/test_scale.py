"""Scalers: merged moments equal direct ones, the composition equals the two steps, nothing becomes NaN."""

from fractions import Fraction

import numpy as np
import pytest
from sklearn.preprocessing import MinMaxScaler, StandardScaler

from eeg.preprocess import scale
from eeg.preprocess.scale import Scaler, merge, moments, transform


@pytest.fixture
def trials():
    """Return 7 trials, 50 samples, 3 channels; offsets differ by trial, one channel has a large mean."""
    rng = np.random.default_rng(4)
    x = rng.standard_normal((7, 50, 3)) * [1, 10, 0.1] + rng.standard_normal((7, 1, 3)) + [0, 5, 1e3]
    return x.astype(np.float32)


def test_merged_moments_equal_direct_computation(trials):
    merged = merge(moments(trials))
    flat = trials.reshape(-1, 3).astype(np.float64)
    assert merged["count"] == len(flat)
    np.testing.assert_allclose(merged["mean"], flat.mean(axis=0), rtol=1e-13)
    # a mean of 1,000 sd costs no digits, as it would in the mean of squares
    np.testing.assert_allclose(merged["m2"] / len(flat), flat.var(axis=0), rtol=1e-11)
    np.testing.assert_array_equal(merged["min"], flat.min(axis=0))
    np.testing.assert_array_equal(merged["max"], flat.max(axis=0))


def test_trials_of_different_length_merge_exactly(trials):
    parts = [moments(trials[:3]), moments(trials[3:, :20])]
    merged = merge({name: np.concatenate([part[name] for part in parts]) for name in parts[0]})
    flat = np.concatenate([trials[:3].reshape(-1, 3), trials[3:, :20].reshape(-1, 3)]).astype(np.float64)
    np.testing.assert_allclose(merged["mean"], flat.mean(axis=0), rtol=1e-13)
    np.testing.assert_allclose(merged["m2"] / len(flat), flat.var(axis=0), rtol=1e-11)


def test_merging_is_as_exact_as_the_last_bits():
    """Held against rational arithmetic: trials of 1 to 40 samples, levels a million times their spread."""
    rng = np.random.default_rng(6)
    parts = [moments((rng.normal(size=(1, n, 1)) + 1e6).astype(np.float32)) for n in (1, 40, 7, 2, 40)]
    rng = np.random.default_rng(6)
    samples = [Fraction(float(x)) for n in (1, 40, 7, 2, 40) for x in (rng.normal(size=n) + 1e6).astype(np.float32)]
    merged = merge({name: np.concatenate([part[name] for part in parts]) for name in parts[0]})
    mean = sum(samples) / len(samples)
    # a mean of a million in float64 is a multiple of 1e-10; its square goes into m2 once a sample
    assert abs(Fraction(merged["mean"].item()) - mean) < 1e-9
    np.testing.assert_allclose(merged["m2"].item(), float(sum((x - mean) ** 2 for x in samples)), rtol=1e-9)


def test_moments_keep_channel_and_band_apart():
    x = np.random.default_rng(5).standard_normal((4, 10, 6, 5))
    found = moments(x)
    assert found["count"].tolist() == [10] * 4
    assert found["mean"].shape == (4, 6, 5)
    np.testing.assert_allclose(found["m2"], 10 * x.var(axis=1))


@pytest.mark.parametrize("kind", ["zscore", "zscore_minmax"])
def test_scaler_equals_scikit_learn_on_the_training_samples(trials, kind):
    train, test = trials[:5], trials[5:]
    flat = train.reshape(-1, 3).astype(np.float64)
    steps = [StandardScaler()] + [MinMaxScaler()] * (kind == "zscore_minmax")
    expected = test.reshape(-1, 3).astype(np.float64)
    for step in steps:
        expected = step.fit(flat).transform(expected)
        flat = step.transform(flat)
    found = Scaler.fit(merge(moments(train)), kind=kind).transform(test)
    assert found.dtype == np.float32
    # float32 has 7 digits; z-scores reach 4
    np.testing.assert_allclose(found.reshape(-1, 3), expected, atol=1e-6)


def test_training_samples_fill_0_to_1_and_others_are_not_clipped(trials):
    scaler = Scaler.fit(merge(moments(trials)))
    scaled = scaler.transform(trials)
    np.testing.assert_allclose(scaled.min(axis=(0, 1)), 0, atol=1e-6)
    np.testing.assert_allclose(scaled.max(axis=(0, 1)), 1, atol=1e-6)
    beyond = trials[:, :1] + 2 * np.ptp(trials, axis=(0, 1))
    assert (scaler.transform(beyond) > 1).all()


@pytest.mark.parametrize("kind", ["zscore", "zscore_minmax"])
def test_a_constant_feature_becomes_0(kind):
    x = np.ones((3, 10, 2), np.float32) * 0.1
    x[..., 1] = np.arange(10)
    scaler = Scaler.fit(merge(moments(x)), kind=kind)
    assert (scaler.transform(x + 1)[..., 0] == 0).all()
    assert np.isfinite(scaler.transform(x)).all()


def test_other_trials_leave_every_bit_of_the_scaler(trials):
    parts = moments(trials)
    changed = moments(np.concatenate([trials[:5], 100 * trials[5:]]))
    first, second = (Scaler.fit(merge({name: rows[:5] for name, rows in part.items()})) for part in (parts, changed))
    for name in ("mean", "sd", "low", "high"):
        np.testing.assert_array_equal(getattr(first, name), getattr(second, name))
    assert (Scaler.fit(merge(changed)).mean != first.mean).all()


@pytest.mark.parametrize("kind", ["zscore", "zscore_minmax"])
def test_a_trial_of_one_sample_becomes_0(kind):
    scaler = Scaler.fit(merge(moments(np.full((1, 1, 3), 7.0, np.float32))), kind=kind)
    np.testing.assert_array_equal(scaler.transform(np.full((1, 1, 3), 9.0, np.float32)), 0)


@pytest.mark.parametrize("kind", ["zscore", "zscore_minmax"])
@pytest.mark.parametrize("step", [2e-200, np.spacing(1.0), np.finfo(np.float32).smallest_subnormal])
def test_the_smallest_differences_give_finite_numbers(kind, step):
    x = (np.arange(3.0) * step + (step == np.spacing(1.0)))[None, :, None]
    scaled = Scaler.fit(merge(moments(x)), kind=kind).transform(x)
    assert np.isfinite(scaled).all()


def test_identity_changes_no_bit():
    x = np.random.default_rng(7).normal(size=(5, 4, 3)).astype(np.float32)
    np.testing.assert_array_equal(Scaler.identity((3,)).transform(x), x)


@pytest.mark.parametrize("features", [(3,), (3, 2)])
def test_blocks_of_windows_change_no_bit(monkeypatch, features):
    rng = np.random.default_rng(8)
    x, row = rng.normal(size=(20, 6, *features)).astype(np.float32), rng.integers(0, 4, 20)
    gain, offset = rng.normal(size=(4, *features)), rng.normal(size=(4, *features))
    whole = transform(x, gain, offset, row=row)
    lined_up = (line[row][:, None] for line in (gain, offset))
    factor, summand = lined_up
    np.testing.assert_array_equal(whole, (x.astype(np.float64) * factor + summand).astype(np.float32))
    monkeypatch.setattr(scale, "BLOCK", 3 * 6 * 3)
    np.testing.assert_array_equal(transform(x, gain, offset, row=row), whole)

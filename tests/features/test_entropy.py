"""Differential entropy against physics: sinusoids land in their band, noise has the filter's integral."""

import numpy as np
import pytest
from scipy.signal import butter, sosfreqz

from eeg.errors import InputError
from eeg.features.entropy import FLOOR, ORDER, check_bands, differential_entropy, subtract_baseline

FIVE = {"theta": (4, 8), "slow alpha": (8, 10), "alpha": (8, 12), "beta": (12, 30), "gamma": (30, 45)}
DISJOINT = {"theta": (4, 8), "alpha": (8, 12), "low beta": (12, 16), "beta": (16, 25), "gamma": (25, 45)}


def entropy(variance):
    return 0.5 * np.log(2 * np.pi * np.e * variance)


def features(x, sfreq=128, *, bands=FIVE, length=None):
    length = length or sfreq
    starts = np.arange(0, x.shape[-1] - length + 1, length)
    return differential_entropy(x, sfreq, bands=bands, starts=starts, length=length)


@pytest.mark.parametrize(
    ("frequency", "band"), [(6, "theta"), (10, "alpha"), (14, "low beta"), (20, "beta"), (35, "gamma")]
)
def test_a_sine_lands_in_its_band(frequency, band):
    x = 10 * np.sin(2 * np.pi * frequency * np.arange(128 * 20) / 128)[None, None]
    de = features(x, bands=DISJOINT)[0, 5:15, 0].mean(axis=0)
    assert list(DISJOINT)[int(np.argmax(de))] == band


def test_a_sine_in_the_middle_of_a_band_has_the_entropy_of_its_variance():
    x = 10 * np.sin(2 * np.pi * 20 * np.arange(128 * 20) / 128)[None, None]
    de = features(x)[0, 5:15, 0, list(FIVE).index("beta")]
    # variance 50 with ddof 1; the passband is flat to 0.01 at its centre
    np.testing.assert_allclose(de, entropy(50 * 128 / 127), atol=0.02)


@pytest.mark.parametrize("sfreq", [128, 256])
@pytest.mark.parametrize("bands", [FIVE, DISJOINT])
def test_white_noise_has_the_integral_of_the_filter(sfreq, bands):
    rng = np.random.default_rng(8)
    x = 10 * rng.standard_normal((20, 8, 60 * sfreq))
    de = features(x, sfreq, bands=bands)
    density = 100 / (sfreq / 2)
    for index, edges in enumerate(bands.values()):
        f, h = sosfreqz(butter(ORDER, edges, "bandpass", fs=sfreq, output="sos"), 2**16, fs=sfreq)
        exact = entropy(np.sum(density * np.abs(h) ** 4) * (f[1] - f[0]))
        found = entropy(np.mean(np.exp(2 * de[..., index]) / (2 * np.pi * np.e)))
        # 9,600 windows with at least 4 degrees of freedom: standard error of the entropy 0.005 nat; ddof 1 costs
        # up to 0.01 where a window of a narrow band holds few cycles
        assert found == pytest.approx(exact, abs=0.02)


def test_the_mean_of_short_windows_lies_below_the_entropy_of_the_mean_variance():
    x = np.random.default_rng(9).standard_normal((4, 8, 60 * 128))
    de = features(x, bands={"slow alpha": (8, 10)})
    of_mean = entropy(np.mean(np.exp(2 * de) / (2 * np.pi * np.e)))
    # about -0.1 nat for 2 Hz in 1 s
    assert 0.05 < of_mean - de.mean() < 0.2


def test_ten_times_the_amplitude_adds_the_log_of_ten():
    x = np.random.default_rng(10).standard_normal((2, 3, 1280))
    np.testing.assert_allclose(features(10 * x) - features(x), np.log(10), rtol=1e-9)


def test_the_whole_trial_is_filtered_so_a_window_does_not_depend_on_how_many_are_cut():
    x = np.random.default_rng(11).standard_normal((1, 2, 1280))
    every = features(x)
    some = differential_entropy(x, 128, bands=FIVE, starts=np.array([256, 1024]), length=128)
    np.testing.assert_array_equal(some, every[:, [2, 8]])


def test_overlapping_windows_equal_a_direct_computation():
    from scipy.signal import sosfiltfilt

    x = np.random.default_rng(12).standard_normal((1, 2, 640))
    starts = np.arange(0, 641 - 256, 16)
    found = differential_entropy(x, 128, bands={"beta": (12, 30)}, starts=starts, length=256)
    filtered = sosfiltfilt(butter(3, (12, 30), "bandpass", fs=128, output="sos"), x)
    for window, start in enumerate(starts):
        variance = filtered[:, :, start : start + 256].var(axis=-1, ddof=1)
        np.testing.assert_allclose(found[:, window, :, 0], entropy(variance), rtol=1e-12)


def test_zero_phase_a_burst_is_in_its_own_window():
    x = np.zeros((1, 1, 1280))
    x[0, 0, 576:704] = np.hanning(128) * np.sin(2 * np.pi * 20 * np.arange(128) / 128)
    de = differential_entropy(1e3 * x, 128, bands={"beta": (12, 30)}, starts=np.arange(0, 1153, 64), length=128)[
        0, :, 0, 0
    ]
    assert np.argmax(de) == 9
    np.testing.assert_allclose(de[9 - 4 : 9], de[9 + 4 : 9 : -1], atol=0.2)


def test_a_flat_channel_reads_the_floor():
    np.testing.assert_allclose(features(np.zeros((1, 1, 1280))), entropy(FLOOR))


def test_baseline_is_subtracted_per_trial_channel_and_band():
    rng = np.random.default_rng(13)
    de, baseline = rng.standard_normal((3, 60, 4, 5)), rng.standard_normal((3, 3, 4, 5))
    relative = subtract_baseline(de, baseline)
    assert relative[2, 40, 1, 3] == pytest.approx(de[2, 40, 1, 3] - baseline[2, :, 1, 3].mean())


@pytest.mark.parametrize(
    ("edges", "text"),
    [
        ((1, 4), r"bands inside the pass-band 4-45 Hz. Received new 1-4 Hz: its lower edge lies below 4 Hz"),
        ((31, 50), "its upper edge lies above 45 Hz"),
        ((10, 10), "its lower edge is not below the upper one"),
    ],
)
def test_a_band_outside_the_pass_band_is_an_error_that_says_which_edge(edges, text):
    with pytest.raises(InputError, match=text):
        check_bands({**FIVE, "new": edges}, 4, 45)


def test_bands_inside_the_pass_band_are_accepted():
    check_bands(FIVE, 4, 45)


def test_a_band_above_half_the_sampling_rate_is_an_error():
    with pytest.raises(InputError, match="its upper edge lies above 32 Hz"):
        features(np.zeros((1, 1, 640)), 64)

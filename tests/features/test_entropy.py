"""Differential entropy against physics: sinusoids land in their band, noise has the filter's integral."""

from pathlib import Path

import numpy as np
import pytest
from scipy.signal import butter, sosfiltfilt, sosfreqz

from eeg.config import load
from eeg.errors import InputError
from eeg.features.entropy import FLOOR, check_bands, differential_entropy, subtract_baseline
from eeg.features.filterbank import ORDER, Computing

SETS = {
    name: load(Path(__file__).parents[2] / "config.yaml")["bands"][name]
    for name in ("five", "ccnn4", "disjoint5", "seed5")
}
FIVE, DISJOINT = SETS["five"], SETS["disjoint5"]


def entropy(variance):
    return 0.5 * np.log(2 * np.pi * np.e * variance)


def features(x, sfreq=128, *, bands=FIVE, length=None):
    length = length or sfreq
    starts = np.arange(0, x.shape[-1] - length + 1, length)
    return differential_entropy(x, sfreq, bands=bands, windows=(starts, length))


@pytest.mark.parametrize(
    ("frequency", "band"), [(6, "theta"), (10, "alpha"), (14, "low_beta"), (20, "beta"), (35, "gamma")]
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


def response(edges, sfreq):
    """Frequencies in Hz and the power response of the filter forward and backward."""
    f, h = sosfreqz(butter(ORDER, edges, "bandpass", fs=sfreq, output="sos"), 2**16, fs=sfreq)
    return f, np.abs(h) ** 4


def averaged(de, n_ends):
    """The entropy of the variance averaged over trials, channels and all but the outer windows, per band.

    At the ends of a trial the filter rings: 21 mirrored samples are a sixth of a second, too little for 1 Hz.
    """
    return entropy(np.mean(np.exp(2 * de[:, n_ends:-n_ends]), axis=(0, 1, 2)) / (2 * np.pi * np.e))


@pytest.mark.parametrize("sfreq", [128, 200])
@pytest.mark.parametrize("name", SETS)
def test_white_noise_has_the_integral_of_the_filter(sfreq, name):
    x = 10 * np.random.default_rng(8).standard_normal((16, 32, 64 * sfreq))
    found = averaged(features(x, sfreq, bands=SETS[name], length=8 * sfreq), 1)
    for band, edges in enumerate(SETS[name].values()):
        f, power = response(edges, sfreq)
        exact = entropy(100 / (sfreq / 2) * np.sum(power) * (f[1] - f[0]))
        # 16 x 32 trials of 64 s hold 131,000 degrees of freedom in 2 Hz: standard error 0.002 nat; windows of 8 s,
        # because the mean that a variance leaves out holds power of slow bands in short ones (next test)
        assert found[band] == pytest.approx(exact, abs=0.01)


@pytest.mark.parametrize("sfreq", [128, 200])
@pytest.mark.parametrize("name", SETS)
def test_in_windows_of_a_second_the_variance_leaves_out_the_power_of_their_mean(sfreq, name):
    x = 10 * np.random.default_rng(8).standard_normal((16, 32, 64 * sfreq))
    found = averaged(features(x, sfreq, bands=SETS[name]), 2)
    for band, edges in enumerate(SETS[name].values()):
        f, power = response(edges, sfreq)
        mean = np.sinc(f) / np.sinc(f / sfreq)  # how a mean over one second passes frequency f
        left = np.sum(power * (1 - mean**2)) * sfreq / (sfreq - 1)
        assert found[band] == pytest.approx(entropy(100 / (sfreq / 2) * left * (f[1] - f[0])), abs=0.01)


@pytest.mark.parametrize("sfreq", [128, 200])
@pytest.mark.parametrize("frequency", [3, 5, 9, 11, 14, 20, 29, 31, 40])
def test_a_sine_has_the_entropy_that_the_filter_leaves_of_it(sfreq, frequency):
    x = 10 * np.sin(2 * np.pi * frequency * np.arange(24 * sfreq) / sfreq)[None, None]
    for bands in SETS.values():
        found = features(x, sfreq, bands=bands)[0, 8:16, 0]
        for band, edges in enumerate(bands.values()):
            f, power = response(edges, sfreq)
            if (left := np.interp(frequency, f, power)) > 1e-3:  # far outside a band the ends of the trial ring louder
                exact = entropy(50 * left * sfreq / (sfreq - 1))
                np.testing.assert_allclose(found[:, band], exact, atol=0.01)


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
    some = differential_entropy(x, 128, bands=FIVE, windows=(np.array([256, 1024]), 128))
    np.testing.assert_array_equal(some, every[:, [2, 8]])


def slow_and_fast(n_channels=3, n_times=1280):
    """Noise that falls with frequency, as EEG does, with steps at both ends of the trial."""
    rng = np.random.default_rng(12)
    x = np.cumsum(rng.standard_normal((2, n_channels, n_times)), axis=2) + rng.standard_normal((2, n_channels, n_times))
    return x - x.mean(axis=2, keepdims=True)


def direct(x, bands, starts, length, sfreq=128):
    """The definition, written down with scipy."""
    filtered = np.stack([sosfiltfilt(butter(3, b, "bandpass", fs=sfreq, output="sos"), x) for b in bands.values()], -1)
    return np.stack([entropy(filtered[:, :, s : s + length].var(axis=2, ddof=1)) for s in starts], axis=1)


@pytest.mark.parametrize(("precision", "tolerance"), [("float64", 1e-9), ("float32", 1e-4)])
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("name", SETS)
def test_every_window_equals_scipys_filter_the_first_and_last_too(name, dtype, precision, tolerance):
    x, starts = slow_and_fast().astype(dtype), np.arange(0, 1280, 128)
    found = differential_entropy(x, 128, bands=SETS[name], windows=(starts, 128), computing=Computing(precision))
    assert found.dtype == precision
    np.testing.assert_allclose(found, direct(x.astype(float), SETS[name], starts, 128), rtol=0, atol=tolerance)


@pytest.mark.parametrize("sfreq", [128, 256, 512])
def test_single_precision_is_close_in_slow_bands_at_high_rates_too(sfreq):
    x = 10 * np.random.default_rng(14).standard_normal((2, 3, 12 * sfreq))
    bands = {"slow": (0.5, 4), **SETS["seed5"], **FIVE}
    found = features(x, sfreq, bands=bands) - differential_entropy(
        x, sfreq, bands=bands, windows=(np.arange(0, 12 * sfreq, sfreq), sfreq), computing=Computing("float32")
    )
    assert np.abs(found).max() < 1e-4


@pytest.mark.parametrize("n_channels", [1, 8, 9, 32, 33])
def test_any_number_of_channels_fills_the_lanes(n_channels):
    x, starts = slow_and_fast(n_channels), np.array([0, 640])
    for precision, tolerance in (("float64", 1e-9), ("float32", 1e-4)):
        found = differential_entropy(x, 128, bands=FIVE, windows=(starts, 640), computing=Computing(precision))
        np.testing.assert_allclose(found, direct(x, FIVE, starts, 640), rtol=0, atol=tolerance)


def test_overlapping_windows_equal_a_direct_computation():
    x, starts = slow_and_fast(), np.arange(0, 1281 - 256, 16)
    found = differential_entropy(x, 128, bands=FIVE, windows=(starts, 256))
    np.testing.assert_allclose(found, direct(x, FIVE, starts, 256), rtol=0, atol=1e-9)


@pytest.mark.parametrize("precision", ["float64", "float32"])
def test_neither_threads_nor_neighbours_nor_memory_layout_change_a_bit(precision):
    x = np.concatenate([slow_and_fast(20), 3 * slow_and_fast(20)])
    how = {"bands": FIVE, "windows": (np.arange(0, 1153, 128), 128), "computing": Computing(precision)}
    alone = differential_entropy(x, 128, **how)
    threads = how | {"computing": Computing(precision, threads=3)}
    np.testing.assert_array_equal(differential_entropy(x, 128, **threads), alone)
    np.testing.assert_array_equal(differential_entropy(x[1:2, 5:8], 128, **how), alone[1:2, :, 5:8])
    np.testing.assert_array_equal(differential_entropy(np.asfortranarray(x), 128, **how), alone)


@pytest.mark.parametrize("starts", [[-1], [1200]])
def test_a_window_beyond_the_trial_is_an_error(starts):
    with pytest.raises(InputError, match="windows of at least 2 samples within the 1280 of a trial"):
        differential_entropy(slow_and_fast(), 128, bands=FIVE, windows=(np.array(starts), 128))


def test_a_trial_shorter_than_the_padding_is_an_error():
    with pytest.raises(InputError, match="trials of more than 21 samples to filter forward and backward. Received 21"):
        differential_entropy(np.zeros((1, 1, 21)), 128, bands=FIVE, windows=(np.array([0]), 8))


def test_zero_phase_a_burst_is_in_its_own_window():
    x = np.zeros((1, 1, 1280))
    x[0, 0, 576:704] = np.hanning(128) * np.sin(2 * np.pi * 20 * np.arange(128) / 128)
    windows = np.arange(0, 1153, 64), 128
    de = differential_entropy(1e3 * x, 128, bands={"beta": (12, 30)}, windows=windows)[0, :, 0, 0]
    assert np.argmax(de) == 9
    np.testing.assert_allclose(de[9 - 4 : 9], de[9 + 4 : 9 : -1], atol=0.2)


def test_the_last_window_of_a_trial_is_biased_in_slow_alpha_and_windows_inside_are_not():
    """The filter rings beyond the end, and what would have rung back is missing; docs/entropy.md gives the figures."""
    x = 10 * np.random.default_rng(15).standard_normal((24, 32, 28 * 128))
    inside = slice(8 * 128, 20 * 128)
    apart = features(x[..., inside]) - features(x)[:, 8:20]
    last = dict(zip(FIVE, apart[:, -1].mean(axis=(0, 1)), strict=True))
    # 768 windows with a standard deviation of at most 0.18: standard error 0.007
    expected = {"theta": 0.0, "slow_alpha": -0.18, "alpha": -0.02, "beta": 0.0, "gamma": 0.0}
    assert last == pytest.approx(expected, abs=0.025)
    others = apart[:, 1:-1]
    assert np.abs(others.mean(axis=(0, 2))).max() < 0.001
    # slow alpha still rings by 0.07 a second away from the end, by 0.002 two seconds away
    assert np.abs(others).max() < 0.1
    assert np.abs(apart[:, 2:-2]).max() < 0.005


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


@pytest.mark.parametrize(("upper", "where"), [(45, "above"), (32, "at")])
def test_a_band_up_to_or_above_half_the_sampling_rate_is_an_error(upper, where):
    with pytest.raises(InputError, match=f"its upper edge lies {where} 32 Hz"):
        features(np.zeros((1, 1, 640)), 64, bands={"wide": (20, upper)})

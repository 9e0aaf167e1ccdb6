"""What the doctor makes of signals whose flaws are known: a smooth field over the head, blinks in front."""

from functools import cache

import mne
import numpy as np
import pytest

from eeg.channels import GENEVA, TWENTE
from eeg.doctor import signals
from eeg.doctor.measures import correlation, measure

SFREQ, SECONDS, N_TRIALS = 128, 6, 10


@cache
def places():
    info = mne.create_info(GENEVA, SFREQ, "eeg").set_montage("biosemi32")
    return np.array([channel["loc"][:3] for channel in info["chs"]])


def field(seed=31):
    """Return trials of 32 EEG channels and vEOG in microvolt: 40 sources over the head, blinks in front, all bands."""
    rng = np.random.default_rng(seed)
    sources = rng.standard_normal((40, 3))
    sources *= 0.09 / np.linalg.norm(sources, axis=1, keepdims=True)
    gain = np.exp(-np.linalg.norm(places()[:, None] - sources[None], axis=2) / 0.03)
    eye = np.exp(-np.linalg.norm(places() - [0.0, 0.1, 0.0], axis=1) / 0.03)
    n_times = SFREQ * SECONDS
    blink = 100 * np.exp(-0.5 * ((np.arange(n_times) / SFREQ - 3) / 0.1) ** 2)
    trials = []
    for _ in range(N_TRIALS):
        brain = 8 * gain @ rng.standard_normal((40, n_times)) + rng.standard_normal((32, n_times))
        trials.append(np.vstack([brain + np.outer(eye, blink), blink + rng.standard_normal(n_times)]))
    return np.array(trials)


def examine(x, *, released=False, v_eog=32, **changes):
    measures = measure(iter(x), names=GENEVA, places=places(), sfreq=SFREQ, v_eog=None if released else v_eog)
    heard = signals.examine(
        measures, list(range(1, len(x) + 1)), **{"low": 4.0, "high": 45.0, "released": released, **changes}
    )
    return heard, {entry["code"]: entry for entry in heard.findings if entry["severity"] != "ok"}


def filtered(x, low, high):
    """Return trials without anything outside low-high Hz."""
    spectrum = np.fft.rfft(x, axis=-1)
    frequencies = np.fft.rfftfreq(x.shape[-1], 1 / SFREQ)
    return np.fft.irfft(np.where((frequencies >= low) & (frequencies <= high), spectrum, 0), x.shape[-1], axis=-1)


def test_a_good_recording_is_ok_throughout():
    heard, odd = examine(field())
    assert odd == {}
    assert heard.bads == []
    assert {entry["code"] for entry in heard.findings} == {"channels", "pass_band", "channel_order", "trials"}
    assert all(entry["message"].endswith(".") for entry in heard.findings)


def test_the_density_of_a_sine_stands_in_its_bin_and_sums_to_its_power():
    times = np.arange(SFREQ * SECONDS) / SFREQ
    x = np.vstack([20 * np.sin(2 * np.pi * 10.5 * times)] * 32)
    measures = measure([x], names=GENEVA, places=places(), sfreq=SFREQ, v_eog=None)
    # the Hann window spreads a sine over two bins of 1/6 Hz to each side, all of them within 10-11 Hz
    assert measures.density[0].argmax() == 10
    assert measures.density[0].sum() == pytest.approx(200, rel=0.01)
    assert measures.covariance[0, 1] == pytest.approx(200, rel=0.01)


def test_a_flat_channel_is_named_and_bad():
    x = field()
    x[:, GENEVA.index("Cz")] = 3.0
    heard, odd = examine(x)
    assert list(odd) == ["channels_flat"]
    assert odd["channels_flat"]["where"] == "Cz"
    assert heard.bads == ["Cz"]


def test_a_channel_that_stands_still_in_few_trials_is_not_bad_but_named():
    x = field()
    x[0, GENEVA.index("Cz"), 100:200] = 3.0
    heard, odd = examine(x)
    assert list(odd) == ["stretches_flat"]
    assert odd["stretches_flat"]["where"] == "trial 1 Cz"
    assert heard.bads == []


def test_a_trial_whose_samples_were_lost_is_named():
    x = field()
    x[3, :, 200:400] = 0.0
    odd = examine(x)[1]
    assert list(odd) == ["trials_flat"]
    assert (odd["trials_flat"]["where"], odd["trials_flat"]["severity"]) == ("trial 4", "warn")


def test_a_short_rest_is_nothing():
    x = field()
    x[3, :, 200:260] = 0.0
    assert examine(x)[1] == {}


def test_a_clipped_channel_is_named_and_bad():
    x = field()
    oz = x[:, GENEVA.index("Oz")]
    np.clip(oz, -0.7 * oz.std(), 0.7 * oz.std(), out=oz)
    heard, odd = examine(x)
    assert list(odd) == ["channels_clipped"]
    assert heard.bads == ["Oz"]


def test_noisy_channels_are_named_though_they_stain_the_average_reference():
    x = field()
    rng = np.random.default_rng(32)
    for name in ("T8", "P3"):
        x[:, GENEVA.index(name)] += 1e3 * rng.standard_normal(x[:, 0].shape)
        x[:, :32] -= x[:, :32].mean(axis=1, keepdims=True)
    heard, odd = examine(x)
    assert list(odd) == ["channels_noisy"]
    assert heard.bads == ["P3", "T8"]


def test_values_that_are_no_numbers_are_refused_and_named():
    x = field()
    x[2, GENEVA.index("Pz"), 7] = np.nan
    x[3, GENEVA.index("O1"), 0] = np.inf
    heard, odd = examine(x)
    assert heard.findings[0]["severity"] == "refuse"
    assert odd["channels_finite"]["where"] == "O1, Pz"


@pytest.mark.parametrize(
    ("order", "said"),
    [
        (TWENTE, "the order of Twente under the names of Geneva"),
        ([GENEVA[TWENTE.index(name)] for name in GENEVA], "the order of Geneva under the names of Twente"),
    ],
)
def test_one_site_s_names_on_the_other_s_channels_are_recognised(order, said):
    x = field()
    x[:, :32] = x[:, [GENEVA.index(name) for name in order]]
    odd = examine(x)[1]
    assert list(odd) == ["channel_order"]
    assert said in odd["channel_order"]["message"]
    assert odd["channel_order"]["severity"] == "refuse"


def test_shuffled_channels_have_unlike_neighbours_and_no_frontal_blinks():
    x = field()
    x[:, :32] = x[:, np.random.default_rng(33).permutation(32)]
    assert "neighbours" in examine(x)[1]


def test_blinks_that_are_not_frontal_are_a_warning():
    x = field()
    x[:, 32] = 100 * np.random.default_rng(34).standard_normal(x[:, 32].shape)
    assert list(examine(x)[1]) == ["blinks"]


@pytest.mark.parametrize(("factor", "hint"), [(1e-6, "These may be volts."), (1e3, "bring it to microvolt.")])
@pytest.mark.parametrize("released", [True, False])
def test_impossible_amplitudes_are_refused(factor, hint, released):
    odd = examine(factor * field(), released=released)[1]
    assert list(odd) == ["units"]
    assert odd["units"]["remedy"].endswith(hint)


@pytest.mark.parametrize("still", [31, 20])
def test_a_recording_of_mostly_dead_channels_is_refused(still):
    x = field()
    x[:, :still] = 0.0
    odd = examine(x)[1]
    assert list(odd) == ["channels_flat", "channels_bad"]
    assert odd["channels_bad"]["message"] == f"Only {32 - still} of 32 EEG channels recorded a usable signal."


@pytest.mark.parametrize(("band", "edge"), [((8, 45), "lower edge: 4-6 Hz"), ((4, 30), "upper edge: 41-43 Hz")])
def test_a_band_that_was_filtered_away_is_refused(band, edge):
    x = filtered(field()[:, :32], *band)
    odd = examine(x, released=True)[1]
    assert list(odd) == ["pass_band_narrow"]
    assert edge in odd["pass_band_narrow"]["message"]


def test_a_band_within_what_is_there_is_fine():
    assert "pass_band_narrow" not in examine(filtered(field()[:, :32], 8, 45), released=True, low=8.0)[1]


@pytest.mark.parametrize(
    ("band", "said"), [((0.5, 45), "below 4 Hz"), ((4, 62), "above 45 Hz"), ((0.5, 62), "below 4 and above 45 Hz")]
)
def test_a_release_that_was_not_filtered_is_a_warning(band, said):
    odd = examine(filtered(field()[:, :32], *band), released=True)[1]
    assert list(odd) == ["pass_band_wide"]
    assert said in odd["pass_band_wide"]["message"]


def test_a_release_as_its_makers_filtered_it_is_ok():
    assert examine(filtered(field()[:, :32], 4, 45), released=True)[1] == {}


def test_repeated_trials_are_refused_and_named():
    x = field()
    x[6] = x[1]
    odd = examine(x)[1]
    assert list(odd) == ["trials_repeated"]
    assert odd["trials_repeated"]["where"] == "2 = 7"


def test_correlations_of_a_dead_channel_are_zero():
    covariance = np.array([[4.0, 2.0, 0.0], [2.0, 4.0, 0.0], [0.0, 0.0, 0.0]])
    np.testing.assert_allclose(correlation(covariance), [[1, 0.5, 0], [0.5, 1, 0], [0, 0, 0]])

"""EOG removal: a known mixture is unmixed, and the evidence is scored on the half it was not fitted on."""

import json

import mne
import numpy as np
import pytest

from eeg.preprocess.bandpass import bandpass
from eeg.preprocess.eog import remove
from eeg.preprocess.reference import average

SFREQ = 128.0
NAMES = ["Fp1", "Fp2", "F7", "F8", "Cz", "Pz", "O1", "O2"]
HORIZONTAL = np.array([0.05, -0.05, 0.2, -0.2, 0, 0, 0, 0])
VERTICAL = np.array([0.35, 0.35, 0.15, 0.15, 0.05, 0.02, 0.0, 0.0])
BLINKS = np.arange(3, 118, 4.0)


def brain(rng, n_times):
    """Return pink-like noise of 10 microvolt."""
    x = np.cumsum(rng.standard_normal((len(NAMES), n_times)), axis=1)
    x = x - np.stack([np.convolve(row, np.ones(64) / 64, "same") for row in x])
    return 10e-6 * x / x.std(axis=1, keepdims=True)


def mixture(amplitude=200e-6, *, eog=("hEOG", "vEOG"), seed=6, seconds=120):
    """Return the mixture, and the brain signal in it, both as recordings; EOG holds brain at 0.3 of frontal."""
    rng = np.random.default_rng(seed)
    t = np.arange(round(seconds * SFREQ)) / SFREQ
    clean = brain(rng, len(t))
    vertical = amplitude * np.exp(-0.5 * ((t[:, None] - BLINKS) / 0.08) ** 2).sum(axis=1)
    horizontal = 0.5 * amplitude * np.repeat(rng.choice([-1.0, 1.0], len(t) // 192 + 1), 192)[: len(t)]
    sources = {
        "hEOG": horizontal + 0.3 * (clean[2] - clean[3]) / np.sqrt(2),
        "vEOG": vertical + 0.3 * clean[:2].mean(axis=0),
    }
    mixed = clean + np.outer(HORIZONTAL, horizontal) + np.outer(VERTICAL, vertical)
    info = mne.create_info([*NAMES, *eog], SFREQ, ["eeg"] * len(NAMES) + ["eog"] * len(eog))
    rows = [sources[name][None] for name in eog]
    return tuple(mne.io.RawArray(np.concatenate([x, *rows]), info, verbose="error") for x in (mixed, clean))


def steps(raw):
    return average(bandpass(raw, low=4, high=45)), average(bandpass(raw, low=1, high=45))


def error(raw, clean):
    return np.sqrt(np.mean((raw.get_data("eeg")[:2] - clean.get_data("eeg")[:2]) ** 2))


def test_regression_brings_the_frontal_channels_nearer_to_the_clean_signal():
    mixed, clean = mixture()
    band, wide = steps(mixed)
    truth, _ = steps(clean)
    cleaned, _ = remove(band, wide)
    # at 200 microvolt blinks most of the 4-45 Hz error is blink; brain in the EOG channels bounds what is left
    assert error(cleaned, truth) < 0.7 * error(band, truth)
    np.testing.assert_array_equal(cleaned.get_data("eog"), band.get_data("eog"))


def test_weights_are_those_of_the_mixture_after_the_average_reference():
    _, evidence = remove(*steps(mixture(amplitude=400e-6)[0]))
    for index, name in enumerate(NAMES):
        weights = evidence["channels"][name]["weights"]
        # large artefacts: what remains is the share of brain in the EOG channels
        assert weights["vEOG"] == pytest.approx(VERTICAL[index] - VERTICAL.mean(), abs=0.02)
        assert weights["hEOG"] == pytest.approx(HORIZONTAL[index] - HORIZONTAL.mean(), abs=0.04)


def test_blinks_are_found_at_their_times_and_flattened_at_the_front():
    _, evidence = remove(*steps(mixture()[0]))
    blinks = evidence["blinks"]
    assert blinks["n"] == len(BLINKS)
    np.testing.assert_allclose(blinks["times"], BLINKS, atol=0.05)
    assert set(blinks["before"]) == set(blinks["after"]) == {"Fp1", "Fp2"}
    for name in ("Fp1", "Fp2"):
        before, after = (np.array(blinks[when][name]) for when in ("before", "after"))
        assert before.shape == (len(blinks["seconds"]),)
        assert before.max() > 20
        # the average over 29 blinks keeps brain of about 10 / sqrt(29) microvolt
        assert np.abs(after).max() < 0.35 * before.max()


def test_after_is_scored_with_the_weights_of_the_other_half():
    """Blinks that reach the EEG in the first half only: weights of the own half would hide what cross-fitting shows."""
    mixed, clean = mixture()
    middle = mixed.n_times // 2
    x = mixed.get_data()
    x[:, middle:] = clean.get_data()[:, middle:]
    wide = average(bandpass(mne.io.RawArray(x, mixed.info, verbose="error"), low=1, high=45))
    stable = average(bandpass(mixed, low=1, high=45))
    changed, same = (remove(raw, raw)[1]["channels"]["Fp1"] for raw in (wide, stable))
    assert changed["correlation_after"]["vEOG"] > 0.5
    assert same["correlation_before"]["vEOG"] > 0.5
    assert same["correlation_after"]["vEOG"] < 0.1


def test_evidence_is_json_and_complete():
    _, evidence = remove(*steps(mixture()[0]))
    json.dumps(evidence, allow_nan=False)
    assert (evidence["method"], evidence["applied"]) == ("regression", True)
    assert evidence["eog_channels"] == ["hEOG", "vEOG"]
    assert list(evidence["channels"]) == NAMES
    assert set(evidence["channels"]["Cz"]) == {"weights", "correlation_before", "correlation_after"}
    assert "8 EEG channels" in evidence["statement"]


def test_without_eog_channels_the_signal_passes_and_the_evidence_says_so():
    band, wide = steps(mixture(eog=())[0])
    cleaned, evidence = remove(band, wide)
    np.testing.assert_array_equal(cleaned.get_data(), band.get_data())
    assert (evidence["method"], evidence["applied"]) == ("none", False)
    assert "no usable EOG channels" in evidence["statement"]


def test_one_eog_channel_is_enough():
    _, evidence = remove(*steps(mixture(eog=("hEOG",))[0]))
    assert evidence["eog_channels"] == ["hEOG"]
    assert evidence["blinks"]["n"] == 0


def test_a_dead_eog_channel_is_left_out():
    raw, _ = mixture()
    raw._data[raw.ch_names.index("hEOG")] = 0
    _, evidence = remove(*steps(raw))
    assert evidence["eog_channels"] == ["vEOG"]


def test_a_recording_without_blinks_has_no_average():
    _, evidence = remove(*steps(mixture(amplitude=0.0)[0]))
    assert evidence["blinks"]["n"] == 0
    assert evidence["blinks"]["before"] == evidence["blinks"]["after"] == {}

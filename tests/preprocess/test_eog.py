"""EOG removal: a known mixture is unmixed, and the evidence is scored on the half it was not fitted on."""

import json

import mne
import numpy as np
import pytest

from eeg.preprocess import eog
from eeg.preprocess.bandpass import bandpass
from eeg.preprocess.eog import regression
from eeg.preprocess.eog.piece import whole
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


def cleaning(band, wide, *, duration=None, truth=None, **changes):
    settings = {"method": "regression", "fit": "recording", "weights": "events", "shrink": True, **changes}
    return eog.remove(band, wide, eog.Settings(**settings), duration=duration, truth=truth)


def error(raw, clean):
    return np.sqrt(np.mean((raw.get_data("eeg")[:2] - clean.get_data("eeg")[:2]) ** 2))


def test_regression_brings_the_frontal_channels_nearer_to_the_clean_signal():
    mixed, clean = mixture()
    band, wide = steps(mixed)
    truth, _ = steps(clean)
    cleaned, _ = cleaning(band, wide)
    # at 200 microvolt blinks most of the 4-45 Hz error is blink; brain in the EOG channels bounds what is left
    assert error(cleaned, truth) < 0.7 * error(band, truth)
    np.testing.assert_array_equal(cleaned.get_data("eog"), band.get_data("eog"))


def test_weights_are_those_of_the_mixture_after_the_average_reference():
    _, evidence = cleaning(*steps(mixture(amplitude=400e-6)[0]))
    for index, name in enumerate(NAMES):
        weights = evidence["channels"][name]["weights"]
        # large artefacts: what remains is the share of brain in the EOG channels
        assert weights["vEOG"] == pytest.approx(VERTICAL[index] - VERTICAL.mean(), abs=0.02)
        assert weights["hEOG"] == pytest.approx(HORIZONTAL[index] - HORIZONTAL.mean(), abs=0.04)


def test_blinks_are_found_at_their_times_and_flattened_at_the_front():
    _, evidence = cleaning(*steps(mixture()[0]))
    blinks = evidence["blinks"]
    assert blinks["n"] == len(BLINKS)
    np.testing.assert_allclose(blinks["times"], BLINKS, atol=0.05)
    assert set(blinks["before"]) == set(blinks["after"]) == {"Fp1", "Fp2"}
    for name in ("Fp1", "Fp2"):
        before, after = (np.array(blinks[when][name]) for when in ("before", "after"))
        assert before.shape == (len(blinks["seconds"]),)
        assert 0 < np.max(blinks["after_error"][name]) < 20  # brain and blinks that differ, over the root of 29
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
    changed, same = (cleaning(raw, raw)[1]["channels"]["Fp1"] for raw in (wide, stable))
    assert changed["correlation_after"]["vEOG"] > 0.5
    assert same["correlation_before"]["vEOG"] > 0.5
    assert same["correlation_after"]["vEOG"] < 0.1


KEYS = {
    "method",
    "applied",
    "statement",
    "fit",
    "weights",
    "eog_channels",
    "channels",
    "blinks",
    "shrink",
    "components",
    "alpha",
    "truth",
}


def test_evidence_is_json_and_complete():
    _, evidence = cleaning(*steps(mixture()[0]))
    json.dumps(evidence, allow_nan=False)
    assert set(evidence) == set(eog.done_by_others()) == KEYS
    assert (evidence["method"], evidence["applied"]) == ("regression", True)
    assert (evidence["fit"], evidence["weights"]) == ("recording", "events")
    assert evidence["eog_channels"] == list(evidence["shrink"]) == ["hEOG", "vEOG"]
    assert list(evidence["channels"]) == NAMES
    assert set(evidence["channels"]["Cz"]) == {"weights", "correlation_before", "correlation_after", "removed"}
    assert evidence["components"] is evidence["truth"] is None
    assert "8 EEG channels" in evidence["statement"]
    assert "29 blinks" in evidence["statement"]


def test_removed_is_what_is_missing_afterwards():
    band, wide = steps(mixture()[0])
    cleaned, evidence = cleaning(band, wide)
    missing = 1e6 * (band.get_data("eeg") - cleaned.get_data("eeg")).std(axis=1)
    said = [evidence["channels"][name]["removed"] for name in NAMES]
    # what is removed has no mean but that of a finite stretch of a signal above 4 Hz
    np.testing.assert_allclose(said, missing, rtol=1e-3, atol=1e-4)
    assert said[0] > 1


def test_without_eog_channels_the_signal_passes_and_the_evidence_says_so():
    band, wide = steps(mixture(eog=())[0])
    cleaned, evidence = cleaning(band, wide)
    np.testing.assert_array_equal(cleaned.get_data(), band.get_data())
    assert (evidence["method"], evidence["applied"]) == ("none", False)
    assert set(evidence) == KEYS
    assert "no usable EOG channels" in evidence["statement"]


def test_one_eog_channel_is_enough():
    _, evidence = cleaning(*steps(mixture(eog=("hEOG",))[0]))
    assert evidence["eog_channels"] == ["hEOG"]
    assert evidence["applied"]
    assert evidence["blinks"]["n"] == 0


@pytest.mark.parametrize("seconds", [0.0, 30.0, 60.0, 80.0])
@pytest.mark.parametrize("level", [0.0, 3e-3])
def test_an_eog_channel_that_is_dead_or_dies_is_left_out_by_name(seconds, level):
    raw, _ = mixture()
    raw._data[raw.ch_names.index("hEOG"), round(seconds * SFREQ) :] = level
    _, evidence = cleaning(*steps(raw))
    assert evidence["applied"]
    assert evidence["eog_channels"] == list(evidence["shrink"]) == ["vEOG"]
    assert "hEOG was left out: in a half of the recording it hardly varies." in evidence["statement"]


def test_where_all_eog_channels_die_each_is_named():
    raw, _ = mixture()
    raw._data[len(NAMES) :, raw.n_times // 2 :] = 0
    band, wide = steps(raw)
    cleaned, evidence = cleaning(band, wide)
    np.testing.assert_array_equal(cleaned.get_data(), band.get_data())
    assert evidence["statement"].startswith("The source has no usable EOG channels")
    assert all(f"{name} was left out" in evidence["statement"] for name in ("hEOG", "vEOG"))


@pytest.mark.parametrize("method", ["regression", "ica"])
@pytest.mark.parametrize("gain", [1.0, -0.3])
def test_of_two_eog_channels_that_are_one_signal_vertical_is_used_and_said(gain, method):
    raw, _ = mixture()
    h, v = (raw.ch_names.index(name) for name in ("hEOG", "vEOG"))
    raw._data[h] = gain * raw._data[v]
    alone = mixture(eog=("vEOG",))[0]
    ica = {"algorithm": "picard", "components": 8, "threshold": 2.1, "most": 2}
    twice, once = (cleaning(*steps(one), method=method, ica=ica) for one in (raw, alone))
    assert twice[1]["eog_channels"] == ["vEOG"]
    assert "hEOG was left out: it holds the signal of vEOG." in twice[1]["statement"]
    assert twice[1]["channels"] == once[1]["channels"]
    np.testing.assert_array_equal(twice[0].get_data("eeg"), once[0].get_data("eeg"))


@pytest.mark.parametrize("weights", ["events", "samples"])
def test_a_recording_without_eye_movements_is_left_as_it_is(weights):
    band, wide = steps(mixture(amplitude=0.0)[0])
    cleaned, evidence = cleaning(band, wide, weights=weights)
    np.testing.assert_array_equal(cleaned.get_data(), band.get_data())
    assert not evidence["applied"]
    assert evidence["blinks"]["n"] == 0
    assert evidence["blinks"]["before"] == evidence["blinks"]["after"] == {}
    assert "No eye movements stand out in hEOG and vEOG" in evidence["statement"]


def test_weights_from_samples_without_shrinking_are_plain_least_squares():
    band, wide = steps(mixture()[0])
    cleaned, evidence = cleaning(band, wide, weights="samples", shrink=False)
    x, y = (wide.get_data(kind) for kind in ("eeg", "eog"))
    x, y = (signal - signal.mean(axis=1, keepdims=True) for signal in (x, y))
    weights = np.linalg.lstsq(y.T, x.T, rcond=None)[0].T
    found = [[evidence["channels"][name]["weights"][one] for one in ("hEOG", "vEOG")] for name in NAMES]
    np.testing.assert_allclose(found, weights, atol=1e-5)  # five decimals are kept
    y = band.get_data("eog")
    expected = band.get_data("eeg") - weights @ (y - y.mean(axis=1, keepdims=True))
    np.testing.assert_allclose(cleaned.get_data("eeg"), expected, atol=1e-12)
    assert evidence["shrink"] == {"hEOG": 1.0, "vEOG": 1.0}


def test_shares_are_those_of_the_eyes_in_the_power_of_the_eog_channels():
    band, wide = steps(mixture()[0])
    still, _ = steps(mixture(amplitude=0.0)[0])
    _, evidence = cleaning(band, wide)
    power = [raw.get_data("eog").var(axis=1) for raw in (band, still)]
    # the brain's power is taken from the fifth of two minutes that lies away from blinks and saccades
    np.testing.assert_allclose(list(evidence["shrink"].values()), 1 - power[1] / power[0], atol=0.1)


def test_less_is_removed_where_the_brain_is_louder():
    """Brain activity four times as large in the second half."""
    mixed, clean = mixture()
    later = 3.0 * (np.arange(mixed.n_times) >= mixed.n_times // 2)
    x = mixed.get_data()
    x[: len(NAMES)] += later * clean.get_data("eeg")
    x[len(NAMES) :] += later * mixture(amplitude=0.0)[0].get_data("eog")
    piece = whole(*steps(mne.io.RawArray(x, mixed.info, verbose="error")), trials=None)
    fitted = regression.fit(piece, ["hEOG", "vEOG"], kind="events", shrink=True)
    gain, seconds = fitted.gain(piece)[1], np.arange(piece.wide.n_times) / SFREQ
    share = fitted.shrink[1]
    np.testing.assert_array_equal(gain[seconds < 45], share)
    assert gain[seconds > 75].max() < 0.8 * share
    assert gain.max() == share


def test_a_recording_against_its_own_reference_is_cleaned_too():
    mixed, _ = mixture()
    cleaned, evidence = cleaning(bandpass(mixed, low=4, high=45), bandpass(mixed, low=1, high=45))
    assert evidence["applied"]
    assert evidence["channels"]["Fp1"]["weights"]["vEOG"] == pytest.approx(VERTICAL[0], abs=0.05)
    assert cleaned.ch_names == mixed.ch_names


def trials(raw, seconds=4.0):
    """Mark a trial every six seconds, the first at four; its first `seconds` are the trial."""
    onsets = np.arange(4.0, raw.n_times / SFREQ - 6, 6.0)
    raw.set_annotations(mne.Annotations(onsets, 0.0, [f"trial/{k}" for k in range(1, len(onsets) + 1)]))
    start = np.concatenate([np.arange(round(onset * SFREQ), round((onset + seconds) * SFREQ)) for onset in onsets])
    inside = np.zeros(raw.n_times, bool)
    inside[start] = True
    return inside


@pytest.mark.parametrize("changes", [{"weights": "samples", "shrink": False}, {}])
def test_outside_trials_nothing_inside_a_trial_moves_the_weights(changes):
    band, wide = steps(mixture(amplitude=400e-6, seconds=240)[0])
    inside = trials(wide)
    first = cleaning(band, wide, fit="outside_trials", duration=4.0, **changes)[1]
    for raw in (band, wide):
        # EOG as well: not even the events may be found by what the eyes do in a trial
        raw._data[:, inside] = 1e-4 * np.random.default_rng(1).standard_normal((len(raw.ch_names), inside.sum()))
    second = cleaning(band, wide, fit="outside_trials", duration=4.0, **changes)[1]
    everywhere = cleaning(band, wide, **changes)[1]
    weights = [[one["channels"][name]["weights"] for name in NAMES] for one in (first, second, everywhere)]
    assert weights[0] == weights[1] != weights[2]
    assert first["shrink"] == second["shrink"]
    assert "baselines and pauses" in first["statement"]


def test_outside_trials_without_any_pause_nothing_is_removed():
    band, wide = steps(mixture()[0])
    wide.set_annotations(mne.Annotations(0.0, 0.0, "trial/1"))
    cleaned, evidence = cleaning(band, wide, fit="outside_trials", duration=1e3)
    np.testing.assert_array_equal(cleaned.get_data(), band.get_data())
    assert not evidence["applied"]
    assert "without a baseline or pause" in evidence["statement"]

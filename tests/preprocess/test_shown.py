"""What pages show of a stage: power where it is, in the unit it says, and the same seconds at every stage."""

import mne
import numpy as np
import pytest

from eeg.preprocess.shown import EXCERPT, excerpt, spectrum

SFREQ = 128.0


def recording(x, *, names=("Fp1", "Oz"), onsets=()):
    info = mne.create_info([*names, "hEOG"], SFREQ, ["eeg"] * len(names) + ["eog"])
    raw = mne.io.RawArray(np.vstack([x, np.ones_like(x[:1])]), info, verbose="error")
    return raw.set_annotations(mne.Annotations(onsets, 0.0, [f"trial/{n}" for n, _ in enumerate(onsets, 1)]))


def sine(hertz, microvolt, seconds=60):
    times = np.arange(0, seconds, 1 / SFREQ)
    return 1e-6 * microvolt * np.sin(2 * np.pi * hertz * times)


def test_the_power_of_a_sine_is_where_and_as_much_as_it_is():
    table = spectrum(recording(np.stack([sine(10, 8), 1 + sine(50, 3)])))
    assert list(table) == ["frequency", "Fp1", "Oz"]
    assert table["frequency"].diff().dropna().unique() == pytest.approx([0.5])
    assert table.set_index("frequency")[["Fp1", "Oz"]].idxmax().tolist() == [10, 50]
    # half the squared amplitude; what the window spreads stays within the sum
    np.testing.assert_allclose(0.5 * table[["Fp1", "Oz"]].sum(), [32, 4.5], rtol=0.01)


def test_of_trials_only_what_follows_the_onset_counts():
    x = np.stack([sine(10, 8, 6), sine(10, 8, 6)])[None].repeat(3, axis=0)
    x[..., : int(2 * SFREQ)] = 0.0
    info = mne.create_info(["Fp1", "Oz"], SFREQ, "eeg")
    table = spectrum(mne.EpochsArray(x, info, tmin=-2.0, verbose="error"))
    np.testing.assert_allclose(0.5 * table["Fp1"].sum(), 32, rtol=0.01)


def test_bad_channels_are_left_out():
    raw = recording(np.stack([sine(10, 8), sine(20, 8)]))
    raw.info["bads"] = ["Oz"]
    assert list(spectrum(raw)) == ["frequency", "Fp1"]


def test_an_excerpt_lies_about_the_middle_blink_and_is_the_same_at_every_stage():
    x = np.stack([sine(10, 8), sine(20, 8)])
    before, after = recording(1e-3 + x), recording(0.5 * x)
    found = excerpt({"downsampled": before, "cleaned": after}, blinks=[3.0, 30.5, 58.0])
    assert found["channels"].tolist() == ["Fp1", "Oz"]
    assert found["seconds"][[0, -1]] == pytest.approx([28.0, 33.0 - 1 / SFREQ])
    shown = slice(round(28.0 * SFREQ), round(33.0 * SFREQ))
    np.testing.assert_allclose(found["downsampled"], 1e6 * x[:, shown], atol=1e-3)
    np.testing.assert_allclose(found["cleaned"], 5e5 * x[:, shown], atol=1e-3)


@pytest.mark.parametrize(("onsets", "blinks", "first"), [([20.0, 40.0], [], 20.0), ([], [], 0.0), ([], [59.0], 55.0)])
def test_without_blinks_an_excerpt_begins_with_the_first_trial_and_never_leaves_the_recording(onsets, blinks, first):
    raw = recording(np.stack([sine(10, 8), sine(20, 8)]), onsets=onsets)
    found = excerpt({"cleaned": raw}, blinks=blinks)
    assert found["seconds"][0] == pytest.approx(first)
    assert found["cleaned"].shape == (2, round(EXCERPT * SFREQ))


def test_a_recording_shorter_than_an_excerpt_is_shown_whole():
    raw = recording(np.stack([sine(10, 8, 3), sine(20, 8, 3)]))
    assert excerpt({"cleaned": raw}, blinks=[1.0])["cleaned"].shape == (2, round(3 * SFREQ))

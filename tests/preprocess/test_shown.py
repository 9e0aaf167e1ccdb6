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


def eyes(*seconds):
    """Return what moves both channels at some seconds, by more each time."""
    times = np.arange(0, 60, 1 / SFREQ)
    return sum(1e-5 * k * np.exp(-0.5 * ((times - at) / 0.1) ** 2) for k, at in enumerate(seconds, start=1))


def test_an_excerpt_is_what_most_was_removed_of_and_the_same_at_every_stage():
    x = np.stack([sine(10, 8), sine(20, 8)])
    raw, before, after = (recording(one) for one in (1e-3 + x, x + eyes(3.0, 30.5, 12.0, 41.0), x))
    for one in (raw, before, after):
        one.set_annotations(mne.Annotations([2.0, 26.0], 0.0, ["trial/1", "trial/2"]))
    found = excerpt({"downsampled": raw, "referenced": before, "cleaned": after}, duration=8.0)
    assert found["channels"].tolist() == ["Fp1", "Oz"]
    start = found["seconds"][0]
    assert 26.0 <= start < 30.5 < start + EXCERPT <= 34.0 + 1 / SFREQ
    shown = slice(round(start * SFREQ), round((start + EXCERPT) * SFREQ))
    centred = x[:, shown] - x[:, shown].mean(axis=1, keepdims=True)
    for name in ("downsampled", "cleaned"):
        np.testing.assert_allclose(found[name], 1e6 * centred, atol=1e-3)


@pytest.mark.parametrize(
    ("onsets", "at", "first"), [([20.0, 40.0], (), 20.0), ([], (), 0.0), ([], (59.0,), 55.0), ([57.0], (), 55.0)]
)
def test_an_excerpt_never_leaves_the_recording(onsets, at, first):
    x = np.stack([sine(10, 8), sine(20, 8)])
    before, after = recording(x + eyes(*at), onsets=onsets), recording(x, onsets=onsets)
    found = excerpt({"referenced": before, "cleaned": after}, duration=8.0)
    assert found["seconds"][0] == pytest.approx(first, abs=0.5)
    assert found["cleaned"].shape == (2, round(EXCERPT * SFREQ))


def test_a_recording_shorter_than_an_excerpt_is_shown_whole():
    raw = recording(np.stack([sine(10, 8, 3), sine(20, 8, 3)]))
    assert excerpt({"referenced": raw, "cleaned": raw}, duration=8.0)["cleaned"].shape == (2, round(3 * SFREQ))

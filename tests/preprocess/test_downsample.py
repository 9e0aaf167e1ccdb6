"""Down-sampling: no alias, no shift, no smearing across joined files."""

import mne
import numpy as np
import pytest

from eeg.errors import InputError
from eeg.preprocess.downsample import downsample


def recording(*signals, sfreq=512.0, onsets=(), names=None):
    info = mne.create_info(len(signals), sfreq, "eeg")
    raw = mne.io.RawArray(np.array(signals), info, verbose="error")
    texts = [f"trial/{number + 1}" for number in range(len(onsets))]
    return raw.set_annotations(mne.Annotations(list(onsets), 0.0, names or texts))


def sine(frequency, *, seconds=20, sfreq=512.0):
    return np.sin(2 * np.pi * frequency * np.arange(round(seconds * sfreq)) / sfreq)


@pytest.mark.parametrize("native", [512.0, 500.0, 250.0])
def test_a_10_hz_sine_keeps_amplitude_and_phase(native):
    low = downsample(recording(sine(10, sfreq=native), sfreq=native), sfreq=128)
    inside = slice(128, -128)
    # 80 dB design: ripple of 1e-4 in the pass-band
    np.testing.assert_allclose(low.get_data()[0, inside], sine(10, sfreq=128)[inside], atol=2e-4)


@pytest.mark.parametrize("frequency", [70.0, 100.0, 200.0])
def test_a_tone_above_the_new_nyquist_is_absent(frequency):
    low = downsample(recording(sine(frequency)), sfreq=128).get_data()[0, 128:-128]
    # 80 dB down: at most 1e-4 of the amplitude
    assert np.abs(low).max() < 1.5e-4


def test_45_hz_is_untouched():
    low = downsample(recording(sine(45)), sfreq=128).get_data()[0, 128:-128]
    assert np.sqrt(2 * np.mean(low**2)) == pytest.approx(1, abs=2e-4)


def test_an_offset_of_millivolts_leaves_no_step_at_the_ends():
    low = downsample(recording(np.full(5120, 5e-3)), sfreq=128).get_data()[0]
    np.testing.assert_allclose(low, 5e-3, rtol=1e-3)


def test_a_peak_stays_at_its_annotation():
    onset = 1000 / 512
    bump = np.exp(-0.5 * ((np.arange(5120) - 1000) / 20) ** 2)
    low = downsample(recording(bump, onsets=[onset]), sfreq=128)
    assert np.argmax(low.get_data()[0]) == low.annotations.onset[0] * 128 == 250


def test_annotations_go_to_the_nearest_new_sample_and_survive_a_file(tmp_path):
    onsets = np.array([101, 1002, 1003, 2001]) / 512
    low = downsample(recording(sine(10), onsets=onsets), sfreq=128)
    low.save(tmp_path / "low_raw.fif", verbose="error")
    read = mne.io.read_raw(tmp_path / "low_raw.fif", verbose="error")
    # MNE keeps onsets in microseconds and fif in float32
    np.testing.assert_allclose(low.annotations.onset * 128, [25, 251, 251, 500], atol=1e-3)
    np.testing.assert_allclose(read.annotations.onset * 128, [25, 251, 251, 500], atol=0.01)


def test_joined_files_do_not_smear_into_each_other_and_keep_their_events():
    # 2001 samples make 500.25 new ones, so the second file starts later than its time says
    quiet, loud = np.zeros(2001), np.ones(2001)
    joined = mne.concatenate_raws([recording(quiet, onsets=[1.0]), recording(loud, onsets=[1.0])], verbose="error")
    low = downsample(joined, sfreq=128)
    x = low.get_data()[0]
    assert len(x) == 2 * 501
    assert np.abs(x[:501]).max() == 0
    np.testing.assert_allclose(x[501:], 1, atol=1e-3)
    trials = low.annotations.onset[low.annotations.description == "trial/1"]
    np.testing.assert_allclose(trials * 128, [128, 501 + 128], atol=1e-3)
    edges = low.annotations.onset[low.annotations.description == "EDGE boundary"]
    np.testing.assert_allclose(edges * 128, [501], atol=1e-3)


def test_a_cropped_recording_keeps_its_events_and_starts_at_zero():
    raw = recording(sine(10), onsets=[5.0]).crop(1.3)
    low = downsample(raw, sfreq=128)
    start = (raw.first_samp / 512) * 128
    assert low.first_samp == 0
    assert low.annotations.onset[0] * 128 == pytest.approx(round(5 * 128 - start), abs=1e-3)


def test_types_rate_and_low_pass_stand_in_the_info():
    raw = recording(sine(10), sine(20)).set_channel_types({"1": "eog"}, verbose="error")
    low = downsample(raw, sfreq=128)
    assert low.get_channel_types() == ["eeg", "eog"]
    assert (low.info["sfreq"], low.info["lowpass"]) == (128, 64)
    assert raw.info["sfreq"] == 512


def test_the_native_rate_passes_unchanged():
    raw = recording(sine(10), onsets=[1.0])
    np.testing.assert_array_equal(downsample(raw, sfreq=512).get_data(), raw.get_data())


def test_a_rate_above_the_native_one_is_an_error():
    with pytest.raises(InputError, match=r"expected a sampling rate of at least 128 Hz. Received a recording at 100"):
        downsample(recording(sine(10, sfreq=100), sfreq=100), sfreq=128)

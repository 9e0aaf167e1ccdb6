"""Band-pass: mains out, drift out, pass-band flat, no shift, no smearing."""

import mne
import numpy as np
import pytest

from eeg.errors import InputError
from eeg.features.entropy import differential_entropy
from eeg.preprocess.bandpass import bandpass


def recording(*signals, sfreq=128.0):
    return mne.io.RawArray(np.array(signals), mne.create_info(len(signals), sfreq, "eeg"), verbose="error")


def response(low, high, sfreq=128.0, seconds=120):
    """Return frequencies and gain in dB, from an impulse."""
    impulse = np.zeros(round(seconds * sfreq))
    impulse[len(impulse) // 2] = 1
    x = bandpass(recording(impulse, sfreq=sfreq), low=low, high=high).get_data()[0]
    return np.fft.rfftfreq(len(x), 1 / sfreq), 20 * np.log10(np.abs(np.fft.rfft(x)) + 1e-12)


def test_4_to_45_hz_is_40_db_down_from_50_hz_on_and_below_one_and_a_half():
    frequency, gain = response(4, 45)
    assert gain[frequency >= 50].max() < -40
    assert gain[frequency <= 1.5].max() < -40


@pytest.mark.parametrize(("low", "high", "sfreq"), [(4, 45, 128.0), (1, 45, 128.0), (4, 45, 256.0)])
def test_the_pass_band_is_flat_within_a_tenth_of_a_db(low, high, sfreq):
    frequency, gain = response(low, high, sfreq)
    assert np.abs(gain[(frequency >= low) & (frequency <= high)]).max() < 0.1


def test_a_peak_stays_at_its_sample():
    impulse = np.zeros(1280)
    impulse[640] = 1
    x = bandpass(recording(impulse), low=4, high=45).get_data()[0]
    assert np.argmax(x) == 640
    np.testing.assert_allclose(x[640 - 300 : 640], x[640 + 300 : 640 : -1], atol=1e-9)


def test_a_mains_line_of_20_microvolt_does_not_move_gamma():
    rng = np.random.default_rng(1)
    noise = 3e-6 * rng.standard_normal(128 * 60)
    mains = 20e-6 * np.sin(2 * np.pi * 50 * np.arange(len(noise)) / 128)
    x = 1e6 * bandpass(recording(noise, noise + mains), low=4, high=45).get_data()
    starts = np.arange(0, len(noise), 128)
    de = differential_entropy(x[None], 128, bands={"gamma": (30, 45)}, windows=(starts, 128))[0, :, :, 0]
    # at the recording's own ends the line breaks off, which is not mains any more
    assert np.abs(de[:, 1] - de[:, 0])[1:-1].max() < 0.02


def test_joined_files_do_not_smear_into_each_other():
    rng = np.random.default_rng(2)
    loud = rng.standard_normal(1280)
    joined = mne.concatenate_raws([recording(np.zeros(1280)), recording(loud)], verbose="error")
    x = bandpass(joined, low=4, high=45).get_data()[0]
    assert np.abs(x[:1280]).max() == 0
    np.testing.assert_allclose(x[1280:], bandpass(recording(loud), low=4, high=45).get_data()[0], atol=1e-12)


def test_eog_and_bad_channels_are_filtered_too_and_the_input_is_left_alone():
    slow = np.sin(2 * np.pi * 0.5 * np.arange(2560) / 128)
    raw = recording(slow, slow, slow).set_channel_types({"1": "eog"}, verbose="error")
    raw.info["bads"] = ["2"]
    x = bandpass(raw, low=4, high=45).get_data()[:, 256:-256]
    assert np.abs(x).max() < 0.01
    np.testing.assert_array_equal(raw.get_data()[0], slow)


@pytest.mark.parametrize(("low", "high"), [(4, 62), (0, 45), (45, 4)])
def test_a_band_that_does_not_fit_is_an_error(low, high):
    with pytest.raises(InputError, match=f"0 < low < high <= 60 Hz at 128 Hz. Received {low}-{high} Hz"):
        bandpass(recording(np.zeros(1280)), low=low, high=high)


def test_a_recording_shorter_than_the_filter_is_an_error():
    with pytest.raises(InputError, match=r"at least 6.6 s, the length of the filter. Received one of 2.0 s"):
        bandpass(recording(np.zeros(256)), low=1, high=45)

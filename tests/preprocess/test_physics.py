"""Down-sampling and band-pass together, at each native rate: what stays, what goes, and where and when it stands."""

import mne
import numpy as np
import pandas as pd
import pytest
from scipy.signal import correlate

from eeg.doctor import triggers
from eeg.features.entropy import differential_entropy
from eeg.preprocess.bandpass import bandpass
from eeg.preprocess.downsample import downsample
from eeg.preprocess.segment import segment

SFREQ = 128
NATIVE = [512, 256, 500]
REACH = int(np.ceil(triggers.reach(4, native=512, sfreq=SFREQ) * SFREQ))
"""New samples from a recording's end within which a filtered signal depends on that end: 0.83 s and 0.2 s."""


def recording(x, sfreq, onsets=()):
    x = np.atleast_2d(x)
    raw = mne.io.RawArray(x, mne.create_info(len(x), sfreq, "eeg"), verbose="error")
    return raw.set_annotations(mne.Annotations(list(onsets), 0.0, [f"trial/{n + 1}" for n in range(len(onsets))]))


def cleaned(raw):
    return bandpass(downsample(raw, sfreq=SFREQ), low=4, high=45)


def filtered(x, sfreq):
    return cleaned(recording(x, sfreq)).get_data()


def times(seconds, sfreq):
    return np.arange(round(seconds * sfreq)) / sfreq


def tones(frequencies, sfreq, *, seconds=12):
    return np.sin(2 * np.pi * np.asarray(frequencies, float)[:, None] * times(seconds, sfreq) + 0.3)


def power(x, edge=256):
    """Power of each channel in dB relative to a sine of amplitude 1, the ends left out."""
    return 10 * np.log10(2 * np.mean(x[:, edge:-edge] ** 2, axis=1) + 1e-30)


def brain(seconds, sfreq, seed):
    """EEG-like noise in volts: 10 microvolt of 1/f with an alpha peak, and 0.5 microvolt of white noise."""
    n, rng = round(seconds * sfreq), np.random.default_rng(seed)
    frequency = np.fft.rfftfreq(n, 1 / sfreq)
    alpha = 1 + 3 * np.exp(-0.5 * ((frequency - 10) / 1) ** 2)
    spectrum = alpha / np.maximum(frequency, 0.5) * (rng.standard_normal(len(frequency)) * (1 + 0j))
    spectrum *= np.exp(2j * np.pi * rng.random(len(frequency)))
    x = np.fft.irfft(spectrum, n)
    return 10e-6 * x / x.std() + 0.5e-6 * rng.standard_normal(n)


def drifting(x, sfreq):
    """The same with what an amplifier adds: 20 mV of offset, 0.1 mV a second of drift and 2 mV of slow waves."""
    t = np.arange(len(x)) / sfreq
    return x + 20e-3 + 1e-4 * t + 2e-3 * np.sin(2 * np.pi * 0.02 * t)


@pytest.mark.parametrize("native", NATIVE)
def test_4_to_45_hz_keep_their_amplitude_within_a_twentieth_of_a_db_and_their_phase(native):
    frequencies = np.arange(4, 45.5, 0.5)
    y = filtered(tones(frequencies, native), native)
    t, inside = times(12, SFREQ), slice(256, -256)
    found = []
    for frequency, row in zip(frequencies, y, strict=True):
        waves = np.column_stack([np.sin(2 * np.pi * frequency * t), np.cos(2 * np.pi * frequency * t)])[inside]
        found.append(np.linalg.lstsq(waves, row[inside], rcond=None)[0])
    sine, cosine = np.transpose(found)
    # 0.028 dB, nearly all of it the Hamming window's
    assert np.abs(20 * np.log10(np.hypot(sine, cosine))).max() < 0.05
    # images at a non-integer ratio, 110 dB down, move a fitted phase by 1e-6
    np.testing.assert_allclose(np.arctan2(cosine, sine), 0.3, atol=1e-5)


@pytest.mark.parametrize("native", NATIVE)
def test_nothing_from_50_hz_on_is_left_at_any_frequency(native):
    # power at all frequencies counts, so a tone that came back as another, 120 Hz as 8, would be seen
    left = power(filtered(tones(np.arange(50, native / 2, 0.5), native), native))
    assert left.max() < -57  # 40 is asked for


@pytest.mark.parametrize("native", NATIVE)
def test_nothing_up_to_1_5_hz_is_left(native):
    frequencies = [0, 0.05, 0.1, 0.25, 0.5, 0.75, 1, 1.25, 1.5]
    left = power(filtered(tones(frequencies, native, seconds=40), native))
    assert left.max() < -46  # 40 is asked for
    assert left[0] < -250  # an offset leaves rounding errors alone


@pytest.mark.parametrize("native", NATIVE)
def test_a_70_hz_tone_does_not_appear(native):
    tone = tones([70], native)
    # 86 dB by down-sampling alone, where it would fold to 58 Hz
    assert power(downsample(recording(tone, native), sfreq=SFREQ).get_data())[0] < -80
    assert power(filtered(tone, native))[0] < -100
    spectrum = np.abs(np.fft.rfft(filtered(tone, native)[0, 256:-256] * np.hanning(1024))) / 256
    assert 20 * np.log10(spectrum.max()) < -100


def gamma(raw):
    """Gamma DE in nats of every second, the second channel's and the first one's, the ends left out."""
    x, starts = 1e6 * raw.get_data(), np.arange(256, raw.n_times - 384, SFREQ)
    de = differential_entropy(x[None], SFREQ, bands={"gamma": (30, 45)}, windows=(starts, SFREQ))
    return de[0, :, 1, 0], de[0, :, 0, 0]


@pytest.mark.parametrize("native", NATIVE)
def test_a_mains_line_of_20_microvolt_does_not_move_gamma(native):
    x = brain(40, native, seed=1)
    t = np.arange(len(x)) / native
    mains = sum(size * np.sin(2 * np.pi * f * t + 1) for f, size in ((50, 20e-6), (100, 5e-6)))
    raw = downsample(recording(np.stack([x, x + mains]), native), sfreq=SFREQ)
    with_line, without_line = gamma(raw)
    # gamma of 0.6 microvolt, as small as EEG's; the skirt of its own filter lets 0.07 nat of the line through
    assert 0.5 * np.log(2 * np.pi * np.e * 0.3**2) < without_line.mean() < 0.5 * np.log(2 * np.pi * np.e)
    assert (with_line - without_line).mean() > 0.05
    with_line, without_line = gamma(bandpass(raw, low=4, high=45))
    # 3e-5 nat are left
    assert np.abs(with_line - without_line).max() < 0.001


@pytest.mark.parametrize("native", NATIVE)
def test_what_comes_out_lies_where_it_went_in(native):
    x = brain(30, native, seed=2)
    # an ideal band-pass at the new times: the spectrum cut at the edges, and fewer samples of it
    spectrum, frequency = np.fft.rfft(x), np.fft.rfftfreq(len(x), 1 / native)
    spectrum[(frequency < 4) | (frequency > 45)] = 0
    n = 30 * SFREQ
    ideal = np.fft.irfft(spectrum[: n // 2 + 1], n) * n / len(x)
    shared = correlate(filtered(x, native)[0], ideal, "full")
    peak = int(np.argmax(shared))
    assert peak - (n - 1) == 0
    before, at, after = shared[peak - 1 : peak + 2]
    # a hundredth of a sample, 0.08 ms
    assert abs(0.5 * (before - after) / (before - 2 * at + after)) < 0.01


@pytest.mark.parametrize("native", NATIVE)
def test_a_symmetric_pulse_stays_symmetric_and_in_place(native):
    centre = 10.0
    t = times(20, native)
    y = filtered(np.exp(-0.5 * ((t - centre) / 0.008) ** 2), native)[0]
    middle = round(centre * SFREQ)
    assert np.argmax(y) == middle
    reach = np.arange(1, 600)
    # images at a non-integer ratio, 110 dB down
    np.testing.assert_allclose(y[middle - reach], y[middle + reach], atol=1e-5 * y.max())


@pytest.mark.parametrize("native", NATIVE)
def test_first_and_last_trial_are_those_of_a_longer_recording(native):
    x = brain(100, native, seed=3)
    long = filtered(drifting(x, native), native)[0][30 * SFREQ : 70 * SFREQ]
    cut = filtered(drifting(x, native)[30 * native : 70 * native], native)[0]
    inside = slice(REACH, -REACH)
    # the offset leaves 0.001 microvolt at a non-integer ratio, otherwise rounding errors
    np.testing.assert_allclose(cut[inside], long[inside], rtol=0, atol=2e-9)


@pytest.mark.parametrize("native", NATIVE)
def test_a_trial_at_the_very_edge_has_no_step_from_offset_and_drift(native):
    x = brain(100, native, seed=4)
    whole = filtered(x, native)[0][30 * SFREQ : 70 * SFREQ]
    part = slice(30 * native, 70 * native)
    still, moving = (filtered(one[part], native)[0] for one in (x, drifting(x, native)))
    # what a filter cannot know beyond the end: below the signal itself, and the same with 20 mV of offset under it
    for end in (slice(0, REACH), slice(-REACH, None)):
        assert np.std(still[end] - whole[end]) < 0.75 * whole.std()
        assert np.abs(moving[end] - still[end]).max() < 0.1 * whole.std()


def test_joined_files_are_filtered_as_if_each_were_alone():
    parts = [drifting(brain(20, 500, seed=5), 500), -drifting(brain(21.003, 500, seed=6), 500)]
    joined = mne.concatenate_raws([recording(one, 500) for one in parts], verbose="error")
    alone = np.concatenate([filtered(one, 500)[0] for one in parts])
    np.testing.assert_array_equal(cleaned(joined).get_data()[0], alone)


def pulses(native, n_times, onsets):
    """A recording with a pulse of 20 ms at each onset, in seconds, and an annotation at the native sample nearest."""
    t = np.arange(n_times) / native
    x = sum(np.exp(-0.5 * ((t - onset) / 0.02) ** 2) for onset in onsets)
    return x, np.round(np.array(onsets) * native) / native


def table(n):
    return pd.DataFrame({"subject": "s01", "trial": np.arange(1, n + 1), "video": np.arange(1, n + 1)})


def places(epochs):
    """Where each trial's pulse stands, in samples from the annotation, by a parabola through its peak."""
    found = []
    for row in epochs.get_data(verbose="error")[:, 0]:
        peak = int(np.argmax(row))
        before, at, after = row[peak - 1 : peak + 2]
        found.append(peak + 0.5 * (before - after) / (before - 2 * at + after) - epochs.time_as_index(0)[0])
    return np.array(found)


@pytest.mark.parametrize("native", NATIVE)
def test_a_pulse_stands_at_its_annotation_after_all_steps(native):
    onsets = [6.0, 13.3217, 21.0009, 30.5101]
    x, marked = pulses(native, 40 * native, onsets)
    low = cleaned(recording(x, native, marked))
    epochs = segment(low, table(4), baseline=2, duration=3)
    # an annotation names a sample: half a native and half a new one at most
    most = 0.5 + 0.5 * SFREQ / native
    found = places(epochs)
    assert np.abs(found).max() <= most + 0.02
    # and what is off is the rounding of the annotation, nothing else; the parabola is good to 0.02 samples
    sample = np.round(low.annotations.onset * SFREQ)
    np.testing.assert_allclose(found, np.array(onsets) * SFREQ - sample, atol=0.02)


def test_events_of_joined_files_stay_at_their_pulse():
    # 8003 samples make 2048.77 new ones: every file starts later than its time says
    parts = []
    for number in range(3):
        x, marked = pulses(500, 8003, [7.5])
        made = recording(x, 500)
        parts.append(made.set_annotations(mne.Annotations(marked, 0.0, f"trial/{number + 1}")))
    epochs = segment(cleaned(mne.concatenate_raws(parts, verbose="error")), table(3), baseline=2, duration=3)
    np.testing.assert_allclose(places(epochs), 0, atol=0.02)

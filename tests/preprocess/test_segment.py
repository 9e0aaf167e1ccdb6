"""Trials: exact length, right samples, all of them, or an error that names the trial."""

import mne
import numpy as np
import pandas as pd
import pytest

from eeg.errors import InputError
from eeg.preprocess.segment import recut, segment


def recording(onsets, *, seconds=30, sfreq=128.0):
    """Return a ramp (its value is its sample) on two EEG and one EOG channel, one annotation per onset."""
    ramp = np.arange(round(seconds * sfreq), dtype=float)
    info = mne.create_info(["Fp1", "Cz", "vEOG"], sfreq, ["eeg", "eeg", "eog"])
    raw = mne.io.RawArray(np.array([ramp, -ramp, ramp]), info, verbose="error")
    texts = [f"trial/{number}" for number in range(1, len(onsets) + 1)]
    return raw.set_annotations(mne.Annotations(onsets, 0.0, texts))


def table(*numbers):
    return pd.DataFrame({"subject": "s01", "trial": numbers, "video": [10 * number for number in numbers]})


def test_every_trial_starts_at_its_sample_and_has_its_exact_length():
    epochs = segment(recording([5.0, 20.0]), table(1, 2), baseline=3, duration=6)
    x = epochs.get_data()
    assert x.shape == (2, 2, 9 * 128)
    np.testing.assert_array_equal(x[:, 0, 0], [2 * 128, 17 * 128])
    np.testing.assert_array_equal(x[1, 0], np.arange(17 * 128, 26 * 128))
    assert epochs.times[3 * 128] == 0
    assert epochs.ch_names == ["Fp1", "Cz"]


# MNE 1.13 reads metadata in a way pandas 3.1 has deprecated
@pytest.mark.filterwarnings("ignore:The inplace keyword in DataFrame.set_index")
def test_metadata_is_the_trial_table_in_its_order_and_survives_a_file(tmp_path):
    epochs = segment(recording([5.0, 12.0, 20.0]), table(1, 3), baseline=0, duration=2)
    epochs.save(tmp_path / "s01_epo.fif", verbose="error")
    read = mne.read_epochs(tmp_path / "s01_epo.fif", verbose="error")
    assert read.metadata["trial"].tolist() == [1, 3]
    assert read.metadata["video"].tolist() == [10, 30]
    np.testing.assert_array_equal(read.get_data()[:, 0, 0], [5 * 128, 20 * 128])


@pytest.mark.parametrize(("sfreq", "baseline", "duration"), [(127.5, 0.3, 1.1), (100, 0.125, 3.3)])
def test_odd_times_give_the_rounded_length(sfreq, baseline, duration):
    epochs = segment(recording([5.0], sfreq=sfreq), table(1), baseline=baseline, duration=duration)
    assert len(epochs.times) == round((baseline + duration) * sfreq)


def test_trials_marked_bad_are_kept():
    raw = recording([5.0])
    raw.annotations.append(5.5, 1.0, "BAD movement")
    assert len(segment(raw, table(1), baseline=0, duration=2)) == 1


def test_a_cropped_recording_keeps_its_trials():
    epochs = segment(recording([5.0]).crop(2.0), table(1), baseline=0, duration=1)
    assert epochs.get_data()[0, 0, 0] == 5 * 128


def test_a_missing_annotation_is_an_error_that_names_the_trial():
    with pytest.raises(InputError, match=r"expected one annotation trial/7 in the recording. Received none"):
        segment(recording([5.0]), table(1, 7), baseline=0, duration=1)


def test_a_second_annotation_is_an_error():
    raw = recording([5.0])
    raw.annotations.append(8.0, 0.0, "trial/1")
    with pytest.raises(InputError, match=r"one annotation trial/1 in the recording. Received 2"):
        segment(raw, table(1), baseline=0, duration=1)


@pytest.mark.parametrize(("onset", "wrong"), [(29.5, "29.5 to 31.5 s"), (0.0, "-1 to 1 s")])
def test_a_trial_beyond_the_recording_is_an_error_that_names_it(onset, wrong):
    baseline = 1 if onset == 0 else 0
    with pytest.raises(InputError, match=rf"trial 1 with its baseline inside one recording.*from {wrong}"):
        segment(recording([onset]), table(1), baseline=baseline, duration=2 - baseline)


def test_a_trial_across_two_joined_files_is_an_error():
    joined = mne.concatenate_raws([recording([28.5]), recording([])], verbose="error")
    with pytest.raises(InputError, match=r"trial 1 with its baseline inside one recording \(0-30 s, 30-60 s\)"):
        segment(joined, table(1), baseline=0, duration=2)


def test_trials_cut_by_others_are_cut_to_what_is_asked_for():
    whole = segment(recording([5.0, 20.0]), table(1, 2), baseline=3, duration=6)
    epochs = recut(whole, baseline=1, duration=4)
    np.testing.assert_array_equal(epochs.get_data(), whole.get_data()[:, :, 2 * 128 : 7 * 128])
    assert epochs.times[128] == 0
    assert epochs.metadata["video"].tolist() == [10, 20]


@pytest.mark.parametrize(("baseline", "duration"), [(4, 4), (1, 7)])
def test_trials_cut_shorter_than_asked_for_are_refused(baseline, duration):
    whole = segment(recording([5.0, 20.0]), table(1, 2), baseline=3, duration=6)
    with pytest.raises(InputError, match=r"Received trials from 3 s before to 6 s after it\. Shorten"):
        recut(whole, baseline=baseline, duration=duration)

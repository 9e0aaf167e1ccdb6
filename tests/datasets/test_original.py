"""DEAP's recordings: named channels in volts, trials at the exact sample, files that cannot be used."""

import tracemalloc

import numpy as np
import pandas as pd
import pytest

from eeg.channels import EOG, GENEVA
from eeg.datasets import bdf
from eeg.datasets.deap import onsets, original
from eeg.datasets.deap.trials import OTHERS
from eeg.errors import InputError
from tests.datasets.deap_files import (
    BIT,
    LONG,
    SFREQ,
    VIDEOS,
    codes,
    patch,
    signals,
    start_times,
    write_long,
    write_recording,
)

TRIALS = pd.DataFrame({"subject": "s01", "trial": [1, 2, 3]})
UNIT = dict.fromkeys(("GSR", "Respiration", "Plethysmograph", "Temperature"), 1.0)


@pytest.fixture
def path(tmp_path):
    return write_recording(tmp_path, 1)


@pytest.mark.parametrize(
    ("number", "labels"), [(1, ("Status",)), (2, ("Status",)), (3, ("Temp", "")), (4, ("Temp", "-0", "-1"))]
)
def test_forms_on_disk_are_those_of_the_originals(tmp_path, number, labels):
    header = bdf.header(write_recording(tmp_path, number))
    assert header.labels[-len(labels) :] == labels
    assert header.labels[:4] == (("Fp1", "AF3", "F7", "F3") if number < 3 else ("Fp1", "AF3", "F3", "F7"))
    assert len(header.labels) == (49 if number == 4 else 48)
    assert header.sfreq == SFREQ


@pytest.mark.parametrize("number", [1, 2, 3, 4])
def test_codes_are_the_written_ones_in_every_form(tmp_path, number):
    path = write_recording(tmp_path, number)
    np.testing.assert_array_equal(bdf.codes(path, bdf.header(path)), codes())


@pytest.mark.parametrize("number", [1, 3, 4])
def test_read_gives_named_channels_in_volts_and_trials_at_the_exact_sample(tmp_path, number):
    raw = original.read(write_recording(tmp_path, number), TRIALS, starts=None)
    assert raw.ch_names == [*GENEVA, *OTHERS]
    kinds = ["eog"] * 2 + ["emg"] * 2 + ["gsr", "resp", "misc", "temperature"]
    assert raw.get_channel_types() == ["eeg"] * 32 + kinds
    assert raw.info["sfreq"] == SFREQ
    np.testing.assert_allclose(raw.annotations.onset * SFREQ, VIDEOS, atol=1e-9)
    assert list(raw.annotations.description) == ["trial/1", "trial/2", "trial/3"]
    written = signals()
    # half a bit of 24 each electrode
    expected = np.array([written[name] for name in GENEVA]) * 1e-6
    np.testing.assert_allclose(raw.get_data("eeg"), expected, atol=BIT / 2 * 1.001)
    pairs = [written[f"EXG{k}"] - written[f"EXG{k + 1}"] for k in (1, 3, 5, 7)]
    np.testing.assert_allclose(raw.get_data([*EOG, "zEMG", "tEMG"]), np.array(pairs) * 1e-6, atol=BIT * 1.001)
    single = np.array([written[name] for name in ("GSR1", "Resp", "Plet", "Temp")])
    np.testing.assert_allclose(raw.get_data(list(UNIT)), single, atol=BIT * 1e6 / 2 * 1.001)


def test_read_sets_the_montage(path):
    positions = original.read(path, TRIALS, starts=None).get_montage().get_positions()["ch_pos"]
    assert set(positions) == set(GENEVA)
    assert positions["Fp1"][0] < 0 < positions["Fp2"][0]


def test_read_marks_the_asked_trials_only(path):
    raw = original.read(path, TRIALS.iloc[[2]], starts=None)
    assert list(raw.annotations.description) == ["trial/3"]
    np.testing.assert_allclose(raw.annotations.onset * SFREQ, VIDEOS[2:])


def test_start_times_say_how_many_trials_there_are(path):
    raw = original.read(path, TRIALS.iloc[[0]], starts=start_times(VIDEOS))
    np.testing.assert_allclose(raw.annotations.onset * SFREQ, VIDEOS[:1])


def test_status_channel_with_two_blank_labels(tmp_path):
    path = write_recording(tmp_path, 4)
    patch(path, 256 + 16 * 47, b" " * 32)
    np.testing.assert_allclose(original.read(path, TRIALS, starts=None).annotations.onset * SFREQ, VIDEOS)


def peak(path, seconds, sfreq=512):
    """Return the bytes held at most while reading a recording of that length, and those of its signals."""
    n_times = seconds * sfreq
    values = codes([sfreq * second for second in (60, 120, 180)], n_times)
    bdf.write(path, signals(n_times), values, form=bdf.FORMS[0], sfreq=sfreq)
    tracemalloc.start()
    try:
        raw = original.read(path, TRIALS, starts=None)
        return tracemalloc.get_traced_memory()[1], raw.n_times * len(raw.ch_names) * 8
    finally:
        tracemalloc.stop()


def test_a_recording_is_not_held_twice(tmp_path):
    (short, signals_short), (long, signals_long) = (peak(tmp_path / "s01.bdf", seconds) for seconds in (300, 450))
    # four electrodes more than channels, and what MNE asks of the array: 1.1 to 1.25; a copy more would be 2.
    # What is held whatever the length, 10 MB of the file at a time, cancels from two such pieces on.
    assert (long - short) / (signals_long - signals_short) < 1.4


def test_labels_may_be_padded_and_in_capitals(path):
    patch(path, 256, b"  FP1".ljust(16))
    np.testing.assert_allclose(
        original.read(path, TRIALS, starts=None).get_data("Fp1")[0], signals()["Fp1"] * 1e-6, atol=BIT
    )


@pytest.mark.parametrize(("place", "left_out"), [(36, "zEMG"), (40, "GSR"), (46, "Temperature")])  # EXG5, GSR1, Temp
def test_channels_that_were_not_recorded_are_left_out(path, place, left_out):
    patch(path, 256 + 16 * place, b"Nothing".ljust(16))
    raw = original.read(path, TRIALS, starts=None)
    assert raw.ch_names == [name for name in (*GENEVA, *OTHERS) if name != left_out]
    written = signals()
    np.testing.assert_allclose(raw.get_data("tEMG")[0], (written["EXG7"] - written["EXG8"]) * 1e-6, atol=BIT * 1.001)
    np.testing.assert_allclose(raw.get_data("Plethysmograph")[0], written["Plet"], atol=BIT * 1e6)


def test_of_two_channels_with_one_name_the_first_counts(path):
    patch(path, 256 + 16 * 41, b"GSR1".ljust(16))  # GSR2
    raw = original.read(path, TRIALS, starts=None)
    np.testing.assert_allclose(raw.get_data("GSR")[0], signals()["GSR1"], atol=BIT * 1e6)


def test_missing_channels_are_named(path):
    patch(path, 256, b"Nose".ljust(16))
    patch(path, 256 + 16 * 34, b"Ear".ljust(16))
    with pytest.raises(InputError, match=r"s01\.bdf: .* Received no Fp1, EXG3\.") as raised:
        original.read(path, TRIALS, starts=None)
    assert raised.value.code == "channels_missing"


@pytest.mark.parametrize("announced", [True, False])
def test_truncated_recording(path, announced):
    if not announced:
        patch(path, 236, b"-1      ")
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size - 1000)
    message = r"s01\.bdf: expected .* records of 9216 bytes.*Received 4\.89.*copy it again"
    with pytest.raises(InputError, match=message) as raised:
        original.read(path, TRIALS, starts=None)
    assert raised.value.code == "truncated"


def test_unfinished_header_is_read_when_the_records_are_whole(path):
    patch(path, 236, b"-1      ")
    assert len(original.read(path, TRIALS, starts=None).annotations) == 3


def test_unfinished_recording_that_stops_in_the_last_video(tmp_path):
    values = codes(VIDEOS[:2])
    values[199:204] = 4
    path = write_recording(tmp_path, 1, values)
    patch(path, 236, b"-1      ")
    with pytest.raises(InputError, match="expected the whole last video") as raised:
        original.read(path, TRIALS, starts=None)
    assert raised.value.code == "trials_cut"


def test_no_bdf_header(path):
    path.write_bytes(b"not a recording")
    with pytest.raises(InputError, match=r"s01\.bdf: expected a BioSemi BDF header"):
        original.read(path, TRIALS, starts=None)


def test_trial_before_the_recording(tmp_path):
    path = write_long(tmp_path, LONG[1:] - 210)
    trials = pd.DataFrame({"trial": range(1, 10)})
    assert onsets.triggers(path, starts=start_times(LONG), n_trials=9).onsets[1] == -10
    with pytest.raises(InputError, match="Received trial 1 outside them, by its start time") as raised:
        original.read(path, trials, starts=start_times(LONG))
    assert raised.value.code == "trials_cut"
    assert len(original.read(path, trials[1:], starts=start_times(LONG)).annotations) == 8

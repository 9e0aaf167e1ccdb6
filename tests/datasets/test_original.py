import tracemalloc

import numpy as np
import pandas as pd
import pytest

from eeg.channels import EOG, GENEVA
from eeg.datasets import bdf
from eeg.datasets.deap import original
from eeg.datasets.deap.trials import OTHERS
from eeg.errors import InputError
from tests.datasets.deap_files import BIT, SFREQ, VIDEOS, codes, patch, signals, write_recording

TRIALS = pd.DataFrame({"subject": "s01", "trial": [1, 2, 3]})
LONG = np.cumsum([200, 260, 301, 250, 333, 270, 240, 290, 310])
"""Video starts of nine trials, in samples, at uneven distances."""

UNIT = dict.fromkeys(("GSR", "Respiration", "Plethysmograph", "Temperature"), 1.0)


@pytest.fixture
def path(tmp_path):
    return write_recording(tmp_path, 1)


def start_times(videos, noise=0.0):
    """The other clock began 3 s later and loses 0.1 %."""
    return pd.Series((np.asarray(videos) / SFREQ - 3.0) / 1.001 + noise, index=range(1, len(videos) + 1))


def write_long(folder, kept):
    """Write a recording of nine trials of which some have a trigger."""
    n_times = SFREQ * (int(LONG[-1] / SFREQ) + 2)
    path = folder / "s01.bdf"
    bdf.write(path, signals(n_times), codes(kept, n_times), form=bdf.FORMS[0], sfreq=SFREQ)
    return path


@pytest.mark.parametrize(("initial", "offset"), [(0, 0), (1703680, 1638144), (1703680 - 2**24, 1638144 - 2**24)])
def test_events_are_found_under_any_offset(initial, offset):
    status = np.array([initial, initial, offset, offset + 3, offset + 3, offset + 4, offset, offset + 5.0])
    assert original.events(status).tolist() == [[3, 3], [5, 4], [7, 5]]


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


@pytest.mark.parametrize("n_records", [b"5       ", b"0       ", b"-1      "])
def test_header_without_records(path, n_records):
    patch(path, 236, n_records)
    with path.open("r+b") as file:
        file.truncate(bdf.header(path).header_bytes)
    with pytest.raises(InputError, match=r"records of 9216 bytes after the header. Received 0\.00") as raised:
        original.triggers(path, starts=None, n_trials=3)
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


@pytest.mark.parametrize("place", [252, 244, 256 + 216 * 48])  # number of channels, seconds and samples a record
def test_header_that_announces_no_samples(path, place):
    patch(path, place, b"0   ")
    with pytest.raises(InputError, match="expected a BioSemi BDF header. Received one that cannot be read") as raised:
        original.triggers(path, starts=None, n_trials=3)
    assert raised.value.code == "unreadable"


def test_no_bdf_header(path):
    path.write_bytes(b"not a recording")
    with pytest.raises(InputError, match=r"s01\.bdf: expected a BioSemi BDF header"):
        original.read(path, TRIALS, starts=None)


def test_triggers_of_a_whole_recording(path):
    found = original.triggers(path, starts=start_times(VIDEOS), n_trials=3)
    assert found.onsets == dict(zip((1, 2, 3), VIDEOS, strict=True))
    assert found.placed == ()
    assert found.sfreq == SFREQ
    assert found.events[:3].tolist() == [[50, 3], [70, 4], [90, 5]]
    # the start times have all digits
    assert found.spread == pytest.approx(0.0, abs=1e-9)


def test_triggers_without_start_times(path):
    assert original.triggers(path, starts=None, n_trials=3).spread is None


@pytest.mark.parametrize(
    "gone", [[0], [4], [8], [0, 4, 8], [0, 1, 2], [3, 4, 5], [6, 7, 8], []], ids=lambda gone: f"without {gone}"
)
def test_missing_triggers_are_placed_and_the_others_keep_theirs(tmp_path, gone):
    path = write_long(tmp_path, np.delete(LONG, gone))
    starts = start_times(LONG, np.random.default_rng(1).normal(0, 0.02, 9))
    found = original.triggers(path, starts=starts, n_trials=9)
    assert found.placed == tuple(trial + 1 for trial in gone)
    onsets = np.array([found.onsets[trial] for trial in range(1, 10)])
    np.testing.assert_array_equal(np.delete(onsets, gone), np.delete(LONG, gone))
    # start times are 20 ms off, a little more than a sample, and an end may be reached by a line through six of them
    np.testing.assert_allclose(onsets, LONG, atol=5)
    assert 0.01 < found.spread < 0.1
    raw = original.read(path, pd.DataFrame({"trial": range(1, 10)}), starts=starts)
    assert list(raw.annotations.description) == [f"trial/{trial}" for trial in range(1, 10)]
    np.testing.assert_allclose(raw.annotations.onset * SFREQ, onsets, atol=1e-9)


def refused(path, starts, n_trials, code, message):
    with pytest.raises(InputError, match=message) as raised:
        original.triggers(path, starts=starts, n_trials=n_trials)
    assert raised.value.code == code
    assert raised.value.file == path


def test_missing_triggers_without_start_times(tmp_path):
    path = write_recording(tmp_path, 1, codes(VIDEOS[:2]))
    message = r"s01\.bdf: expected 3 video starts \(code 4\).* Received 2, and no Start_time that says which\."
    refused(path, None, 3, "triggers_missing", message)
    blank = start_times(VIDEOS)
    blank[2] = np.nan
    refused(path, blank, 3, "triggers_missing", message)


def test_too_few_triggers(tmp_path):
    path = write_long(tmp_path, LONG[:5])
    refused(path, start_times(LONG), 9, "triggers_missing", "Received 5, too few to place the others")


def test_missing_triggers_at_equal_distances(tmp_path):
    regular = 200 + 260 * np.arange(9)
    path = write_long(tmp_path, regular[1:])
    refused(path, start_times(regular), 9, "triggers_missing", "Received 8, and start times that fit several trials")


def test_more_triggers_than_trials(path):
    refused(path, start_times(VIDEOS[:2]), 2, "triggers_extra", r"expected 2 video starts .* Received 3\.")


def test_as_many_triggers_as_trials_of_which_one_is_elsewhere(tmp_path):
    moved = np.sort(np.append(np.delete(LONG, 2), LONG[6] + 150))
    path = write_long(tmp_path, moved)
    refused(path, start_times(LONG), 9, "triggers_times", r"Received some that miss theirs, by up to ")


def test_start_times_of_another_clock_confirm_nothing_and_refuse_nothing(tmp_path):
    path = write_long(tmp_path, LONG)
    halved = start_times(LONG)
    halved.iloc[5:] += 31.7
    found = original.triggers(path, starts=halved, n_trials=9)
    np.testing.assert_array_equal(list(found.onsets.values()), LONG)
    assert found.placed == ()
    assert found.spread > 10
    blank = original.triggers(path, starts=start_times(LONG) * np.nan, n_trials=9)
    assert blank.spread is None


@pytest.mark.parametrize(("first", "last", "samples"), [(6, 9, 90), (0, 2, -90), (4, 5, 128)])
def test_a_pause_or_a_late_video_leaves_the_order_as_it_is(tmp_path, first, last, samples):
    moved = LONG.copy()
    moved[first:last] += samples
    path = write_long(tmp_path, moved)
    found = original.triggers(path, starts=start_times(LONG), n_trials=9)
    np.testing.assert_array_equal(list(found.onsets.values()), moved)
    assert found.spread > 0.5


def test_fewer_triggers_than_trials_and_one_at_another_time(tmp_path):
    moved = LONG.copy()
    moved[4] += 128
    path = write_long(tmp_path, moved[:8])
    refused(path, start_times(LONG), 9, "triggers_times", "Received 8, 1 at no start time")


def test_start_times_that_go_back(tmp_path):
    starts = start_times(LONG)
    starts[3], starts[4] = starts[4], starts[3]
    path = write_long(tmp_path, LONG[:8])
    refused(path, starts, 9, "triggers_times", "Received start times that do not rise from trial to trial")


def test_trial_before_the_recording(tmp_path):
    path = write_long(tmp_path, LONG[1:] - 210)
    trials = pd.DataFrame({"trial": range(1, 10)})
    assert original.triggers(path, starts=start_times(LONG), n_trials=9).onsets[1] == -10
    with pytest.raises(InputError, match="Received trial 1 outside them, by its start time") as raised:
        original.read(path, trials, starts=start_times(LONG))
    assert raised.value.code == "trials_cut"
    assert len(original.read(path, trials[1:], starts=start_times(LONG)).annotations) == 8

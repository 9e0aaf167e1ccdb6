"""Where trials start: triggers under any offset, triggers that are missing, and start times that contradict them."""

import numpy as np
import pandas as pd
import pytest

from eeg.datasets import bdf
from eeg.datasets.deap import onsets, original
from eeg.errors import InputError
from tests.datasets.deap_files import LONG, SFREQ, VIDEOS, codes, patch, start_times, write_long, write_recording


@pytest.fixture
def path(tmp_path):
    return write_recording(tmp_path, 1)


@pytest.mark.parametrize(("initial", "offset"), [(0, 0), (1703680, 1638144), (1703680 - 2**24, 1638144 - 2**24)])
def test_events_are_found_under_any_offset(initial, offset):
    status = np.array([initial, initial, offset, offset + 3, offset + 3, offset + 4, offset, offset + 5.0])
    assert onsets.events(status).tolist() == [[3, 3], [5, 4], [7, 5]]


@pytest.mark.parametrize("n_records", [b"5       ", b"0       ", b"-1      "])
def test_header_without_records(path, n_records):
    patch(path, 236, n_records)
    with path.open("r+b") as file:
        file.truncate(bdf.header(path).header_bytes)
    with pytest.raises(InputError, match=r"records of 9216 bytes after the header. Received 0\.00") as raised:
        onsets.triggers(path, starts=None, n_trials=3)
    assert raised.value.code == "truncated"


@pytest.mark.parametrize("place", [252, 244, 256 + 216 * 48])  # number of channels, seconds and samples a record
def test_header_that_announces_no_samples(path, place):
    patch(path, place, b"0   ")
    with pytest.raises(InputError, match="expected a BioSemi BDF header. Received one that cannot be read") as raised:
        onsets.triggers(path, starts=None, n_trials=3)
    assert raised.value.code == "unreadable"


def test_triggers_of_a_whole_recording(path):
    found = onsets.triggers(path, starts=start_times(VIDEOS), n_trials=3)
    assert found.onsets == dict(zip((1, 2, 3), VIDEOS, strict=True))
    assert found.placed == ()
    assert found.sfreq == SFREQ
    assert found.events[:3].tolist() == [[50, 3], [70, 4], [90, 5]]
    # the start times have all digits
    assert found.spread == pytest.approx(0.0, abs=1e-9)


def test_triggers_without_start_times(path):
    assert onsets.triggers(path, starts=None, n_trials=3).spread is None


@pytest.mark.parametrize(
    "gone", [[0], [4], [8], [0, 4, 8], [0, 1, 2], [3, 4, 5], [6, 7, 8], []], ids=lambda gone: f"without {gone}"
)
def test_missing_triggers_are_placed_and_the_others_keep_theirs(tmp_path, gone):
    path = write_long(tmp_path, np.delete(LONG, gone))
    starts = start_times(LONG, np.random.default_rng(1).normal(0, 0.02, 9))
    found = onsets.triggers(path, starts=starts, n_trials=9)
    assert found.placed == tuple(trial + 1 for trial in gone)
    samples = np.array([found.onsets[trial] for trial in range(1, 10)])
    np.testing.assert_array_equal(np.delete(samples, gone), np.delete(LONG, gone))
    # start times are 20 ms off, a little more than a sample, and an end may be reached by a line through six of them
    np.testing.assert_allclose(samples, LONG, atol=5)
    assert 0.01 < found.spread < 0.1
    raw = original.read(path, pd.DataFrame({"trial": range(1, 10)}), starts=starts)
    assert list(raw.annotations.description) == [f"trial/{trial}" for trial in range(1, 10)]
    np.testing.assert_allclose(raw.annotations.onset * SFREQ, samples, atol=1e-9)


def refused(path, starts, n_trials, code, message):
    with pytest.raises(InputError, match=message) as raised:
        onsets.triggers(path, starts=starts, n_trials=n_trials)
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
    found = onsets.triggers(path, starts=halved, n_trials=9)
    np.testing.assert_array_equal(list(found.onsets.values()), LONG)
    assert found.placed == ()
    assert found.spread > 10
    blank = onsets.triggers(path, starts=start_times(LONG) * np.nan, n_trials=9)
    assert blank.spread is None


@pytest.mark.parametrize(("first", "last", "samples"), [(6, 9, 90), (0, 2, -90), (4, 5, 128)])
def test_a_pause_or_a_late_video_leaves_the_order_as_it_is(tmp_path, first, last, samples):
    moved = LONG.copy()
    moved[first:last] += samples
    path = write_long(tmp_path, moved)
    found = onsets.triggers(path, starts=start_times(LONG), n_trials=9)
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

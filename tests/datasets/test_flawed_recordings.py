"""Flaws of the original recordings change what they say and nothing else."""

import mne
import numpy as np
import pytest

from eeg.channels import GENEVA, TWENTE, standard_name
from eeg.datasets import bdf, simulated
from eeg.datasets.deap.onsets import events
from eeg.datasets.simulated.cohort import file_of
from eeg.datasets.simulated.flaws.records import Records
from eeg.storage import read_json


def records(folder, subject="s01"):
    return Records(file_of(folder, subject, "original").read_bytes())


def changed(before, after, axis):
    """Where along an axis two arrays differ."""
    others = tuple(other for other in range(before.ndim) if other != axis)
    return np.flatnonzero((before != after).any(axis=others))


def starts(folder, subject="s01"):
    """The samples of the video triggers."""
    found = events(records(folder, subject).codes)
    return found[found[:, 1] == 4, 0]


def onsets(folder, subject="s01"):
    return np.array([trial["onset"] for trial in read_json(folder / "truth" / f"{subject}.json")["trials"]])


def only_the_status_differs(first, second):
    np.testing.assert_array_equal(first.samples[:, :-1], second.samples[:, :-1])
    assert first.labels == second.labels


def only_the_labels_differ(first, second):
    np.testing.assert_array_equal(first.samples, second.samples)
    assert first.labels != second.labels
    assert first.content[256 + 16 * first.n_channels :] == second.content[256 + 16 * second.n_channels :]


def test_records_hold_what_mne_reads(cohort):
    path = file_of(cohort, "s01", "original")
    raw = mne.io.read_raw_bdf(path, stim_channel=None, verbose="ERROR")
    found, bit = records(cohort), 1e-6 * 524287 / 16777215
    assert found.labels == raw.ch_names
    assert found.sfreq == raw.info["sfreq"]
    for name in ("Fp1", "EXG5"):
        values = found.signal(found.labels.index(name)) * bit
        np.testing.assert_allclose(values - values[0], (raw.get_data(name) - raw.get_data(name)[0, 0])[0], atol=1e-11)


def test_records_change_one_channel_and_keep_24_bits(cohort):
    before, after = records(cohort), records(cohort)
    values = np.linspace(-(2.0**25), 2.0**25, before.signal(3).size)
    after.set_signal(3, values)
    np.testing.assert_array_equal(after.signal(3), np.clip(np.rint(values), -(2**23), 2**23 - 1))
    assert changed(before.samples, after.samples, axis=1).tolist() == [3]


def test_an_open_header_differs_in_the_number_of_records_only(cohort, spoilt):
    before, after = records(cohort).content, records(spoilt("header_open")).content
    assert after[236:244] == b"-1      "
    assert (before[:236], before[244:]) == (after[:236], after[244:])


def test_padded_labels_are_the_same_names(cohort, spoilt):
    before, after = records(cohort), records(spoilt("labels_padded"))
    only_the_labels_differ(before, after)
    assert [standard_name(label) for label in after.labels] == before.labels
    assert all(after.field(index, 0, 16).startswith(" ") for index in range(before.n_channels - 1))


@pytest.mark.parametrize("subject", ["s01", "s03"])
def test_an_offset_is_added_or_taken_away_under_the_same_codes(cohort, spoilt, subject):
    before, after = (records(folder, subject) for folder in (cohort, spoilt("triggers_offset", subject=subject)))
    only_the_status_differs(before, after)
    np.testing.assert_array_equal(before.codes, after.codes)
    values = {"s01": {1638144, 1703680}, "s03": {0}}[subject]
    assert set((after.signal(after.n_channels - 1) - after.codes).tolist()) == values


def test_missing_triggers_are_placed_where_they_were(cohort, spoilt):
    folder = spoilt("triggers_missing")
    only_the_status_differs(records(cohort), records(folder))
    gone = np.setdiff1d(starts(cohort), starts(folder))
    assert len(gone) == 2  # three, but no more than a third of eight
    found = simulated.triggers(folder, "s01")
    assert [onsets(folder)[trial - 1] for trial in found.placed] == gone.tolist()
    # Start times have steps of 0.1 ms, a twentieth of a sample.
    np.testing.assert_allclose(list(found.onsets.values()), onsets(folder), atol=1)


def test_lost_extra_and_moved_triggers(cohort, spoilt):
    lost, extra, moved = (spoilt(f"triggers_{name}", place=name) for name in ("lost", "extra", "moved"))
    for folder in (lost, extra, moved):
        only_the_status_differs(records(cohort), records(folder))
    true = set(starts(cohort).tolist())
    assert len(true - set(starts(lost).tolist())) == 3
    (added,) = set(starts(extra).tolist()) - true
    assert true < set(starts(extra).tolist())
    away = (added - onsets(cohort)) / 512
    assert not ((away > -2.0) & (away < 4.0)).any()
    (gone,), (new,) = true - set(starts(moved).tolist()), set(starts(moved).tolist()) - true
    assert abs(gone - new) >= 10 * 512


def test_a_strange_code_is_added(cohort, spoilt):
    before, after = (events(records(folder).codes).tolist() for folder in (cohort, spoilt("trigger_codes")))
    assert [code for _, code in after if [_, code] not in before] == [99]
    assert [event for event in after if event[1] != 99] == before


def test_labels_are_put_on_other_channels(cohort, spoilt):
    before = records(cohort)
    names = ["channel_renamed", "channels_swapped_sites", "channels_shuffled", "eyes_elsewhere"]
    after = {name: records(spoilt(name, place=name)) for name in names}
    for found in after.values():
        only_the_labels_differ(before, found)
    renamed = [label for label in after["channel_renamed"].labels if label not in before.labels]
    assert len(renamed) == 1
    assert before.labels[:32] == TWENTE
    assert after["channels_swapped_sites"].labels[:32] == GENEVA
    shuffled = after["channels_shuffled"].labels[:32]
    assert sorted(shuffled) == sorted(GENEVA)
    assert sum(one == other for one, other in zip(shuffled, TWENTE, strict=True)) < 8
    assert after["eyes_elsewhere"].labels[32:40] == [f"EXG{number}" for number in (5, 6, 7, 8, 1, 2, 3, 4)]


def test_sites_are_swapped_the_other_way_in_geneva(spoilt):
    assert records(spoilt("channels_swapped_sites", subject="s03"), "s03").labels[:32] == TWENTE


def test_a_recording_stops_in_the_last_video(cohort, spoilt):
    folder = spoilt("recording_stops")
    before, after = records(cohort), records(folder)
    end = len(after.samples)
    np.testing.assert_array_equal(after.samples, before.samples[:end])
    assert bdf.header(file_of(folder, "s01", "original")).n_records == end
    assert onsets(cohort)[-1] / 512 < end < onsets(cohort)[-1] / 512 + 4.0


def test_a_slow_recording_holds_the_same_at_64_hertz(cohort, spoilt):
    folder = spoilt("slow")
    table = simulated.trial_table(folder, "s01")
    before, after = (simulated.read(place, "s01", table) for place in (cohort, folder))
    assert after.info["sfreq"] == 64
    np.testing.assert_allclose(after.annotations.onset, before.annotations.onset, atol=1 / 64)
    mean = before.get_data("Cz").reshape(-1, 8).mean(axis=1)
    np.testing.assert_allclose(after.get_data("Cz")[0], mean, atol=4e-8)  # a step of the file


@pytest.mark.parametrize("name", ["channel_flat", "channel_clipped", "channel_noisy"])
def test_one_channel_of_a_recording_is_bad(cohort, spoilt, name):
    before, after = records(cohort), records(spoilt(name))
    (index,) = changed(before.samples, after.samples, axis=1)
    assert before.labels[index] in GENEVA
    x, y = before.signal(index), after.signal(index)
    if name == "channel_flat":
        assert np.ptp(y) == 0
    elif name == "channel_noisy":
        np.testing.assert_allclose((y - x).std() / x.std(), 30, rtol=0.02)
    else:
        assert 0.08 < ((y == y.min()) | (y == y.max())).mean() < 0.12
        np.testing.assert_array_equal(y, np.clip(x, y.min(), y.max()))


def test_volts_in_a_recording(cohort, spoilt):
    table = simulated.trial_table(cohort, "s01")
    before, after = (simulated.read(folder, "s01", table) for folder in (cohort, spoilt("volts")))
    picks = ["Fp1", "O2", "vEOG"]
    x, y = (raw.get_data(picks) - raw.get_data(picks).mean(axis=1, keepdims=True) for raw in (before, after))
    np.testing.assert_allclose(y, x * 1e-6, rtol=1e-4)  # the header has room for five digits
    np.testing.assert_array_equal(before.get_data("Temperature"), after.get_data("Temperature"))


@pytest.mark.parametrize("subject", ["s01", "s03"])
def test_a_trial_of_a_recording_is_repeated(cohort, spoilt, subject):
    folder = spoilt("trial_repeated", subject=subject)
    table = simulated.trial_table(cohort, subject)
    raw = simulated.read(folder, subject, table)
    first = np.round((raw.annotations.onset - 2.0) * 512).astype(int)
    cut = [raw.get_data(["eeg", "eog"], start, start + 6 * 512) for start in first]
    same = [(i, j) for i in range(8) for j in range(i) if np.array_equal(cut[i], cut[j])]
    assert len(same) == 1
    np.testing.assert_array_equal(records(cohort, subject).codes, records(folder, subject).codes)

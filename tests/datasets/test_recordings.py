"""Recordings with a trial table: small EDF and FIF files made on the spot, and the real ones where they lie."""

from pathlib import Path

import edfio
import mne
import numpy as np
import pandas as pd
import pytest

from eeg.channels import GENEVA, TWENTE
from eeg.datasets import recordings
from eeg.errors import InputError

REAL = Path(__file__).parents[3] / "shared" / "data" / "mental-arithmetic"
PREFIXES = {"prefixes": ["EEG "]}


def edf(path, names, *, seconds=10, sfreq=100):
    """Write channels whose value in microvolt is their number, plus a tick of 1 at the third second."""
    t = np.arange(seconds * sfreq)
    tick = (t == 3 * sfreq).astype(float)
    signals = [
        edfio.EdfSignal(number + tick, sfreq, label=name, physical_dimension="uV", physical_range=(-500, 500))
        for number, name in enumerate(names)
    ]
    edfio.Edf(signals).write(path)


def folder(tmp_path, rows, *, names=("EEG Fp1", "EEG T3", "EEG Cz"), **changes):
    """Write a table and the files it names."""
    table = pd.DataFrame(rows, columns=["subject", "trial", "recording", "onset", "duration", "condition"])
    for name in table["recording"].unique():
        edf(tmp_path / name, names, **changes)
    table.to_csv(tmp_path / "trials.csv", index=False)
    return tmp_path


def two(tmp_path, **changes):
    """Return a folder of one subject with two files of two trials each."""
    rows = [
        ("1", 1, "rest.edf", 1, 2, "rest"),
        ("1", 2, "rest.edf", 3, 2, "rest"),
        ("1", 3, "task.edf", 0, 2, "task"),
        ("1", 4, "task.edf", 3, 2, "task"),
    ]
    return folder(tmp_path, rows, **changes)


def read(place, subject="s01", **settings):
    return recordings.read(place, subject, recordings.trial_table(place, subject, **settings), **settings)


def broken(place, **columns):
    """Overwrite columns of the table."""
    table = pd.read_csv(place / "trials.csv")
    table.assign(**columns).to_csv(place / "trials.csv", index=False)
    return place


def test_the_trial_table_has_the_columns_of_the_contract(tmp_path):
    table = recordings.trial_table(two(tmp_path), "s01")
    assert list(table) == ["subject", "trial", "video", "condition", "recording", "onset", "duration"]
    assert table["subject"].unique().tolist() == ["s01"]
    assert table["video"].tolist() == table["trial"].tolist() == [1, 2, 3, 4]


def test_a_video_column_is_kept(tmp_path):
    place = broken(two(tmp_path), video=[7, 5, 7, 5])
    assert recordings.trial_table(place, "s01")["video"].tolist() == [7, 5, 7, 5]


def test_trials_are_sorted_by_number_and_files_come_in_their_order(tmp_path):
    place = broken(two(tmp_path), trial=[4, 3, 2, 1])
    assert recordings.trial_table(place, "s01")["trial"].tolist() == [1, 2, 3, 4]
    assert [path.name for path in recordings.files(place, "s01")] == ["task.edf", "rest.edf"]
    assert recordings.table_file(place, "s01") == place / "trials.csv"


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (["2", "2", "10", "10"], ["s02", "s10"]),
        (["Subject00", "Subject00", "Subject01", "Subject01"], ["s00", "s01"]),
        (["sub-03", "sub-03", "sub-04", "sub-04"], ["s03", "s04"]),
        (["s01", "s01", "s02", "s02"], ["s01", "s02"]),
    ],
)
def test_subjects_that_are_numbers_are_written_s01(tmp_path, written, expected):
    assert recordings.subjects(broken(two(tmp_path), subject=written)) == expected


def test_files_are_joined_with_every_trial_at_its_sample(tmp_path):
    raw = read(two(tmp_path), **PREFIXES)
    assert raw.ch_names == ["Fp1", "T7", "Cz"]
    assert raw.n_times == 2000
    trials = dict(zip(raw.annotations.description, raw.annotations.onset, strict=True))
    assert [trials[f"trial/{number}"] for number in (1, 2, 3, 4)] == pytest.approx([1, 3, 10, 13])
    assert trials["EDGE boundary"] == 10
    x = 1e6 * raw.get_data()
    # 1,000 microvolt over 16 bit: half a step is 0.008
    np.testing.assert_allclose(x[:, 0], [0, 1, 2], atol=0.01)
    assert np.flatnonzero(x[0] > 0.5).tolist() == [300, 1300]


def test_the_montage_is_set_and_nothing_personal_is_kept(tmp_path):
    raw = read(two(tmp_path), **PREFIXES)
    assert len(raw.get_montage().get_positions()["ch_pos"]) == 3
    assert not np.isnan(raw.info["chs"][0]["loc"][:3]).any()
    assert raw.info["subject_info"] is None


def test_thirty_two_channels_come_in_the_order_of_deap(tmp_path):
    raw = read(two(tmp_path, names=[*TWENTE, "A1"]), drop=["A1"])
    assert raw.ch_names == GENEVA
    np.testing.assert_allclose(1e6 * raw.get_data()[:, 0], [TWENTE.index(name) for name in GENEVA], atol=0.01)


def test_channels_are_renamed_and_dropped_by_either_name(tmp_path):
    place = two(tmp_path, names=["EEG front", "EEG CZ", "EEG A2-A1", "ECG ECG"])
    raw = read(place, rename={"front": "Fpz"}, drop=["A2-A1", "ECG ECG"], **PREFIXES)
    assert raw.ch_names == ["Fpz", "Cz"]


def test_eog_is_bipolar_where_two_electrodes_are_named(tmp_path):
    names = ["Fp1", "Cz", "L", "R", "UP"]
    raw = read(two(tmp_path, names=names), eog={"vEOG": ["UP"], "hEOG": ["L", "R"]})
    assert raw.ch_names == ["Fp1", "Cz", "hEOG", "vEOG"]
    assert raw.get_channel_types() == ["eeg", "eeg", "eog", "eog"]
    np.testing.assert_allclose(1e6 * raw.get_data()[2:, 0], [-1, 4], atol=0.02)


def test_an_eog_electrode_with_a_position_stays_eeg_too(tmp_path):
    raw = read(two(tmp_path, names=["Fp1", "Cz", "below"]), eog={"vEOG": ["Fp1", "below"]})
    assert raw.ch_names == ["Fp1", "Cz", "vEOG"]


def test_other_channel_types_are_dropped(tmp_path):
    info = mne.create_info(["Fp1", "Cz", "heart", "STI"], 100, ["eeg", "eeg", "ecg", "stim"])
    mne.io.RawArray(np.zeros((4, 1000)), info, verbose="error").save(tmp_path / "a_raw.fif", verbose="error")
    pd.DataFrame([("1", 1, "a_raw.fif", 0, 2)], columns=list(recordings.COLUMNS)).to_csv(tmp_path / "trials.csv")
    assert read(tmp_path).ch_names == ["Fp1", "Cz"]


def test_another_name_of_the_table(tmp_path):
    (two(tmp_path) / "trials.csv").rename(tmp_path / "blocks.csv")
    assert recordings.subjects(tmp_path, trials="blocks.csv") == ["s01"]


def test_a_missing_folder_is_an_error(tmp_path):
    with pytest.raises(InputError, match=r"absent: expected a folder of recordings"):
        recordings.subjects(tmp_path / "absent")


def test_a_missing_table_is_an_error(tmp_path):
    with pytest.raises(InputError, match=r"trials.csv: expected a trial table. Received no such file"):
        recordings.subjects(tmp_path)


def test_a_missing_column_is_an_error(tmp_path):
    pd.DataFrame({"subject": [1], "trial": [1], "recording": ["a.edf"]}).to_csv(tmp_path / "trials.csv")
    with pytest.raises(InputError, match=r"Received no onset, duration"):
        recordings.subjects(tmp_path)


def test_an_absent_subject_is_an_error_that_lists_the_others(tmp_path):
    with pytest.raises(InputError, match=r"expected the subject s07. Received only s01"):
        recordings.trial_table(two(tmp_path), "s07")


@pytest.mark.parametrize(
    ("column", "values", "text"),
    [
        ("duration", [2, 2, 2, 3], r"one duration for all trials. Received 2, 3 s"),
        ("duration", [2, 2, 0, 2], r"in the column duration seconds above 0. Received .*0.* in line 4"),
        ("onset", [1, None, 0, 3], r"in the column onset seconds from the start .* in line 3"),
        ("trial", [0, 1, 2, 3], r"in the column trial whole numbers from 1. Received .*0.* in line 2"),
        ("trial", [1, 2, 2, 3], r"every trial of s01 once. Received trial 2 twice"),
        ("recording", ["../a.edf"] * 4, r"a path inside the folder. Received '../a.edf' in line 2"),
        ("recording", ["/etc/a.edf"] * 4, r"a path inside the folder. Received '/etc/a.edf' in line 2"),
        ("subject", ["a/b"] * 4, r"numbered subjects .1, s01, sub-01.. Received 'a/b'"),
        ("subject", ["1", "s01", "1", "1"], r"one spelling a subject. Received '1', 's01'"),
    ],
)
def test_an_unusable_table_is_an_error(tmp_path, column, values, text):
    place = broken(two(tmp_path), **{column: values})
    with pytest.raises(InputError, match=text):
        recordings.trial_table(place, "s01")


def test_a_missing_recording_is_an_error(tmp_path):
    place = two(tmp_path)
    (place / "task.edf").unlink()
    with pytest.raises(InputError, match=r"task.edf: expected a recording. Received no such file"):
        read(place, **PREFIXES)


def test_a_truncated_recording_is_an_error(tmp_path):
    place = two(tmp_path)
    whole = (place / "task.edf").read_bytes()
    (place / "task.edf").write_bytes(whole[:-1500])
    with pytest.raises(InputError, match=r"task.edf: expected as many records as the header says"):
        read(place, **PREFIXES)


def test_an_open_number_of_records_is_no_truncation(tmp_path):
    place = two(tmp_path)
    whole = bytearray((place / "task.edf").read_bytes())
    whole[236:244] = b"-1      "
    (place / "task.edf").write_bytes(bytes(whole))
    assert read(place, **PREFIXES).n_times == 2000


@pytest.mark.parametrize("name", ["a.edf", "a_raw.fif"])
def test_an_unreadable_recording_is_an_error(tmp_path, name):
    (tmp_path / name).write_bytes(b"no recording")
    pd.DataFrame([("1", 1, name, 0, 2)], columns=list(recordings.COLUMNS)).to_csv(tmp_path / "trials.csv")
    with pytest.raises(InputError, match=rf"{name}: expected a whole recording in a format MNE reads"):
        read(tmp_path)


def test_a_trial_that_ends_after_its_recording_is_an_error(tmp_path):
    place = broken(two(tmp_path), onset=[1, 3, 0, 9])
    with pytest.raises(
        InputError, match=r"task.edf: expected trial 4 to end within the 10 s .*Received an end at 11 s"
    ):
        read(place, **PREFIXES)


def test_channels_without_a_position_are_an_error_that_names_them(tmp_path):
    place = two(tmp_path, names=["EEG Cz", "EEG A2-A1", "ECG ECG"])
    with pytest.raises(InputError, match=r"Received A2-A1, ECG ECG without one. Leave channels out with `drop`"):
        read(place, **PREFIXES)


def test_two_channels_of_one_name_are_an_error(tmp_path):
    with pytest.raises(InputError, match=r"Received T7 twice"):
        read(two(tmp_path, names=["T3", "T7"]))


def test_no_eeg_channel_is_an_error(tmp_path):
    with pytest.raises(InputError, match=r"Received no EEG channel"):
        read(two(tmp_path, names=["ECG"]), drop=["ECG"])


def test_a_missing_eog_electrode_is_an_error(tmp_path):
    with pytest.raises(InputError, match=r"expected the electrode L of hEOG. Received only the channels EEG Fp1"):
        read(two(tmp_path), eog={"hEOG": ["L", "R"]}, **PREFIXES)


@pytest.mark.parametrize("change", [{"sfreq": 200}, {"names": ["EEG Fp1", "EEG Cz"]}])
def test_files_of_a_subject_that_do_not_match_are_an_error(tmp_path, change):
    place = two(tmp_path)
    edf(place / "task.edf", **{"names": ["EEG Fp1", "EEG T3", "EEG Cz"], **change})
    with pytest.raises(InputError, match=r"task.edf: expected all recordings of s01 with one sampling rate and"):
        read(place, **PREFIXES)


@pytest.mark.parametrize(
    ("files", "labels", "pause", "shared"),
    [
        ("aabb", "xxyy", 5, True),
        ("aaaa", "xxyy", 5, True),
        ("aaaa", "xyxy", 5, False),
        ("abab", "xxyy", 5, False),
        ("abcd", "xxyy", 5, False),
        ("abcd", "wxyz", 5, False),
        ("aaaa", "xxyx", 5, False),
        ("aaaa", "xxyx", 0, True),
        ("aaaa", "xyxy", 0, False),
    ],
)
def test_blocks_of_one_uninterrupted_condition_are_recognised(files, labels, pause, shared):
    table = pd.DataFrame({"subject": "s01", "recording": list(files), "condition": list(labels)})
    table = table.assign(onset=10.0 * np.arange(4), duration=10.0 - pause)
    assert recordings.blocks_share_recording(table, "condition") is shared


@pytest.mark.skipif(not REAL.is_dir(), reason="the mental-arithmetic recordings are not here")
def test_the_mental_arithmetic_recordings_are_read():
    settings = {"prefixes": ["EEG "], "drop": ["A2-A1", "ECG ECG"]}
    assert recordings.subjects(REAL, **settings) == [f"s{number:02d}" for number in range(1, 13)]
    table = recordings.trial_table(REAL, "s05", **settings)
    assert table["condition"].value_counts().to_dict() == {"rest": 6, "arithmetic": 6}
    assert recordings.blocks_share_recording(table, "condition")
    raw = recordings.read(REAL, "s05", table, **settings)
    assert (len(raw.ch_names), raw.info["sfreq"]) == (19, 500)
    assert {"T7", "T8", "P7", "P8"} < set(raw.ch_names)
    # 0.5-45 Hz, cleaned: tens of microvolt
    assert 1 < 1e6 * np.median(raw.get_data().std(axis=1)) < 100

import shutil

import numpy as np
import pandas as pd
import pytest

from eeg.channels import EOG, GENEVA
from eeg.datasets import bdf, deap
from eeg.errors import InputError

SFREQ = 64
VIDEOS = (70, 131, 199)
BIT = 1e-6 * 524287 / 16777215


def signals(n_times=5 * SFREQ):
    """Return a different ramp for every channel, in microvolt."""
    names = (*GENEVA, *bdf.EXTERNAL, *bdf.PERIPHERAL)
    return {name: np.linspace(-10.0 * k, 10.0 + k, n_times) for k, name in enumerate(names)}


def codes(videos=VIDEOS, n_times=5 * SFREQ):
    """Return codes 3, 4, 5 about each video start, held for five samples."""
    values = np.zeros(n_times, int)
    for sample in videos:
        for shift, code in ((-20, 3), (0, 4), (20, 5)):
            values[sample + shift : sample + shift + 5] = code
    return values


def ratings(n_trials=3, participant=1):
    trials = np.arange(n_trials, 0, -1)
    columns = {name: 1.0 + trials + k / 10 for k, name in enumerate(deap.RATINGS)}
    videos = 10 * trials
    return pd.DataFrame({"Participant_id": participant, "Trial": trials, "Experiment_id": videos, **columns})


def patch(path, place, content):
    """Overwrite bytes of a file."""
    with path.open("r+b") as file:
        file.seek(place)
        file.write(content)


@pytest.fixture
def folder(tmp_path):
    for number in (1, 3, 4):
        path = tmp_path / "data_original" / f"s{number:02d}.bdf"
        bdf.write(path, signals(), codes(), form=bdf.FORMS[number - 1], sfreq=SFREQ)
    tables = [ratings(participant=number) for number in (1, 3, 4)]
    (tmp_path / "metadata_csv").mkdir()
    pd.concat(tables).to_csv(tmp_path / "metadata_csv" / "participant_ratings.csv", index=False)
    return tmp_path


def load(folder, subject="s01"):
    return deap.read(folder, subject, deap.trial_table(folder, subject))


@pytest.mark.parametrize(("initial", "offset"), [(0, 0), (1703680, 1638144), (1703680 - 2**24, 1638144 - 2**24)])
def test_events_are_found_under_any_offset(initial, offset):
    status = np.array([initial, initial, offset, offset + 3, offset + 3, offset + 4, offset, offset + 5.0])
    assert deap.events(status).tolist() == [[3, 3], [5, 4], [7, 5]]


@pytest.mark.parametrize(
    ("subject", "labels"), [("s01", ("Status",)), ("s03", ("Temp", "")), ("s04", ("Temp", "-0", "-1"))]
)
def test_forms_on_disk_are_those_of_the_originals(folder, subject, labels):
    (path,) = deap.files(folder, subject)
    header = bdf.header(path)
    assert header.labels[-len(labels) :] == labels
    assert header.labels[:4] == (("Fp1", "AF3", "F7", "F3") if subject == "s01" else ("Fp1", "AF3", "F3", "F7"))
    assert len(header.labels) == (49 if subject == "s04" else 48)


@pytest.mark.parametrize("subject", ["s01", "s03", "s04"])
def test_read_gives_named_channels_in_volts_and_trials_at_the_exact_sample(folder, subject):
    raw = load(folder, subject)
    assert raw.ch_names == [*GENEVA, *EOG]
    assert raw.get_channel_types() == ["eeg"] * 32 + ["eog"] * 2
    assert raw.info["sfreq"] == SFREQ
    np.testing.assert_allclose(raw.annotations.onset * SFREQ, VIDEOS, atol=1e-9)
    assert list(raw.annotations.description) == ["trial/1", "trial/2", "trial/3"]
    written = signals()
    expected = np.array([written[name] for name in GENEVA]) * 1e-6
    np.testing.assert_allclose(raw.get_data("eeg"), expected, atol=BIT / 2 * 1.001)
    bipolar = np.array([written["EXG1"] - written["EXG2"], written["EXG3"] - written["EXG4"]]) * 1e-6
    np.testing.assert_allclose(raw.get_data("eog"), bipolar, atol=BIT * 1.001)


def test_read_sets_the_montage(folder):
    positions = load(folder).get_montage().get_positions()["ch_pos"]
    assert set(positions) == set(GENEVA)
    assert positions["Fp1"][0] < 0 < positions["Fp2"][0]


def test_read_marks_the_asked_trials_only(folder):
    trials = deap.trial_table(folder, "s01").iloc[[2]]
    raw = deap.read(folder, "s01", trials)
    assert list(raw.annotations.description) == ["trial/3"]
    np.testing.assert_allclose(raw.annotations.onset * SFREQ, VIDEOS[2:])


def test_status_channel_with_two_blank_labels(folder):
    (path,) = deap.files(folder, "s04")
    patch(path, 256 + 16 * 47, b" " * 32)
    np.testing.assert_allclose(load(folder, "s04").annotations.onset * SFREQ, VIDEOS)


def test_flat_folder_with_ratings_inside(folder, tmp_path_factory):
    flat = tmp_path_factory.mktemp("flat")
    for path in (*(folder / "data_original").iterdir(), folder / "metadata_csv" / "participant_ratings.csv"):
        shutil.copy(path, flat)
    assert deap.subjects(flat) == deap.subjects(folder) == ["s01", "s03", "s04"]
    assert len(load(flat).annotations) == 3


def test_trial_table_is_in_presentation_order(folder):
    trials = deap.trial_table(folder, "s03")
    assert list(trials) == ["subject", "trial", "video", "valence", "arousal", "dominance", "liking"]
    assert trials["subject"].tolist() == ["s03"] * 3
    assert trials["trial"].tolist() == [1, 2, 3]
    assert trials["video"].tolist() == [10, 20, 30]
    np.testing.assert_allclose(trials["arousal"], [2.1, 3.1, 4.1])


def test_missing_folder(tmp_path):
    with pytest.raises(InputError, match="nowhere: expected a folder with the DEAP recordings"):
        deap.subjects(tmp_path / "nowhere")


def test_folder_without_recordings(tmp_path):
    with pytest.raises(InputError, match="expected recordings named s01.bdf"):
        deap.subjects(tmp_path)


def test_unknown_subject_lists_those_there(folder):
    with pytest.raises(InputError, match=r"s02\.bdf\. Received the subjects s01, s03, s04"):
        deap.files(folder, "s02")


@pytest.mark.parametrize("announced", [True, False])
def test_truncated_recording(folder, announced):
    (path,) = deap.files(folder, "s01")
    if not announced:
        patch(path, 236, b"-1      ")
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size - 1000)
    with pytest.raises(InputError, match=r"s01\.bdf: expected .* records of 9216 bytes.*Received 4\.89.*copy it again"):
        load(folder)


def test_unfinished_header_is_read_when_the_records_are_whole(folder):
    (path,) = deap.files(folder, "s01")
    patch(path, 236, b"-1      ")
    assert len(load(folder).annotations) == 3


def test_unfinished_recording_that_stops_in_the_last_video(folder):
    (path,) = deap.files(folder, "s01")
    values = codes(VIDEOS[:2])
    values[199:204] = 4
    bdf.write(path, signals(), values, form=bdf.FORMS[0], sfreq=SFREQ)
    patch(path, 236, b"-1      ")
    with pytest.raises(InputError, match="expected the whole last video"):
        load(folder)


def test_no_bdf_header(folder):
    (path,) = deap.files(folder, "s01")
    path.write_bytes(b"not a recording")
    with pytest.raises(InputError, match=r"s01\.bdf: expected a BioSemi BDF header"):
        load(folder)


def test_missing_channels_are_named(folder):
    (path,) = deap.files(folder, "s01")
    patch(path, 256, b"Nose".ljust(16))
    patch(path, 256 + 16 * 34, b"Ear".ljust(16))
    with pytest.raises(InputError, match=r"s01\.bdf: .* Received no Fp1, EXG3\."):
        load(folder)


def test_wrong_number_of_videos(folder):
    (path,) = deap.files(folder, "s01")
    bdf.write(path, signals(), codes(VIDEOS[:2]), form=bdf.FORMS[0], sfreq=SFREQ)
    with pytest.raises(InputError, match=r"s01\.bdf: expected 3 video starts \(code 4\).* Received 2\."):
        load(folder)


def change_ratings(folder, change):
    path = folder / "metadata_csv" / "participant_ratings.csv"
    change(pd.read_csv(path)).to_csv(path, index=False)


def test_ratings_file_missing(folder):
    (folder / "metadata_csv" / "participant_ratings.csv").unlink()
    with pytest.raises(InputError, match="expected the ratings in participant_ratings.csv"):
        deap.trial_table(folder, "s01")


def test_ratings_without_a_column(folder):
    change_ratings(folder, lambda table: table.drop(columns="Arousal"))
    with pytest.raises(InputError, match=r"participant_ratings\.csv: .* Received no Arousal"):
        deap.trial_table(folder, "s01")


def test_ratings_without_the_subject(folder):
    change_ratings(folder, lambda table: table[table["Participant_id"] != 3])
    with pytest.raises(InputError, match=r"ratings of s03 \(Participant_id 3\)\. Received none"):
        deap.trial_table(folder, "s03")


def test_ratings_that_miss_a_trial(folder):
    change_ratings(folder, lambda table: table[table["Trial"] != 2])
    with pytest.raises(InputError, match="every trial of s01, numbered from 1. Received no trial 2"):
        deap.trial_table(folder, "s01")


def test_ratings_that_repeat_a_trial(folder):
    change_ratings(folder, lambda table: table.assign(Trial=table["Trial"].replace(3, 2)))
    with pytest.raises(InputError, match="Received a trial more than once"):
        deap.trial_table(folder, "s01")

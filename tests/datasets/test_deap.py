import tracemalloc

import numpy as np
import pandas as pd
import pytest

from eeg.channels import GENEVA
from eeg.datasets import bdf, deap
from eeg.datasets.deap import release
from eeg.datasets.deap.trials import OTHERS, epochs
from eeg.errors import InputError
from tests.datasets.deap_files import (
    N_TIMES,
    SFREQ,
    SHOWN,
    VIDEOS,
    codes,
    ratings,
    released,
    signals,
    whole_table,
    write_cohort,
    write_releases,
    write_table,
)

FORMS = ["original", "python", "matlab"]
TABLE_COLUMNS = ["subject", "trial", "video", "valence", "arousal", "dominance", "liking", "order"]
START_TIMES = np.array(VIDEOS) / SFREQ * 1e4
"""Of trials 1, 2, 3 in units of 0.1 ms."""


@pytest.fixture
def folder(tmp_path):
    """Three subjects in all three forms, with the table of ratings."""
    return write_cohort(tmp_path, releases=True)


@pytest.fixture
def bare(tmp_path):
    """Two subjects as releases alone, without the table."""
    for number in (1, 2):
        write_releases(tmp_path, number)
    return tmp_path


def without_table(folder):
    (folder / "metadata_csv" / "participant_ratings.csv").unlink()
    return folder


def change_ratings(folder, change):
    path = folder / "metadata_csv" / "participant_ratings.csv"
    change(pd.read_csv(path)).to_csv(path, index=False)


def load(folder, subject="s01"):
    return deap.read(folder, subject, deap.trial_table(folder, subject))


def cut(folder, subject="s01", **settings):
    return deap.read_trials(folder, subject, deap.trial_table(folder, subject, **settings), **settings)


def test_forms_subjects_and_files(folder):
    assert deap.forms(folder) == FORMS
    assert deap.form(folder) == "original"
    assert deap.subjects(folder) == ["s01", "s03", "s04"]
    assert deap.files(folder, "s01") == [folder / "data_original" / "s01.bdf"]
    assert deap.files(folder, "s01", form="matlab") == [folder / "data_preprocessed_matlab" / "s01.mat"]


def test_subjects_are_those_of_the_form_that_is_read(folder):
    write_releases(folder, 2)
    assert deap.subjects(folder, form="python") == ["s01", "s02", "s03", "s04"]
    with pytest.raises(InputError, match=r"s02\.bdf\. Received the subjects s01, s03, s04"):
        deap.files(folder, "s02")


def test_the_config_s_section_is_a_set_of_keywords(folder):
    section = {"form": "auto", "original": "data_original", "python": None, "matlab": None, "ratings": None}
    assert deap.form(folder, **section) == "original"


def test_read_finds_channels_and_trials(folder):
    raw = load(folder, "s03")
    assert raw.ch_names == [*GENEVA, *OTHERS]
    assert list(raw.annotations.description) == ["trial/1", "trial/2", "trial/3"]
    np.testing.assert_allclose(raw.annotations.onset * SFREQ, VIDEOS, atol=1e-9)


@pytest.mark.parametrize("gone", [0, 1, 2])
def test_a_missing_trigger_is_placed_by_its_start_time(folder, gone):
    change_ratings(folder, lambda table: table.assign(Start_time=START_TIMES[table["Trial"] - 1]))
    (path,) = deap.files(folder, "s01")
    bdf.write(path, signals(), codes(np.delete(VIDEOS, gone)), form=bdf.FORMS[0], sfreq=SFREQ)
    found = deap.triggers(folder, "s01")
    assert found.placed == (gone + 1,)
    assert found.onsets == dict(zip((1, 2, 3), VIDEOS, strict=True))
    np.testing.assert_allclose(load(folder).annotations.onset * SFREQ, VIDEOS)


def test_wrong_number_of_videos(folder):
    (path,) = deap.files(folder, "s01")
    bdf.write(path, signals(), codes(VIDEOS[:2]), form=bdf.FORMS[0], sfreq=SFREQ)
    with pytest.raises(InputError, match=r"s01\.bdf: expected 3 video starts \(code 4\).* Received 2"):
        load(folder)


@pytest.mark.parametrize("form", FORMS)
def test_an_empty_file_is_named(folder, form):
    (path,) = deap.files(folder, "s01", form=form)
    path.write_bytes(b"")
    reading = deap.read if form == "original" else deap.read_trials
    with pytest.raises(InputError, match=rf"{path.name}: expected a recording. Received 0 bytes"):
        reading(folder, "s01", deap.trial_table(folder, "s01"), form=form)


def test_trial_tables_of_all_forms_are_the_same(folder):
    original, python, matlab = (deap.trial_table(folder, "s03", form=form) for form in FORMS)
    pd.testing.assert_frame_equal(original, python, check_exact=True)
    pd.testing.assert_frame_equal(original, matlab, check_exact=True)
    assert list(original) == TABLE_COLUMNS
    assert original["video"].tolist() == list(SHOWN)
    assert set(original["order"]) == {"presentation"}
    table = folder / "metadata_csv" / "participant_ratings.csv"
    assert [deap.table_file(folder, "s03", form=form) for form in FORMS] == [table] * 3


def test_recordings_need_the_table(folder):
    without_table(folder)
    with pytest.raises(InputError, match=r"expected the ratings in participant_ratings\.csv") as raised:
        deap.trial_table(folder, "s01")
    assert raised.value.code == "file_missing"
    with pytest.raises(InputError, match=r"Unpack DEAP's metadata_csv\.zip beside the recordings"):
        deap.table_file(folder, "s01")


@pytest.mark.parametrize("form", ["python", "matlab"])
def test_a_release_without_the_table_has_no_order_of_presentation(bare, form):
    trials = deap.trial_table(bare, "s02", form=form)
    assert list(trials) == TABLE_COLUMNS
    assert trials["trial"].tolist() == trials["video"].tolist() == [1, 2, 3]
    assert set(trials["order"]) == {"unknown"}
    by_video = ratings(2).sort_values("Experiment_id")
    np.testing.assert_array_equal(trials[TABLE_COLUMNS[3:7]], by_video[list(deap.RATINGS)])
    assert deap.table_file(bare, "s02", form=form) == deap.files(bare, "s02", form=form)[0]


@pytest.mark.parametrize("form", ["python", "matlab"])
def test_release_labels_stand_in_the_order_of_videos(folder, form):
    labels = deap.release_labels(folder, "s01", form=form)
    assert list(labels) == ["video", *TABLE_COLUMNS[3:7]]
    assert labels["video"].tolist() == [1, 2, 3]
    joined = deap.trial_table(folder, "s01").merge(labels, on="video")
    np.testing.assert_array_equal(joined["arousal_x"], joined["arousal_y"])


def test_recordings_have_no_labels_inside(folder):
    assert deap.release_labels(folder, "s01") is None


@pytest.mark.parametrize("form", ["python", "matlab"])
def test_read_trials_are_in_volts_in_the_order_of_the_table(folder, form):
    found = cut(folder, "s03", form=form)
    assert found.ch_names == [*GENEVA, *OTHERS]
    kinds = ["eog"] * 2 + ["emg"] * 2 + ["gsr", "resp", "misc", "temperature"]
    assert found.get_channel_types() == ["eeg"] * 32 + kinds
    assert found.info["sfreq"] == 128
    assert found.tmin == -3.0
    assert found.event_id == {"trial/1": 1, "trial/2": 2, "trial/3": 3}
    assert found.baseline is None
    pd.testing.assert_frame_equal(found.metadata, deap.trial_table(folder, "s03"))
    written = released(3)["data"][np.array(SHOWN) - 1]
    # float32 keeps seven digits of some 40 microvolt
    np.testing.assert_allclose(found.get_data()[:, :36], written[:, :36] * 1e-6, atol=1e-11)
    np.testing.assert_allclose(found.get_data()[:, 36:], written[:, 36:], atol=1e-5)
    assert set(found.get_montage().get_positions()["ch_pos"]) == set(GENEVA)


def test_read_trials_of_some_trials_with_another_baseline(folder):
    trials = deap.trial_table(folder, "s01").iloc[[2, 0]]
    found = deap.read_trials(folder, "s01", trials, form="python", baseline=2.0)
    assert found.tmin == -2.0
    assert found.events[:, 2].tolist() == [3, 1]
    assert found.metadata["trial"].tolist() == [3, 1]
    written = released()["data"][[SHOWN[2] - 1, SHOWN[0] - 1]]
    np.testing.assert_allclose(found.get_data("eeg"), written[:, :32] * 1e-6, atol=1e-11)
    assert len(found.times) == N_TIMES


def test_a_video_the_release_does_not_hold(folder):
    change_ratings(folder, lambda table: table.assign(Experiment_id=table["Experiment_id"].replace(2, 40)))
    with pytest.raises(
        InputError, match=r"s01\.dat: .* up to 40. Received 3 trials, one a video, so that 40"
    ) as raised:
        cut(folder, form="python")
    assert raised.value.code == "shape"


def test_trials_of_a_release_are_not_held_twice():
    loaded = release.Release(*(np.zeros((10, n, 8064), np.float32) for n in (32, 8)), np.ones((10, 4)))
    trials = pd.DataFrame({"trial": range(1, 11), "video": range(10, 0, -1)})
    tracemalloc.start()
    try:
        found = epochs(loaded, trials, baseline=3.0, file=None)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    # the array itself, and an eighth for what MNE asks of it; a second copy would make it two
    assert most < 1.4 * found.get_data(copy=False).nbytes


def test_everyone_is_all_of_the_table_but_those_whose_rows_are_wrong(folder):
    assert deap.everyone(folder, ["s01"])["subject"].unique().tolist() == ["s01", "s03", "s04"]
    pd.testing.assert_frame_equal(deap.everyone(folder, ["s01"])[:3], deap.trial_table(folder, "s01"))
    change_ratings(folder, lambda table: table[(table["Participant_id"] != 3) | (table["Trial"] != 1)])
    assert deap.everyone(folder, ["s03"])["subject"].unique().tolist() == ["s01", "s04"]


def test_everyone_is_the_given_subjects_where_there_is_no_table(bare):
    assert deap.everyone(bare, ["s02"], form="python")["subject"].tolist() == ["s02"] * 3
    (path,) = deap.files(bare, "s02", form="python")
    path.write_bytes(b"")
    empty = deap.everyone(bare, ["s02"], form="python")
    assert list(empty) == TABLE_COLUMNS
    assert empty.empty


def test_known_counts_are_those_of_all_of_deap(folder):
    assert deap.known(folder, ["s01"]) is None
    whole = whole_table()
    write_table(folder / "metadata_csv", whole)
    known = deap.known(folder, ["s01"])
    assert known == {"low": [439, 269, 298, 274], "high": [458, 266, 296, 260]}
    assert {sum(counts) for counts in known.values()} == {32 * 40}
    write_table(folder / "metadata_csv", whole[(whole["Participant_id"] != 7) | (whole["Trial"] != 40)])
    assert deap.known(folder, ["s01"]) is None
    write_table(folder / "metadata_csv", pd.concat([whole, ratings(33, range(1, 41))]))
    assert deap.known(folder, ["s01"]) is None


def test_ratings_in_another_place(folder):
    path = folder / "metadata_csv" / "participant_ratings.csv"
    path.rename(folder / "mine.csv")
    assert len(deap.trial_table(folder, "s01", ratings="mine.csv")) == 3
    assert len(deap.read(folder, "s01", deap.trial_table(folder, "s01", ratings="mine.csv"), ratings="mine.csv")) > 0


@pytest.mark.parametrize(
    ("change", "message", "code"),
    [
        (lambda table: table.drop(columns="Arousal"), r"ratings\.csv: .* Received no Arousal", "ratings_file"),
        (
            lambda table: table[table["Participant_id"] != 3],
            r"of s03 \(Participant_id 3\)\. Received none",
            "ratings_rows",
        ),
        (lambda table: table[table["Trial"] != 2], "of s03, numbered from 1. Received no trial 2", "ratings_rows"),
        (lambda table: table.assign(Trial=table["Trial"].replace(3, 2)), "trial 2 more than once", "ratings_rows"),
    ],
)
def test_ratings_that_make_no_trial_table(folder, change, message, code):
    change_ratings(folder, change)
    for question in (deap.trial_table, deap.triggers):
        with pytest.raises(InputError, match=message) as raised:
            question(folder, "s03")
        assert raised.value.code == code


def test_a_second_table_that_contradicts_the_first_is_found_and_one_that_agrees_is_not(folder):
    first = folder / "metadata_csv" / "participant_ratings.csv"
    rows = pd.read_csv(first)
    second = write_table(folder / "metadata", rows.sample(frac=1, random_state=1).head(5))
    assert deap.table_files(folder) == [first, second]
    assert deap.contradictions(folder) == []
    write_table(folder / "metadata", rows.assign(Valence=rows["Valence"].where(rows.index != 2, 9 - rows["Valence"])))
    assert deap.contradictions(folder) == [(first, second, 1)]
    assert deap.contradictions(folder, ratings="metadata/participant_ratings.csv") == []
    second.write_text("no table")
    assert deap.contradictions(folder) == []

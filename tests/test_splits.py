import pandas as pd

from eeg import splits
from tests.factories import VALENCE, trial_table, window_table

SETTINGS = {"folds": 3, "validation": 0.25, "target": VALENCE, "stratify": "valence", "seed": 1}


def make(protocol, part="s01", branch="entropy", subjects=("s01",), trials=None):
    tables = trials or [trial_table(subject) for subject in subjects]
    windows = pd.concat([window_table().assign(subject=subject) for subject in subjects])
    return splits.make(protocol, part, tables, windows, branch=branch, settings=SETTINGS)


def test_whole_trials_fall_alike_for_every_branch():
    pd.testing.assert_frame_equal(make("trial", branch="entropy")[0], make("trial", branch="windows")[0])


def test_shuffled_windows_fall_differently_for_every_branch():
    assert not make("window", branch="entropy")[0].equals(make("window", branch="windows")[0])


def test_classes_are_spread_over_the_folds():
    split, _ = make("trial")
    tested = split.query("role == 'test'").assign(high=lambda table: table["trial"] % 2 == 0)
    assert tested.groupby("fold")["high"].sum().tolist() == [2, 2, 2]


def test_a_subject_s_folds_do_not_depend_on_other_subjects():
    pd.testing.assert_frame_equal(make("trial")[0], make("trial")[0])
    assert not make("trial")[0]["trial"].equals(make("trial", "s02", subjects=("s02",))[0]["trial"])


def test_a_rare_class_is_a_warning_that_names_the_subject():
    trials = trial_table()
    trials["valence"] = [9.0] + [1.0] * 11
    _, about = make("trial", trials=[trials])
    assert about["warnings"] == ["s01: 1 trials of class high (valence) for 3 folds; some folds cannot test it"]


def test_each_statement_says_what_is_shared():
    subjects = ("s01", "s02", "s03", "s04")
    assert "share no subject" in make("subject", "f01", subjects=subjects)[1]["statement"]
    assert "no trial, no window and no sample" in make("trial")[1]["statement"]
    assert make("window")[1]["statement"].startswith("LEAKY")

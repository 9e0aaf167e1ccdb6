import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

from eeg import split_checks, splits
from eeg.errors import InputError
from eeg.protocols import ACROSS, APART, LEAKY, parts, shared
from tests.factories import VALENCE, split_trials, trial_table, window_table

SETTINGS = {"folds": 3, "validation": 0.25, "target": VALENCE, "stratify": "valence", "gap": False, "seed": 1}
SETTINGS |= {"repeats": 1, "leave_one_out": []}
SUBJECTS = tuple(f"s{number:02d}" for number in range(1, 9))


def make(protocol, part="s01", branch="entropy", subjects=("s01",), trials=None, **changes):
    tables = trials or [trial_table(subject) for subject in subjects]
    windows = pd.concat([window_table().assign(subject=subject) for subject in subjects], ignore_index=True)
    return splits.make(protocol, part, tables, windows, branch=branch, settings={**SETTINGS, **changes})


def every_part(protocol, **changes):
    """The splits of all parts, and the trials of all subjects."""
    across = protocol in ACROSS
    named = parts(protocol, SUBJECTS, 3)
    tables = [make(protocol, part, subjects=SUBJECTS if across else (part,), **changes)[0] for part in named]
    return tables, pd.concat([trial_table(subject) for subject in SUBJECTS])


@pytest.mark.parametrize("protocol", APART)
def test_what_a_protocol_keeps_apart_has_one_role_in_every_fold_and_every_item_is_tested_once(protocol):
    tables, trials = every_part(protocol)
    for split in tables:
        assert list(split) == ["fold", "role", "subject", "trial", "window"]
        rows = split.merge(trials, on=["subject", "trial"])
        for fold, own in rows.groupby("fold"):
            assert set(own["role"]) == {"train", "validate", "test"}, fold
            for unit in APART[protocol]:
                assert (own.groupby(list(unit))["role"].nunique() == 1).all()
    tested = pd.concat(tables).query("role == 'test'")
    n_items = len(trials) * (5 if protocol in LEAKY else 1)
    assert len(tested) == len(tested[["subject", "trial", "window"]].drop_duplicates()) == n_items


@pytest.mark.parametrize("protocol", [name for name in APART if name not in LEAKY])
def test_honest_protocols_tear_no_trial_apart(protocol):
    assert all((split["window"] == -1).all() for split in every_part(protocol)[0])


def test_crossed_folds_train_on_other_subjects_with_other_videos_and_name_every_cell():
    tables, _ = every_part("subject_video")
    assert [sorted(split["fold"].unique()) for split in tables] == [[0, 1, 2], [3, 4, 5], [6, 7, 8]]
    for split in tables:
        for _, own in split.groupby("fold"):
            sides = {role: (set(rows["subject"]), set(rows["trial"])) for role, rows in own.groupby("role")}
            for role, other in (("test", "train"), ("test", "validate"), ("train", "validate")):
                assert sides[role][0].isdisjoint(sides[other][0])
                assert sides[role][1].isdisjoint(sides[other][1])
            counts = own["role"].value_counts()
            assert all(counts[role] == len(sides[role][0]) * len(sides[role][1]) for role in sides)


def test_pooled_folds_hold_their_share_of_every_subject_and_class():
    tables, trials = every_part("pooled_trial")
    for split in tables:
        tested = split.query("role == 'test'").merge(trials)
        counts = tested.groupby(["subject", tested["valence"] > 5]).size()
        assert len(counts) == 2 * len(SUBJECTS)
        assert set(counts) == {2}


def test_held_out_subjects_are_whole_and_each_held_out_once():
    tables, _ = every_part("subject")
    assert sorted(name for split in tables for name in split.query("role == 'test'")["subject"].unique()) == [*SUBJECTS]


def test_a_share_of_the_training_trials_validates():
    split = split_trials(trial_table(n=24), np.arange(24) % 4)
    for _, fold in split.groupby("fold"):
        assert sorted(fold["trial"]) == list(range(1, 25))
        assert (fold["role"] == "validate").sum() == pytest.approx(0.2 * 18, abs=1)


@pytest.mark.parametrize("protocol", ["trial", "subject", "subject_video", "pooled_trial"])
def test_whole_trials_fall_alike_for_every_branch(protocol):
    named = {"part": "f01", "subjects": SUBJECTS} if protocol in ACROSS else {}
    pd.testing.assert_frame_equal(
        make(protocol, branch="entropy", **named)[0], make(protocol, branch="windows", **named)[0]
    )


def test_shuffled_windows_fall_differently_for_every_branch():
    assert not make("window", branch="entropy")[0].equals(make("window", branch="windows")[0])


def test_classes_are_spread_over_the_folds():
    split, _ = make("trial")
    tested = split.query("role == 'test'").assign(high=lambda table: table["trial"] % 2 == 0)
    assert tested.groupby("fold")["high"].sum().tolist() == [2, 2, 2]


def test_a_subject_s_folds_do_not_depend_on_other_subjects():
    pd.testing.assert_frame_equal(make("trial")[0], make("trial")[0])
    assert not make("trial")[0]["trial"].equals(make("trial", "s02", subjects=("s02",))[0]["trial"])


def test_splits_do_not_depend_on_the_hash_seed():
    code = (
        "from tests.test_splits import every_part, APART; from hashlib import sha256\n"
        "text = ''.join(split.to_csv() for name in APART for split in every_part(name)[0])\n"
        "print(sha256(text.encode()).hexdigest())"
    )
    said = [
        subprocess.run([sys.executable, "-c", code], env={"PYTHONHASHSEED": seed}, capture_output=True, check=True)
        for seed in ("1", "2")
    ]
    assert said[0].stdout == said[1].stdout != b""


def test_a_rare_class_is_a_warning_that_names_the_subject():
    trials = trial_table()
    trials["valence"] = [9.0] + [1.0] * 11
    split, about = make("trial", trials=[trials])
    assert about["warnings"] == ["s01: 1 trials of class high (valence) for 3 folds; some folds cannot test it"]
    assert set(split["role"]) == {"train", "validate", "test"}
    # shuffled windows of one trial are enough for every fold, if not of many
    assert make("window", trials=[trials])[1]["warnings"] == []
    (many,) = make("window", trials=[trials], folds=6)[1]["warnings"]
    assert many == "s01: 5 windows of class high (valence) for 6 folds; some folds cannot test it"


def test_each_statement_says_what_is_shared():
    across = {"part": "f01", "subjects": SUBJECTS}
    assert "share no subject" in make("subject", **across)[1]["statement"]
    assert "neither subject nor stimulus" in make("subject_video", **across)[1]["statement"]
    assert "share the subjects and the stimuli; no trial" in make("pooled_trial", **across)[1]["statement"]
    assert make("pooled_window", **across)[1]["statement"].startswith("LEAKY: training and test share the subjects")
    assert "no trial, no window and no sample" in make("trial")[1]["statement"]
    assert make("window")[1]["statement"].startswith("LEAKY")


def test_a_gap_is_kept_where_it_is_asked_for():
    windows = window_table(12, 9, step=8).assign(subject="s01")
    found = [
        splits.make("window", "s01", [trial_table()], windows, branch="b", settings={**SETTINGS, "gap": gap})
        for gap in (False, True)
    ]
    assert [shared(split, windows)[2] > 0 for split, _ in found] == [True, False]
    assert "and 0 share samples" in found[1][1]["statement"]


def test_more_folds_than_there_is_to_deal_is_an_error():
    with pytest.raises(InputError, match=r"as many trials of s01 as folds \(19\). Received 12"):
        make("trial", folds=19)
    with pytest.raises(InputError, match=r"as many subjects as folds \(4\). Received 3"):
        make("subject", "f01", subjects=SUBJECTS[:3], folds=4)
    with pytest.raises(InputError, match=r"as many videos as folds \(14\). Received 12"):
        make("subject_video", "f01", subjects=tuple(f"s{n}" for n in range(20, 40)), folds=14)


def test_crossing_with_videos_needs_to_know_them():
    tables = [trial_table(subject).drop(columns="video") for subject in SUBJECTS]
    with pytest.raises(InputError, match=r"the stimulus of every trial .* for the protocol subject_video"):
        make("subject_video", "f01", subjects=SUBJECTS, trials=tables)


@pytest.mark.parametrize("protocol", ["trial", "window"])
def test_repeats_deal_anew_and_number_their_folds_on(protocol):
    once, thrice = make(protocol)[0], make(protocol, repeats=3)[0]
    pd.testing.assert_frame_equal(thrice[thrice["fold"] < 3], once)
    assert sorted(thrice["fold"].unique()) == list(range(9))
    tested = thrice[thrice["role"] == "test"].assign(repeat=thrice["fold"] // 3)
    keys = ["subject", "trial", "window"]
    assert (tested.groupby([*keys, "repeat"]).size() == 1).all()
    first, second = (tested.loc[tested["repeat"] == repeat].set_index(keys)["fold"] % 3 for repeat in (0, 1))
    assert (first != second.reindex(first.index)).any()


@pytest.mark.parametrize("protocol", ["subject", "subject_video", "pooled_trial"])
def test_repeats_across_subjects_are_more_parts(protocol):
    named = parts(protocol, SUBJECTS, 6)
    tables = [make(protocol, part, subjects=SUBJECTS, repeats=2)[0] for part in named]
    pd.testing.assert_frame_equal(tables[1], make(protocol, named[1], subjects=SUBJECTS)[0])
    tested = [table[table["role"] == "test"] for table in tables]
    for repeat in (0, 1):
        mine = pd.concat(tested[3 * repeat :][:3])
        assert len(mine) == len(mine[["subject", "trial"]].drop_duplicates()) == 96
    assert pd.concat(tested)["fold"].nunique() == (18 if protocol == "subject_video" else 6)
    assert any(
        set(a["subject"] + a["trial"].astype(str)) != set(b["subject"] + b["trial"].astype(str))
        for a, b in zip(tested[:3], tested[3:], strict=True)
    )


def test_one_trial_is_held_out_at_a_time():
    split, about = make("trial", leave_one_out=["trial"], repeats=5)
    tested = split[split["role"] == "test"]
    assert sorted(tested["trial"]) == list(range(1, 13))
    assert tested["fold"].nunique() == split["fold"].nunique() == 12
    assert about["warnings"] == []
    assert (split.groupby("fold")["role"].nunique() == 3).all()


@pytest.mark.parametrize(("protocol", "cells"), [("subject", 1), ("subject_video", 3)])
def test_one_subject_is_held_out_at_a_time(protocol, cells):
    named = parts(protocol, SUBJECTS, len(SUBJECTS))
    tables = [make(protocol, part, subjects=SUBJECTS, leave_one_out=[protocol])[0] for part in named]
    held = [table.loc[table["role"] == "test", "subject"].unique().tolist() for table in tables]
    assert sorted(sum(held, [])) == list(SUBJECTS)
    assert all(len(one) == 1 for one in held)
    assert [table["fold"].nunique() for table in tables] == [cells] * len(SUBJECTS)


@pytest.mark.parametrize("protocol", ["subject", "subject_video", "pooled_trial"])
def test_a_subject_without_a_class_is_named_where_subjects_are_held_out_or_pooled(protocol):
    tables = [trial_table(subject) for subject in SUBJECTS]
    tables[3]["valence"] = 1.0
    parts_of = [make(protocol, part, subjects=SUBJECTS, trials=tables) for part in parts(protocol, SUBJECTS, 3)]
    said = [warning for _, about in parts_of for warning in about["warnings"]]
    assert set(said) == {"s04: no trial of class high (valence); the subject's scores leave it out"}
    assert len(said) == (3 if protocol == "pooled_trial" else 1)


def test_a_subject_without_a_class_is_named_where_trials_are_held_out_one_by_one():
    _, about = make("trial", trials=[trial_table().assign(valence=1.0)], leave_one_out=["trial"])
    assert about["warnings"] == ["s01: no trial of class high (valence); the subject's scores leave it out"]


def test_folds_of_videos_that_a_subject_lacks_are_left_out_and_said():
    tables = [trial_table(subject).assign(video=lambda own: own["trial"]) for subject in SUBJECTS]
    tables[0] = tables[0][:1]  # one video alone
    seen, said = [], []
    for part in parts("subject_video", SUBJECTS, len(SUBJECTS)):
        split, about = make("subject_video", part, subjects=SUBJECTS, trials=tables, leave_one_out=["subject_video"])
        assert (split.groupby("fold")["role"].agg(lambda own: {"train", "test"} <= set(own))).all()
        seen += split.loc[split["role"] == "test", "subject"].unique().tolist()
        said += [warning for warning in about["warnings"] if "folds of videos" in warning]
    assert sorted(seen) == list(SUBJECTS)
    assert len(said) == 1
    assert said[0].endswith(
        "2 of 3 folds of videos have nothing to test or to train on, since subjects lack "
        "videos, and are left out; 0 trials are not tested"
    )


def test_folds_of_videos_with_nothing_to_validate_with_are_said():
    rows = [(0, "train"), (0, "test"), (1, "train"), (1, "validate"), (1, "test"), (2, "train"), (2, "validate")]
    kept, said = split_checks.without_empty_cells(pd.DataFrame(rows, columns=["fold", "role"]), "f01", {"folds": 3})
    assert kept["fold"].unique().tolist() == [0, 1]
    assert said == [
        "f01: 1 of 3 folds of videos have nothing to validate with, since subjects lack videos: networks train there "
        "for as many epochs as early stopping waits",
        "f01: 1 of 3 folds of videos have nothing to test or to train on, since subjects lack videos, and are left "
        "out; 0 trials are not tested",
    ]


def test_validation_never_takes_all_that_is_left_to_train_on():
    split, _ = make("subject", "f01", subjects=SUBJECTS, validation=0.95)
    assert set(split["role"]) == {"train", "validate", "test"}


def test_a_fold_with_nothing_to_train_on_is_refused():
    windows = pd.DataFrame({"subject": "s01", "trial": 1, "window": range(8), "start": range(8), "length": 16})
    given = {"branch": "raw", "settings": {**SETTINGS, "gap": True, "folds": 4}}
    with pytest.raises(InputError, match=r"something to train on and to test in every fold of s01 under window"):
        splits.make("window", "s01", [trial_table()[:1]], windows, **given)


def test_a_class_of_one_trial_is_named_where_trials_are_held_out_one_by_one():
    trials = trial_table().assign(valence=np.r_[9.0, np.ones(11)])
    _, about = make("trial", trials=[trials], leave_one_out=["trial"])
    assert about["warnings"] == [
        "s01: one trial of class high (valence); of this subject it is never both learnt and tested"
    ]

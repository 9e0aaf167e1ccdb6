from itertools import islice

import numpy as np
import pandas as pd

from eeg.predictions import Cell
from eeg.refits import COUNTS, OBSERVED, counts, groups, p_value, permuted, redrawn, with_refits
from tests.factories import VALENCE, split_trials, trial_table


def predictions(labels, called, subject="s01"):
    table = pd.DataFrame({"subject": subject, "trial": np.arange(1, len(labels) + 1), "window": 0, "fold": 0})
    logits = np.eye(2)[np.asarray(called)]
    return table.assign(label=np.asarray(labels), logit_0=logits[:, 0], logit_1=logits[:, 1])


def test_ratings_of_a_trial_stay_together_and_every_draw_is_another():
    trials = trial_table().assign(arousal=trial_table()["valence"] * 10, valence=np.arange(12.0))
    trials = trials.assign(arousal=trials["valence"] * 10)
    both = {"ratings": ["valence", "arousal"], "threshold": 5.0, "tie": "low"}
    drawn = [permuted(trials, both, np.zeros(12), seed=1, draw=draw) for draw in range(3)]
    for table in drawn:
        assert sorted(table["valence"]) == sorted(trials["valence"])
        assert (table["arousal"] == 10 * table["valence"]).all()
        assert (table["trial"] == trials["trial"]).all()
    assert not drawn[0]["valence"].equals(drawn[1]["valence"])
    pd.testing.assert_frame_equal(drawn[0], permuted(trials, both, np.zeros(12), seed=1, draw=0))
    alone = permuted(trials, VALENCE, np.zeros(12), seed=1, draw=0)
    assert (alone["arousal"] == trials["arousal"]).all()


def test_under_subject_video_labels_move_from_video_to_video_for_all_alike():
    trials = []
    for number, subject in enumerate(("s01", "s02", "s03")):
        video = np.random.default_rng(number).permutation(12)
        trials.append(trial_table(subject).assign(video=video, valence=video * 1.0))
    cell = Cell("subject_video", "valence", "svm")
    asked = {"cell": cell, "stratified": False, "settings": {"target": VALENCE, "seed": 1}}
    split = split_trials(trials[0], np.arange(12) % 2, 3, 0.25)
    first, second = islice(redrawn(trials, split, **asked), 2)
    assert not first[0]["valence"].equals(second[0]["valence"])
    for tables in (first, second):
        goals = [dict(zip(table["video"], table["valence"], strict=True)) for table in tables]
        assert goals[0] == goals[1] == goals[2]
        assert sorted(goals[0].values()) == list(range(12))
        assert any(video != goal for video, goal in goals[0].items())


def test_counts_and_p_by_hand():
    fit = counts(predictions([0, 0, 1, 1], [0, 0, 1, 0]), draw=OBSERVED)  # 1 and 1/2: 0.75
    assert list(fit) == COUNTS
    worse = counts(predictions([0, 0, 1, 1], [0, 1, 1, 0]), draw=0)  # 0.5
    same = counts(predictions([0, 1, 0, 1], [0, 1, 0, 0]), draw=1)  # 0.75
    assert p_value([fit, worse]) == 1 / 2
    assert p_value([fit, worse, same]) == 2 / 3


def test_parts_of_a_subject_add_up_and_subjects_are_averaged():
    first = [counts(predictions([0, 0, 1], [0, 0, 0]), draw=OBSERVED), counts(predictions([1], [1]), draw=OBSERVED)]
    other = counts(predictions([0, 1], [0, 1], "s02"), draw=OBSERVED)  # (0.75 + 1) / 2
    drawn = [
        counts(predictions([0, 0, 1, 1], [0, 0, 1, 1]), draw=0),
        counts(predictions([0, 1], [0, 0], "s02"), draw=0),
    ]
    assert p_value([*first, other, *drawn]) == 1 / 2  # (1 + 0.5) / 2 is less


def test_the_column_is_of_one_row():
    p = pd.DataFrame({"unit": ["trial", "window"], "metric": "balanced_accuracy", "p": 0.5})
    assert with_refits(p, [])["p_refit"].isna().all()
    fit = counts(predictions([0, 1], [0, 1]), draw=OBSERVED)
    worse = counts(predictions([0, 1], [0, 0]), draw=0)
    assert with_refits(p, [fit, worse])["p_refit"].tolist()[0] == 0.5


def test_where_classes_are_spread_over_folds_labels_swap_within_a_fold_alone():
    trials = trial_table()
    split = split_trials(trials, np.arange(12) % 2, 3, 0.25)
    among = groups(trials, split, stratified=True)
    tested = split[split["role"] == "test"].set_index("trial")["fold"]
    assert (tested.loc[trials["trial"]].to_numpy() == among).all()
    table = permuted(trials, VALENCE, among, seed=1, draw=0)
    for fold in range(3):
        assert sorted(table.loc[among == fold, "valence"]) == sorted(trials.loc[among == fold, "valence"])
    assert (groups(trials, split, stratified=False) == 0).all()

import numpy as np
import pandas as pd
import pytest

from eeg.errors import InputError
from eeg.method import Method
from eeg.predictions import Cell
from eeg.scores import score
from eeg.seeds import generator
from eeg.statistics import summarise
from eeg.stimuli import stimuli, variances

CELL = Cell("subject_video", "valence", "svm")
N_SUBJECTS, N_VIDEOS, FOLDS = 8, 20, 4
PLACE = ["subject", "trial", "fold"]


def cohort(seed, *, response=3.0):
    """Predictions that follow the video and not the label, which is the video's; and the trials."""
    rng = generator("videos", seed)
    answer, liked = response * rng.standard_normal(N_VIDEOS), rng.permutation(N_VIDEOS) < N_VIDEOS // 2
    rows = []
    for number in range(N_SUBJECTS):
        video = rng.permutation(N_VIDEOS)
        label = liked[video]
        margin = answer[video] + rng.standard_normal(N_VIDEOS)
        fold = number // 2 * FOLDS + video % FOLDS
        known = {"subject": f"s{number + 1:02d}", "trial": np.arange(N_VIDEOS) + 1, "window": -1, "fold": fold}
        rows.append(
            pd.DataFrame({**known, "label": label.astype(int), "logit_0": 0.0, "logit_1": margin, "video": video})
        )
    table = pd.concat(rows, ignore_index=True)
    return table.drop(columns="video"), table[["subject", "trial", "video"]]


def summarised(seed, *, counted, **asked):
    predictions, trials = cohort(seed, **asked)
    scored = score(predictions, cell=CELL, trials=trials if counted else None, method=Method(draws=99, seed=seed))
    table = summarise(scored.table, p=scored.p, yardsticks=[])
    return table[table["metric"] == "balanced_accuracy"].iloc[0]


def test_a_video_moves_for_everybody_alike_and_within_its_fold():
    predictions, trials = cohort(1)
    common = stimuli(predictions[PLACE], trials)
    moves = common.permutations(5, generator("moves"))
    of = {subject: dict(zip(places, range(N_VIDEOS), strict=True)) for subject, places in common.places.items()}
    for draw in range(5):
        goals = {
            subject: {video: common.places[subject][moves[subject][draw, at]] for video, at in blocks_of.items()}
            for subject, blocks_of in of.items()
        }
        first = goals["s01"]
        assert all(own == first for own in goals.values())
        assert all(common.folds[video] == common.folds[goal] for video, goal in first.items())
    assert len(np.unique(common.folds)) == FOLDS


def test_who_lacks_a_video_follows_the_others_past_it():
    predictions, trials = cohort(2)
    at = trials[(trials["subject"] == "s03") & (trials["video"] == 4)].index
    common = stimuli(predictions[PLACE].drop(index=at), trials.drop(index=at))
    moves = common.permutations(50, generator("moves"))
    assert all(sorted(move) == list(range(N_VIDEOS - 1)) for move in moves["s03"])
    everybody, own = common.places["s01"], common.places["s03"]
    for whole, part in zip(moves["s01"], moves["s03"], strict=True):
        goal = dict(zip(everybody, everybody[whole], strict=True))
        expected = [goal[video] if goal[video] != 4 else goal[4] for video in own]
        assert list(own[part]) == expected


def test_a_video_shown_twice_is_two():
    predictions, trials = cohort(3)
    common = stimuli(predictions[PLACE], trials.assign(video=trials["video"] // 2))
    assert len(common.folds) == N_VIDEOS
    assert all(len(np.unique(places)) == N_VIDEOS for places in common.places.values())


def test_a_trial_without_its_video_is_named():
    predictions, trials = cohort(4)
    with pytest.raises(InputError, match="none for s02 trial 7"):
        stimuli(predictions[PLACE], trials.drop(index=trials.query("subject == 's02' and trial == 7").index))


def test_the_variance_that_videos_add_is_that_of_their_answers():
    rng = generator("two ways")
    answers = 0.3 * rng.standard_normal(2000)
    own = 0.1 * rng.standard_normal((8, 2000))
    # the answers' variance, known from 2,000 draws to 3 %
    assert np.subtract(*variances(answers + own, own)) == pytest.approx(0.09, rel=0.15)
    assert abs(np.subtract(*variances(own, own))) < 1e-3
    assert variances(np.full((8, 5), np.nan), np.full((8, 5), np.nan)) == (0, 0)


def test_common_videos_widen_what_is_said_and_without_them_it_claims_too_much():
    counted, not_counted = ([summarised(seed, counted=one) for seed in range(40)] for one in (True, False))
    false = [
        (
            sum(not row["low"] <= row["chance"] <= row["high"] for row in rows),
            sum(row["p"] <= 0.05 for row in rows),
        )
        for rows in (counted, not_counted)
    ]
    # of 40 at .05 there are more than 6 in one of 200 such tests
    assert max(false[0]) <= 6
    assert min(false[1]) > 6


def test_where_videos_do_nothing_little_is_added():
    rows = [summarised(seed, counted=True, response=0.0) for seed in range(9)]
    alone = [summarised(seed, counted=False, response=0.0) for seed in range(9)]
    wider = [(a["high"] - a["low"]) / (b["high"] - b["low"]) for a, b in zip(rows, alone, strict=True)]
    assert np.median(wider) < 1.35


def test_other_protocols_do_not_look_at_videos():
    predictions, trials = cohort(5)
    cell = Cell("subject", "valence", "svm")
    with_them, without = (score(predictions, cell=cell, trials=one, method=Method(draws=20)) for one in (trials, None))
    pd.testing.assert_frame_equal(with_them.table, without.table)
    pd.testing.assert_frame_equal(with_them.p, without.p)
    assert not with_them.p["n_videos"].any()

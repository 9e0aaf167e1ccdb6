import numpy as np
import pandas as pd
import pytest
from scipy import stats

from eeg.errors import InputError
from eeg.intervals import NOTHING, Common
from eeg.method import Method
from eeg.pairs import PAIRS, differences, in_common
from eeg.predictions import Cell
from eeg.scores import score
from eeg.seeds import generator
from eeg.statistics import Arm, Pair, compare, student, summarise
from eeg.stimuli import Resampled, stimuli

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
    assert np.subtract(*Resampled(20, answers + own, own).variances()) == pytest.approx(0.09, rel=0.15)
    assert abs(np.subtract(*Resampled(20, own, own).variances())) < 1e-3
    assert Resampled(20, np.full((8, 5), np.nan), np.full((8, 5), np.nan)).variances() == (0, 0)


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


def compared(seed, *, counted):
    """The comparison of two models that follow videos, each in its own way, and no label."""
    found, resampled = [], {}
    for model in ("svm", "mlp"):
        predictions, trials = cohort(seed)
        rng = generator("answers", model, seed)
        answer = dict(zip(range(N_VIDEOS), 3.0 * rng.standard_normal(N_VIDEOS), strict=True))
        video = predictions.merge(trials)["video"].map(answer)
        predictions["logit_1"] = video.to_numpy() + rng.standard_normal(len(video))
        cell = CELL._replace(model=model)
        one = score(predictions, cell=cell, trials=trials, method=Method(draws=99, seed=seed))
        found.append(one)
        resampled[cell] = one.resampled
    scores, p = (pd.concat([getattr(one, part) for one in found], ignore_index=True) for part in ("table", "p"))
    common = in_common(p, differences(resampled)) if counted else {}
    return compare(scores, leaky={}, common=common).query("metric == 'balanced_accuracy'").iloc[0]


def test_two_models_that_follow_videos_differ_by_chance_and_their_comparison_knows():
    apart = [compared(seed, counted=False) for seed in range(30)]
    together = [compared(seed, counted=True) for seed in range(30)]
    for one, other in zip(apart, together, strict=True):
        assert (one["difference"], one["effect"], one["n"]) == (other["difference"], other["effect"], other["n"])
    # of 30 tests 1.5 are expected below .05; ranks of subjects call most of the differences real
    assert sum(row["p"] < 0.05 for row in together) <= 5
    assert sum(row["p"] < 0.05 for row in apart) >= 8
    assert np.mean([row["detectable"] for row in together]) > np.mean([row["detectable"] for row in apart])


def test_a_model_differs_from_itself_by_nothing_and_resamples_are_the_same_for_all_models():
    predictions, trials = cohort(3)
    cells = [CELL, CELL._replace(model="mlp")]
    found = {cell: score(predictions, cell=cell, trials=trials, method=Method(draws=50)).resampled for cell in cells}
    table = differences(found)
    assert list(table) == PAIRS
    assert table[["a", "b"]].drop_duplicates().to_numpy().tolist() == [["svm", "mlp"]]
    assert set(table["metric"]) == {"balanced_accuracy", "macro_f1"}
    assert (table["n_videos"] == N_VIDEOS).all()
    assert (table[["by_video", "by_trial"]] == 0).all(axis=None)
    assert differences(dict.fromkeys(cells, [])).empty
    assert in_common(table.assign(model="", p=1.0)[:0], differences({})) == {}


def test_what_videos_add_is_found_by_models_and_of_two_protocols_by_the_one_that_counts():
    of_videos, of_pair = Common(40, 0.02, 0.01), Common(40, 0.005, 0.004)
    about = ("valence", "trial", "balanced_accuracy")
    known = {
        ("subject_video", *about, frozenset(names)): common
        for names, common in ((("svm",), of_videos), (("svm", "mlp"), of_pair))
    }
    svm, mlp = (Arm("subject_video", name) for name in ("svm", "mlp"))
    assert Pair("models", mlp, svm).common(known, about) == of_pair
    assert Pair("protocols", Arm("trial", "svm"), svm).common(known, about) == of_videos
    assert Pair("protocols", Arm("trial", "svm"), Arm("subject", "svm")).common(known, about) == NOTHING


def test_student_s_p_without_videos_is_the_paired_t_test_s():
    differences = np.random.default_rng(2).normal(0.1, 0.2, 9)
    p = student(differences.mean(), differences.var(ddof=1) / 9, 9, common=NOTHING)
    assert p == pytest.approx(stats.ttest_1samp(differences, 0).pvalue, rel=1e-12)

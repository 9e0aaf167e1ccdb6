import copy
from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd
import pytest

from eeg import splits, yardsticks
from eeg.errors import InputError
from eeg.guard.yardsticks import Yardstick, check, summary
from eeg.ids import given
from eeg.method import Method
from eeg.predictions import Cell
from eeg.protocols import ACROSS, APART, LEAKY, parts
from eeg.scores import score
from eeg.seeds import generator
from tests.factories import VALENCE, split_trials, split_windows, trial_table, window_table

SUBJECTS = tuple(f"s{number:02d}" for number in range(1, 9))
SETTINGS = {"folds": 4, "validation": 0.25, "target": VALENCE, "stratify": "valence", "gap": False, "seed": 1}
SETTINGS |= {"repeats": 1, "leave_one_out": []}
LOGITS = ["logit_0", "logit_1"]


def rated(n_high):
    trials = trial_table()
    return trials.assign(valence=np.where(np.arange(12) < n_high, 9.0, 1.0))


def cohort():
    """Eight subjects who saw the same videos in orders of their own and rated them alike, more or less."""
    tables = []
    for subject in SUBJECTS:
        rng = generator("cohort", subject)
        video = rng.permutation(16) + 1
        liked = 3.0 + 4 * (video <= 9)
        table = pd.DataFrame({"subject": subject, "trial": np.arange(1, 17), "video": video})
        tables.append(table.assign(valence=np.where(rng.random(16) < 0.8, liked, 10 - liked)))
    return pd.concat(tables, ignore_index=True)


def splits_of(protocol, trials):
    """The splits of every part of a protocol."""
    found = {}
    for part in parts(protocol, SUBJECTS, SETTINGS["folds"]):
        subjects = SUBJECTS if protocol in ACROSS else (part,)
        tables = [trials[trials["subject"] == subject] for subject in subjects]
        windows = pd.concat([window_table(16, 3).assign(subject=subject) for subject in subjects], ignore_index=True)
        found[part], _ = splits.make(protocol, part, tables, windows, branch="entropy", settings=SETTINGS)
    return found


def predicted(name, protocol, trials=None, seed=3):
    trials = cohort() if trials is None else trials
    tables, _ = yardsticks.predict(name, trials, splits_of(protocol, trials), VALENCE, protocol=protocol, seed=seed)
    return pd.concat(tables.values(), ignore_index=True)


def only(name, trials, split, protocol="trial"):
    return yardsticks.predict(name, trials, {"s01": split}, VALENCE, protocol=protocol, seed=0)[0]["s01"]


def test_majority_says_the_commoner_class_of_the_training_trials():
    trials = rated(8)
    table = only("majority", trials, split_trials(trials, trials["valence"], 3, 0.25))
    assert table["trial"].tolist() == list(range(1, 13))
    assert (table["window"] == -1).all()
    assert (table["logit_1"] > table["logit_0"]).all()
    assert (table.groupby("fold")["logit_1"].nunique() == 1).all()
    np.testing.assert_allclose(np.exp(table[LOGITS]).sum(axis=1), 1, rtol=1e-6)


def test_under_shuffled_windows_it_is_one_constant():
    trials, windows = rated(8), window_table().assign(subject="s01")
    table = only("majority", trials, split_windows(windows, windows["trial"] <= 8), "window")
    assert len(table) == 12
    assert (table["fold"] == -1).all()
    assert table["logit_1"].nunique() == 1


def test_only_tested_subjects_get_rows():
    trials = pd.concat([trial_table(subject) for subject in ("s01", "s02")], ignore_index=True)
    split = trials[["subject", "trial"]].assign(fold=0, window=-1)
    split["role"] = np.where(split["subject"] == "s02", "test", "train")
    table = yardsticks.predict("majority", trials, {"f01": split}, VALENCE, protocol="subject", seed=0)[0]["f01"]
    assert table["subject"].unique().tolist() == ["s02"]
    assert (table["label"] == (table["trial"] % 2 == 0)).all()


@pytest.mark.parametrize("protocol", APART)
@pytest.mark.parametrize("name", ["majority", "stratified", "subject_prior", "video_prior"])
def test_every_trial_is_predicted_once_under_every_protocol(name, protocol):
    table = predicted(name, protocol)
    assert list(table) == ["subject", "trial", "window", "fold", "label", *LOGITS]
    assert len(table) == len(table[["subject", "trial"]].drop_duplicates()) == 128
    assert ((table["fold"] == -1) == (protocol in LEAKY)).all()
    assert np.isfinite(table[LOGITS]).all(axis=None)


@pytest.mark.parametrize("protocol", APART)
@pytest.mark.parametrize("missing", [0, 9])
def test_majority_scores_exactly_its_chance_under_every_protocol(protocol, missing):
    trials = cohort()[missing:]  # the first subject saw fewer videos
    scored = score(
        predicted("majority", protocol, trials),
        cell=Cell(protocol, "valence", "majority"),
        method=Method(draws=200),
        trials=trials,
    ).table
    defined = scored[scored["value"].notna()]
    assert (defined["value"] == defined["chance"]).all()
    assert {"balanced_accuracy", "accuracy", "nll"} <= set(defined["metric"])


@pytest.mark.parametrize("protocol", APART)
def test_video_prior_is_what_ten_plain_lines_give(protocol):
    trials = cohort()
    high = (trials["valence"] > 5).to_numpy()
    table = predicted("video_prior", protocol, trials).merge(trials, on=["subject", "trial"])
    rows = {part: split[split["role"] != "test"] for part, split in splits_of(protocol, trials).items()}
    for row in table.sample(20, random_state=1).itertuples():
        others = (trials["subject"] != row.subject) & (trials["video"] == row.video)
        if protocol in LEAKY and protocol in ACROSS:
            continue  # a mean over folds, in which all but few of the others' windows are trained on
        if protocol in ACROSS:
            seen = pd.concat([own[own["fold"] == row.fold] for own in rows.values()])
            known = pd.MultiIndex.from_frame(trials[["subject", "trial"]]).isin(
                pd.MultiIndex.from_frame(seen[["subject", "trial"]])
            )
            others &= known
            others = others if others.any() else known
        counts = np.array([(others & ~high).sum(), (others & high).sum()]) + 1
        np.testing.assert_allclose([row.logit_0, row.logit_1], np.log(counts / counts.sum()), rtol=1e-5)


def test_under_pooled_windows_video_prior_still_follows_the_others():
    table = predicted("video_prior", "pooled_window").merge(cohort(), on=["subject", "trial"])
    assert ((table["logit_1"] > table["logit_0"]) == (table["video"] <= 9)).mean() > 0.9


def test_video_prior_is_majority_where_the_videos_are_held_out():
    pd.testing.assert_frame_equal(predicted("video_prior", "subject_video"), predicted("majority", "subject_video"))


@pytest.mark.parametrize("protocol", ["trial", "window", "subject"])
def test_subject_prior_is_majority_unless_subjects_are_pooled(protocol):
    pd.testing.assert_frame_equal(predicted("subject_prior", protocol), predicted("majority", protocol))


def test_subject_prior_knows_each_subject_where_they_are_pooled():
    trials = cohort()
    trials["valence"] = np.where(trials["subject"] < "s05", np.where(trials["trial"] < 13, 7.0, 3.0), 3.0)
    table = predicted("subject_prior", "pooled_trial", trials)
    assert ((table["logit_1"] > table["logit_0"]) == (table["subject"] < "s05")).all()
    assert predicted("majority", "pooled_trial", trials)["logit_1"].nunique() <= 4


def test_a_stratified_guess_is_right_as_often_as_its_shares_say_and_its_draws_do_not_change():
    trials = cohort()
    trials["valence"] = np.where(trials["trial"] <= 12, 7.0, 3.0)
    dealt = splits_of("trial", trials)

    def drawn(seed):
        tables, _ = yardsticks.predict("stratified", trials, dealt, VALENCE, protocol="trial", seed=seed)
        return pd.concat(tables.values())

    tables = [drawn(seed).reset_index(drop=True) for seed in range(8)]
    guessed = np.concatenate([(table["logit_1"] > table["logit_0"]).to_numpy() for table in tables])
    # 1,024 draws: four standard errors of a share are 0.056, and Laplace takes some of it
    assert guessed.mean() == pytest.approx((9 + 1) / (12 + 2), abs=0.07)
    pd.testing.assert_frame_equal(tables[0], predicted("stratified", "trial", trials, seed=0))
    one = trials[trials["subject"] == "s02"]
    alone = yardsticks.predict(
        "stratified", trials, {"s02": splits_of("trial", trials)["s02"]}, VALENCE, protocol="trial", seed=0
    )[0]["s02"]
    pd.testing.assert_frame_equal(alone, tables[0][tables[0]["subject"] == "s02"].reset_index(drop=True))
    assert len(one) == len(alone)


def test_video_prior_needs_to_know_the_videos():
    with pytest.raises(InputError, match="the stimulus of every trial .* for the yardstick video_prior"):
        predicted("video_prior", "trial", cohort().drop(columns="video"))


def test_trials_of_no_class_teach_no_yardstick():
    trials = rated(8).assign(valence=np.r_[np.full(5, 9.0), np.full(3, 5.1), np.full(4, 1.0)])
    split = split_trials(trials, trials["valence"], 3, 0.25)
    target = VALENCE | {"exclude": 0.5}
    found = yardsticks.predict("majority", trials, {"s01": split}, target, protocol="trial", seed=0)[0]["s01"]
    assert (found["label"] == -1).sum() == 3
    for fold, own in found.groupby("fold"):
        seen = trials.merge(split[(split["fold"] == fold) & (split["role"] != "test")][["trial"]])["valence"]
        shares = np.array([(seen < 4.5).sum() + 1, (seen > 5.5).sum() + 1])
        np.testing.assert_allclose(np.exp(own[LOGITS]), [shares / shares.sum()] * len(own), rtol=1e-5)


def test_a_learnt_threshold_labels_a_yardstick_s_trials_fold_by_fold():
    trials = trial_table().assign(valence=np.arange(12.0))
    split = split_trials(trials, np.zeros(12), 3, 0.25)
    target = VALENCE | {"threshold": "subject_median"}
    found = yardsticks.predict("majority", trials, {"s01": split}, target, protocol="trial", seed=0)[0]["s01"]
    for fold, own in found.groupby("fold"):
        seen = split.loc[(split["fold"] == fold) & (split["role"] != "test"), "trial"] - 1
        assert (own["label"] == (own["trial"] - 1 > seen.median())).all()


MEDIAN = VALENCE | {"threshold": "subject_median", "exclude": 0.5}


@cache
def held(protocol, *, learnt=False):
    """What a yardstick predicts, as the guard takes it."""
    trials, dealt, target = cohort(), splits_of(protocol, cohort()), MEDIAN if learnt else VALENCE
    tables, folds = yardsticks.predict("majority", trials, dealt, target, protocol=protocol, seed=3)
    records = {part: {"folds": own} for part, own in folds.items()}
    return Yardstick((protocol, "valence", "majority"), tables, records, dealt, trials, target)


@pytest.mark.parametrize("learnt", [False, True])
@pytest.mark.parametrize("protocol", APART)
def test_what_a_yardstick_predicts_is_what_the_split_tests_and_passes_the_guard(protocol, learnt):
    assert check(held(protocol, learnt=learnt)) == 128
    assert summary([128, 128]) == {"n_yardsticks": 2, "n_compared": 256}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda table: table[1:], r"one prediction of every trial .* Received none of s0\d trial \d+\. Delete"),
        (lambda table: pd.concat([table, table[:1]]), r"Received several of s0\d trial \d+\."),
        (lambda table: table.assign(trial=table["trial"].replace(1, 99)), r"Received also s0\d trial 99"),
        (lambda table: table.assign(window=0), "Received also s0"),
        (lambda table: table.assign(fold=table["fold"] + 1), "Received also s0"),
        (
            lambda table: table.assign(label=99),
            r"by the target's rule, high means valence > 5 .* \(99 instead of [01]\)",
        ),
        (lambda table: table.assign(label=1 - table["label"]), r"\(0 instead of 1\)|\(1 instead of 0\)"),
    ],
)
@pytest.mark.parametrize("protocol", ["trial", "window", "pooled_window", "subject"])
def test_a_yardstick_that_tests_other_trials_or_goes_by_other_labels_is_named(protocol, change, message):
    one = held(protocol)
    part = next(iter(one.tables))
    spoilt = replace(one, tables={**one.tables, part: change(one.tables[part])})
    with pytest.raises(InputError, match=message) as caught:
        check(spoilt)
    assert str(caught.value).startswith(f"results/predictions/{protocol}/valence/majority/{part}.parquet: expected ")
    assert f"(protocol {protocol}, target valence, yardstick majority, part {part}, " in str(caught.value)


def test_labels_of_another_fold_s_threshold_are_found():
    one = held("trial", learnt=True)
    shifted = {part: table.assign(label=table["label"].replace({1: 0})) for part, table in one.tables.items()}
    with pytest.raises(InputError, match=r"the subject's median over its training trials.*\(0 instead of 1\)"):
        check(replace(one, tables=shifted))


def going_by(one, fold, **more):
    """The same yardstick, the first part of which went by more in a fold, as its record says."""
    part = next(iter(one.records))
    record = copy.deepcopy(one.records[part])
    record["folds"][fold].update(more)
    return replace(one, records={**one.records, part: record})


@pytest.mark.parametrize("learnt", [False, True])
@pytest.mark.parametrize("protocol", APART)
def test_a_yardstick_s_record_is_of_what_it_went_by(protocol, learnt):
    one = held(protocol, learnt=learnt)
    for part, record in one.records.items():
        split = one.splits[part]
        for fold in record["folds"]:
            seen = split[(split["fold"] == fold["fold"]) & (split["role"] != "test")]
            assert fold["threshold"] == (given(seen) if learnt else None)
            assert learnt or fold["train"] == given(seen)
            assert 0 < fold["train"]["n_windows"] <= len(seen)  # those near a median have no class
            assert fold["others"] == (None if protocol in ACROSS else [name for name in SUBJECTS if name != part])


@pytest.mark.parametrize("protocol", APART)
def test_a_yardstick_that_went_by_what_it_tests_is_named(protocol):
    one = held(protocol)
    part, split = next(iter(one.splits.items()))
    role = split["role"][split["fold"] == 0]
    tested = split.loc[role.index[role == "test"][:1], ["subject", "trial", "window"]]
    seen = split.loc[role.index[role != "test"], ["subject", "trial", "window"]]
    message = rf"both tested and among what train was given \(protocol {protocol}, .* model majority, part "
    with pytest.raises(InputError, match=message + rf"{part}, fold 0\)") as caught:
        check(going_by(one, 0, train=given(pd.concat([seen, tested]))))
    assert str(caught.value).startswith(f"results/predictions/{protocol}/valence/majority/{part}.parquet: expected no ")


def test_a_yardstick_that_had_the_tested_subject_among_the_others_is_named():
    message = r"no subject of the part among the others .* part s01, fold 2\)\. Received s01\."
    with pytest.raises(InputError, match=message):
        check(going_by(held("trial"), 2, others=["s02", "s01"]))
    for protocol, others in (("pooled_trial", ["s03"]), ("trial", None)):
        with pytest.raises(InputError, match=r"the others whose labels were at hand|their names, as the record"):
            check(going_by(held(protocol), 0, others=others))
    silent = going_by(held("trial"), 0)
    del silent.records["s01"]["folds"][0]["others"]
    with pytest.raises(InputError, match=r"their names, as the record of a yardstick .* Received something else"):
        check(silent)


def test_a_yardstick_s_record_that_is_silent_is_no_proof():
    with pytest.raises(InputError, match=r"a record of what train was given .* fold 1\)\. Received none"):
        check(going_by(held("subject_video"), 1, train=None))


def test_video_prior_of_one_subject_alone_is_majority():
    trials = trial_table()
    split = split_trials(trials, trials["valence"] > 5, 3, 0.25)
    pd.testing.assert_frame_equal(only("video_prior", trials, split), only("majority", trials, split))

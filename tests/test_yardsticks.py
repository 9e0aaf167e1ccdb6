import numpy as np
import pandas as pd
import pytest

from eeg import yardsticks
from eeg.errors import InputError
from eeg.method import Method
from eeg.predictions import Cell
from eeg.protocols import ACROSS, APART, LEAKY
from eeg.scores import score
from tests.factories import VALENCE, split_trials, split_windows, trial_table, window_table
from tests.liked import cohort, splits_of

LOGITS = ["logit_0", "logit_1"]


def rated(n_high):
    trials = trial_table()
    return trials.assign(valence=np.where(np.arange(12) < n_high, 9.0, 1.0))


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


def test_video_prior_of_one_subject_alone_is_majority():
    trials = trial_table()
    split = split_trials(trials, trials["valence"] > 5, 3, 0.25)
    pd.testing.assert_frame_equal(only("video_prior", trials, split), only("majority", trials, split))

"""Leaks planted into fits: each kind is found, and the error says where and what it is."""

import copy
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from eeg import splits
from eeg.channels import choice
from eeg.errors import InputError
from eeg.guard.fits import SOURCES, Fit, check, check_proven, summary
from eeg.guard.tested import check_agreed
from eeg.ids import digest, given
from eeg.preprocess.scale import Scaler
from eeg.protocols import ACROSS
from eeg.scalers import Fitted, Key, scaling
from tests.factories import VALENCE, trial_table, window_table

SUBJECTS = [f"s{number:02d}" for number in range(1, 9)]
SETTINGS = {"folds": 3, "validation": 0.25, "target": VALENCE, "stratify": "valence", "gap": False, "seed": 1}
SETTINGS |= {"repeats": 1, "leave_one_out": []}


def make(protocol="trial", target=VALENCE):
    """A fit that was given what it should, by its record: scalers aside, all but validation from training."""
    subjects = SUBJECTS if protocol in ACROSS else ["s01"]
    part = "f01" if protocol in ACROSS else "s01"
    tables = [trial_table(subject) for subject in subjects]
    windows = pd.concat([window_table().assign(subject=subject) for subject in subjects], ignore_index=True)
    split, _ = splits.make(protocol, part, tables, windows, branch="raw", settings=SETTINGS)
    trials = pd.concat(tables, ignore_index=True)
    numbers = sorted(split["fold"].unique().tolist())
    scalers = [Fitted(Key(fold), Scaler.identity((2,)), pd.DataFrame()) for fold in numbers]
    named = (protocol, "valence", "svm", part), "p.parquet", pd.DataFrame(), {}
    fit = Fit(*named, split, windows, trials, target, scalers=scalers)
    roles = fit.roles()
    predictions = roles[roles["role"] == "test"].drop(columns="role").assign(logit_0=0.0)
    predictions["label"] = (predictions["trial"] % 2 == 0).astype(int)  # as `trial_table` rates, whatever is learnt
    records = []
    for fold in numbers:
        own = roles[roles["fold"] == fold].reset_index(drop=True)
        of = {role: given(own[own["role"] == role]) for role in ("train", "validate")}
        learnt = dict.fromkeys(("tuning", "threshold", "temperature"), of["train"])
        record = {**of, **learnt, "channel_choice": None, "tuning": {"chosen": {"C": 1.0}, **of["train"]}}
        records.append({"fold": fold, "scaler": scaling(scalers, windows, fold).digest, **record})
    return replace(fit, predictions=predictions, record={"folds": records})


def leaking(fit, source, ids):
    """The same fit, whose first fold was given more, as its record says."""
    record = copy.deepcopy(fit.record)
    record["folds"][0][source] = listed([*(record["folds"][0][source] or {"windows": []})["windows"], ids])
    return replace(fit, record=record)


def listed(ids):
    """Return ids as a record lists them."""
    return {"n_windows": sum(stop - start for *_, start, stop in ids), "sha256": digest(ids), "windows": ids}


def first_tested(fit):
    row = fit.predictions[fit.predictions["fold"] == fit.predictions["fold"].min()].iloc[0]
    return row["subject"], int(row["trial"]), int(row["window"])


@pytest.mark.parametrize("protocol", ["trial", "subject", "subject_video", "pooled_trial", "window", "pooled_window"])
def test_a_fit_that_was_given_what_it_should_passes(protocol):
    fit = make(protocol)
    counts = check(fit)
    assert counts["n_tested"] == len(fit.predictions)
    assert counts["n_folds"] == fit.split["fold"].nunique()
    assert counts["n_learnt"] > 0


def test_a_fold_scaled_by_another_fold_s_scaler_is_refused():
    fit = make()
    other = Fitted(Key(1), replace(Scaler.identity((2,)), mean=np.ones(2), kind="zscore"), pd.DataFrame())
    with pytest.raises(InputError, match="windows scaled by the scalers that were proven for their fold .*fold 1"):
        check(replace(fit, scalers=[fit.scalers[0], other, *fit.scalers[2:]]))
    fit.record["folds"][2].pop("scaler")
    with pytest.raises(InputError, match="scalers that were proven for their fold .*fold 2"):
        check(fit)


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize("protocol", ["trial", "window", "pooled_trial"])
def test_a_tested_window_among_what_was_learnt_from_is_named(protocol, source):
    fit = make(protocol)
    subject, trial, window = first_tested(fit)
    unit = "window" if protocol == "window" else "trial"
    named = f"{subject} trial {trial}" + (f" window {window}" if unit == "window" else "")
    message = rf"p\.parquet: expected no {unit} both tested and among what {source} was given \(protocol {protocol}, "
    message += rf"target valence, model svm, part \w+, fold 0\)\. Received {named}\. Delete p\.parquet"
    with pytest.raises(InputError, match=message):
        check(leaking(fit, source, [subject, trial, window, window + 1]))


def test_a_subject_or_a_video_that_is_tested_is_named_though_no_window_is_shared():
    fit = make("subject")
    subject, trial, _ = first_tested(fit)
    with pytest.raises(InputError, match=rf"no subject both tested and .* Received {subject}\."):
        check(leaking(fit, "train", [subject, trial, 0, 1]))
    fit = make("subject_video")
    subject, trial, _ = first_tested(fit)
    trained = fit.split.query("fold == 0 and role == 'train'")["subject"].iloc[0]
    with pytest.raises(InputError, match=rf"no video both tested and .* Received video {trial}\."):
        check(leaking(fit, "train", [trained, trial, 0, 1]))


def test_validation_is_trained_on_only_where_nothing_is_stopped_by_it_and_training_never_validates():
    fit = make()
    held = fit.split.query("fold == 0 and role == 'validate'")["trial"].iloc[0]
    both = leaking(fit, "train", ["s01", int(held), 0, 2])
    with pytest.raises(InputError, match=rf"windows for train that the split gives to it .* s01 trial {held} window 0"):
        check(both)
    both.record["folds"][0]["validate"] = listed([])
    check(both)
    trained = fit.split.query("fold == 0 and role == 'train'")["trial"].iloc[0]
    with pytest.raises(
        InputError, match=rf"windows for validate that the split gives to it .* s01 trial {trained} window 0 \(train\)"
    ):
        check(leaking(fit, "validate", ["s01", int(trained), 0, 1]))


def test_what_the_split_does_not_know_is_refused():
    with pytest.raises(InputError, match=r"Received s01 trial 77 window 0 \(not in the split\)"):
        check(leaking(make(), "train", ["s01", 77, 0, 1]))


def test_a_record_that_was_changed_afterwards_is_refused():
    fit = make()
    fit.record["folds"][1]["train"]["windows"].pop()
    with pytest.raises(InputError, match="the ids of train as they were when they were given: .* of another hash"):
        check(fit)


@pytest.mark.parametrize("source", SOURCES)
def test_a_record_that_is_silent_is_no_proof(source):
    fit = make()
    del fit.record["folds"][1][source]
    with pytest.raises(InputError, match=rf"a record of what {source} was given \(.* fold 1\)\. Received none"):
        check(fit)


def test_nothing_is_learnt_from_nothing():
    fit = make()
    fit.record["folds"][0]["train"] = None
    with pytest.raises(InputError, match="a record of what train was given"):
        check(fit)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda table: table[1:], "none of s01 trial"),
        (lambda table: pd.concat([table, table[:1]]), "several of s01 trial"),
        (lambda table: table.assign(trial=table["trial"].replace(1, 99)), "also s01 trial 99"),
        (lambda table: table[table["fold"] != 1], r"the folds of the split, \[0, 1, 2\], in the predictions"),
    ],
)
def test_predictions_are_of_every_window_the_split_tests_once_and_of_no_other(change, message):
    fit = make()
    with pytest.raises(InputError, match=message):
        check(replace(fit, predictions=change(fit.predictions)))


def test_scalers_are_those_that_were_proven():
    proven = [{"sha256": {"a.npz": "1"}}, {"sha256": {"b.npz": "2"}}]
    check_proven({"a.npz": "1", "b.npz": "2"}, proven)
    for other in ({"b.npz": "3"}, {"a.npz": "1", "b.npz": "1"}):
        with pytest.raises(InputError, match=r"b\.npz: expected scalers as they were when what they saw was proven"):
            check_proven(other, proven)


@pytest.mark.parametrize("label", [99, 0, -1])
@pytest.mark.parametrize("n_windows", [1, 5])
def test_a_label_that_is_not_the_trial_s_is_named(label, n_windows):
    fit = make()
    trial = fit.predictions.query("fold == 1 and trial % 2 == 0")["trial"].iloc[0]
    wrong = (fit.predictions["trial"] == trial) & (fit.predictions["window"] < n_windows)
    message = r"p\.parquet: expected the labels that the trial table gives by the target's rule, high means valence > "
    message += rf"5 \(protocol trial, .* fold 1\)\. Received s01 trial {trial} \({label} instead of 1\)\. Delete"
    with pytest.raises(InputError, match=message):
        check(replace(fit, predictions=fit.predictions.assign(label=fit.predictions["label"].mask(wrong, label))))


MEDIAN = VALENCE | {"threshold": "subject_median"}


def rising():
    """A fit whose trials are rated 0, 1, 2, ...: its labels are each fold's, from the median of what it may learn."""
    fit = make(target=MEDIAN)
    limit = fit.split[fit.split["role"] != "test"].groupby("fold")["trial"].median()
    high = fit.predictions["trial"] > fit.predictions["fold"].map(limit)
    predictions = fit.predictions.assign(label=high.astype(int))
    return replace(fit, predictions=predictions, trials=fit.trials.assign(valence=np.arange(12.0)))


def test_labels_by_a_learnt_threshold_are_each_fold_s_from_what_it_may_learn():
    fit = rising()
    check(fit)
    over_all = (fit.predictions["trial"] > 6).astype(int)  # by a threshold that saw the tested trials too
    assert (over_all != fit.predictions["label"]).any()
    with pytest.raises(InputError, match=r"high means valence > the subject's median over its training trials"):
        check(replace(fit, predictions=fit.predictions.assign(label=over_all)))


def test_a_learnt_threshold_without_its_trials_is_no_proof():
    fit = rising()
    fit.record["folds"][2]["threshold"] = None
    with pytest.raises(InputError, match=r"a record of what threshold was given \(.* fold 2\)\. Received none"):
        check(fit)


def test_settings_that_were_chosen_on_what_the_record_does_not_say_are_no_proof():
    fit = make()
    fit.record["folds"][1]["tuning"] = {"chosen": {"C": 1.0}}
    with pytest.raises(InputError, match=r"the ids of what tuning was given \(.* fold 1\)\. Received none"):
        check(fit)
    for record in fit.record["folds"]:
        record["tuning"] = None
    check(fit)


@pytest.mark.parametrize("bads", ["interpolate", "drop"])
def test_a_choice_of_channels_by_whole_recordings_is_told_as_the_config_has_it(bads):
    fit = replace(make(), bads=bads)
    message = rf"how channels were chosen under `check\.bads: {bads}`: .*whole recordings.* fold 0\)\. Received None"
    with pytest.raises(InputError, match=message):
        check(fit)
    for record in fit.record["folds"]:
        record["channel_choice"] = choice(bads)
    check(fit)
    with pytest.raises(InputError, match=r"under `check\.bads: keep`: None .* Received \{'bads': "):
        check(replace(fit, bads="keep"))


def test_the_summary_sums_what_was_held_together():
    first, second = check(make()), check(make("subject"))
    both = summary([first, second])
    assert both == {"n_fits": 2, **{name: first[name] + second[name] for name in first}}
    assert summary([]) == {"n_fits": 0}


def test_windows_of_a_trial_that_folds_put_on_different_sides_are_refused_with_the_split():
    trials = trial_table().assign(valence=np.arange(12.0))
    rows = [(0, "test", 2, 0), (0, "train", 2, 1), (0, "train", 1, 0), (0, "train", 3, 0)]  # a median of 1
    rows += [(1, "test", 2, 1), (1, "train", 2, 0), (1, "train", 1, 0)]  # of 0.5, and trial 2 is rated 1
    split = pd.DataFrame(rows, columns=["fold", "role", "trial", "window"]).assign(subject="s01")
    with pytest.raises(
        InputError, match=r"one label per trial of the target liking\. Received several for s01 trial 2"
    ):
        check_agreed(split, trials, "liking", MEDIAN)
    check_agreed(split[split["fold"] == 0], trials, "liking", MEDIAN)


def test_a_temperature_that_nothing_was_fitted_on_is_refused():
    fit = make()
    fit.record["folds"][1] |= {"temperature": None, "temperature_value": 1.7}
    with pytest.raises(InputError, match=r"a temperature of 1 where none was fitted .* fold 1\)\. Received 1\.7"):
        check(fit)
    fit.record["folds"][1] |= {"temperature_value": 1.0}
    check(fit)

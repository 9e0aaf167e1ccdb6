"""Leaks planted into predictions without EEG: each is found, and the error says where and what it is."""

import copy
from dataclasses import replace
from functools import cache

import pandas as pd
import pytest

from eeg import yardsticks
from eeg.errors import InputError
from eeg.guard.yardsticks import Yardstick, check, summary
from eeg.ids import given
from eeg.protocols import ACROSS, APART
from tests.factories import VALENCE
from tests.liked import SUBJECTS, cohort, splits_of

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

"""Leaks planted into scalers: each is found, and the error says where and what it is."""

import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from eeg import scalers
from eeg.errors import InputError
from eeg.guard.parts import Part
from eeg.guard.scalers import File, check, summary
from eeg.preprocess.scale import Scaler
from eeg.scalers import Fitted, Key
from tests.scaling import BOTH, OVERLAPPING, SUBJECTS, Data

CASES = [("trial", ("s01",)), ("window", ("s01",)), ("subject", SUBJECTS)]


class Case:
    """A part with its scalers, which can be spoilt before they are checked."""

    def __init__(self, protocol="trial", subjects=("s01",), kind="windows", settings=BOTH, **shape):
        self.data = Data(kind, subjects, **shape)
        split, name = self.data.split(protocol), "f02" if protocol == "subject" else "s01"
        inputs = self.data.windows, self.data.stored(), self.data.arrays
        self.part = Part(
            protocol,
            "raw",
            name,
            f"results/splits/{protocol}/raw/{name}.csv",
            settings,
            split,
            *inputs,
            self.data.trials,
        )
        self.fitted = self.data.fit(split, settings)

    def check(self, **arrays):
        path = self.part.file.replace("splits", "scalers").replace("csv", "npz")
        return check(File(path, scalers.to_arrays(self.fitted) | arrays, "0" * 64), self.part)

    def rows(self, role, fold):
        """The rows of a role in a fold."""
        split = self.part.split
        return split[(split["role"] == role) & (split["fold"] == fold)]

    def add(self, subject, trial, *, row, window=-1, ids=True, numbers=True):
        """Plant a trial or a window into a scaler: into the ids it lists, into its numbers, or into both."""
        one = self.fitted[row]
        stop = -1 if window == -1 else window + 1
        added = pd.DataFrame({"subject": [subject], "trial": [trial], "start": [window], "stop": [stop]})
        more = pd.concat([one.ids, added], ignore_index=True)
        merged = scalers.merged(more, self.data.windows, stored=self.data.stored(), arrays=self.data.arrays)
        scaler = Scaler.fit(merged) if numbers else one.scaler
        self.fitted[row] = Fitted(one.key, scaler, more if ids else one.ids)


def message(case, **arrays):
    with pytest.raises(InputError) as caught:
        case.check(**arrays)
    return str(caught.value)


@pytest.mark.parametrize("settings", [{"scope": one} for one in ("fold", "trial", "recording")] + [{"scaler": "none"}])
@pytest.mark.parametrize("kind", ["windows", "entropy"])
@pytest.mark.parametrize(("protocol", "subjects"), CASES)
def test_scalers_that_saw_what_they_may_pass(protocol, subjects, kind, settings):
    case = Case(protocol, subjects, kind, BOTH | settings)
    found = case.check()
    assert found["n_scalers"] == len(case.fitted)
    assert found["n_ids"] == sum(len(one.ids) for one in case.fitted)
    overlapping = Case("window", kind=kind, settings=BOTH | settings, **OVERLAPPING)
    assert overlapping.check()["n_scalers"] == len(overlapping.fitted)


@pytest.mark.parametrize("numbers", [True, False])
@pytest.mark.parametrize("role", ["test", "validate"])
@pytest.mark.parametrize(("protocol", "subjects"), CASES[::2])
def test_a_listed_trial_that_is_no_training_trial_is_named(protocol, subjects, role, numbers):
    case = Case(protocol, subjects)
    fold = case.fitted[-1].key.fold
    subject, trial = case.rows(role, fold)[["subject", "trial"]].iloc[0]
    case.add(subject, trial, row=-1, numbers=numbers)
    text = message(case)
    assert f"the training rows of its fold, and nothing else (protocol {protocol}, branch raw, part " in text
    assert f"{case.part.part}, fold {fold}). Received {subject} trial {trial} ({role})." in text
    assert text.startswith(f"results/scalers/{protocol}/raw/{case.part.part}.npz: ")
    assert f"Delete results/scalers/{protocol}/raw/{case.part.part}.npz and run again" in text


@pytest.mark.parametrize("role", ["test", "validate"])
@pytest.mark.parametrize("kind", ["windows", "entropy"])
@pytest.mark.parametrize(("protocol", "subjects"), CASES[::2])
def test_a_trial_in_the_numbers_that_is_not_listed_is_named(protocol, subjects, kind, role):
    case = Case(protocol, subjects, kind)
    fold = case.fitted[-1].key.fold
    subject, trial = case.rows(role, fold)[["subject", "trial"]].iloc[-1]
    case.add(subject, trial, row=-1, ids=False)
    text = message(case)
    assert f"the numbers of what the scaler lists, to the last bit (protocol {protocol}, branch raw, part " in text
    assert f"fold {fold}). Received another mean, sd" in text
    assert f": those with {subject} trial {trial} ({role}) added." in text


@pytest.mark.parametrize("shape", [{}, OVERLAPPING])
@pytest.mark.parametrize("kind", ["windows", "entropy"])
def test_a_tested_window_is_found_where_windows_are_shuffled(kind, shape):
    case = Case("window", kind=kind, **shape)
    _, _, subject, trial, window = case.rows("test", 2).iloc[3]
    case.add(subject, trial, row=2, window=window)
    assert f"part s01, fold 2). Received s01 trial {trial} window {window} (test)." in message(case)
    case = Case("window", kind=kind, **shape)
    case.add(subject, trial, row=2, window=window, ids=False)
    text = message(case)
    assert "the numbers of what the scaler lists, to the last bit" in text
    assert "fold 2). Received another mean, sd" in text
    assert f": those with s01 trial {trial} window {window} (test) added." in text


@pytest.mark.parametrize("kind", ["windows", "entropy"])
@pytest.mark.parametrize("whole", [True, False])
def test_unlisted_windows_of_a_trial_are_named_with_their_roles(kind, whole):
    case = Case("window", kind=kind)
    split = case.part.split.query("fold == 1")
    held = split[split["role"] != "train"].sort_values(["trial", "window"])
    held = held.assign(run=(held["window"].diff() != 1).cumsum())
    runs = [rows for _, rows in held.groupby(["trial"] if whole else ["trial", "run"]) if len(rows) > 1]
    # all that a trial holds back, in pieces; or neighbours alone
    chosen = next(rows for rows in runs if not whole or rows["run"].nunique() > 1)
    one, trial = case.fitted[1], chosen["trial"].iloc[0]
    for window in chosen["window"]:
        case.add("s01", trial, row=1, window=window)
    case.fitted[1] = replace(case.fitted[1], ids=one.ids)
    named = [f"s01 trial {trial} window {row.window} ({row.role})" for row in chosen.itertuples()]
    assert f": those with {', '.join(named)} added." in message(case)


def test_a_whole_trial_listed_where_windows_are_shuffled_is_its_tested_windows_too():
    case = Case("window")
    trial = case.rows("test", 0)["trial"].iloc[0]
    case.add("s01", trial, row=0)
    text = message(case)
    held = case.rows("test", 0).query("trial == @trial")["window"].tolist()
    assert all(f"s01 trial {trial} window {window} (test)" in text for window in held)


@pytest.mark.parametrize(("ids", "found"), [(True, "Received s03 trial 5."), (False, "those with s03 trial 5 added")])
@pytest.mark.parametrize(
    ("scope", "row", "key"), [("trial", 3, "subject s01, trial 4"), ("recording", 1, "subject s02")]
)
def test_another_trial_or_another_subject_s_is_named(scope, row, key, ids, found):
    case = Case("subject", SUBJECTS, settings=BOTH | {"scope": scope})
    case.add("s03", 5, row=row, ids=ids)
    text = message(case)
    assert f"part f02, {key})" in text
    assert found in text


def test_an_id_added_to_the_file_alone_is_named():
    case = Case()
    trial = int(case.rows("test", 1)["trial"].iloc[0])
    content = scalers.to_arrays(case.fitted)
    added = {"id_fold": 1, "id_subject": "s01", "id_trial": trial, "id_start": -1, "id_stop": -1}
    text = message(case, **{name: np.append(content[name], value) for name, value in added.items()})
    assert f"fold 1). Received s01 trial {trial} (test)." in text


def test_an_id_of_no_scaler_is_found():
    case = Case()
    fold = scalers.to_arrays(case.fitted)["id_fold"].copy()
    fold[-1] = 9
    assert "every id to be one scaler's (protocol trial, branch raw, part s01)" in message(case, id_fold=fold)


def test_a_training_trial_that_is_missing_or_listed_twice_is_named():
    case = Case()
    one = case.fitted[1]
    first = one.ids["trial"].iloc[0]
    case.fitted[1] = replace(one, ids=one.ids[1:])
    assert (
        f"and all of it (protocol trial, branch raw, part s01, fold 1). Received one without s01 trial {first} ("
        in (message(case))
    )
    case.fitted[1] = replace(one, ids=pd.concat([one.ids, one.ids[:1]], ignore_index=True))
    assert f"and each once (protocol trial, branch raw, part s01, fold 1). Received twice s01 trial {first}" in (
        message(case)
    )


def test_ids_of_trials_that_the_split_does_not_know_are_named():
    case = Case()
    case.fitted[0] = replace(case.fitted[0], ids=case.fitted[0].ids.replace({"subject": {"s01": "s09"}}))
    assert "s09 trial 1 (not in the split)" in message(case)


def test_one_bit_is_enough():
    case = Case()
    one = case.fitted[2]
    high = one.scaler.high.copy()
    high[1] = np.nextafter(high[1], 2)
    case.fitted[2] = replace(one, scaler=replace(one.scaler, high=high))
    assert "part s01, fold 2). Received another high. Delete" in message(case)


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({"scaler": "zscore", "scope": "fold"}, "scalers zscore of scope fold, as the config says"),
        ({"scaler": "zscore_minmax", "scope": "trial"}, "scalers zscore_minmax of scope trial, as the config says"),
        ({"scaler": "none", "scope": "fold"}, "scalers none of scope none, as the config says"),
    ],
)
def test_scalers_must_be_the_config_s(settings, expected):
    case = Case()
    case.part = replace(case.part, settings=settings)
    assert f"{expected} (protocol trial, branch raw, part s01). Received zscore_minmax of scope fold." in message(case)


def test_a_scaler_that_is_not_there_or_there_twice_is_found():
    case = Case()
    whole = case.fitted
    case.fitted = whole[:3]
    assert "one scaler for each fold, trial or subject (protocol trial, branch raw, part s01, fold 3). Received 0" in (
        message(case)
    )
    case.fitted = [*whole, whole[0]]
    assert "fold 0). Received 2" in message(case)


def test_no_scaler_that_scales_after_all_is_found():
    case = Case(settings={"scaler": "none", "scope": "fold"})
    shifted = replace(case.fitted[0].scaler, mean=np.full(3, 0.5))
    case.fitted = [Fitted(Key(), shifted, case.fitted[0].ids)]
    assert "all folds). Received another mean. Delete" in message(case)


@pytest.mark.parametrize(
    ("protocol", "subjects", "twice"),
    [
        ("trial", ("s01",), r"one role for every trial in fold 1 of protocol trial, .* Received s01 trial \d+ \("),
        ("window", ("s01",), r"one role for every window in fold 1 .* Received s01 trial \d+ window \d \("),
        ("subject", SUBJECTS, r"one role for every subject in fold 1 .* Received s0\d \("),
    ],
)
def test_a_split_that_gives_two_roles_is_refused(protocol, subjects, twice):
    case = Case(protocol, subjects)
    split = case.part.split
    moved = split[(split["fold"] == 1) & (split["role"] == "test")][:1].assign(role="train")
    case.part = replace(case.part, split=pd.concat([split, moved], ignore_index=True))
    text = message(case)
    assert re.search(twice, text)
    assert text.startswith(f"results/splits/{protocol}/raw/")


def test_the_summary_counts_by_protocol_and_branch():
    first, second = Case().check(), Case("window").check()
    other = first | {"path": "results/scalers/trial/raw/s02.npz", "sha256": "1" * 64}
    of_trial, of_window = summary([first, second, other])
    about = {"protocol": "trial", "branch": "raw", "scaler": "zscore_minmax", "scope": "fold", "verdict": "ok"}
    assert {name: of_trial[name] for name in about} == about
    assert (of_trial["n_scalers"], of_trial["n_ids"]) == (8, 2 * first["n_ids"])
    assert of_trial["sha256"] == {first["path"]: "0" * 64, other["path"]: "1" * 64}
    assert of_window["protocol"] == "window"

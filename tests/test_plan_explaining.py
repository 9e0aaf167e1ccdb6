"""What of an experiment is explained, and what cannot be."""

from types import SimpleNamespace

import pytest

from eeg.errors import InputError
from eeg.plan import Plan
from tests.test_plan import changed

EXPLAINED = {
    "a model that is not there": (
        {"models": ["ccnm"]},
        "explain.models: out of cnn_lstm, .* Received 'ccnm'. Name one",
    ),
    "a protocol that is not run": (
        {"protocols": ["pooled_trial"]},
        "explain.protocols: out of window, trial, .*pooled_trial",
    ),
    "common videos": ({"protocols": ["subject_video"]}, "without subject_video: people err together on the videos"),
    "one twice": ({"models": ["ccnn", "ccnn"]}, "Received 'ccnn' twice"),
    "a target it has not": ({"target": "valence"}, r"explain.target: a target of ccnn \(arousal\). Received 'valence'"),
}


@pytest.mark.parametrize("mistake", EXPLAINED)
def test_explanations_of_what_is_not_fitted_are_refused(mistake):
    change, message = EXPLAINED[mistake]
    with pytest.raises(InputError, match=message):
        Plan(changed({"explain": change}))
    off = Plan(changed({"explain": {**change, "enabled": False}}))
    assert off.explaining.parts == off.explaining.tables == []


def test_single_tested_trials_have_nothing_to_swap_with():
    with pytest.raises(InputError, match="that test several trials of a subject in a fold, not trial with one"):
        Plan(changed({"split": {"leave_one_out": ["trial"]}}))
    both = {"split": {"leave_one_out": ["subject"]}, "explain": {"protocols": ["subject"]}}
    assert len(Plan(changed(both)).explaining.parts) == 2 * 8


def test_what_is_explained():
    plan = Plan(changed({}))
    assert plan.explaining.parts[0] == "results/explanations/trial/arousal/ccnn/s01.parquet"
    assert len(plan.explaining.parts) == 2 * 8
    assert plan.explaining.gpus(SimpleNamespace(model="logistic")) == 0
    edited = Plan(changed({"scores": {"draws": 7}}))
    one = SimpleNamespace(model="ccnn", target="arousal")
    assert (edited.explaining.asked, edited.fit(one)) == (
        plan.explaining.asked,
        plan.fit(one),
    )  # nothing is fitted anew
    assert edited.method["draws"] == 7

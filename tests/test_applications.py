"""Kept models on recordings the experiment leaves out."""

from types import SimpleNamespace

import pytest

from eeg.errors import InputError
from eeg.plan import Plan
from tests.test_plan import changed

ASKED = {"protocol": "subject", "target": "arousal", "model": "ccnn", "part": "f02", "subjects": ["s09", "s10"]}


def plan(keep_models=True, **asked):
    return Plan(changed({"keep_models": keep_models, "apply": {"new": {**ASKED, **asked}}}))


def test_what_is_made_and_from_what():
    made = plan().applications
    assert made.files == ["results/applied/new/s09.parquet", "results/applied/new/s10.parquet"]
    wildcards = SimpleNamespace(application="new", subject="s10")
    assert made.kept(wildcards) == "results/models/subject/arousal/ccnn/f02"
    assert made.array(wildcards) == "results/inputs/entropy/s10.npy"
    assert made.windows(wildcards) == "results/inputs/entropy/s10.csv"
    assert made.moments(wildcards) == "results/inputs/entropy/s10.moments.npz"


def test_their_recordings_are_cleaned_but_are_none_of_the_experiment_s():
    found = plan()
    assert found.applications.subjects == ["s09", "s10"]
    assert "s09" not in found.subjects
    assert found.asked_of(SimpleNamespace(subject="s09")) == {**found.asked, "rated": False}
    assert found.asked_of(SimpleNamespace(subject="s01")) == {**found.asked, "rated": True}
    assert found.joining(released=False).endswith("|s09|s10")


def test_within_subjects_another_subject_of_the_experiment_is_unseen():
    assert plan(protocol="trial", part="s01", subjects=["s02"]).applications.subjects == []


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"subjects": ["s03"]}, "apply.new.subjects that the models of f02 have never seen. Received s03"),
        ({"protocol": "trial", "part": "s01", "subjects": ["s01"]}, "that the models of s01 have never seen"),
        ({"model": "svm"}, "apply.new.model: one of cnn_lstm, cnn_gru, ccnn, mlp. Received 'svm'"),
        ({"target": "valense"}, "apply.new.target: one of arousal. Received 'valense'"),
        ({"part": "f09"}, "apply.new.part: one of f01, f02, f03, f04. Received 'f09'. Did you mean 'f0"),
        ({"keep_models": False}, "`keep_models: true`, for models to apply. Received false"),
    ],
)
def test_what_cannot_be_applied_is_refused(asked, message):
    with pytest.raises(InputError) as caught:
        plan(**asked)
    assert message in str(caught.value)

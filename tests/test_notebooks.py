"""Which notebooks an experiment has, and what each is rerun for."""

from types import SimpleNamespace

import pytest

from eeg import fingerprint
from eeg.plan import Plan
from tests.test_plan import changed


def notebooks(**changes):
    return Plan(changed({"explain": {"enabled": False}, **changes})).notebooks


def reads(name, **changes):
    return notebooks(**changes).reads(SimpleNamespace(notebook=name))


def test_a_model_is_added_where_single_subjects_are_tested_on_whole_trials():
    files = [f"results/notebooks/{name}.ipynb" for name in ("inspect", "leakage", "add_a_model")]
    assert notebooks().files == files
    assert notebooks(protocols=["subject"]).files == files[:2]


@pytest.mark.parametrize("name", ["inspect", "leakage", "add_a_model"])
def test_every_notebook_reads_what_its_statements_rest_on(name):
    found = reads(name)
    assert {"results/scores.csv", "results/summary.csv", "results/provenance.json"} <= set(found)
    assert "results/check/s08.json" in found


def test_inspect_reads_one_subject_and_the_first_model():
    found = reads("inspect")
    assert {"results/trials/s01.csv", "results/trials/s01_epo.fif", "results/inputs/windows/s01.npy"} <= set(found)
    assert "results/predictions/window/arousal/svm/s01.parquet" in found
    assert "results/fits/trial/quadrant/cnn_lstm/s01.json" in found
    assert "results/splits/trial/windows/s01.csv" in found


def test_where_people_are_left_out_inspect_reads_the_folds():
    found = reads("inspect", protocols=["window", "subject"])
    assert "results/splits/subject/windows/f04.csv" in found
    assert "results/history/subject/quadrant/cnn_lstm/f04.csv" in found


def test_the_story_of_leaks_reads_the_meter_where_it_is_on():
    assert "results/leaks/arms.csv" in reads("leakage")
    assert not [path for path in reads("leakage", leaks={"enabled": False}) if "leaks" in path]


def test_adding_a_model_reads_what_it_is_fitted_on():
    found = reads("add_a_model")
    assert {"results/splits/trial/entropy/s01.csv", "results/scalers/trial/entropy/s01.npz"} <= set(found)
    assert not [path for path in found if "s02" in path and "check" not in path]


def test_a_notebook_is_executed_again_after_an_edit_of_what_it_computes_with(monkeypatch):
    monkeypatch.setattr(Plan, "drawing", lambda plan, *modules: modules)
    code = notebooks().code
    assert code(SimpleNamespace(notebook="inspect")) == ("execute_notebook", "notebooks/inspect.py")
    assert {"notebooks/leakage.py", "eeg.models.svm"} <= set(code(SimpleNamespace(notebook="leakage")))
    reached = set()
    fingerprint._reach("notebooks/add_a_model.py", reached)
    assert {"eeg.trying", "eeg.rehearsal", "eeg.models._tensorflow"} <= reached

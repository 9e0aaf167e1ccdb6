"""The reading interface: lazily read tables, and errors that say what to do."""

import pandas as pd
import pytest

from eeg import storage
from eeg.errors import InputError
from eeg.results import open_results


@pytest.fixture
def folder(tmp_path):
    scores = pd.DataFrame({"protocol": "trial", "target": "valence", "model": "svm", "subject": ["s02", "s01", "s01"]})
    storage.write_csv(tmp_path / "scores.csv", scores.assign(unit="trial", metric="accuracy", value=0.5, chance=0.5))
    storage.write_csv(tmp_path / "summary.csv", pd.DataFrame({"mean": [0.5]}))
    storage.write_csv(tmp_path / "trials" / "s01.csv", pd.DataFrame({"subject": ["s01"], "trial": [1]}))
    for number, part in enumerate(["f01", "f02"]):
        cell = f"trial/valence/svm/{part}"
        storage.write_parquet(tmp_path / f"predictions/{cell}.parquet", pd.DataFrame({"trial": [number]}))
        storage.write_csv(tmp_path / f"history/{cell}.csv", pd.DataFrame({"epoch": [1, 2]}))
    return tmp_path


def test_tables_are_read_when_asked_for_and_once(folder):
    results = open_results(folder)
    assert results.subjects == ["s01", "s02"]
    assert results.scores is results.scores
    assert results.summary["mean"].tolist() == [0.5]
    assert results.trials("s01")["trial"].tolist() == [1]


def test_a_table_that_is_never_asked_for_may_be_missing(folder):
    with pytest.raises(InputError, match="a file comparisons.csv.*make run"):
        _ = open_results(folder).comparisons


def test_parts_are_joined(folder):
    results = open_results(folder)
    assert results.predictions("trial", "valence", "svm")["trial"].tolist() == [0, 1]
    assert results.history("trial", "valence", "svm")["part"].tolist() == ["f01", "f01", "f02", "f02"]


def test_the_source_comes_from_the_provenance(folder):
    assert open_results(folder).source == "unknown"
    storage.write_json(folder / "provenance.json", {"config": {"source": "simulated"}})
    assert open_results(folder).source == "simulated"


@pytest.mark.parametrize("name", ["", "nowhere"])
def test_no_results_says_how_to_make_them(tmp_path, name):
    with pytest.raises(InputError, match="a folder of results.*`make run`"):
        open_results(tmp_path / name)


def test_an_unknown_subject_or_model_names_what_there_is(folder):
    results = open_results(folder)
    with pytest.raises(InputError, match="a file s77.csv in trials.*s01, s02"):
        results.trials("s77")
    with pytest.raises(InputError, match="predictions of protocol, target and model trial/valence/cvm.*svm"):
        results.predictions("trial", "valence", "cvm")

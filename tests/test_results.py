"""The reading interface: lazily read tables, and errors that say what there is."""

import numpy as np
import pandas as pd
import pytest

from eeg import storage
from eeg.errors import InputError
from eeg.report import words
from eeg.results import open_results
from tests.stored import CELL, N_BASELINE, N_TRIALS, default_config, write_results


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("results")
    write_results(folder)
    return folder


@pytest.fixture
def results(made):
    return open_results(made)


def test_tables_are_read_when_asked_for_and_once(results):
    assert results.subjects == ["s01", "s02"]
    assert results.scores is results.scores
    assert results.summary["mean"].tolist() == [0.5]
    assert results.trials("s01")["trial"].tolist() == list(range(1, 13))


def test_a_table_that_is_never_asked_for_may_be_missing(results):
    with pytest.raises(InputError, match="a file comparisons.csv.*make run"):
        _ = results.comparisons


def test_predictions_of_all_parts_of_this_run_are_joined_and_say_what_is_likeliest(results):
    table = results.predictions("trial", "valence", "svm")
    assert table["part"].unique().tolist() == ["s01", "s02"]
    assert len(table) == 2 * N_TRIALS * 2
    wrong = table[table["predicted"] != table["label"]]
    assert set(wrong["trial"]) == {1}
    np.testing.assert_allclose(table["confidence"], 1 / (1 + np.exp(-2)))


def test_per_trial_a_row_is_the_mean_of_its_windows(results):
    table = results.predictions("trial", "valence", "svm", unit="trial")
    assert len(table) == 2 * N_TRIALS
    assert (table["window"] == -1).all()
    assert table["repeat"].eq(0).all()
    assert table.set_index(["subject", "trial"]).loc[("s02", 1), ["label", "predicted"]].tolist() == [0, 1]
    with pytest.raises(InputError, match="a unit out of window, trial. Received 'trails'. Did you mean trial"):
        results.predictions("trial", "valence", "svm", unit="trails")


def test_learning_curves_and_records_come_part_by_part(results):
    assert results.history("trial", "valence", "svm")["part"].tolist() == ["s01", "s01", "s02", "s02"]
    fits = results.fits("trial", "valence", "svm")
    assert fits[["part", "device", "fold", "train", "validate", "epochs"]].to_numpy().tolist() == [
        ["s01", "cpu", 0, 0, 4, 5],
        ["s02", "cpu", 0, 1, 4, 5],
    ]
    assert fits["temperature"].isna().all()
    assert results.records("trial", "valence", "svm")["s02"]["folds"][0]["train"]["sha256"] == "0"


def test_what_a_part_was_fitted_on_is_there(results):
    split = results.split("trial", "windows", "s01")
    assert split.groupby("fold")["role"].nunique().tolist() == [3, 3, 3]
    assert results.statement("trial", "windows", "s01") == "They share the subject."
    found = results.scalers("trial", "windows", "s01")
    seen = split.query("fold == 0 and role == 'train'")["trial"]
    assert found[0].ids["trial"].tolist() == sorted(seen)


def test_inputs_stay_on_disk_and_epochs_are_in_volts(results):
    branch = results.inputs("windows", "s01")
    assert isinstance(branch.array, np.memmap)
    assert branch.array.shape == (N_TRIALS, 32, 2)
    assert branch.about["units"] == "microvolt"
    epochs = results.epochs("s01")
    np.testing.assert_allclose(1e6 * epochs.get_data()[:, :, N_BASELINE:].transpose(0, 2, 1), branch.array, rtol=1e-5)
    assert epochs.metadata["valence"].tolist() == results.trials("s01")["valence"].tolist()


def test_models_and_classes_come_from_the_config(results):
    found = results.models.query("target == 'valence'").to_dict("records")
    assert found == [{"model": "svm", "network": "svm", "branch": "entropy", "target": "valence"}]
    assert results.classes("valence") == ["low", "high"]
    with pytest.raises(
        InputError, match="a target out of quadrant, valence, arousal. Received 'valense'. Did you mean valence"
    ):
        results.classes("valense")


def scaled_by_tested_trials(config):
    config["branches"]["entropy"]["scope"] = "recording"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda config: None, [words.SIMULATED]),
        (
            lambda config: config.update(source="deap"),
            ["Source of the recordings: deap.", "DEAP: signals of a single participant"],
        ),
        (scaled_by_tested_trials, [words.SIMULATED, "The input of a model marked (transductive scaling)"]),
    ],
    ids=["simulated", "deap", "transductive"],
)
def test_what_must_be_said_beside_every_number_comes_from_the_run(tmp_path, change, said):
    change(config := default_config())
    storage.write_csv(tmp_path / "scores.csv", pd.DataFrame({"subject": ["s01"]}))
    storage.write_json(tmp_path / "provenance.json", {"config": config})
    found = open_results(tmp_path).statements
    assert len(found) == len(said)
    assert all(text.startswith(start) for text, start in zip(found, said, strict=True))


def test_repaired_labels_are_said_with_the_subjects(tmp_path):
    storage.write_csv(tmp_path / "scores.csv", pd.DataFrame({"subject": ["s01", "s02"]}))
    for subject in ("s01", "s02"):
        storage.write_json(tmp_path / f"check/{subject}.json", {"repaired": subject == "s02"})
    results = open_results(tmp_path)
    assert results.repaired == ["s02"]
    assert results.statements[1].startswith(f"{words.REPAIRED} (s02)")
    assert results.source == "unknown"
    with pytest.raises(InputError, match=r"expected a file provenance\.json\. Received none\. Run `make run`"):
        _ = results.config


@pytest.mark.parametrize("name", ["", "nowhere"])
def test_no_results_says_how_to_make_them(tmp_path, name):
    with pytest.raises(InputError, match="a folder of results.*`make run`"):
        open_results(tmp_path / name)


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (
            lambda run: run.trials("s001"),
            "trials: expected a subject with trials out of s01. Received 's001'. Did you mean s01",
        ),
        (lambda run: run.epochs("me"), "expected a subject with trials out of s01. Received 'me'. Choose one of them"),
        (lambda run: run.inputs("window", "s01"), "a branch with inputs out of windows.* Did you mean windows?"),
        (lambda run: run.split("trail", "windows", "s01"), "a protocol with splits out of trial.* Did you mean trial?"),
        (lambda run: run.scalers("trial", "windows", "s02"), "a part with scalers out of s01. Received 's02'"),
        (lambda run: run.predictions("trial", "valence", "svn"), "a model with predictions out of svm. Received 'svn'"),
        (
            lambda run: run.history("trial", "arousal", "svm"),
            "a target with history out of valence. Received 'arousal'. Choose one of them",
        ),
    ],
)
def test_a_name_the_run_does_not_have_is_answered_with_those_it_has(results, ask, message):
    with pytest.raises(InputError, match=message):
        ask(results)


def test_where_nothing_is_there_at_all_it_says_so(tmp_path):
    storage.write_csv(tmp_path / "scores.csv", pd.DataFrame({"subject": ["s01"]}))
    with pytest.raises(InputError, match="a protocol with fits: trial. Received none at all. Run `make run`"):
        open_results(tmp_path).fits("trial", "valence", "svm")
    (tmp_path / "predictions" / CELL).mkdir(parents=True)
    with pytest.raises(InputError, match="predictions of trial/valence/svm. Received none. Run `make run`"):
        open_results(tmp_path).predictions("trial", "valence", "svm")

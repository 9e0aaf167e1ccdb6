"""A leak planted into a finished run: the real graph fails, names it, and scores nothing."""

import copy
import shutil

import numpy as np
import pandas as pd
import pytest
import yaml

from eeg import models, scalers, storage
from eeg.ids import given
from eeg.preprocess.scale import Scaler
from tests.conftest import TINY, Experiment

pytestmark = pytest.mark.workflow

WHERE = "trial/entropy/s02"
PATH = f"results/scalers/{WHERE}.npz"


@pytest.fixture
def finished(experiment, tmp_path):
    """A copy of the finished experiment that may be spoilt."""
    return Experiment(shutil.copytree(experiment.folder, tmp_path / "project"))


def planted(experiment):
    """Add the first trial that fold 1 tests to its scaler, to the ids and to the numbers; return the trial."""
    split = storage.read_csv(experiment.results / f"splits/{WHERE}.csv")
    trial = int(split.query("fold == 1 and role == 'test'")["trial"].iloc[0])
    content = storage.read_arrays(experiment.folder / PATH)
    added = {"row": 1, "fold": 1, "subject": "s02", "trial": trial, "start": -1, "stop": -1}
    content |= {f"id_{name}": np.append(content[f"id_{name}"], value) for name, value in added.items()}
    stored = {"s02": storage.read_arrays(experiment.results / "inputs/entropy/s02.moments.npz")}
    scaler = Scaler.fit(scalers.merged(scalers.from_arrays(content)[1].ids, split, stored=stored, arrays={}))
    for name in scalers.STATISTICS:
        content[name][1] = getattr(scaler, name)
    storage.write_arrays(experiment.folder / PATH, content)
    return trial


def test_every_scaler_of_the_run_was_proven(experiment):
    found = storage.read_json(experiment.results / "guard.json")
    assert found["verdict"] == "ok"
    files = {path: digest for one in found["scalers"] for path, digest in one["sha256"].items()}
    made = sorted((experiment.results / "scalers").rglob("*.npz"))
    assert files == {str(path.relative_to(experiment.folder)): storage.sha256(path) for path in made}
    for one in found["scalers"]:
        assert (one["scaler"], one["scope"], one["verdict"]) == ("zscore_minmax", "fold", "ok")
        assert one["n_scalers"] == (3 if one["protocol"] == "subject" else 9)
        assert one["n_ids"] > one["n_scalers"]


def test_a_planted_leak_fails_the_run_is_named_and_is_gone_when_its_file_is_made_again(finished):
    before = storage.read_arrays(finished.folder / PATH)
    trial = planted(finished)
    assert "proving what every scaler was fitted on" in finished.planned("--", "results/scores.csv")
    done = finished.snakemake("--", "results/guard.json")
    assert done.returncode != 0
    text = " ".join(done.stdout.split())
    assert f"Error: {PATH}: expected " in text
    assert "lists the training rows of its fold, and nothing else" in text
    assert "(protocol trial, branch entropy, part s02, fold 1). Received" in text
    assert f"s02 trial {trial} (test)" in text
    assert "Traceback" not in text
    assert not (finished.results / "guard.json").exists()
    (finished.folder / PATH).unlink()  # as the error says
    assert finished.snakemake("--", "results/guard.json").returncode == 0
    again = storage.read_arrays(finished.folder / PATH)
    assert all((again[name] == before[name]).all() for name in before)


def test_a_fit_that_was_given_what_it_tests_fails_the_run_and_is_named(finished):
    """Kinds of things a fit can be given; a scaler's has a test of its own, and all are planted in test_guard_fits."""
    path = finished.results / "fits/trial/valence/svm/s02.json"
    before = storage.read_json(path)
    tested = storage.read_parquet(finished.results / "predictions/trial/valence/svm/s02.parquet").query("fold == 1")
    trial = int(tested["trial"].iloc[0])
    for source in ("train", "validate", "tuning", "channel_choice", "threshold", "temperature"):
        record = storage.read_json(path)
        record["folds"][1][source] = given(tested.query("trial == @trial")[["subject", "trial", "window"]])
        storage.write_json(path, record)
        done = finished.snakemake("--", "results/scores.csv")
        assert done.returncode != 0, source
        text = " ".join(done.stdout.split())
        expected = f"expected no trial both tested and among what {source} was given (protocol trial, target valence,"
        assert expected in text
        assert f"model svm, part s02, fold 1). Received s02 trial {trial}. Delete" in text
        assert "Traceback" not in text
        assert not (finished.results / "guard_fits.json").exists()
        storage.write_json(path, before)
    path = finished.results / "fits/trial/valence/majority/s02.json"
    before = storage.read_json(path)
    record = copy.deepcopy(before)
    record["folds"][1]["train"] = given(tested[["subject", "trial"]][:1].assign(window=-1))
    storage.write_json(path, record)
    done = finished.snakemake("--", "results/scores.csv")
    assert done.returncode != 0
    named = f"given (protocol trial, target valence, model majority, part s02, fold 1). Received s02 trial {trial}."
    assert named in " ".join(done.stdout.split())
    storage.write_json(path, before)
    yardstick = finished.results / "predictions/subject/valence/majority/f02.parquet"
    table = storage.read_parquet(yardstick)
    storage.write_parquet(yardstick, table.assign(label=99))
    done = finished.snakemake("--", "results/scores.csv")
    assert done.returncode != 0
    assert "yardstick majority, part f02, fold 1)" in " ".join(done.stdout.split())
    storage.write_parquet(yardstick, table)
    assert finished.snakemake("--", "results/guard_fits.json").returncode == 0


def test_every_fit_of_the_run_was_proven(experiment):
    found = storage.read_json(experiment.results / "guard_fits.json")
    records, tables = (experiment.results / folder for folder in ("fits", "predictions"))
    fits = {path.relative_to(records).with_suffix("") for path in records.rglob("*.json")}
    assert fits == {path.relative_to(tables).with_suffix("") for path in tables.rglob("*.parquet")}
    trained = [path for path in fits if path.parts[2] not in models.names("yardstick")]
    assert (found["verdict"], found["n_fits"]) == ("ok", len(trained))
    assert found["n_tested"] > 0
    assert found["n_learnt"] > found["n_tested"]
    # every yardstick, target and protocol tests the 27 trials
    assert found["n_compared"] == 27 * found["n_yardsticks"] > 0
    assert found["channel_choice"] is None


@pytest.mark.slow
def test_the_protocols_that_are_off_by_default_run_and_are_proven(finished):
    others = ("subject_video", "pooled_trial", "pooled_window")
    names = ["stratified", "subject_prior", "video_prior"]
    gone = {
        "models": dict.fromkeys(("cnn_lstm", "cnn_gru", "ccnn", "mlp", "logistic")),
        "apply": {"new": None},
        "keep_models": False,
        "leaks": {"enabled": False},
        "explain": {"enabled": False},
        "scores": {"draws": 50, "refits": 3},
        "split": {"folds": 3, "leave_one_out": ["subject_video"]},
    }
    gone["models"]["svm"] = {"targets": ["valence"]}
    other = {**TINY, **gone, "protocols": [*others], "yardsticks": names}
    (finished.folder / "tiny.yaml").write_text(yaml.safe_dump(other))
    done = finished.snakemake("--", "results/summary.csv")
    assert done.returncode == 0, done.stdout
    summary = storage.read_csv(finished.results / "summary.csv")
    assert set(summary["protocol"]) == set(others)
    assert set(summary["model"]) == {"svm", *names}
    refitted = summary[summary["p_refit"].notna()]
    assert set(zip(refitted["protocol"], refitted["model"], strict=True)) == {("subject_video", "svm")}
    assert refitted["p_refit"].between(1 / 4, 1).all()
    for protocol in others:
        parts = sorted((finished.results / f"predictions/{protocol}/valence/svm").glob("*.parquet"))
        tested = pd.concat([storage.read_parquet(path) for path in parts])
        assert len(tested) == len(tested.drop_duplicates(["subject", "trial", "window"])) == 27 * 6
    assert storage.read_json(finished.results / "guard_fits.json")["n_fits"] == 9

"""A leak planted into a finished run: the real graph fails, names it, and scores nothing."""

import shutil

import numpy as np
import pytest

from eeg import scalers, storage
from eeg.preprocess.scale import Scaler
from tests.conftest import Experiment

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

"""The real Snakefile on a release, on a copy with wrong labels, and on one with the labels repaired."""

import shutil

import mne
import numpy as np
import pandas as pd
import pytest
from markupsafe import escape

from eeg import storage
from eeg.report import words
from tests.conftest import copy_project

pytestmark = [pytest.mark.workflow, pytest.mark.slow]

SUBJECTS = ("s01", "s02", "s03")
FLAWED = {
    "simulated": {
        "n_subjects": 3,
        "n_trials": 9,
        "effect": 2.0,
        "forms": ["python"],
        "flaws": {"labels_changed": ["s02"], "channel_flat": ["s01"]},
    },
    "trial": {"baseline": 3.0, "duration": 6.0},
    "models": {
        "cnn_lstm": None,
        "cnn_gru": None,
        "ccnn": None,
        "mlp": None,
        "logistic": None,
        "svm": {"targets": ["valence"]},
    },
    "protocols": ["trial"],
    "apply": {},
    "leaks": {"enabled": False},
    "explain": {"enabled": False},
    "parts_per_fit": 1,  # so that one broken subject stops nobody else
}


LOOKED_AT = [f"results/reports/{page}.html" for page in ("index", "check", "s01", "s02")]
LOOKED_AT += ["results/methods.md", "results/notebooks/inspect.ipynb"]
RATINGS = "results/simulated/metadata_csv/participant_ratings.csv"


def finished(folder, *files, **changes):
    made = copy_project(folder, **FLAWED, **changes)
    return made, made.snakemake("--", *files)


@pytest.fixture(scope="module")
def refused(tmp_path_factory):
    return finished(tmp_path_factory.mktemp("refused"))


@pytest.fixture(scope="module")
def repaired(tmp_path_factory):
    check = {"bads": "interpolate", "repair": "ratings"}
    made, done = finished(tmp_path_factory.mktemp("repaired"), *LOOKED_AT, RATINGS, check=check)
    assert done.returncode == 0, done.stdout[-5000:]
    return made


def test_a_release_joins_at_segment_and_nothing_is_done_to_it_again(repaired):
    assert not (repaired.results / "recordings/downsampled").exists()
    assert not (repaired.results / "logs/bandpass").exists()
    evidence = storage.read_json(repaired.results / "recordings/s03_eog.json")
    assert not evidence["applied"]
    assert "nothing was removed again" in evidence["statement"]
    epochs = mne.read_epochs(repaired.results / "trials/s03_epo.fif", verbose="error")
    assert epochs.get_data().shape == (9, 32, 9 * 128)
    assert epochs.metadata["trial"].tolist() == list(range(1, 10))


def test_labels_are_the_table_s_and_every_page_says_that_they_were_repaired(repaired):
    assert storage.read_json(repaired.results / "check/s02.json")["repaired"]
    assert [storage.read_json(repaired.results / f"check/{one}.json")["repaired"] for one in ("s01", "s03")] == [
        False
    ] * 2
    true = storage.read_csv(repaired.results / "simulated/ratings/s02.csv").sort_values("Trial")
    trials = storage.read_csv(repaired.results / "trials/s02.csv")
    np.testing.assert_array_equal(trials["valence"], true["Valence"])
    for page in ("index.html", "check.html", "s01.html", "s02.html"):
        assert words.REPAIRED in (repaired.results / "reports" / page).read_text(), page
    assert words.REPAIRED in (repaired.results / "methods.md").read_text()
    assert words.REPAIRED in (repaired.results / "notebooks/inspect.ipynb").read_text()


def test_pages_say_what_was_read_and_what_was_done_about_bad_channels(repaired):
    check = storage.read_json(repaired.results / "check/s01.json")
    assert (len(check["bads"]), check["treatment"]) == (1, "interpolate")
    epochs = mne.read_epochs(repaired.results / "trials/s01_epo.fif", verbose="error")
    assert epochs.get_data(check["bads"]).std() > 1e-6
    for page in ("index.html", "check.html", "s01.html"):
        text = (repaired.results / "reports" / page).read_text()
        assert f"(s01: {check['bads'][0]}) were interpolated from their neighbours" in text
    assert str(escape(words.RELEASED)) in (repaired.results / "reports/index.html").read_text()


def test_a_refused_subject_stops_before_training_and_the_others_go_on(refused):
    made, done = refused
    assert done.returncode != 0
    assert "expected recordings of s02 that pass the check" in done.stdout
    assert "set `check.repair: ratings` in the config" in done.stdout
    trained = {path.stem for path in (made.results / "fits").rglob("*.json")}
    assert trained == {"s01", "s03"}
    assert not (made.results / "trials/s02.csv").exists()
    page = (made.results / "reports/check.html").read_text()
    assert "labels_differ" in page
    assert words.REPAIRED not in page


def test_the_same_folder_is_read_as_deap_s_by_its_form(repaired, tmp_path):
    folder = tmp_path / "my copy of DEAP"
    for name in ("data_preprocessed_python", "metadata_csv"):
        shutil.copytree(repaired.results / "simulated" / name, folder / name)
    project = tmp_path / "project"
    project.mkdir()
    made = copy_project(project, **FLAWED, source="deap", folder=str(folder), check={"repair": "ratings"})
    done = made.snakemake("--", *(f"results/trials/{subject}_epo.fif" for subject in SUBJECTS))
    assert done.returncode == 0, done.stdout[-5000:]
    for subject in SUBJECTS:
        tables = [storage.read_csv(one.results / f"trials/{subject}.csv") for one in (made, repaired)]
        pd.testing.assert_frame_equal(*tables)

"""Networks that a finished experiment kept, applied again and to a recording they have never seen."""

import numpy as np
import pytest

from eeg import storage
from eeg.steps import fitting
from eeg.steps.inputs import open_inputs, open_unseen, read_moments

pytestmark = pytest.mark.workflow


def test_kept_models_predict_as_they_did(experiment):
    cell = ("trial", "quadrant", "cnn_lstm", "s02")
    folder = experiment.results / "models" / "/".join(cell)
    assert sorted(path.name for path in folder.glob("[!.]*")) == [
        "about.json",
        *(f"fold_{number}.{ending}" for number in range(3) for ending in ("keras", "npz")),
    ]
    about = storage.read_json(folder / "about.json")
    assert about["channels"] == storage.read_json(experiment.results / "inputs/windows/s02.json")["channels"]
    place = experiment.results / "inputs/windows/s02"
    trials = experiment.results / "trials/s02.csv"
    inputs = open_inputs([f"{place}.npy"], [f"{place}.csv"], [str(trials)], about["settings"]["target"])
    again = fitting.applied(folder, inputs, read_moments([f"{place}.moments.npz"]))
    keys = ["subject", "trial", "window", "fold", "label"]
    told = storage.read_parquet(experiment.cell_file("predictions", cell, "parquet"))
    both = told.merge(again, on=keys, validate="one_to_one")
    assert len(both) == len(told)
    for code in range(4):
        # Keras' own layers against those that trained
        np.testing.assert_allclose(both[f"logit_{code}_x"], both[f"logit_{code}_y"], atol=1e-4)


def test_kept_models_predict_a_recording_they_have_never_seen(experiment):
    made = storage.read_parquet(experiment.results / "applied/new/s02.parquet")
    assert list(made) == ["subject", "trial", "window", "fold", "label", "logit_0", "logit_1"]
    assert set(made["subject"]) == {"s02"}
    assert len(made) == 3 * 9 * 6  # the networks of three folds, six windows a trial
    assert np.isfinite(made[["logit_0", "logit_1"]]).all(axis=None)
    given = storage.read_json(experiment.results / "fits/trial/valence/ccnn/s01.json")["folds"]
    assert {run[0] for fold in given for role in ("train", "validate") for run in fold[role]["windows"]} == {"s01"}


def test_they_need_no_ratings_of_it(experiment, tmp_path):
    trials = tmp_path / "s02.csv"
    storage.write_csv(trials, storage.read_csv(experiment.results / "trials/s02.csv").assign(valence=np.nan))
    place, folder = experiment.results / "inputs/entropy/s02", experiment.results / "models/trial/valence/ccnn/s01"
    target = storage.read_json(folder / "about.json")["settings"]["target"]
    inputs = open_unseen(f"{place}.npy", f"{place}.csv", str(trials), target)
    made = fitting.applied(folder, inputs, read_moments([f"{place}.moments.npz"]))
    rated = storage.read_parquet(experiment.results / "applied/new/s02.parquet")
    assert made["label"].unique().tolist() == [-1]
    assert made.drop(columns="label").equals(rated.drop(columns="label"))

"""Every path, column and code of the artifact contract up to the predictions, on a finished experiment."""

import hashlib
import json

import mne
import numpy as np
import pandas as pd
import pytest

from eeg import storage
from eeg.channels import GENEVA
from eeg.preprocess.eog.truth import FRONTAL
from tests.conftest import CELLS, PROTOCOLS, SUBJECTS

pytestmark = pytest.mark.workflow


@pytest.mark.parametrize("subject", [*SUBJECTS, "cohort"])
def test_check(experiment, subject):
    report = storage.read_json(experiment.results / f"check/{subject}.json")
    of_a_subject = {"form", "bads", "treatment", "repaired", "order", "trials"}
    more = {"subjects", "repaired", "paired"} if subject == "cohort" else of_a_subject
    assert set(report) == {"subject", "verdict", "findings"} | more
    assert report["subject"] == subject
    assert report["verdict"] in ("ok", "warn", "refuse")
    for finding in report["findings"]:
        assert set(finding) == {"code", "severity", "message", "where", "remedy"}


@pytest.mark.parametrize("subject", SUBJECTS)
def test_parity(experiment, subject):
    report = storage.read_json(experiment.results / f"parity/{subject}.json")
    assert (report["subject"], report["other"]) == (subject, "python")
    assert report["n_placed"] == report["n_trials"] == 9
    assert report["correlation"]["median"] > 0.95
    for finding in report["findings"]:
        assert set(finding) == {"code", "severity", "message", "where", "remedy"}


@pytest.mark.parametrize("subject", SUBJECTS)
def test_evidence_of_the_eog_removal(experiment, subject):
    found, eyes = storage.read_json(experiment.results / f"recordings/{subject}_eog.json"), ["hEOG", "vEOG"]
    assert (found["subject"], found["applied"], found["eog_channels"]) == (subject, True, eyes)
    assert set(found["channels"]) == set(GENEVA)
    for name, one in found["channels"].items():
        before, after = one["correlation_before"], one["correlation_after"]
        assert list(before) == list(after) == list(one["weights"]) == eyes
        assert all(0 <= size <= 1 for size in (*before.values(), *after.values()))
        assert one["removed"] > 0
        assert after["vEOG"] < before["vEOG"] or name not in ("Fp1", "Fp2")
    blinks, alpha = found["blinks"], found["alpha"]
    before, after = (np.array([blinks[when][name] for name in FRONTAL]) for when in ("before", "after"))
    assert blinks["n"] == len(blinks["times"]) > 0
    assert before.shape == after.shape == (4, len(blinks["seconds"]))
    assert (np.abs(after).max(axis=1) < np.abs(before).max(axis=1)).all()
    assert alpha["change"] == pytest.approx(alpha["after"] / alpha["before"] - 1, abs=1e-4)
    assert abs(alpha["change"]) < 0.05  # the brain is left in


@pytest.mark.parametrize("subject", SUBJECTS)
def test_the_eog_removal_is_held_against_the_known_signal(experiment, subject):
    truth = storage.read_json(experiment.results / f"recordings/{subject}_eog.json")["truth"]
    assert truth["channels"] == list(FRONTAL)
    gain, possible = (truth["before"] - truth[name] for name in ("after", "weights"))
    assert 0 < gain < truth["before"]
    # true weights take in more brain than eyes out where there are few blinks; errors are rounded to 1e-5
    expected = pytest.approx(gain / possible, abs=3e-5 * (1 + gain / possible) / possible) if possible > 0 else None
    assert truth["share"] == expected


@pytest.mark.parametrize("subject", SUBJECTS)
def test_recordings_and_trials(experiment, subject):
    cleaned = mne.io.read_raw_fif(experiment.results / f"recordings/cleaned/{subject}_raw.fif", verbose="error")
    assert cleaned.info["sfreq"] == 128
    trials = storage.read_csv(experiment.results / f"trials/{subject}.csv")
    assert list(trials) == ["subject", "trial", "video", "valence", "arousal", "dominance", "liking", "order"]
    epochs = mne.read_epochs(experiment.results / f"trials/{subject}_epo.fif", verbose="error")
    pd.testing.assert_frame_equal(epochs.metadata.reset_index(drop=True), trials, check_dtype=False)
    assert epochs.get_montage() is not None
    assert 1e-6 < epochs.get_data(verbose="error").std() < 1e-4  # volts


@pytest.mark.parametrize("subject", SUBJECTS)
def test_what_is_left_of_stages_that_are_not_kept(experiment, subject):
    recordings = experiment.results / "recordings"
    for stage in ("recorded", "downsampled", "bandpassed", "referenced", "cleaned"):
        table = storage.read_csv(recordings / stage / f"{subject}_spectrum.csv")
        assert set(table) == {"frequency", *GENEVA}
        assert table["frequency"].iloc[-1] == (256 if stage == "recorded" else 64)
    excerpt = storage.read_arrays(recordings / f"{subject}_excerpt.npz")
    assert set(excerpt) == {"seconds", "channels", "downsampled", "referenced", "cleaned"}
    assert excerpt["cleaned"].shape == (32, 640)


@pytest.mark.parametrize("subject", SUBJECTS)
@pytest.mark.parametrize(("branch", "shape"), [("windows", (9, 768, 14)), ("entropy", (9, 6, 32, 5))])
def test_inputs(experiment, branch, shape, subject):
    folder = experiment.results / "inputs" / branch
    array = storage.open_array(folder / f"{subject}.npy")
    assert isinstance(array, np.memmap)
    assert array.shape == shape
    assert array.dtype == np.float32
    about = storage.read_json(folder / f"{subject}.json")
    common = {"kind", "channels", "sfreq", "units", "length", "step"}
    own = {"definition", "precision", "bands", "beyond_pass_band", "baseline", "grid", "cells"}
    assert set(about) == (common if branch == "windows" else common | own)
    assert len(about["channels"]) == (14 if branch == "windows" else 32)
    table = storage.read_csv(folder / f"{subject}.csv")
    assert list(table) == ["trial", "window", "start", "length", "onset"]
    moments = storage.read_arrays(folder / f"{subject}.moments.npz")
    assert set(moments) == {"trial", "count", "mean", "m2", "min", "max"}
    np.testing.assert_allclose(moments["mean"], array.mean(axis=1), rtol=1e-3, atol=1e-3)
    np.testing.assert_allclose(moments["m2"] / moments["count"][0], array.var(axis=1), rtol=1e-3, atol=1e-3)
    np.testing.assert_array_equal(moments["min"], array.min(axis=1))
    np.testing.assert_array_equal(moments["max"], array.max(axis=1))


def test_features_of_a_trial_are_those_of_its_signal(experiment):
    raw = storage.open_array(experiment.results / "inputs/windows/s01.npy")
    epochs = mne.read_epochs(experiment.results / "trials/s01_epo.fif", verbose="error")
    channels = storage.read_json(experiment.results / "inputs/windows/s01.json")["channels"]
    video = epochs.get_data(picks=channels, tmin=0, verbose="error") * 1e6
    np.testing.assert_allclose(raw, video.transpose(0, 2, 1), rtol=1e-5, atol=1e-4)


@pytest.mark.parametrize("branch", ["windows", "entropy"])
@pytest.mark.parametrize(
    ("protocol", "part"), [(protocol, part) for protocol in PROTOCOLS for part in PROTOCOLS[protocol]]
)
def test_splits_and_scalers(experiment, protocol, part, branch):
    path = experiment.results / f"splits/{protocol}/{branch}/{part}.csv"
    split = storage.read_csv(path)
    assert list(split) == ["fold", "role", "subject", "trial", "window"]
    assert set(split["role"]) == {"train", "validate", "test"}
    assert ((split["window"] == -1) == (protocol != "window")).all()
    about = storage.read_json(path.with_suffix(".json"))
    assert about["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
    assert isinstance(about["seed"], int)
    assert about["statement"].startswith("LEAKY") == (protocol == "window")
    scalers = storage.read_arrays(experiment.results / f"scalers/{protocol}/{branch}/{part}.npz")
    assert {"fold", "subject", "trial", "scope", "kind", "mean", "sd", "low", "high", "id_row"} <= set(scalers)
    assert set(scalers["scope"]) == {"fold"}
    assert len(scalers["mean"]) == len(scalers["fold"]) == split["fold"].nunique()
    ids = zip(*(scalers[f"id_{name}"].tolist() for name in ("fold", "subject", "trial", "start", "stop")), strict=True)
    seen = [
        (fold, subject, trial, window)
        for fold, subject, trial, start, stop in ids
        for window in ([-1] if start == -1 else range(start, stop))
    ]
    train = split[split["role"] == "train"]
    assert sorted(seen) == sorted(zip(*(train[name] for name in ("fold", "subject", "trial", "window")), strict=True))


@pytest.mark.parametrize("protocol", ["trial", "subject"])
def test_whole_trials_fall_alike_for_every_branch(experiment, protocol):
    for part in PROTOCOLS[protocol]:
        first, second = (experiment.results / f"splits/{protocol}/{name}/{part}.csv" for name in ("windows", "entropy"))
        assert first.read_bytes() == second.read_bytes()


@pytest.mark.parametrize("cell", CELLS, ids="/".join)
def test_what_a_fit_leaves(experiment, cell):
    protocol, target, model, part = cell
    table = storage.read_parquet(experiment.cell_file("predictions", cell, "parquet"))
    n_classes = 4 if target == "quadrant" else 2
    logits = [f"logit_{code}" for code in range(n_classes)]
    assert list(table) == ["subject", "trial", "window", "fold", "label", *logits]
    assert np.isfinite(table[logits]).all(axis=None)
    assert table["label"].between(0, n_classes - 1).all()
    assert not table.duplicated(["subject", "trial", "window"]).any()
    history = storage.read_csv(experiment.cell_file("history", cell, "csv"))
    assert list(history) == ["fold", "epoch", "loss", "accuracy", "val_loss", "val_accuracy"]
    assert history.empty == (model == "svm")
    record = storage.read_json(experiment.cell_file("fits", cell, "json"))
    branch = "windows" if model.startswith("cnn") else "entropy"
    split = storage.read_csv(experiment.results / f"splits/{protocol}/{branch}/{part}.csv")
    for fold in record["folds"]:
        own = split[split["fold"] == fold["fold"]]
        asked = {role: windows_of(own[own["role"] == role]) for role in ("train", "validate", "test")}
        given = {role: windows_given(fold[role]) for role in ("train", "validate")}
        if model == "svm":  # learns from training and validation windows together, here from all of them
            asked = {"train": asked["train"] | asked["validate"], "validate": set(), "test": asked["test"]}
        assert given == {role: asked[role] for role in given}
        assert not (given["train"] | given["validate"]) & asked["test"]
        tested = table[table["fold"] == fold["fold"]]
        assert set(zip(tested["subject"], tested["trial"], tested["window"], strict=True)) == asked["test"]


def windows_of(rows):
    """Every (subject, trial, window) that split rows name; a trial has six windows."""
    return {
        (subject, trial, one)
        for subject, trial, window in zip(rows["subject"], rows["trial"], rows["window"], strict=True)
        for one in (range(6) if window == -1 else [window])
    }


def windows_given(record):
    """Every (subject, trial, window) a record lists, its hash and number checked."""
    assert record["sha256"] == hashlib.sha256(json.dumps(record["windows"]).encode()).hexdigest()
    found = {(subject, trial, one) for subject, trial, *run in record["windows"] for one in range(*run)}
    assert record["n_windows"] == len(found)
    return found


def test_labels_are_those_of_the_ratings(experiment):
    table = storage.read_parquet(experiment.results / "predictions/trial/quadrant/cnn_lstm/s01.parquet")
    trials = storage.read_csv(experiment.results / "trials/s01.csv").set_index("trial")
    rated = trials.loc[table["trial"]]
    expected = 2 * (rated["valence"] <= 5).to_numpy() + (rated["arousal"] <= 5).to_numpy()
    np.testing.assert_array_equal(table["label"], expected)


def test_yardsticks_have_one_row_a_trial(experiment):
    for protocol, parts in PROTOCOLS.items():
        for part in parts:
            table = storage.read_parquet(experiment.results / f"predictions/{protocol}/valence/majority/{part}.parquet")
            assert (table["window"] == -1).all()
            assert len(table) == 9

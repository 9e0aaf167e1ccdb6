import copy
from pathlib import Path

import pytest

from eeg import config
from eeg.errors import InputError

ROOT = Path(__file__).parents[1]
MISTAKES = {
    ("sed",): r"the unknown key 'sed'. Did you mean 'seed'\?",
    ("split", "fold"): r"the unknown key 'split.fold'. Did you mean 'folds'\?",
    ("models", "ccnn", "trainig"): r"'models.ccnn.trainig'. Did you mean 'training'\?",
    ("models", "ccnn", "training", "epoch"): r"'models.ccnn.training.epoch'. Did you mean 'epochs'\?",
    ("targets", "valence", "treshold"): r"'targets.valence.treshold'. Did you mean 'threshold'\?",
    ("targets", "quadrant", "rating"): r"'targets.quadrant.rating'. Did you mean 'ratings'\?",
    ("branches", "entropy", "band"): r"'branches.entropy.band'. Did you mean 'bands'\?",
    ("preprocess", "eog", "metod"): r"'preprocess.eog.metod'. Did you mean 'method'\?",
}
WRONG = {
    ("split", "folds"): (1, r"in 'split.folds': input should be greater than or equal to 2. Received 1"),
    ("protocols",): (["trail"], "in 'protocols.0': input should be 'window', 'trial'"),
    ("source",): (1, "in 'source': input should be a valid string"),
    ("branches", "entropy", "kind"): ("x", "in 'branches.entropy'"),
    ("models", "a/b"): ({}, "in 'models.a/b"),
    ("trial", "duration"): (-1, "in 'trial.duration': input should be greater than 0. Received -1"),
}


@pytest.fixture
def whole():
    return copy.deepcopy(config.load(ROOT / "config.yaml"))


def put(mapping, path, value):
    *parents, last = path
    for key in parents:
        mapping[key] = copy.deepcopy(mapping[key])
        mapping = mapping[key]
    mapping[last] = value


def test_config_is_complete(whole):
    assert config.check(whole).protocols == ["window", "trial", "subject", "subject_video"]


@pytest.mark.parametrize("path", MISTAKES, ids=".".join)
def test_a_misspelt_key_is_an_error_with_a_suggestion(whole, path):
    put(whole, path, 1)
    with pytest.raises(InputError, match=MISTAKES[path]):
        config.check(whole)


@pytest.mark.parametrize("path", WRONG, ids=".".join)
def test_a_wrong_value_is_named_by_its_place(whole, path):
    value, message = WRONG[path]
    put(whole, path, value)
    with pytest.raises(InputError, match=message):
        config.check(whole)


def test_a_missing_key_is_named(whole):
    del whole["split"]["folds"]
    with pytest.raises(InputError, match="the key 'split.folds'"):
        config.check(whole)


def test_null_takes_a_named_entry_away(whole):
    whole["models"]["ccnn"] = None
    assert "ccnn" not in config.check(whole).models


def test_an_overlay_changes_what_it_names_and_no_more(tmp_path, whole):
    (tmp_path / "overlay.yaml").write_text("split: {folds: 5}\nmodels: {ccnn: null}\n")
    merged = config.load(ROOT / "config.yaml", tmp_path / "overlay.yaml")
    assert merged["split"] == {**whole["split"], "folds": 5}
    assert merged["models"]["ccnn"] is None
    assert merged["models"]["svm"] == whole["models"]["svm"]

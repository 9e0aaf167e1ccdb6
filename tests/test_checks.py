"""What a config of recordings is refused for, checked without any recordings."""

from pathlib import Path

import pytest

from eeg import checks, config
from eeg.errors import InputError

ROOT = Path(__file__).parents[1]


def check(channels, **changes):
    """Check the default experiment on recordings of six subjects, the entropy branch with these channels."""
    whole = config.load(ROOT / "config.yaml")
    whole |= {"source": "recordings", "folder": "somewhere"}
    whole["branches"]["entropy"] |= {"channels": channels, "grid": changes.get("grid", "table")}
    whole["models"] = {name: whole["models"][name] for name in changes.get("models", ("ccnn", "svm"))}
    whole["explain"] |= {"models": ["svm"]}
    names = [f"s0{number}" for number in range(1, 7)]
    checks.experiment(config.check(whole), names, dict.fromkeys(names, 12))


def test_named_channels_without_a_cell_are_refused_for_a_model_that_reads_the_table():
    with pytest.raises(
        InputError,
        match=r"config: expected branches.entropy.channels: channels with a cell of their own on the 9 x 9 grid. "
        r"Received FCz, TP7 without one. Leave them out with `channels` of the branch, or set its `grid` to positions",
    ):
        check(["Cz", "FCz", "TP7"])


def test_they_pass_where_positions_give_them_cells_or_no_model_reads_the_grid():
    check(["Cz", "FCz", "TP7"], grid="positions")
    check(["Cz", "FCz", "TP7"], models=["svm", "mlp"])
    check("all")


def with_model(name, tuning=None, **changes):
    """Check the default experiment with some parts of a model changed."""
    whole = config.load(ROOT / "config.yaml")
    whole["tuning"] |= tuning or {}
    for part, values in changes.items():
        whole["models"][name][part] = {**whole["models"][name][part], **values}
    checks.experiment(config.check(whole), names := [f"s0{number}" for number in range(1, 9)], dict.fromkeys(names, 16))


@pytest.mark.parametrize(
    ("name", "setting", "value", "message"),
    [
        ("cnn_lstm", "filters", "32", "`filters`: input should be a valid integer. Received '32'"),
        ("cnn_gru", "recurrent", [32, 3.5], "`recurrent`: input should be a valid integer.* Received 3.5"),
        ("cnn_gru", "last", "first", "`last`: input should be 'state' or 'sequence'. Received 'first'"),
        ("ccnn", "dropout", "half", "`dropout`: input should be a valid number. Received 'half'"),
        ("svm", "kernel", "poly", "`kernel`: input should be 'rbf' or 'nystroem'. Received 'poly'"),
        ("ccnn", "dropout", 1.0, "`dropout`: input should be less than 1. Received 1.0"),
        ("cnn_lstm", "pool", 0, "`pool`: input should be greater than or equal to 1. Received 0"),
        ("mlp", "activation", "rleu", "`activation`: input should be 'elu'.* Received 'rleu'"),
        ("svm", "C", [-1.0], "`C`: input should be greater than 0. Received -1.0"),
        ("svm", "C", [float("inf")], "`C`: input should be a finite number. Received inf"),
        ("logistic", "class_weight", "even", "`class_weight`: input should be 'balanced'. Received 'even'"),
    ],
)
def test_a_setting_of_the_wrong_kind_is_refused_before_the_first_job(name, setting, value, message):
    with pytest.raises(InputError, match=rf"config: expected models\.{name}\.settings: {message}"):
        with_model(name, settings={setting: value})


def test_values_to_search_are_checked_as_those_they_replace():
    on = {"enabled": True}
    with_model("mlp", on)
    with pytest.raises(InputError, match=r"models\.mlp\.search: `hidden`: input should be a valid list. Received 32"):
        with_model("mlp", on, search={"hidden": [[64], 32]})
    with pytest.raises(InputError, match=r"models\.mlp\.search: `learning_rate`: input should be greater than 0"):
        with_model("mlp", on, search={"learning_rate": [0.001, 0.0]})
    with pytest.raises(InputError, match=r"models\.mlp\.search: a setting of mlp or its training .*'bacth'"):
        with_model("mlp", search={"bacth": [1]})

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

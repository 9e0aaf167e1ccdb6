"""Stored model inputs read back: what stands beside the arrays is followed, and subjects must agree."""

import numpy as np
import pytest

from eeg.errors import InputError
from eeg.steps.inputs import open_inputs, read_windows_by_branch
from eeg.storage import read_csv, read_split, sha256, write_array, write_csv, write_json
from tests.factories import VALENCE, split_trials, trial_table, window_table

ABOUT = {"kind": "entropy", "channels": ["FCz", "Cz"], "grid": "positions", "cells": {"FCz": [3, 4], "Cz": [4, 4]}}


def stored(folder, **changes):
    """Inputs of two subjects, the second one's description changed."""
    names = ("s01", "s02")
    paths = {ending: [str(folder / f"{name}.{ending}") for name in names] for ending in ("npy", "windows.csv", "csv")}
    for name, array, windows, trials in zip(names, *paths.values(), strict=True):
        write_array(array, np.zeros((12, 5, 2, 3), np.float32))
        write_json(folder / f"{name}.json", {**ABOUT, **(changes if name == "s02" else {})})
        write_csv(windows, window_table())
        write_csv(trials, trial_table(name))
    return paths["npy"], paths["windows.csv"], paths["csv"], VALENCE


def test_the_stored_cells_come_with_the_inputs(tmp_path):
    inputs = open_inputs(*stored(tmp_path))
    assert inputs.cells == ABOUT["cells"]
    assert (inputs.channels, inputs.shape, len(inputs.table)) == (["FCz", "Cz"], (2, 3), 120)


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"channels": ["FCz", "Pz"]}, "the same channels for all subjects of a branch, as s01 has them. .* for s02"),
        ({"cells": {"FCz": [3, 4], "Cz": [5, 4]}}, "the same cells for all subjects .* Set `grid` of the branch to"),
    ],
)
def test_subjects_that_differ_are_refused(tmp_path, changes, text):
    with pytest.raises(InputError, match=text):
        open_inputs(*stored(tmp_path, **changes))


def test_a_split_is_read_only_as_it_was_made(tmp_path):
    path = tmp_path / "s01.csv"
    split = split_trials(trial_table(), np.zeros(12), 3, 0.25)
    write_csv(path, split)
    write_json(path.with_suffix(".json"), {"sha256": sha256(path)})
    assert read_split(str(path)).equals(read_csv(path))
    write_csv(path, split.assign(role=split["role"].replace("validate", "train")))
    with pytest.raises(InputError, match=r"s01\.csv: expected the split as it was made .* one that was changed after"):
        read_split(str(path))


def test_windows_of_several_branches_are_told_apart(tmp_path):
    paths = [str(tmp_path / branch / f"{name}.csv") for branch in ("raw", "entropy") for name in ("s01", "s02")]
    for path in paths:
        write_csv(path, window_table(n_windows=5 if "raw" in path else 3))
    found = read_windows_by_branch(paths)
    assert {branch: len(table) for branch, table in found.items()} == {"raw": 2 * 60, "entropy": 2 * 36}
    assert found["raw"]["subject"].unique().tolist() == ["s01", "s02"]

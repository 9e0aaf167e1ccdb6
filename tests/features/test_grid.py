"""The 9 x 9 grid by the published table: neighbours on the head are neighbours on it, and the round trip is exact."""

import numpy as np
import pytest

from eeg.channels import GENEVA, TWENTE
from eeg.errors import InputError
from eeg.features.grid import CELLS, assign, check_assigned, place, read

TEN_TWENTY = "Fp1 Fp2 F3 F4 F7 F8 T7 T8 C3 C4 P7 P8 P3 P4 O1 O2 Fz Cz Pz".split()


@pytest.mark.parametrize("channels", [GENEVA, TWENTE, TEN_TWENTY, ["Cz"], TEN_TWENTY[::-1]])
def test_round_trip_is_exact_and_unused_cells_are_0(channels):
    x = np.random.default_rng(14).standard_normal((2, 3, len(channels), 5)).astype(np.float32) + 10
    grid = place(x, channels)
    assert grid.shape == (2, 3, 9, 9, 5)
    assert grid.dtype == np.float32
    np.testing.assert_array_equal(read(grid, channels), x)
    assert np.count_nonzero(grid[0, 0, ..., 0]) == len(channels)


def test_the_table_is_the_published_one():
    assert set(CELLS) == set(GENEVA)
    expected = {"Fp1": (0, 3), "Fp2": (0, 5), "F7": (2, 0), "Cz": (4, 4), "T8": (4, 8), "PO4": (7, 5), "Oz": (8, 4)}
    assert {name: CELLS[name] for name in expected} == expected


@pytest.mark.parametrize("seed", range(20))
def test_round_trip_is_exact_for_any_subset(seed):
    rng = np.random.default_rng(seed)
    channels = rng.permutation(list(CELLS))[: rng.integers(1, 33)].tolist()
    x = rng.standard_normal((3, len(channels), 5))
    np.testing.assert_array_equal(read(place(x, channels), channels), x)
    assert np.count_nonzero(place(x, channels)) == x.size


def test_the_table_gives_cells_to_the_channels_it_names():
    assert assign(["Cz", "FCz", "Oz"], grid="table", electrodes={}) == {"Cz": (4, 4), "Oz": (8, 4)}


def test_other_cells_than_the_table_s_are_followed_and_must_differ():
    x = np.array([[1.0], [2.0]])
    cells = {"E1": [0, 0], "E2": [8, 8], "E3": [8, 8]}
    grid = place(x, ["E1", "E2"], cells=cells)
    assert (grid[0, 0], grid[8, 8], grid.sum()) == (1, 2, 3)
    np.testing.assert_array_equal(read(grid, ["E2", "E1"], cells=cells), x[::-1])
    with pytest.raises(InputError, match=r"Received E2, E3 on one cell\. Leave them out with `channels`"):
        place(x, ["E2", "E3"], cells=cells)


def test_channels_to_which_the_table_gives_no_cell_are_refused_by_name():
    check_assigned(TEN_TWENTY, grid="table", electrodes={})
    with pytest.raises(InputError, match=r"Received FCz, A1 without one\. Leave them out with `channels`"):
        check_assigned(["Cz", "FCz", "A1"], grid="table", electrodes={})


def test_left_mirrors_right():
    for left, right in (("Fp1", "Fp2"), ("AF3", "AF4"), ("FC5", "FC6"), ("CP1", "CP2"), ("P7", "P8"), ("O1", "O2")):
        assert CELLS[left][0] == CELLS[right][0]
        assert CELLS[left][1] + CELLS[right][1] == 8


def test_the_order_of_the_channels_does_not_matter():
    x = np.random.default_rng(15).standard_normal((32, 4))
    order = [GENEVA.index(name) for name in TWENTE]
    np.testing.assert_array_equal(place(x, GENEVA), place(x[order], TWENTE))


@pytest.mark.parametrize(
    ("channels", "text"),
    [
        (["Cz", "A1", "M2"], "Received A1, M2 without one"),
        (["Cz", "Cz", "Pz"], "Received Cz twice"),
        (["Cz", "Pz"], "one name for each of the 3 channels. Received 2 names"),
    ],
)
def test_channels_that_do_not_fit_are_errors_that_name_them(channels, text):
    with pytest.raises(InputError, match=text):
        place(np.zeros((1, 3, 5)), channels)

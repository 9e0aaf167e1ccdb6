"""Cells from electrode positions: the published table's for DEAP, the 10-10 system's for others, in any subset."""

import mne
import numpy as np
import pytest

from eeg.channels import GENEVA
from eeg.datasets import fif
from eeg.errors import InputError
from eeg.features.branch import Trials, differential_entropy
from eeg.features.grid import CELLS, assign, place, read
from eeg.features.positions import LANDMARKS, SITES, cells, middle, project

TEN_TEN = {
    name: (row, 4 - len(line.split()) // 2 + place)
    for row, line in enumerate(
        (
            "Fp1 Fpz Fp2",
            "AF7 AF3 AFz AF4 AF8",
            "F7 F5 F3 F1 Fz F2 F4 F6 F8",
            "FT7 FC5 FC3 FC1 FCz FC2 FC4 FC6 FT8",
            "T7 C5 C3 C1 Cz C2 C4 C6 T8",
            "TP7 CP5 CP3 CP1 CPz CP2 CP4 CP6 TP8",
            "P7 P5 P3 P1 Pz P2 P4 P6 P8",
            "PO7 PO3 POz PO4 PO8",
            "O1 Oz O2",
        )
    )
    for place, name in enumerate(line.split())
}
TEN_TWENTY = "Fp1 Fp2 F3 F4 F7 F8 T7 T8 C3 C4 P7 P8 P3 P4 O1 O2 Fz Cz Pz".split()
MONTAGES = ["biosemi64", "easycap-M1", "colin27_1005", "fsaverage_1005"]  # colin27 was called standard until MNE 1.12


def electrodes(montage):
    """Positions of every channel of a montage in head coordinates."""
    made = mne.channels.make_standard_montage(montage)
    raw = mne.io.RawArray(
        np.zeros((len(made.ch_names), 8)), mne.create_info(made.ch_names, 128.0, "eeg"), verbose="error"
    )
    return fif.electrodes(raw.set_montage(made))


@pytest.mark.parametrize("montage", ["biosemi32", *MONTAGES])
def test_deaps_channels_have_the_cells_of_the_published_table(montage):
    assert cells(electrodes(montage), GENEVA) == CELLS


@pytest.mark.parametrize("montage", MONTAGES)
def test_every_10_10_channel_stands_in_its_row_and_column(montage):
    found = electrodes(montage)
    assert len(TEN_TEN) == 61
    assert cells(found, list(TEN_TEN)) == TEN_TEN
    assert cells(found, TEN_TWENTY) == {name: TEN_TEN[name] for name in TEN_TWENTY}


@pytest.mark.parametrize("montage", ["biosemi32", "colin27_1005"])
def test_a_cap_that_sits_5_mm_off_changes_no_cell(montage):
    found = electrodes(montage)
    for shift in 0.005 * np.concatenate([np.eye(3), -np.eye(3)]):
        moved = {name: np.array(at) + shift * (name not in LANDMARKS) for name, at in found.items()}
        assert cells(moved, GENEVA) == CELLS


def scalp(n, *, seed):
    """Points on the upper half of a round head, metres from its middle."""
    points = np.random.default_rng(seed).standard_normal((n, 3))
    points[:, 2] = np.abs(points[:, 2])
    return 0.09 * points / np.linalg.norm(points, axis=1, keepdims=True)


def cell_of(point):
    """The cell of one electrode on a head as long as wide."""
    around = {"nasion": (0, 0.09, 0), "lpa": (-0.09, 0, 0), "rpa": (0.09, 0, 0)}
    return cells({**around, "E1": point + np.array([0, 0, 0.04])}, ["E1"])["E1"]


def test_left_mirrors_right_and_front_is_above_back():
    for point, other in zip(scalp(300, seed=1), scalp(300, seed=2), strict=True):
        row, column = cell_of(point)
        mirrored = cell_of(point * [-1, 1, 1])
        assert mirrored == (row, 8 - column)
        if point[1] > other[1] + 0.05:
            assert row <= cell_of(other)[0]


def test_the_projection_keeps_the_angle_from_the_vertex():
    tilt = np.deg2rad(5)
    vertex, nose = np.array([0, np.sin(tilt), np.cos(tilt)]), np.array([0, np.cos(tilt), -np.sin(tilt)])
    angles = np.deg2rad([0, 22.5, 45, 90])
    forward = np.cos(angles)[:, None] * vertex + np.sin(angles)[:, None] * nose
    np.testing.assert_allclose(project(0.1 * forward), [[0, 0], [0, 0.25], [0, 0.5], [0, 1]], atol=1e-12)
    np.testing.assert_allclose(project(np.array([[0.1, 0, 0]])), [[1, 0]], atol=1e-12)


def test_a_head_longer_than_wide_has_its_middle_before_the_ears():
    at = middle(np.array([0, 0.11, 0]), np.array([-0.08, 0, 0]), np.array([0.08, 0, 0]))
    np.testing.assert_allclose(at, [0, 0.015, 0.04])


def test_cells_do_not_depend_on_the_other_channels():
    found = electrodes("colin27_1005")
    rng = np.random.default_rng(3)
    for _ in range(30):
        some = rng.permutation(list(TEN_TEN))[: rng.integers(1, 62)].tolist()
        alone = {name: found[name] for name in (*some, *LANDMARKS)}
        assert cells(alone, some) == {name: TEN_TEN[name] for name in some}


@pytest.mark.parametrize("seed", range(10))
def test_round_trip_is_exact_for_any_subset(seed):
    rng = np.random.default_rng(seed)
    channels = rng.permutation(list(TEN_TEN))[: rng.integers(1, 62)].tolist()
    own = assign(channels, grid="positions", electrodes=electrodes("biosemi64"))
    x = rng.standard_normal((2, len(channels), 4)).astype(np.float32)
    grid = place(x, channels, cells=own)
    np.testing.assert_array_equal(read(grid, channels, cells=own), x)
    assert np.count_nonzero(grid) == x.size


def test_every_cell_on_the_head_is_there_once_and_symmetric():
    assert len(SITES) == len({(row, column) for row, column, _, _ in SITES}) == 61
    mirrored = {(row, 8 - column, round(-right, 9), round(nose, 9)) for row, column, right, nose in SITES}
    assert mirrored == {(row, column, round(right, 9), round(nose, 9)) for row, column, right, nose in SITES}


FOUND = electrodes("colin27_1005")


@pytest.mark.parametrize(
    ("positions", "channels", "text"),
    [
        (FOUND, ["Cz", "X1", "X2"], "a position for every channel, .* Received none for X1, X2. Leave them out with"),
        ({"Cz": FOUND["Cz"]}, ["Cz"], "the nasion and both ears. Received none for nasion, lpa, rpa"),
        ({**FOUND, "Cz": [np.nan] * 3}, ["Cz"], "Received none for Cz"),
        (FOUND, ["Cz", "A1", "T9"], "Received A1, T9 below it. Leave them out"),
        ({**FOUND, "E1": FOUND["Cz"]}, ["Cz", "Pz", "E1"], "Received Cz and E1 on one cell. Leave them out with"),
        (
            {**FOUND, "Pz": [0, -45, 127]},
            ["Cz", "Pz"],
            "6 to 15 cm from the middle .* Received others for Pz",
        ),
        (electrodes("spherical_1020"), ["Cz", "Pz"], "in head coordinates, .* Received others for Cz"),
    ],
)
def test_channels_that_do_not_fit_are_errors_that_name_them(positions, channels, text):
    with pytest.raises(InputError, match=text):
        cells(positions, channels)


SETTINGS = {
    "definition": "reference",
    "precision": "float64",
    "bands": {"alpha": [8, 12]},
    "baseline": "keep",
    "length": 1.0,
    "step": 1.0,
}


def trials(channels, positions):
    x = 10 * np.random.default_rng(4).standard_normal((2, len(channels), 512))
    return Trials(x, [1, 2], channels, 128.0, 128, positions)


def test_a_branch_says_where_its_channels_stand():
    made = trials(["FCz", "Cz", "CPz"], FOUND)
    about = differential_entropy(made, channels=["Cz", "FCz"], grid="positions", **SETTINGS).about
    assert about["grid"] == "positions"
    assert about["cells"] == {"Cz": [4, 4], "FCz": [3, 4]}
    about = differential_entropy(made, channels="all", grid="table", **SETTINGS).about
    assert (about["grid"], about["cells"]) == ("table", {"Cz": [4, 4]})


def test_a_branch_without_positions_is_refused_before_anything_is_computed():
    with pytest.raises(InputError, match="a position for every channel, .* Received none for Cz, Pz, nasion"):
        differential_entropy(trials(["Cz", "Pz"], {}), channels="all", grid="positions", **SETTINGS)

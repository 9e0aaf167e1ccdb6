"""The 9 x 9 grid of 10-20 positions that the CCNN reads (Yang, Wu, Fu & Chen 2018).

A channel's cell comes from its name, by the published table (`grid: table`), or from where its electrode is
(`grid: positions`, see `positions`): the same for DEAP's 32 channels, and there for other channels too.
"""

from collections.abc import Mapping, Sequence
from typing import Literal

import numpy as np

from eeg.errors import InputError
from eeg.features import positions

Cells = Mapping[str, Sequence[int]]
"""Row and column by channel."""

SIZE = 9
"""Rows and columns of the grid."""

ROWS = (
    "-   -   -   Fp1 -   Fp2 -   -   - ",
    "-   -   -   AF3 -   AF4 -   -   - ",
    "F7  -   F3  -   Fz  -   F4  -   F8",
    "-   FC5 -   FC1 -   FC2 -   FC6 - ",
    "T7  -   C3  -   Cz  -   C4  -   T8",
    "-   CP5 -   CP1 -   CP2 -   CP6 - ",
    "P7  -   P3  -   Pz  -   P4  -   P8",
    "-   -   -   PO3 -   PO4 -   -   - ",
    "-   -   -   O1  Oz  O2  -   -   - ",
)
"""The published table, front at the top; it holds the 32 channels of DEAP and so all of the 19-channel 10-20 sets."""

CELLS = {
    name: (row, column) for row, line in enumerate(ROWS) for column, name in enumerate(line.split()) if name != "-"
}
"""Row and column of every channel of the table."""


def assign(
    channels: Sequence[str], *, grid: Literal["table", "positions"], electrodes: Mapping[str, Sequence[float]]
) -> dict[str, tuple[int, int]]:
    """Return the cells of channels.

    Parameters
    ----------
    channels : sequence of str
    grid : str
        `table`: channels the table does not name are left out; `positions`: every channel has a cell.
    electrodes : mapping of str to (x, y, z)
        As `positions.cells` takes them; not looked at for the table.

    Raises
    ------
    InputError
        See `positions.cells`.
    """
    if grid == "positions":
        return positions.cells(electrodes, channels)
    return {name: CELLS[name] for name in channels if name in CELLS}


def check_assigned(
    channels: Sequence[str], *, grid: Literal["table", "positions"], electrodes: Mapping[str, Sequence[float]]
) -> None:
    """Refuse channels to which `assign`, asked the same, gives no cell of their own; errors as there and in `check`."""
    check(channels, assign(channels, grid=grid, electrodes=electrodes))


def place(x: np.ndarray, channels: Sequence[str], *, cells: Cells = CELLS) -> np.ndarray:
    """Return the channels at their cells of the grid, unused cells 0.

    Parameters
    ----------
    x : ndarray, shape (..., n_channels, n_bands)
    channels : sequence of str
        Names in the order of the axis.
    cells : mapping of str to (row, column)
        From `assign`; the published table by default.

    Returns
    -------
    ndarray, shape (..., 9, 9, n_bands), dtype of `x`

    Raises
    ------
    InputError
        A channel has no cell, is named twice or shares its cell, or the names do not match the axis.
    """
    check(channels, cells)
    if x.shape[-2] != len(channels):
        raise InputError(
            f"one name for each of the {x.shape[-2]} channels",
            f"{len(channels)} names",
            "Hand in the channels that stand beside the array.",
        )
    rows, columns = _indices(channels, cells)
    grid = np.zeros((*x.shape[:-2], SIZE, SIZE, x.shape[-1]), x.dtype)
    grid[..., rows, columns, :] = x
    return grid


def read(grid: np.ndarray, channels: Sequence[str], *, cells: Cells = CELLS) -> np.ndarray:
    """Return the channels (..., n_channels, n_bands) from a grid (..., 9, 9, n_bands): the inverse of `place`."""
    check(channels, cells)
    rows, columns = _indices(channels, cells)
    return grid[..., rows, columns, :]


def check(channels: Sequence[str], cells: Cells = CELLS) -> None:
    """Refuse channels without a cell of their own.

    Raises
    ------
    InputError
        Names them and says what to do.
    """
    homeless = [name for name in channels if name not in cells]
    taken = [tuple(cells[name]) for name in channels if name in cells]
    shared = sorted({name for name in channels if name in cells and taken.count(tuple(cells[name])) > 1})
    if homeless or shared:
        twice = [name for name in shared if list(channels).count(name) > 1]
        wrong = "without one" if homeless else "twice" if twice else "on one cell"
        raise InputError(
            "channels with a cell of their own on the 9 x 9 grid",
            f"{', '.join(homeless or twice or shared)} {wrong}",
            f"Leave them out with `channels` of the branch, or set its `grid` to positions; the table has "
            f"{' '.join(CELLS)}.",
        )


def _indices(channels: Sequence[str], cells: Cells) -> tuple[list[int], list[int]]:
    return [cells[name][0] for name in channels], [cells[name][1] for name in channels]

"""The 9 x 9 grid of 10-20 positions that the CCNN reads (Yang, Wu, Fu & Chen 2018)."""

from collections.abc import Sequence

import numpy as np

from eeg.errors import InputError

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
"""Row and column of every channel."""


def place(x: np.ndarray, channels: Sequence[str]) -> np.ndarray:
    """Return the channels at their cells of the grid, unused cells 0.

    Parameters
    ----------
    x : ndarray, shape (..., n_channels, n_bands)
    channels : sequence of str
        Standard names, in the order of the axis.

    Returns
    -------
    ndarray, shape (..., 9, 9, n_bands), dtype of `x`

    Raises
    ------
    InputError
        A channel has no cell or is named twice, or the names do not match the axis.
    """
    rows, columns = _cells(channels)
    if x.shape[-2] != len(channels):
        raise InputError(
            f"one name for each of the {x.shape[-2]} channels",
            f"{len(channels)} names",
            "Hand in the channels that stand beside the array.",
        )
    grid = np.zeros((*x.shape[:-2], SIZE, SIZE, x.shape[-1]), x.dtype)
    grid[..., rows, columns, :] = x
    return grid


def read(grid: np.ndarray, channels: Sequence[str]) -> np.ndarray:
    """Return the channels (..., n_channels, n_bands) from a grid (..., 9, 9, n_bands): the inverse of `place`."""
    rows, columns = _cells(channels)
    return grid[..., rows, columns, :]


def _cells(channels: Sequence[str]) -> tuple[list[int], list[int]]:
    homeless = [name for name in channels if name not in CELLS]
    twice = sorted({name for name in channels if list(channels).count(name) > 1})
    if homeless or twice:
        raise InputError(
            "channels with a cell of their own on the 9 x 9 grid",
            f"{', '.join(homeless or twice)} {'without one' if homeless else 'twice'}",
            f"Leave them out with `channels` of the branch; the grid has {' '.join(CELLS)}.",
        )
    return [CELLS[name][0] for name in channels], [CELLS[name][1] for name in channels]

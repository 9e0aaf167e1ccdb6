"""Cells of the 9 x 9 grid from where the electrodes are, for channels the published table does not name.

The table is the 10-10 system seen from above: its rows are the nine coronal lines from Fpz to Oz, its columns the nine
sagittal lines from T7 to T8, and at both ends, where the head is narrow, 5 and 3 channels stand side by side. An
electrode is projected azimuthal equidistant (distance from the vertex kept, nose up) and gets the cell whose 10-10 site
lies nearest. That depends on its own position and on nasion and ears, never on which other channels there are.

For the 61 channels of the 10-10 system in MNE's biosemi, easycap, colin27 (formerly standard) and fsaverage montages
this is the cell of the channel's name, with 4 degrees to spare, about 6 mm; so for DEAP's 32 it is the published table.
MNE's spherical montages put the ears as high as the middle of the head, so they are refused.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from eeg.errors import InputError

LANDMARKS = ("nasion", "lpa", "rpa")
"""Names of the nasion and of the points before the left and the right ear among the positions."""

WIDTHS = (1, 2, 4, 4, 4, 4, 4, 2, 1)
"""Cells to either side of the midline in each row: Fp, AF, F, FC, C, CP, P, PO, O."""

HEIGHT = 0.04
"""Metres from the ears up to the middle of the head, as in MNE's spherical head model."""

TILT = 5.0
"""Degrees by which the vertex lies before the upward axis: between spherical templates (0) and anatomical ones (8)."""

REACH = 0.2
"""Largest distance from a site, in quarters of the way round the head (18 degrees, one tenth of nasion to inion)."""

RADII = (0.06, 0.15)
"""Metres between the middle of a head and an electrode."""


def cells(positions: Mapping[str, Sequence[float]], channels: Sequence[str]) -> dict[str, tuple[int, int]]:
    """Return row and column of every channel on the 9 x 9 grid.

    Parameters
    ----------
    positions : mapping of str to (x, y, z)
        Metres in head coordinates (x to the right, y to the nose, z up, origin between the ears); the channels' and
        those of `LANDMARKS`.
    channels : sequence of str

    Returns
    -------
    dict of str to (int, int)

    Raises
    ------
    InputError
        A channel or landmark has no position or one that is on no head, a channel lies below the grid, or two share
        a cell.
    """
    _refuse("a position for every channel, the nasion and both ears", absent(positions, channels), "none for {}")
    nasion, left, right = (np.asarray(positions[name], float) for name in LANDMARKS)
    points = np.array([positions[name] for name in channels], float).reshape(-1, 3) - middle(nasion, left, right)
    radii = np.linalg.norm(points, axis=1)
    outside = [name for name, one in zip(channels, radii, strict=True) if not RADII[0] <= one <= RADII[1]]
    _refuse("positions in metres in head coordinates, 6 to 15 cm from the middle of the head", outside, "others for {}")
    sites = SITES[:, 2:]
    distances = np.linalg.norm(project(points)[:, None] - sites, axis=2)
    far = [name for name, row in zip(channels, distances, strict=True) if row.min() > REACH]
    _refuse("electrodes between the 10-20 circumference and the vertex", far, "{} below it")
    nearest = SITES[distances.argmin(axis=1), :2].astype(int)
    found = {name: (int(row), int(column)) for name, (row, column) in zip(channels, nearest, strict=True)}
    _refuse("channels with a cell of their own on the 9 x 9 grid", _together(found), "{} on one cell")
    return found


def absent(positions: Mapping[str, Sequence[float]], channels: Sequence[str]) -> list[str]:
    """Return the channels and landmarks without a position."""
    wanted = [*channels, *LANDMARKS]
    return [name for name in wanted if name not in positions or not np.isfinite(positions[name]).all()]


def middle(nasion: np.ndarray, left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Return the middle of the head: above the ears, and before them by half of what the head is longer than wide."""
    longer = nasion[1] - (right[0] - left[0]) / 2
    return np.array([0.0, longer / 2, HEIGHT])


def project(points: np.ndarray) -> np.ndarray:
    """Return (n, 2), right and nose: the view from above, the circumference through T7, Fpz, T8 and Oz at radius 1.

    `points` (n, 3) are metres from the middle of the head.
    """
    sine, cosine = np.sin(np.deg2rad(TILT)), np.cos(np.deg2rad(TILT))
    x, y, z = points[:, 0], cosine * points[:, 1] - sine * points[:, 2], cosine * points[:, 2] + sine * points[:, 1]
    across = np.hypot(x, y)
    radius = np.arctan2(across, z) / (np.pi / 2)
    direction = np.stack([x, y], axis=1) / np.maximum(across, 1e-12)[:, None]
    return radius[:, None] * direction


def _sites() -> np.ndarray:
    """Return row, column, right, nose of every cell that lies on the head, shape (61, 4).

    A coronal line runs from the circumference, in steps of 18 degrees, through the midline, in steps of an eighth of
    the way from Fpz to Oz, as a parabola: within 0.02 of the arc through the three.
    """
    found = []
    for row, width in enumerate(WIDTHS):
        steps = 4 - row
        angle, midline = np.deg2rad(18 * steps), steps / 4
        for column in range(-width, width + 1):
            share = column / width
            nose = midline + (np.sin(angle) - midline) * share**2
            found.append((row, 4 + column, np.cos(angle) * share, nose))
    return np.array(found)


SITES = _sites()


def _together(found: Mapping[str, tuple[int, int]]) -> list[str]:
    """Return the channels that share a cell, those of one cell as one entry."""
    taken: dict[tuple[int, int], list[str]] = {}
    for name, cell in found.items():
        taken.setdefault(cell, []).append(name)
    return [" and ".join(names) for names in taken.values() if len(names) > 1]


def _refuse(expected: str, names: Sequence[str], received: str) -> None:
    if names:
        raise InputError(
            expected,
            received.format(", ".join(names)),
            "Leave them out with `channels` of the branch, correct the montage, or set `grid: table` for channels with "
            "names of the published table.",
        )

"""Maps of band entropy: a row a class or a comparison, a column a band."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.figure import Figure

from eeg.report import figures
from eeg.report.figures import drawn, note
from eeg.report.heads import colour_bar, electrode_marks, head_map
from eeg.report.page import number, signed
from eeg.report.subject.contrast import Contrast

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.image import AxesImage

Places = Mapping[str, tuple[float, float]]
Bands = Mapping[str, tuple[float, float]]


@drawn
def classes_figure(
    every: np.ndarray, rows: Mapping[str, np.ndarray], *, places: Places, bands: Bands, simulated: bool
) -> Figure:
    """Return maps of all trials about the mean over channels, and of every class about all trials.

    Parameters
    ----------
    every : ndarray, shape (n_trials, n_channels, n_bands)
        Nats.
    rows : mapping of str to ndarray
        The trials of every class.
    places : mapping of str to (x, y)
        Of the channels, see `heads.seen_from_above`.
    bands : mapping of str to (float, float)
        Hz.
    simulated : bool
        Say in the picture that the recordings are simulated.
    """
    figure, grid = _grid(1 + len(rows), bands)
    note(figure, f"{len(every)} trials, {len(places)} channels", simulated=simulated)
    mean = every.mean(axis=0)
    colour_bar(_row(grid[0], mean - mean.mean(axis=0), places), grid[0], "nats from the mean over channels")
    for axes, level in zip(grid[0], mean.mean(axis=0), strict=True):
        axes.set_xlabel(f"mean {number(float(level))} nats", fontsize=8)
    grid[0, 0].set_ylabel("all trials")
    changes = np.array([own.mean(axis=0) - mean for own in rows.values()])
    limit = float(np.abs(changes).max()) or 1.0
    for line, (name, own), change in zip(grid[1:], rows.items(), changes, strict=True):
        image = _row(line, change, places, limit=limit)
        line[0].set_ylabel(f"{figures.short(name, 14)}\nn = {len(own)}")
    colour_bar(image, grid[1:], "nats from all trials")
    return figure


@drawn
def contrasts_figure(found: Mapping[str, Contrast], *, places: Places, bands: Bands, simulated: bool) -> Figure:
    """Return maps of the difference in nats, a row a comparison; channels beyond the noise level are drawn large."""
    figure, grid = _grid(len(found), bands)
    note(figure, f"{sum(next(iter(found.values())).n)} trials, {len(places)} channels", simulated=simulated)
    limit = max(float(np.abs(one.difference).max()) for one in found.values()) or 1.0
    for line, (name, one) in zip(grid, found.items(), strict=True):
        beyond = np.abs(one.t) > one.level
        image = _row(line, one.difference, places, limit=limit, large=beyond)
        colour_bar(image, line, f"nats; large: |t| > {number(one.level, 1)}")
        line[0].set_ylabel(f"{figures.short(name, 30)}\nn = {one.n[0]}, {one.n[1]}")
        for axes, difference in zip(line, one.difference.T, strict=True):
            axes.set_xlabel(_ends(difference, list(places)), fontsize=8)
    return figure


def _grid(n_rows: int, bands: Bands) -> tuple[Figure, Any]:
    """Return an empty figure with a square for every map, the bands' names on top."""
    figure = Figure(figsize=(0.8 + 1.5 * len(bands), 0.9 + 1.8 * n_rows), layout="constrained")
    grid = figure.subplots(n_rows, len(bands), squeeze=False)
    for axes, (name, (low, high)) in zip(grid[0], bands.items(), strict=True):
        axes.set_title(f"{figures.short(name, 14)}\n{low:g}-{high:g} Hz", fontsize=9)
    return figure, grid


def _row(
    line: Sequence["Axes"],
    values: np.ndarray,
    places: Places,
    *,
    limit: float | None = None,
    large: np.ndarray | None = None,
) -> "AxesImage":
    """Draw one map a band of `values` (channel, band), and return the colours of the last, which all share."""
    limit = float(np.abs(values).max()) or 1.0 if limit is None else limit
    points = np.array(list(places.values()))
    for band, axes in enumerate(line):
        image = head_map(axes, values[:, band], points, limits=(-limit, limit), signed=True)
        big = np.zeros(len(points), bool) if large is None else large[:, band]
        electrode_marks(axes, points, big)
    return image


def _ends(values: np.ndarray, names: Sequence[str]) -> str:
    """Return the channels with the largest and the smallest value."""
    high, low = int(values.argmax()), int(values.argmin())
    return f"{names[high]} {signed(float(values[high]))}\n{names[low]} {signed(float(values[low]))}"

"""Figures of what models go by: scalp maps of channels, bands with their intervals, and the randomised models' beside.

Both rows of a figure share one scale, so that what vanishes with randomised weights is seen to vanish.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from eeg.report import figures
from eeg.report.heads import FEWEST, SIGNED, by_name, electrode_marks, head_map

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.cm import ScalarMappable

WEIGHTS = {"learnt": "learnt", "randomised": "randomised"}
"""The rows of a figure and what they are called."""

PROBABILITY = "drop in the true class's probability"
LOGIT = "drop in the true class's logit"


@figures.drawn
def importance_figure(
    rows: pd.DataFrame, *, protocol: str, note: str, simulated: bool, percent: str = "95 %"
) -> Figure:
    """Return what permuting channels and bands costs, with learnt and with randomised weights.

    Parameters
    ----------
    rows : table
        `weights, group, channel, band, mean, low, high, noise` of one model's permutations and one metric.
    protocol : str
        A leaky one is marked in every panel.
    note : str
        Whose, and of how many subjects or trials.
    simulated : bool
    percent : str
        The confidence of the intervals.
    """
    groups = [name for name in ("channel", "band") if (rows["group"] == name).any()]
    n_bands = rows["band"].nunique() - 1
    figure = Figure(figsize=(3.9 * len(groups) + 0.4, 2 * max(2.5, 0.8 + 0.34 * n_bands) + 0.9), layout="constrained")
    figures.note(figure, note, simulated=simulated)
    grid = figure.subplots(len(WEIGHTS), len(groups), squeeze=False)
    for at, group in enumerate(groups):
        _column(list(grid[:, at]), rows[rows["group"] == group], name=group)
    for axes, title in zip(grid.flat, [f"{w}: {g}s" for w in WEIGHTS.values() for g in groups], strict=True):
        axes.set_title(title)
        figures.watermark(axes, protocol, size=26)
    marks = [(f"mean, {percent} interval", figures.dot(figures.BLACK))] if "band" in groups else []
    marks.append(("noise level", figures.line(figures.VERMILLION, "--")))
    figures.legend(figure, [*marks, ("large: a channel above it", figures.dot(figures.BLACK, edge="white"))])
    return figure


def _column(grid: Sequence["Axes"], rows: pd.DataFrame, *, name: str) -> None:
    """Draw one kind of group for both weights on one scale."""
    maps = name == "channel" and len(by_name(rows["channel"])) >= FEWEST
    parts = [rows[rows["weights"] == weights] for weights in WEIGHTS]
    if maps:
        _scalps(grid, parts, unit=PROBABILITY)
        return
    low, high = (pd.concat([rows[name], rows["mean"], rows["noise"]]) for name in ("low", "high"))
    edges = min(low.min(), 0), max(high.max(), 0)
    margin = 0.06 * (edges[1] - edges[0]) or 1.0
    for axes, own in zip(grid, parts, strict=True):
        _dots(axes, own, name=name)
        axes.set_xlim(edges[0] - margin, edges[1] + margin)


def _dots(axes: "Axes", rows: pd.DataFrame, *, name: str) -> None:
    """Draw every group as a point with its interval, beside zero and the noise level."""
    places = np.arange(len(rows))
    axes.axvline(0, color=figures.GREY, linewidth=0.8)
    axes.axvline(rows["noise"].iloc[0], color=figures.VERMILLION, linewidth=1.4, linestyle="--")
    axes.hlines(places, rows["low"], rows["high"], color=figures.BLACK, linewidth=2)
    axes.plot(rows["mean"], places, "o", color=figures.BLACK, markersize=5)
    axes.set_yticks(places, [figures.short(one) for one in rows[name]])
    axes.set(ylim=(len(rows) - 0.5, -0.5), xlabel=PROBABILITY)
    axes.grid(axis="x", color="#e6e6e6", linewidth=0.7)


@figures.drawn
def occlusion_figure(rows: pd.DataFrame, *, protocol: str, note: str, simulated: bool) -> Figure:
    """Return what blotting out a channel in one band, or in one stretch of a raw window, costs the true class's logit.

    The arguments are those of `importance_figure`, of the occlusions.
    """
    in_bands = bool((rows["group"] == "channel_band").any())
    names = list(rows["band" if in_bands else "time"].unique())
    if in_bands and len(by_name(rows["channel"])) >= FEWEST:
        return _band_maps(rows, names, protocol=protocol, note=note, simulated=simulated)
    return _table_maps(rows, "band" if in_bands else "time", protocol=protocol, note=note, simulated=simulated)


def _band_maps(rows: pd.DataFrame, bands: Sequence[str], *, protocol: str, note: str, simulated: bool) -> Figure:
    figure = Figure(figsize=(1.75 * len(bands) + 1.3, 4.8), layout="constrained")
    figures.note(figure, note, simulated=simulated)
    grid = figure.subplots(len(WEIGHTS), len(bands), squeeze=False)
    parts = [rows[(rows["weights"] == weights) & (rows["band"] == band)] for weights in WEIGHTS for band in bands]
    _scalps(list(grid.flat), parts, unit=LOGIT)
    for line, weights in zip(grid, WEIGHTS.values(), strict=True):
        for axes, band in zip(line, bands, strict=True):
            axes.set_title(f"{weights}\n{figures.short(band, 14)}", fontsize=8)
            figures.watermark(axes, protocol, size=16)
    figures.legend(
        figure, [("large: a channel above the noise level of its row", figures.dot(figures.BLACK, edge="white"))]
    )
    return figure


def _table_maps(rows: pd.DataFrame, name: str, *, protocol: str, note: str, simulated: bool) -> Figure:
    """Draw channels against bands or stretches of time as tables of colours."""
    channels, columns = list(rows["channel"].unique()), list(rows[name].unique())
    figure = Figure(figsize=(8.2, 1.9 + 0.2 * len(channels)), layout="constrained")
    figures.note(figure, note, simulated=simulated)
    grid, reach = figure.subplots(1, len(WEIGHTS), sharey=True), _reach(rows)
    for axes, (weights, title) in zip(grid, WEIGHTS.items(), strict=True):
        own = rows[rows["weights"] == weights].set_index(["channel", name])
        values, noise = own["mean"].unstack(sort=False).loc[channels, columns], own["noise"].iloc[0]
        image = axes.imshow(values, cmap=SIGNED, vmin=-reach, vmax=reach, aspect="auto", interpolation="nearest")
        above = np.argwhere(values.to_numpy() > noise)
        axes.plot(above[:, 1], above[:, 0], "o", markerfacecolor="white", markeredgecolor=figures.BLACK, markersize=5)
        axes.set_xticks(range(len(columns)), [figures.short(one, 14) for one in columns], rotation=60, ha="right")
        axes.set(title=title, xlabel="band" if name == "band" else "time in the window")
        figures.watermark(axes, protocol, size=30)
    grid[0].set_yticks(range(len(channels)), [figures.short(one) for one in channels])
    grid[0].set_ylabel("channel")
    _colourbar(figure, image, grid, noise=_noise(rows), unit=LOGIT)
    figures.legend(figure, [("above the noise level", figures.dot("white", "o", figures.BLACK))])
    return figure


def _scalps(axes: Sequence["Axes"], parts: Sequence[pd.DataFrame], *, unit: str) -> None:
    """Draw scalp maps on one scale with one bar of colours, channels above the noise level as large dots."""
    every = pd.concat(parts)
    reach, places = _reach(every), by_name(every["channel"])
    points = np.array(list(places.values()))
    for one, rows in zip(axes, parts, strict=True):
        own = rows.set_index("channel").loc[list(places)]
        values = own["mean"].to_numpy()
        image = head_map(one, values, points, limits=(-reach, reach), signed=True)
        electrode_marks(one, points, (own["mean"] > own["noise"]).to_numpy())
    _colourbar(axes[0].get_figure(), image, axes, noise=_noise(every), unit=unit)


def _reach(rows: pd.DataFrame) -> float:
    """Return how far colours reach on both sides of zero: to the noise level at least, so that noise looks like it."""
    return max(float(rows["mean"].abs().max()), _noise(rows)) or 1.0


def _noise(rows: pd.DataFrame) -> float:
    """Return the noise level of the learnt weights."""
    return float(rows.loc[rows["weights"] == "learnt", "noise"].iloc[0])


def _colourbar(figure: Any, image: "ScalarMappable", axes: Sequence["Axes"], *, noise: float, unit: str) -> None:
    """Draw the bar of colours, with the noise level of the learnt weights on it."""
    bar = figure.colorbar(image, ax=list(axes), shrink=0.75, label=unit)
    bar.ax.axhline(0, color=figures.GREY, linewidth=0.8)
    bar.ax.axhline(noise, color=figures.VERMILLION, linewidth=1.4, linestyle="--")

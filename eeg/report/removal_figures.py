"""Figures of what the EOG removal did: blinks, correlations, where on the head, the error to the simulated truth."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from eeg.report import figures
from eeg.report.figures import BLACK, BLUE, GREEN, GREY, ORANGE, drawn, note
from eeg.report.heads import colour_bar, head_map

if TYPE_CHECKING:
    from matplotlib.axes import Axes


BLINKS: Mapping[str, Mapping[str, Any]] = {
    "before": {"color": ORANGE, "linewidth": 2},
    "after": {"color": BLUE, "linestyle": "--"},
}

NORMAL = 1.96
"""Standard errors on either side of a mean that make an interval of 95 %."""


@drawn
def blink_figure(blinks: Mapping[str, Any], *, simulated: bool) -> Figure:
    """Return the blink-locked average before and after the removal, one panel per channel.

    Parameters
    ----------
    blinks : mapping
        `n`, `seconds` from the peak, `before` and `after`: per channel the average in microvolt; `before_error` and
        `after_error`, where there are two blinks or more, its standard error, drawn as a 95 % band.
    simulated : bool
        Say in the picture that the recordings are simulated.
    """
    channels = list(blinks["before"])
    columns = min(2, len(channels))
    rows = -(-len(channels) // columns)
    figure = Figure(figsize=(0.8 + 2.3 * columns, 0.9 + 1.6 * rows), layout="constrained")
    note(figure, f"{blinks['n']} blinks", simulated=simulated)
    grid = figure.subplots(rows, columns, sharex=True, sharey=True, squeeze=False)
    for axes, channel in zip(grid.flat, channels, strict=False):
        axes.axhline(0, color=GREY, linewidth=0.6)
        for when, look in BLINKS.items():
            average, error = np.array(blinks[when][channel]), np.array(blinks[f"{when}_error"].get(channel, 0.0))
            ends = average - NORMAL * error, average + NORMAL * error
            axes.fill_between(blinks["seconds"], *ends, color=look["color"], alpha=0.25, linewidth=0)
            axes.plot(blinks["seconds"], average, label=when, **look)
        axes.set_title(channel)
    for axes in grid.flat[len(channels) :]:
        axes.set_axis_off()
    for axes in grid.flat[max(0, len(channels) - columns) : len(channels)]:
        axes.tick_params(labelbottom=True)
        axes.set_xlabel("seconds from the peak")
    for axes in grid[:, 0]:
        axes.set_ylabel("average (µV)")
    figure.legend(*grid[0, 0].get_legend_handles_labels(), loc="outside lower center", ncols=2, fontsize=8)
    return figure


@drawn
def correlation_figure(correlations: pd.DataFrame, *, simulated: bool) -> Figure:
    """Return the size of each channel's correlation with each EOG channel before and after, joined by a line.

    Parameters
    ----------
    correlations : table
        Rows `channel, eog, before, after`, all from 0 to 1.
    simulated : bool
        Say in the picture that the recordings are simulated.
    """
    channels = list(dict.fromkeys(correlations["channel"]))
    eog_channels = list(dict.fromkeys(correlations["eog"]))
    figure = Figure(figsize=(0.8 + 2.3 * len(eog_channels), 1.2 + 0.14 * len(channels)), layout="constrained")
    note(figure, f"{len(channels)} channels", simulated=simulated)
    panels = figure.subplots(1, len(eog_channels), sharey=True, squeeze=False)[0]
    for axes, name in zip(panels, eog_channels, strict=True):
        rows = correlations[correlations["eog"] == name].set_index("channel").reindex(channels)
        places = np.arange(len(channels))
        axes.hlines(places, rows["before"], rows["after"], color="#bbbbbb")
        axes.scatter(rows["before"], places, s=16, color=ORANGE, marker="s", label="before")
        axes.scatter(rows["after"], places, s=16, color=BLUE, label="after")
        axes.set(xlim=(-0.03, 1.03), xlabel=f"|correlation with {figures.short(name, 12)}|")
        axes.set_ylim(len(channels) - 0.5, -0.5)
    panels[0].set_yticks(range(len(channels)), channels, fontsize=6.5)
    figure.legend(*panels[0].get_legend_handles_labels(), loc="outside lower center", ncols=2, fontsize=8)
    return figure


@drawn
def map_figure(
    removed: Mapping[str, float],
    weights: Mapping[str, Mapping[str, float]],
    *,
    places: Mapping[str, Sequence[float]],
    simulated: bool,
) -> Figure:
    """Return maps of the head, nose up, of what was removed and of the weights of each EOG channel.

    Parameters
    ----------
    removed : mapping of str to float
        Root mean square of what was removed, microvolt, per channel.
    weights : mapping of str to mapping
        Weight of each channel by EOG channel, microvolt per microvolt; empty where there are none.
    places : mapping of str to (x, y)
        Where the channels are, seen from above: right and nose, the circumference at radius 1. At least `heads.FEWEST`;
        channels without a place are not shown.
    simulated : bool
        Say in the picture that the recordings are simulated.
    """
    points = np.array(list(places.values()), float)
    figure = Figure(figsize=(0.2 + 2.7 * (1 + len(weights)), 3.5), layout="constrained")
    note(figure, f"{len(places)} channels", simulated=simulated)
    first, *others = figure.subplots(1, 1 + len(weights), squeeze=False)[0]
    sizes = np.array([removed[name] for name in places])
    first.set_title("removed")
    _map(first, sizes, points, limits=(0.0, float(sizes.max()) or 1.0), label="µV, root mean square")
    rows = {eog: np.array([of[name] for name in places]) for eog, of in weights.items()}
    largest = max((float(np.abs(row).max()) for row in rows.values()), default=0.0) or 1.0
    for axes, (eog, row) in zip(others, rows.items(), strict=True):
        axes.set_title(f"weight of {figures.short(eog, 14)}")
        _map(axes, row, points, limits=(-largest, largest), label="µV per µV")
    for axes in (first, *others):
        for name, (x, y) in places.items():
            axes.text(x, y, figures.short(name, 5), ha="center", va="center", fontsize=6, color=BLACK)
    return figure


def _map(axes: "Axes", values: np.ndarray, points: np.ndarray, *, limits: tuple[float, float], label: str) -> None:
    """Draw one map with its colour bar below."""
    colour_bar(head_map(axes, values, points, limits=limits, signed=limits[0] < 0), axes, label)


@drawn
def truth_figure(truth: Mapping[str, Any], *, simulated: bool) -> Figure:
    """Return the relative error to the simulated truth before, after and as the true mixing weights would leave it.

    Parameters
    ----------
    truth : mapping
        `channels`, `before`, `after`, `weights`.
    simulated : bool
        Say in the picture that the recordings are simulated.
    """
    bars = {"before": "before", "after": "after", "weights": "true weights"}
    values = [truth[key] for key in bars]
    figure = Figure(figsize=(4.4, 1.9), layout="constrained")
    note(figure, f"{len(truth['channels'])} channels", simulated=simulated)
    axes = figure.subplots()
    drawn_bars = axes.barh(list(bars.values()), values, color=[ORANGE, BLUE, GREEN], height=0.6)
    axes.bar_label(drawn_bars, fmt="%.2f", padding=3)
    axes.invert_yaxis()
    axes.margins(x=0.12)
    axes.set(xlabel="relative error to the clean signal (root mean squares)")
    return figure

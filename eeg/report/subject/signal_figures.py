"""Figures of spectra and signals."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from eeg.report import figures
from eeg.report.figures import BLACK, BLUE, ORANGE, drawn, note
from eeg.report.subject.marks import CLASS_MARKS

if TYPE_CHECKING:
    from matplotlib.axes import Axes

DECIBEL = "power (dB re 1 µV²/Hz)"

DEEPEST = 45
"""dB below the highest point down to which spectra are drawn: beyond the pass-band the filter falls without end."""


@drawn
def steps_figure(steps: Sequence[tuple[str, pd.DataFrame, pd.DataFrame]], *, simulated: bool) -> Figure:
    """Return one panel per step: the spectrum before and after it, median and range over the channels.

    Parameters
    ----------
    steps : sequence of (str, table, table)
        Name; spectra before and after, dB, frequencies by channels.
    simulated : bool
        Say in the picture that the recordings are simulated.
    """
    figure = Figure(figsize=(0.7 + 2.5 * len(steps), 3.4), layout="constrained")
    note(figure, f"{steps[0][1].shape[1]} channels, whole recording", simulated=simulated)
    panels = figure.subplots(1, len(steps), sharex=True, sharey=True, squeeze=False)[0]
    looks = (("before the step", ORANGE, "-", 2.2), ("after the step", BLUE, "--", 1.4))
    for axes, (step, *spectra) in zip(panels, steps, strict=True):
        for table, (name, colour, style, width) in zip(spectra, looks, strict=True):
            shown = table[table.index >= 1]
            axes.fill_between(shown.index, shown.min(axis=1), shown.max(axis=1), color=colour, alpha=0.18, linewidth=0)
            axes.plot(shown.index, shown.median(axis=1), color=colour, linestyle=style, linewidth=width, label=name)
        axes.set(title=step, xlabel="frequency (Hz)")
    medians = np.concatenate([table[table.index >= 1].median(axis=1) for _, *spectra in steps for table in spectra])
    panels[0].set(ylabel=DECIBEL, ylim=(max(medians.max() - 2 * DEEPEST, medians.min() - 1), medians.max() + 6))
    figure.legend(*panels[0].get_legend_handles_labels(), loc="outside lower center", ncols=2, fontsize=8)
    return figure


@drawn
def spectrum_figure(
    decibel: pd.DataFrame, bands: Mapping[str, tuple[float, float]], *, n_trials: int, simulated: bool
) -> Figure:
    """Return the spectrum of the cleaned trials, channels in grey and their mean in black, under the bands."""
    shown = decibel[(decibel.index >= 1) & (decibel.index <= 60)]
    figure = Figure(figsize=(5.0, 3.6 + 0.14 * len(bands)), layout="constrained")
    note(figure, f"{decibel.shape[1]} channels, {n_trials} trials", simulated=simulated)
    top, axes = figure.subplots(2, 1, sharex=True, height_ratios=[max(len(bands), 1) * 0.18, 3])
    _band_bars(top, axes, bands)
    axes.plot(shown.index, shown, color="#bbbbbb", linewidth=0.6)
    axes.plot(shown.index, shown.mean(axis=1), color=BLACK, linewidth=2)
    lowest, highest = shown.to_numpy().min(), shown.to_numpy().max()
    axes.set(ylim=(max(highest - DEEPEST, lowest - 1), highest + 2), xlim=(0, shown.index.max()))
    axes.set(xlabel="frequency (Hz)", ylabel=DECIBEL)
    return figure


def _band_bars(top: "Axes", axes: "Axes", bands: Mapping[str, tuple[float, float]]) -> None:
    for row, (name, (low, high)) in enumerate(bands.items()):
        colour = CLASS_MARKS[row % len(CLASS_MARKS)][0]
        top.barh(row, high - low, left=low, height=0.7, color=colour)
        top.text(high + 0.7, row, f"{figures.short(name)} {low:g}-{high:g} Hz", va="center", fontsize=8)
        axes.axvspan(low, high, color=colour, alpha=0.08, linewidth=0)
    top.invert_yaxis()
    top.set_axis_off()


@drawn
def excerpt_figure(excerpt: Mapping[str, Any], *, simulated: bool) -> Figure:
    """Return the same seconds as recorded and, beside it, in the pass-band before and after the EOG removal."""
    names, seconds = [str(name) for name in excerpt["channels"]], excerpt["seconds"]
    figure = Figure(figsize=(10.0, 1.2 + 0.19 * len(names)), layout="constrained")
    note(figure, f"{len(names)} channels", simulated=simulated)
    left, right = figure.subplots(1, 2, sharey=True)
    ends = [_traces(left, seconds, [(excerpt["downsampled"], BLACK)], names)]
    left.set_title("as recorded, down-sampled")
    ends.append(_traces(right, seconds, [(excerpt["referenced"], ORANGE), (excerpt["cleaned"], BLUE)], names))
    left.set_ylim(min(bottom for bottom, _ in ends), max(top for _, top in ends))
    right.set_title("in the pass-band")
    right.tick_params(axis="y", length=0)
    for axes in (left, right):
        axes.set_xlabel("seconds from the start of the recording")
    marks = [("before the EOG removal", ORANGE), ("after it", BLUE)]
    figures.legend(figure, [(name, figures.dot(colour, "s")) for name, colour in marks])
    return figure


@drawn
def stretch_figure(
    times: np.ndarray, signal: np.ndarray, names: Sequence[str], *, trial: int, simulated: bool
) -> Figure:
    """Return the first seconds of a trial in microvolt, every EEG channel on a line of its own."""
    figure = Figure(figsize=(7.0, 0.9 + 0.19 * len(names)), layout="constrained")
    note(figure, f"trial {trial}, after cleaning", simulated=simulated)
    axes = figure.subplots()
    _traces(axes, times, [(signal, BLUE)], names)
    axes.set_xlabel("seconds from the onset")
    return figure


def _traces(
    axes: "Axes", times: np.ndarray, layers: Sequence[tuple[np.ndarray, str]], names: Sequence[str]
) -> tuple[float, float]:
    """Draw signals (channel, time), layers over each other and a channel a line, with a bar of so many microvolt.

    Returns the heights between which all of it lies.
    """
    step = float(6 * np.median(np.abs(layers[0][0]))) or 1.0
    heights = -np.arange(len(names))
    bottom, top = heights[-1] - 1.6, 1.6
    for signal, colour in layers:
        lines = (signal / step + heights[:, None]).T
        bottom, top = min(bottom, float(lines.min()) - 0.3), max(top, float(lines.max()) + 0.3)
        # without grey edges, which the screen makes anyway, so many lines take a third of the bytes
        axes.plot(times, lines, color=colour, linewidth=0.6, antialiased=False)
    axes.set_yticks(heights, [figures.short(name, 8) for name in names], fontsize=7)
    end, span = times[-1], times[-1] - times[0]
    axes.set(ylim=(bottom, top), xlim=(times[0], end + 0.06 * span))
    bar = _round_below(3 * step)
    axes.vlines(end + 0.02 * span, heights[-1], heights[-1] + bar / step, color=BLACK, linewidth=2)
    axes.text(end + 0.03 * span, heights[-1] + bar / step / 2, f"{bar:g} µV", rotation=90, va="center", fontsize=8)
    axes.spines["left"].set_visible(False)
    return bottom, top


def _round_below(value: float) -> float:
    """Return the largest of 1, 2, 5, 10, ... that is not above the value."""
    power = 10.0 ** np.floor(np.log10(value))
    return float(max(digit * power for digit in (1, 2, 5) if digit * power <= value))

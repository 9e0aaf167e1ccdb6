"""Figures of one subject's signals and ratings: what was recorded."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from eeg.report import figures
from eeg.report.figures import BLACK, BLUE, GREEN, GREY, ORANGE, PURPLE, VERMILLION, drawn, note

if TYPE_CHECKING:
    import mne
    from matplotlib.axes import Axes

CLASS_MARKS = [(VERMILLION, "o"), (ORANGE, "s"), (BLUE, "^"), (GREEN, "D"), (PURPLE, "v"), (BLACK, "P")]
"""Colour and marker of the first, second, ... class: told apart by shape too."""

SPECTRUM_SECONDS = 2.0
STRETCH_SECONDS = 4.0
MICROVOLT = 1e6


@drawn
def ratings_figure(
    trials: pd.DataFrame, quadrants: Sequence[str], *, lines: tuple[float, float] | None, simulated: bool
) -> Figure:
    """Return the trials in the valence-arousal plane, coloured and shaped by quadrant.

    Parameters
    ----------
    trials : table
        With the columns `valence` and `arousal`.
    quadrants : sequence of str
        Name of each row's quadrant.
    lines : (float, float) or None
        Where valence and arousal are cut; no line is drawn for None.
    simulated : bool
        Say in the picture that the recordings are simulated.
    """
    figure = Figure(figsize=(4.4, 4.4), layout="constrained")
    note(figure, f"{len(trials)} trials", simulated=simulated)
    axes = figure.subplots()
    for name, (colour, marker) in zip(sorted(set(quadrants)), CLASS_MARKS, strict=False):
        rows = trials[np.asarray(quadrants) == name]
        label = f"{figures.short(name)} ({len(rows)})"
        axes.scatter(rows["valence"], rows["arousal"], s=30, color=colour, marker=marker, label=label)
    if lines is not None:
        axes.axvline(lines[0], color=GREY, linestyle="--", linewidth=1)
        axes.axhline(lines[1], color=GREY, linestyle="--", linewidth=1)
    axes.set(xlim=(0.6, 9.4), ylim=(0.6, 9.4), xlabel="valence rating", ylabel="arousal rating", aspect="equal")
    axes.set(xticks=range(1, 10), yticks=range(1, 10))
    figure.legend(loc="outside lower center", ncols=2, fontsize=8, handletextpad=0.2, columnspacing=1)
    return figure


@drawn
def counts_figure(counts: Mapping[str, int], *, target: str, simulated: bool) -> Figure:
    """Return the number of trials of each class of one target as bars."""
    figure = Figure(figsize=(4.4, 0.9 + 0.35 * len(counts)), layout="constrained")
    note(figure, f"{sum(counts.values())} trials", simulated=simulated)
    axes = figure.subplots()
    bars = axes.barh([figures.short(name) for name in counts], list(counts.values()), color=BLUE, height=0.6)
    axes.bar_label(bars, padding=3)
    axes.invert_yaxis()
    axes.margins(x=0.12)
    axes.set(xlabel="trials", ylabel=figures.short(target))
    return figure


def spectrum(epochs: "mne.Epochs") -> tuple[np.ndarray, np.ndarray]:
    """Return frequencies in Hz and power in dB of 1 microvolt squared per hertz, (channel, frequency).

    Welch's method on windows of two seconds over the video, averaged over trials.
    """
    n_times = min(int(SPECTRUM_SECONDS * epochs.info["sfreq"]), int((epochs.times >= 0).sum()))
    density = epochs.compute_psd("welch", picks="eeg", tmin=max(0.0, epochs.tmin), n_fft=n_times, verbose="error")
    power = density.get_data().mean(axis=0) * MICROVOLT**2
    return density.freqs, 10 * np.log10(np.maximum(power, 1e-12))


@drawn
def spectrum_figure(epochs: "mne.Epochs", bands: Mapping[str, tuple[float, float]], *, simulated: bool) -> Figure:
    """Return the spectrum of the cleaned trials, channels in grey and their mean in black, under the bands."""
    freqs, decibel = spectrum(epochs)
    shown = (freqs >= 1) & (freqs <= 60)
    figure = Figure(figsize=(5.0, 3.6 + 0.14 * len(bands)), layout="constrained")
    note(figure, f"{len(decibel)} channels, {len(epochs)} trials", simulated=simulated)
    top, axes = figure.subplots(2, 1, sharex=True, height_ratios=[max(len(bands), 1) * 0.18, 3])
    _band_bars(top, axes, bands)
    axes.plot(freqs[shown], decibel[:, shown].T, color="#bbbbbb", linewidth=0.6)
    axes.plot(freqs[shown], decibel[:, shown].mean(axis=0), color=BLACK, linewidth=2)
    # Beyond the pass-band the filter falls without end; the axis keeps to 45 dB below the highest point.
    highest = float(decibel[:, shown].max())
    axes.set(ylim=(max(highest - 45, float(decibel[:, shown].min()) - 1), highest + 2), xlim=(0, freqs[shown].max()))
    axes.set(xlabel="frequency (Hz)", ylabel="power (dB re 1 µV²/Hz)")
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
def stretch_figure(epochs: "mne.Epochs", *, trial: int, simulated: bool) -> Figure:
    """Return the first seconds of the first trial, every EEG channel on a line of its own."""
    picked = epochs[0].copy().pick("eeg").crop(max(0.0, epochs.tmin), min(STRETCH_SECONDS, epochs.tmax))
    signal = picked.get_data(verbose="error")[0] * MICROVOLT
    step = float(6 * np.median(np.abs(signal))) or 1.0
    heights = -step * np.arange(len(signal))
    figure = Figure(figsize=(7.0, 0.9 + 0.19 * len(signal)), layout="constrained")
    note(figure, f"trial {trial}, after cleaning", simulated=simulated)
    axes = figure.subplots()
    axes.plot(picked.times, (signal + heights[:, None]).T, color=BLUE, linewidth=0.6)
    axes.set_yticks(heights, picked.ch_names, fontsize=7)
    axes.set(xlabel="seconds from the onset", ylim=(heights[-1] - step, step))
    axes.set_xlim(picked.times[0], picked.times[-1] * 1.06)
    bar = _round_below(3 * step)
    at = heights[-1] + bar / 2
    axes.vlines(picked.times[-1] * 1.02, heights[-1], heights[-1] + bar, color=BLACK, linewidth=2)
    axes.text(picked.times[-1] * 1.03, at, f"{bar:g} µV", rotation=90, va="center", fontsize=8)
    axes.spines["left"].set_visible(False)
    return figure


def _round_below(value: float) -> float:
    """Return the largest of 1, 2, 5, 10, ... that is not above the value."""
    power = 10.0 ** np.floor(np.log10(value))
    return float(max(digit * power for digit in (1, 2, 5) if digit * power <= value))

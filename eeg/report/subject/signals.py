"""What was recorded and what every step made of it: spectra, and a stretch of signal before and after."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from markupsafe import Markup
from matplotlib.figure import Figure

from eeg.preprocess.shown import MICROVOLT, spectrum
from eeg.report import words
from eeg.report.page import embed, signed
from eeg.report.subject import signal_figures
from eeg.report.subject.facts import SubjectFacts
from eeg.report.subject.section import Section, section

if TYPE_CHECKING:
    import mne

STRETCH_SECONDS = 4.0

STEPS = {
    "downsampled": "down-sampling",
    "bandpassed": "band-pass",
    "referenced": "reference",
    "cleaned": "EOG removal",
}
"""The step that a stage comes from; the first stage, as recorded, is what they begin with."""


def section_of(facts: SubjectFacts) -> Section:
    """Return spectra before and after every step, that of the cleaned trials, and a stretch of signal."""
    notes = [words.CONSENT] if facts.source.startswith("deap") else []
    images = [
        *([_steps_image(facts)] if len(facts.stages) > 1 else []),
        _spectrum_image(facts),
        _excerpt_image(facts.excerpt, simulated=facts.simulated) if facts.excerpt else _stretch_image(facts),
    ]
    return section("Signals before and after every step", "images", notes=notes, facts=[], images=images)


def _steps_image(facts: SubjectFacts) -> tuple[Markup, str]:
    stages = list(facts.stages)
    lowered = facts.stages[stages[-1]]["frequency"].max()
    shown = {name: decibel(table[table["frequency"] <= lowered]) for name, table in facts.stages.items()}
    pairs = [(STEPS[after], shown[before], shown[after]) for before, after in zip(stages, stages[1:], strict=False)]
    low, high = min(low for low, _ in facts.bands.values()), max(high for _, high in facts.bands.values())
    said = "; ".join(f"{step} {_changes(before, after, low, high)}" for step, before, after in pairs)
    figure = signal_figures.steps_figure(pairs, simulated=facts.simulated)
    caption = (
        "Spectrum of the whole recording before and after each step: the median over the EEG channels and, shaded, "
        f"from the lowest to the highest, up to {lowered:g} Hz. Change of the median: {said}."
    )
    return embed(figure, caption), caption


def decibel(power: pd.DataFrame) -> pd.DataFrame:
    """Return a stage's spectrum in dB of 1 microvolt squared per hertz: frequencies by channels."""
    table = power.set_index("frequency")
    return table.clip(lower=1e-12).apply(lambda column: 10 * np.log10(column))


def _changes(before: pd.DataFrame, after: pd.DataFrame, low: float, high: float) -> str:
    """Return how the median over channels changed below, in and above a band, in dB."""
    change = after.median(axis=1) - before.median(axis=1)
    at = change.index
    parts = {
        f"from 1 to {low / 2:g} Hz": change[(at >= 1) & (at <= low / 2)],
        f"in {low:g}-{high:g} Hz": change[(at >= low) & (at <= high)],
        f"above {high + 4:g} Hz": change[at >= high + 4],
    }
    return ", ".join(f"{signed(rows.mean(), 1)} dB {where}" for where, rows in parts.items() if len(rows))


def _spectrum_image(facts: SubjectFacts) -> tuple[Markup, str]:
    figure = spectrum_of(facts.epochs, facts.bands, simulated=facts.simulated)
    spoken = ", ".join(f"{name} {low:g} to {high:g} Hz" for name, (low, high) in facts.bands.items())
    alt = f"Spectrum of the cleaned trials, every channel and their mean. Bands marked: {spoken}."
    return embed(figure, alt), "Spectrum of the cleaned trials: channels in grey, their mean in black."


def spectrum_of(epochs: "mne.Epochs", bands: Mapping[str, tuple[float, float]], *, simulated: bool) -> Figure:
    """Return the spectrum of cleaned trials under the bands, in Hz."""
    table = decibel(spectrum(epochs))
    return signal_figures.spectrum_figure(table, bands, n_trials=len(epochs), simulated=simulated)


def _excerpt_image(excerpt: Mapping[str, Any], *, simulated: bool) -> tuple[Markup, str]:
    start, stop = excerpt["seconds"][[0, -1]]
    text = (
        f"{stop - start:.0f} s of the recording, all EEG channels. Left as recorded (down-sampled, each channel's mean "
        "taken away); right in the pass-band, before the EOG removal and after it. They are the seconds of the "
        "trials of which most was removed."
    )
    return embed(signal_figures.excerpt_figure(excerpt, simulated=simulated), text), text


def _stretch_image(facts: SubjectFacts) -> tuple[Markup, str]:
    trial = facts.trials["trial"].iloc[0] if facts.epochs.metadata is None else facts.epochs.metadata["trial"].iloc[0]
    figure = stretch_of(facts.epochs, trial=trial, simulated=facts.simulated)
    text = f"The first seconds of trial {trial}, all EEG channels, after cleaning."
    return embed(figure, text), text


def stretch_of(epochs: "mne.Epochs", *, trial: int, simulated: bool) -> Figure:
    """Return the first seconds of the first of the epochs, whose trial has this number."""
    picked = epochs[0].copy().pick("eeg").crop(max(0.0, epochs.tmin), min(STRETCH_SECONDS, epochs.tmax))
    signal = picked.get_data(verbose="error")[0] * MICROVOLT
    return signal_figures.stretch_figure(picked.times, signal, picked.ch_names, trial=trial, simulated=simulated)

"""What the subject said: ratings on the valence-arousal plane, or the trials of each class."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from markupsafe import Markup
from matplotlib.figure import Figure

from eeg.report import figures
from eeg.report.figures import BLUE, GREY, drawn, note
from eeg.report.page import embed
from eeg.report.subject.facts import NO_CLASS_NAME, SubjectFacts
from eeg.report.subject.marks import CLASS_MARKS
from eeg.report.subject.section import Section, section
from eeg.targets import classes, is_learnt, rule, thresholds


def section_of(facts: SubjectFacts) -> Section:
    """Return the labels of the trials as pictures, and the rules that make classes of them."""
    planes = {"valence", "arousal"} <= set(facts.trials)
    images = [_ratings_image(facts)] if planes else [_counts_image(facts, target) for target in facts.targets]
    rules = [(f"Target {name}", rule(target)) for name, target in facts.targets.items()]
    return section("Ratings and classes", "images", notes=[], facts=rules, images=images)


def _ratings_image(facts: SubjectFacts) -> tuple[Markup, str]:
    """Return the valence-arousal plane; without a quadrant target the trials have one colour."""
    target = facts.targets.get("quadrant")
    quadrants = facts.class_names("quadrant") if target else ["trials"] * len(facts.trials)
    figure = ratings_figure(facts.trials, quadrants, target=target, simulated=facts.simulated)
    spoken = ", ".join(f"{name}: {count}" for name, count in sorted(Counter(quadrants).items()))
    alt = f"Trials in the valence-arousal plane, coloured by quadrant. Number of trials: {spoken}."
    caption = "Ratings of the trials; colour and shape give the quadrant, dashed lines its threshold."
    if not target:
        alt = f"{len(facts.trials)} trials in the valence-arousal plane."
        caption = "Ratings of the trials; no target makes quadrants of them, the rules above say where each one cuts."
    if target and target["tie"] == "high":
        caption += " A rating on a line counts as high."
    elif target:
        caption += " A rating on a line counts as low."
    return embed(figure, alt), caption


def _lines(trials: pd.DataFrame, target: Mapping[str, Any]) -> tuple[float, float]:
    """Return where valence and arousal are cut; medians over all trials where every fold has its own."""
    if not is_learnt(target):
        return target["threshold"], target["threshold"]
    valence, arousal = thresholds(trials, target).iloc[0]
    return valence, arousal


def _counts_image(facts: SubjectFacts, target: str) -> tuple[Markup, str]:
    found = Counter(facts.class_names(target))
    counts = {name: found[name] for name in classes(facts.targets[target])}
    figure = counts_figure(counts, target=target, simulated=facts.simulated)
    spoken = ", ".join(f"{name}: {count}" for name, count in counts.items())
    return embed(figure, f"Number of trials per class of {target}. {spoken}."), f"Trials of each class of {target}."


@drawn
def ratings_figure(
    trials: pd.DataFrame, quadrants: Sequence[str], *, target: Mapping[str, Any] | None, simulated: bool
) -> Figure:
    """Return the trials in the valence-arousal plane, coloured and shaped by quadrant.

    Parameters
    ----------
    trials : table
        With the columns `valence` and `arousal`.
    quadrants : sequence of str
        Name of each row's quadrant.
    target : mapping or None
        The quadrant target: where the lines are, and on which side of them a rating on one counts.
    simulated : bool
        Say in the picture that the recordings are simulated.
    """
    figure = Figure(figsize=(4.6, 5.2), layout="constrained")
    note(figure, f"{len(trials)} trials", simulated=simulated)
    axes = figure.subplots()
    for name, (colour, marker) in zip(_in_order(quadrants, target), CLASS_MARKS, strict=False):
        rows = trials[np.asarray(quadrants) == name]
        label = f"{figures.short(name)} ({len(rows)})"
        axes.scatter(rows["valence"], rows["arousal"], s=30, color=colour, marker=marker, label=label, zorder=3)
    if target is not None:
        _quadrants(axes, *_lines(trials, target))
    axes.set(xlim=(0.2, 9.8), ylim=(0.2, 9.8), aspect="equal", xticks=range(1, 10), yticks=range(1, 10))
    axes.set(
        xlabel=f"valence rating (1-9){_cut('valence', target)}", ylabel=f"arousal rating (1-9){_cut('arousal', target)}"
    )
    figure.legend(loc="outside lower center", ncols=2, fontsize=8, handletextpad=0.2, columnspacing=1)
    return figure


def _in_order(quadrants: Sequence[str], target: Mapping[str, Any] | None) -> list[str]:
    """Return the quadrants that occur, in the order of their codes."""
    known = [*(classes(target) if target else []), NO_CLASS_NAME, *sorted(set(quadrants))]
    return [name for name in dict.fromkeys(known) if name in quadrants]


def _cut(rating: str, target: Mapping[str, Any] | None) -> str:
    """Return the tie rule of one axis in brackets."""
    if target is None:
        return ""
    limit = f"its median {rating}" if is_learnt(target) else f"{target['threshold']:g}"
    return f"; high: {'>=' if target['tie'] == 'high' else '>'} {limit}".replace(f" {rating}", "")


def _quadrants(axes: Any, valence: float, arousal: float) -> None:
    """Draw the lines and name the four corners."""
    axes.axvline(valence, color=GREY, linestyle="--", linewidth=1)
    axes.axhline(arousal, color=GREY, linestyle="--", linewidth=1)
    for name, x, y in (("LVHA", 0.01, 0.99), ("HVHA", 0.99, 0.99), ("LVLA", 0.01, 0.01), ("HVLA", 0.99, 0.01)):
        place = {"ha": "left" if x < 0.5 else "right", "va": "top" if y > 0.5 else "bottom"}
        axes.text(x, y, name, transform=axes.transAxes, color=GREY, fontsize=8, **place)


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

"""Trial by trial: what every model said of each trial, in the order of the session."""

from typing import NamedTuple

import numpy as np
import pandas as pd
from markupsafe import Markup
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from scipy.special import softmax

from eeg.predictions import logits, units
from eeg.report import figures, words
from eeg.report.figures import GREY, VERMILLION, drawn, note
from eeg.report.page import embed
from eeg.report.subject.facts import SubjectFacts
from eeg.report.subject.marks import CLASS_MARKS
from eeg.report.subject.section import Section, section
from eeg.targets import classes

NOTE = (
    "Honest protocols alone: under those that leak, a trial's windows are tested by several folds that have seen the "
    "trial itself."
)


class Session(NamedTuple):
    """What one model said of every trial.

    Attributes
    ----------
    trial, label : ndarray, shape (n_trials,)
        Number and class.
    probability : ndarray, shape (n_trials,)
        That of the class `high` (code 1) of two classes; of the true class of more.
    missed : ndarray of bool, shape (n_trials,)
        Whether another class than the true one got the highest probability.
    """

    trial: np.ndarray
    label: np.ndarray
    probability: np.ndarray
    missed: np.ndarray


def section_of(facts: SubjectFacts) -> Section | None:
    """Return the predictions over the session, a figure per target; None where no honest protocol has any."""
    images = [image for target in facts.targets if (image := _image(facts, target))]
    if not images:
        return None
    return section("Trial by trial", "images", notes=[NOTE], facts=[], images=images)


def session(predictions: pd.DataFrame) -> Session:
    """Return what the mean logits over a trial's windows (and repeats) say of every trial that has a class."""
    table = units(predictions)["trial"]
    label, found = table["label"].to_numpy(), softmax(logits(table), axis=1)
    shown = found[:, 1] if found.shape[1] == 2 else found[np.arange(len(label)), label]
    return Session(table["trial"].to_numpy(), label, shown, found.argmax(axis=1) != label)


def _image(facts: SubjectFacts, target: str) -> tuple[Markup, str] | None:
    found = {}
    for protocol, of_target, model in facts.predictions:
        own = facts.own_predictions((protocol, of_target, model))
        if of_target == target and model not in words.YARDSTICKS and not words.leaks(protocol) and len(own):
            found[model, protocol] = session(own)
    if not found:
        return None
    names = classes(facts.targets[target])
    figure = sessions_figure(found, names=names, xlabel=facts.numbered, simulated=facts.simulated)
    missed = "; ".join(
        f"{model}, {protocol}: {one.missed.sum()} of {len(one.missed)}" for (model, protocol), one in found.items()
    )
    what = f"the class {names[1]}" if len(names) == 2 else "the true class"
    text = (
        f"{target}: the probability each model gave to {what} of every trial, colour and shape: the true class. "
        f"Hollow: missed. Missed trials: {missed}."
    )
    return embed(figure, text), text


@drawn
def sessions_figure(
    found: dict[tuple[str, str], Session], *, names: tuple[str, ...], xlabel: str, simulated: bool
) -> Figure:
    """Return probabilities by trial, a row of panels per model and a column per protocol.

    Parameters
    ----------
    found : dict of (model, protocol) to Session
    names : tuple of str
        The classes.
    xlabel : str
        What a trial's number says.
    simulated : bool
        Say in the picture that the recordings are simulated.
    """
    models, protocols = list(dict.fromkeys(model for model, _ in found)), words.in_order(one for _, one in found)
    figure = Figure(figsize=(0.8 + 3.4 * len(protocols), 1.2 + 1.35 * len(models)), layout="constrained")
    note(figure, f"{max(len(one.trial) for one in found.values())} trials", simulated=simulated)
    grid = figure.subplots(len(models), len(protocols), sharex=True, sharey=True, squeeze=False)
    for line, model in zip(grid, models, strict=True):
        for axes, protocol in zip(line, protocols, strict=True):
            if (model, protocol) in found:
                _panel(axes, found[model, protocol], len(names))
            else:
                axes.set_axis_off()
        line[0].set_ylabel(figures.label(model, 16))
    for axes, protocol in zip(grid[0], protocols, strict=True):
        axes.annotate(
            protocol,
            (0.5, 1.0),
            (0, 18),
            xycoords="axes fraction",
            textcoords="offset points",
            ha="center",
            fontweight="bold",
        )
    for column, protocol in zip(grid.T, protocols, strict=True):
        last = [axes for axes, model in zip(column, models, strict=True) if (model, protocol) in found][-1]
        last.tick_params(labelbottom=True)
        last.set_xlabel(xlabel)
    what = names[1] if len(names) == 2 else "the true class"
    figure.supylabel(f"probability of {figures.short(what)}", fontsize=9)
    marks = [(figures.short(name), figures.dot(*mark)) for name, mark in zip(names, CLASS_MARKS, strict=False)]
    marks += [("missed", figures.dot("white", "o", GREY)), (_line_name(len(names)), _chance())]
    figures.legend(figure, marks)
    return figure


def _panel(axes: Axes, one: Session, n_classes: int) -> None:
    axes.axhline(1 / n_classes, color=VERMILLION, linestyle="--", linewidth=1)
    for code in range(n_classes):
        colour, marker = CLASS_MARKS[code % len(CLASS_MARKS)]
        for missed, face in ((False, colour), (True, "white")):
            rows = (one.label == code) & (one.missed == missed)
            axes.scatter(
                one.trial[rows],
                one.probability[rows],
                s=18,
                facecolor=face,
                edgecolor=colour,
                marker=marker,
                linewidth=0.9,
                zorder=3,
            )
    axes.set(ylim=(-0.06, 1.06), yticks=[0, 0.5, 1])
    axes.set_title(f"{one.missed.sum()} of {len(one.missed)} missed", fontsize=8)


def _line_name(n_classes: int) -> str:
    return "chance, and where the answer turns" if n_classes == 2 else f"chance, 1 in {n_classes}"


def _chance() -> Line2D:
    return Line2D([], [], color=VERMILLION, linestyle="--")

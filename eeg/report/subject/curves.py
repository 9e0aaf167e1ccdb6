"""Learning curves of the networks that the subject was tested by, fold by fold."""

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from eeg.protocols import ACROSS
from eeg.report import figures, words
from eeg.report.figures import BLUE, GREY, ORANGE, drawn, note
from eeg.report.page import embed
from eeg.report.subject.facts import Cell, SubjectFacts
from eeg.report.subject.section import Section, section
from eeg.targets import classes

LOSSES = {"loss": (BLUE, "training"), "val_loss": (ORANGE, "validation")}

TEXT = (
    "Loss by epoch on training and validation rows: every fold thin, the mean over folds thick, dashed once the first "
    "fold has stopped and the others go on. Dotted: the loss of a guess that gives every class the same probability. "
    "One panel per model, target and protocol."
)

ACROSS_TEXT = "Where networks learn from several people, the folds are those that tested this subject."


def section_of(facts: SubjectFacts) -> Section | None:
    """Return the learning curves; None where no network was trained."""
    if not facts.history:
        return None
    order = words.in_order(protocol for protocol, *_ in facts.history)
    histories = {cell: facts.own_history(cell) for cell in sorted(facts.history, key=lambda cell: order.index(cell[0]))}
    n_classes = {target: len(classes(settings)) for target, settings in facts.targets.items()}
    figure = curves_figure(histories, n_classes=n_classes, simulated=facts.simulated)
    caption = TEXT + f" {ACROSS_TEXT}" * any(protocol in ACROSS for protocol in order)
    caption += " Watermarked panels leak." * any(words.leaks(protocol) for protocol, *_ in histories)
    return section("Learning curves", "images", notes=[], facts=[], images=[(embed(figure, caption), caption)])


@drawn
def curves_figure(
    histories: Mapping[Cell, pd.DataFrame], *, simulated: bool, n_classes: Mapping[str, int] = MappingProxyType({})
) -> Figure:
    """Return learning curves as small multiples: the loss by epoch of every fold, and the mean over folds.

    Parameters
    ----------
    histories : mapping of (protocol, target, model) to table
        `fold, epoch, loss, val_loss`.
    simulated : bool
        Say in the picture that the recordings are simulated.
    n_classes : mapping of str to int, optional
        By target: where the loss of a guess is drawn.
    """
    columns = min(3, len(histories))
    rows = -(-len(histories) // columns)
    figure = Figure(figsize=(0.3 + 2.7 * columns, 2.2 * rows + 0.7), layout="constrained")
    note(figure, "", simulated=simulated)
    grid = figure.subplots(rows, columns, squeeze=False)
    for axes, ((protocol, target, model), history) in zip(grid.flat, histories.items(), strict=False):
        for name, (colour, _) in LOSSES.items():
            _curves(axes, history.pivot(index="epoch", columns="fold", values=name), colour)
        if target in n_classes:
            axes.axhline(np.log(n_classes[target]), color=GREY, linestyle=":", linewidth=1)
        folds = history["fold"].nunique()
        title = f"{figures.label(model, 15)}, {figures.short(target, 12)}\n{protocol}, {folds} fold{'s' * (folds > 1)}"
        axes.set(title=title, xlabel="epoch", ylabel="loss (nats)")
        axes.title.set_fontsize(8)
        axes.xaxis.get_major_locator().set_params(integer=True)
        figures.watermark(axes, protocol, size=18)
    for axes in list(grid.flat)[len(histories) :]:
        axes.set_axis_off()
    marks = [(name, Line2D([], [], color=colour)) for colour, name in LOSSES.values()]
    figures.legend(figure, [*marks, ("guess without knowledge", Line2D([], [], color=GREY, linestyle=":"))])
    return figure


def _curves(axes: Axes, folds: pd.DataFrame, colour: str) -> None:
    """Draw every fold thin and their mean thick, dashed from where not all of them go on."""
    # without grey edges, which the screen makes anyway, many folds take a third of the bytes
    axes.plot(folds.index, folds, color=colour, linewidth=0.6, alpha=0.25, antialiased=False)
    mean, whole = folds.mean(axis=1), folds.notna().all(axis=1)
    together = mean[whole]
    axes.plot(together.index, together, color=colour, linewidth=2)
    rest = mean[mean.index >= together.index.max()] if len(together) else mean
    axes.plot(rest.index, rest, color=colour, linewidth=1.4, linestyle="--")

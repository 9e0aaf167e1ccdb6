"""Figures of scores: every subject as a point, the mean with its interval, chance and yardsticks beside it."""

from collections.abc import Callable, Iterable, Sequence
from functools import wraps
from typing import TYPE_CHECKING, Any, Literal, ParamSpec

import matplotlib
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from eeg.report import words
from eeg.report.points import far, spread, together

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Arguments = ParamSpec("Arguments")

BLACK, ORANGE, SKY, GREEN = "#000000", "#E69F00", "#56B4E9", "#009E73"
BLUE, VERMILLION, PURPLE = "#0072B2", "#D55E00", "#CC79A7"
"""The colours of Okabe and Ito, which the colour-blind can tell apart."""

GREY = "#666666"
LONGEST_NAME = 22
FEWEST_ROWS = 2.2
"""Models for which a panel leaves room: its target's name stands beside it."""

NAMED: Any = {"xytext": (0, 4), "textcoords": "offset points", "ha": "center", "fontsize": 6, "color": GREY}
NAMED |= {"bbox": {"facecolor": "white", "edgecolor": "none", "pad": 0.3, "alpha": 0.85}, "zorder": 4}

LOOK: Any = {
    "font.family": "DejaVu Sans",
    "font.size": 9,
    "axes.titlesize": 10,
    "axes.labelsize": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "legend.frameon": False,
    "text.parse_math": False,
    "text.usetex": False,
    "figure.facecolor": "white",
    "savefig.facecolor": "white",
}


def drawn(draw: Callable[Arguments, Figure]) -> Callable[Arguments, Figure]:
    """Return the drawing function with the common look, in which a dollar sign in a name is a dollar sign."""

    @wraps(draw)
    def with_look(*args: Arguments.args, **kwargs: Arguments.kwargs) -> Figure:
        with matplotlib.rc_context(LOOK):
            return draw(*args, **kwargs)

    return with_look


def note(figure: Figure, text: str, *, simulated: bool) -> None:
    """Write a line above a figure; simulated recordings are called so in the picture itself."""
    parts = [words.SIMULATED] * simulated + [text] * bool(text)
    if parts:
        colour = VERMILLION if simulated else GREY
        figure.suptitle(" · ".join(parts), x=0.01, ha="left", fontsize=8, fontweight="bold", color=colour)


def watermark(axes: "Axes", protocol: str, *, size: float = 34) -> None:
    """Write LEAKY across the axes when the protocol leaks."""
    if words.leaks(protocol):
        mark = axes.annotate("LEAKY", (0.5, 0.5), xycoords="axes fraction", ha="center", va="center", rotation=28)
        mark.set(fontsize=size, color=VERMILLION, alpha=0.35, fontweight="bold", zorder=5)


def label(model: str, longest: int = LONGEST_NAME) -> str:
    """Return a model's name for an axis or a panel; the mark of transductive scaling goes on a line of its own."""
    name = model.removesuffix(f" ({words.TRANSDUCTIVE})")
    return short(name, longest) + "\n(transductive)" * (name != model)


def short(name: str, longest: int = LONGEST_NAME) -> str:
    """Return the name, with its middle left out when it is too long for an axis."""
    half = (longest - 1) // 2
    return name if len(name) <= longest else f"{name[:half]}…{name[-half:]}"


def trial_scores(table: pd.DataFrame, *, metric: str = "balanced_accuracy", unit: str = "trial") -> pd.DataFrame:
    """Return the rows of a scores or summary table of one metric and one unit."""
    return table[(table["metric"] == metric) & (table["unit"] == unit)]


def best_yardsticks(summary: pd.DataFrame) -> pd.Series:
    """Return the mean of each row's best yardstick, out of a summary of one unit and metric; NaN where it has none."""
    means = summary.set_index(["protocol", "target", "model"])["mean"]
    best = pd.MultiIndex.from_frame(summary[["protocol", "target", "yardstick"]])
    return pd.Series(means.reindex(best).to_numpy(dtype=float), index=summary.index)


@drawn
def main_figure(summary: pd.DataFrame, scores: pd.DataFrame, *, simulated: bool, confidence: float = 0.95) -> Figure:
    """Return balanced accuracy per trial: subjects as dots, means with intervals, chance and best yardstick.

    One row of panels per target, one column per protocol, honest protocols first; a column whose protocol leaks
    bears the word LEAKY across it. A yardstick with outside information is a hollow mark.

    Parameters
    ----------
    summary, scores : tables
        As in `summary.csv` and `scores.csv`.
    simulated : bool
        Say in the picture that the recordings are simulated.
    confidence : float
        That of the intervals in `summary`.
    """
    means = trial_scores(summary)
    means = words.of_models(means.assign(best=best_yardsticks))
    points = trial_scores(scores)
    figure, panels = _panels(means)
    note(figure, f"{points['subject'].nunique()} subjects", simulated=simulated)
    for (target, protocol), (axes, models) in panels.items():
        for position, model in enumerate(models):
            row = _of(means, protocol, target, model)
            values = _of(points, protocol, target, model).set_index("subject")["value"].dropna()
            heights = position - 0.2 + spread(len(values))
            axes.scatter(values, heights, s=11, color=SKY, edgecolor="none")
            away = far(values.to_numpy())
            for names, x, y in together(values[away], heights[away]):
                axes.annotate(", ".join(short(name, 8) for name in names), (x, y), **NAMED)
            for _, fact in row.iterrows():
                _mean_mark(axes, fact, position)
    own = [("one subject", dot(SKY)), (f"mean, {100 * confidence:g} % interval", dot(BLACK))]
    legend(figure, [*own, *_beside(zip(means["yardstick"], means["protocol"], strict=True))])
    return figure


@drawn
def subject_figure(
    scores: pd.DataFrame, *, n_trials: int | None = None, confidence: float = 0.95, simulated: bool
) -> Figure:
    """Return one subject's balanced accuracy per trial and per window with intervals, chance and the best yardstick.

    Parameters
    ----------
    scores : table
        The subject's rows of `scores.csv`.
    n_trials : int or None
        How many trials were tested.
    confidence : float
        That of the intervals in `scores`.
    simulated : bool
        Say in the picture that the recordings are simulated.
    """
    scores = scores[scores["metric"] == "balanced_accuracy"]
    of_models = words.of_models(scores)
    of_yardsticks = trial_scores(scores[scores["model"].isin(words.YARDSTICKS)])
    figure, panels = _panels(of_models)
    note(figure, "one subject" + f", {n_trials} trials" * bool(n_trials), simulated=simulated)
    ordered = of_yardsticks.dropna(subset="value").sort_values("value", ascending=False, kind="stable")
    best = ordered.drop_duplicates(["protocol", "target"])
    for (target, protocol), (axes, models) in panels.items():
        yardstick = _of(best, protocol, target)
        for position, model in enumerate(models):
            row = _of(of_models, protocol, target, model)
            per_trial, per_window = row[row["unit"] == "trial"], row[row["unit"] == "window"]
            _interval_mark(axes, per_window, position + 0.2, BLUE, face="white")
            _interval_mark(axes, per_trial, position - 0.12, BLACK, face=BLACK)
            _chance_mark(axes, per_trial["chance"], position)
            for _, fact in yardstick.iterrows():
                if len(row):
                    _yardstick_mark(
                        axes, fact["value"], position - 0.32, outside=words.outside(fact["model"], protocol)
                    )
    said = f"{100 * confidence:g} % interval over trials"
    own = [(f"per trial, {said}", dot(BLACK)), (f"per window, {said}", dot("white", "o", BLUE))]
    legend(figure, [*own, *_beside(zip(best["model"], best["protocol"], strict=True))])
    return figure


def _interval_mark(axes: "Axes", rows: pd.DataFrame, height: float, colour: str, *, face: str) -> None:
    axes.hlines([height] * len(rows), rows["low"], rows["high"], color=colour, linewidth=1.4)
    axes.scatter(rows["value"], [height] * len(rows), s=24, facecolor=face, edgecolor=colour, zorder=3)


def _panels(rows: pd.DataFrame) -> tuple[Figure, dict[tuple[str, str], tuple["Axes", list[str]]]]:
    """Return an empty figure and, by target and protocol, its axes with the models from top to bottom."""
    protocols = words.in_order(rows["protocol"]) or ["trial"]
    targets = list(dict.fromkeys(rows["target"])) or ["none"]
    models = {name: words.models_first(rows.loc[rows["target"] == name, "model"]) for name in targets}
    heights = [max(len(names), FEWEST_ROWS) for names in models.values()]
    size = (1.9 + 2.1 * len(protocols), 1.2 + 0.4 * sum(heights) + 0.2 * len(targets))
    figure = Figure(figsize=size, layout="constrained")
    grid = figure.subplots(len(targets), len(protocols), squeeze=False, sharex=True, height_ratios=heights)
    panels = {}
    for line, (target, names) in zip(grid, models.items(), strict=True):
        for axes, protocol in zip(line, protocols, strict=True):
            _frame(axes, names, leftmost=axes is line[0])
            watermark(axes, protocol, size=min(30, 11 + 5 * len(names)))
            panels[target, protocol] = axes, names
        line[0].set_ylabel(short(target, 9 + 3 * len(names)), fontweight="bold")
    for axes, protocol in zip(grid[0], protocols, strict=True):
        axes.set_title(f"{protocol} (LEAKY)" if words.leaks(protocol) else protocol, fontweight="bold")
    for axes in grid[-1]:
        axes.set_xlabel("balanced accuracy")
    return figure, panels


def _frame(axes: "Axes", names: list[str], *, leftmost: bool) -> None:
    axes.set(xlim=(-0.02, 1.02), ylim=(max(len(names), 1) - 0.4, -0.75), xticks=[0, 0.25, 0.5, 0.75, 1])
    axes.set_xticklabels(["0", ".25", ".5", ".75", "1"])
    axes.set_yticks(range(len(names)), [label(name) for name in names] if leftmost else [""] * len(names))
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="x", color="#e6e6e6", linewidth=0.7)


def _mean_mark(axes: "Axes", fact: "pd.Series[Any]", position: int) -> None:
    axes.plot([fact["low"], fact["high"]], [position + 0.1] * 2, color=BLACK, linewidth=2, solid_capstyle="butt")
    axes.plot(fact["mean"], position + 0.1, "o", color=BLACK, markersize=5)
    _chance_mark(axes, [fact["chance"]], position)
    outside = words.outside(fact["yardstick"], fact["protocol"])
    _yardstick_mark(axes, fact["best"], position + 0.35, outside=outside)


def _chance_mark(axes: "Axes", values: Iterable[float], position: int) -> None:
    axes.vlines(list(values), position - 0.45, position + 0.45, color=VERMILLION, linewidth=1.6, linestyle=(0, (2, 1)))


def _yardstick_mark(axes: "Axes", value: float, height: float, *, outside: bool) -> None:
    mark = axes.plot(value, height, "^", color=ORANGE, markeredgecolor=BLACK, markeredgewidth=0.5, markersize=6)
    if outside:
        mark[0].set(markerfacecolor="white", markeredgecolor=ORANGE, markeredgewidth=1.2)


def _of(rows: pd.DataFrame, protocol: str, target: str, model: str | None = None) -> pd.DataFrame:
    chosen = (rows["protocol"] == protocol) & (rows["target"] == target)
    return rows[chosen if model is None else chosen & (rows["model"] == model)]


def line(colour: str, style: Literal["-", "--"] = "-") -> Line2D:
    """Return a line for a legend."""
    return Line2D([], [], color=colour, linestyle=style)


def dot(colour: str, marker: str = "o", edge: str | None = None) -> Line2D:
    """Return a mark for a legend."""
    return Line2D([], [], color=colour, marker=marker, linestyle="", markeredgecolor=edge or colour, markersize=5)


def legend(figure: Figure, entries: list[tuple[str, Line2D]]) -> None:
    """Write what marks mean under the panels."""
    labels, handles = zip(*entries, strict=True)
    figure.legend(handles, labels, loc="outside lower center", ncols=_columns(figure, labels), fontsize=8)


def _columns(figure: Figure, labels: Sequence[str]) -> int:
    """Return 2 where the figure is wide enough for two columns of labels at 8 points, else 1."""
    letter, mark = 0.065, 0.5  # inches
    return 2 if figure.get_figwidth() > 2 * (letter * max(map(len, labels)) + mark) else 1


def _beside(yardsticks: Iterable[tuple[str, str]]) -> list[tuple[str, Line2D]]:
    """Return what the marks of chance and of the best yardsticks mean, each given with its protocol."""
    hollow = {words.outside(name, protocol) for name, protocol in yardsticks if isinstance(name, str) and name}
    return [
        ("chance", line(VERMILLION, "--")),
        *[("best yardstick (no EEG)", dot(ORANGE, "^", BLACK))] * (False in hollow),
        *[("best yardstick (no EEG), outside information", dot("white", "^", ORANGE))] * (True in hollow),
    ]

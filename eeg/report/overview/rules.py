"""The rules of the workflow as a graph, with what each of them took."""

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any

from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch

from eeg.report import figures
from eeg.report.page import duration, embed, megabytes

if TYPE_CHECKING:
    from matplotlib.axes import Axes

NEEDS: Mapping[str, tuple[str, ...]] = {
    "simulate": (),
    "collect_ratings": ("simulate",),
    "check": ("simulate",),
    "parity": ("simulate",),
    "check_cohort": ("check",),
    "check_page": ("check_cohort",),
    "trial_table": ("check_cohort", "parity"),
    "parity_page": ("check_cohort", "parity"),
    "downsample": ("trial_table",),
    "bandpass": ("downsample",),
    "reference": ("bandpass",),
    "remove_eog": ("reference",),
    "segment": ("remove_eog",),
    "segment_release": ("trial_table",),
    "measure_leaks": ("segment", "segment_release"),
    "windows": ("segment", "segment_release"),
    "entropy": ("segment", "segment_release"),
    "leaks": ("measure_leaks",),
    "split": ("windows", "entropy"),
    "scale": ("split",),
    "yardsticks": ("split",),
    "guard": ("scale",),
    "fit": ("scale",),
    "predict": ("fit",),
    "guard_fits": ("guard", "fit", "yardsticks"),
    "refit": ("guard_fits",),
    "explain": ("guard_fits",),
    "explanations": ("explain",),
    "score": ("guard_fits", "refit"),
    "subject_report": ("score", "explanations"),
    "compare": ("score",),
    "methods": ("compare",),
    "provenance": ("leaks", "explanations", "compare"),
    "overview": ("provenance",),
    "notebook": ("provenance",),
}
"""The rules each rule waits for, but for those it waits for through others; one rule for every network and protocol."""

UNTIMED = ("subject_report", "methods", "notebook", "provenance", "overview")
"""The rules that run beside this page or make it, so that their time is not known yet."""

BOX = 0.8
"""Width of a rule in the picture; a lane is 1 wide, a row 1 high."""

SPREAD = 0.26
"""How far apart the lines from the first and the last lane turn between two rows."""


def rule_section(rules: Mapping[str, Mapping[str, float]]) -> dict[str, Any] | None:
    """Return picture and table of the rules that ran, in an order in which they can; None where none is known.

    Parameters
    ----------
    rules : mapping
        By rule `jobs, seconds, median_seconds, cpu_seconds, peak_mb`, as `provenance.usage` has it.
    """
    rules = {name: own for name, own in rules.items() if name not in UNTIMED}
    names = [name for name in NEEDS if name in rules or name in UNTIMED]
    if not rules:
        return None
    before = {name: ", ".join(needs(name, names)) for name in names}
    spoken = "; ".join(f"{name} after {those}" if those else name for name, those in before.items())
    total = sum(own["seconds"] for own in rules.values())
    return {
        "rows": [{"name": name, "needs": before[name], **rules[name]} for name in names if name in rules],
        "image": embed(graph_figure(rules, names), f"The rules in the order in which they run: {spoken}."),
        "total": duration(total),
        "jobs": sum(own["jobs"] for own in rules.values()),
        "untimed": UNTIMED,
    }


def needs(rule: str, present: Collection[str]) -> list[str]:
    """Return the present rules that a rule waits for itself; where one did not run, those it would have waited for."""
    found = [one for name in NEEDS[rule] for one in ([name] if name in present else needs(name, present))]
    through = {one for name in found for one in _all_before(name)}
    return [name for name in dict.fromkeys(found) if name not in through]


def _all_before(rule: str) -> set[str]:
    return {one for name in NEEDS[rule] for one in (name, *_all_before(name))}


def layers(names: Collection[str]) -> dict[str, int]:
    """Return each rule's row: one below the last of those it waits for."""
    rows: dict[str, int] = {}
    for name in names:
        rows[name] = 1 + max((rows[one] for one in needs(name, names)), default=-1)
    return rows


def lanes(names: Collection[str]) -> dict[str, int]:
    """Return each rule's lane: the first that is free from the rows it waits for down to the rows that wait for it.

    The rule that stands lowest and what it waited for longest keep the first lane to themselves.
    """
    rows, main = layers(names), _longest(names)
    taken: list[set[int]] = [set(range(len(rows)))]
    found = dict.fromkeys(main, 0)
    for name in names:
        if name not in found:
            wanted = _stretch(name, names, rows)
            lane = next((place for place, own in enumerate(taken) if not own & wanted), len(taken))
            taken += [set()] * (lane == len(taken))
            taken[lane] = taken[lane] | wanted
            found[name] = lane
    return found


def _longest(names: Collection[str]) -> list[str]:
    rows = layers(names)
    chain = [max(names, key=rows.__getitem__)]
    while before := needs(chain[-1], names):
        chain.append(max(before, key=rows.__getitem__))
    return chain


def _stretch(name: str, names: Collection[str], rows: Mapping[str, int]) -> set[int]:
    """Return the rows in which a rule or a line to or from it stands."""
    before = [rows[one] for one in needs(name, names)]
    after = [rows[one] for one in names if name in needs(one, names)]
    return set(range(min(before, default=rows[name] - 1) + 1, max([rows[name] + 1, *after])))


@figures.drawn
def graph_figure(rules: Mapping[str, Mapping[str, float]], names: Collection[str]) -> Figure:
    """Return the rules as boxes, from top to bottom as they wait for each other; the darker, the longer it took."""
    rows, columns = layers(names), lanes(names)
    width, height = 1 + max(columns.values()), 1 + max(rows.values())
    figure = Figure(figsize=(1.75 * width, 0.62 * height), layout="constrained")
    axes = figure.subplots()
    axes.set(xlim=(-0.5, width - 0.5), ylim=(height - 0.6, -0.4))
    axes.set_axis_off()
    longest = max(own["seconds"] for own in rules.values()) or 1
    for name in names:
        for before in needs(name, names):
            apart = SPREAD * ((columns[before] + 0.5) / width - 0.5)
            _line(axes, (columns[before], rows[before]), (columns[name], rows[name]), apart)
        own = rules.get(name)
        _box(axes, (columns[name], rows[name]), name, own, shade=own["seconds"] / longest if own else 0.0)
    return figure


def _line(axes: "Axes", start: tuple[int, int], end: tuple[int, int], apart: float) -> None:
    """Draw what one rule waits for: down the lane of the one that is not in the first, and over to the other.

    Lines from every lane turn at a height of their own, `apart` from the middle between two rows.
    """
    (x, y), (to, last) = start, end
    turn = apart + (y + 0.5 if to > x else last - 0.5)
    axes.plot([x, x, to, to], [y, turn, turn, last - 0.36], color=figures.GREY, linewidth=1, zorder=1)
    axes.plot(to, last - 0.36, "v", color=figures.GREY, markersize=3.5, zorder=1)


def _box(axes: "Axes", place: tuple[int, int], name: str, own: Mapping[str, float] | None, *, shade: float) -> None:
    (x, y), said = place, taken(own) if own else "not counted yet"
    corner, look = (x - BOX / 2, y - 0.3), "round,pad=0,rounding_size=0.06"
    for colour, alpha, edge in (("white", 1.0, figures.GREY), (figures.SKY, shade**0.5, "none")):
        axes.add_patch(FancyBboxPatch(corner, BOX, 0.6, look, facecolor=colour, alpha=alpha, edgecolor=edge, zorder=2))
    axes.text(x, y - 0.11, name, ha="center", va="center", fontsize=8.5, fontweight="bold", zorder=3)
    axes.text(x, y + 0.14, said, ha="center", va="center", fontsize=7, zorder=3)


def taken(own: Mapping[str, float]) -> str:
    """Return what a rule took, in a few words."""
    jobs = f"{own['jobs']:g} job" + "s" * (own["jobs"] != 1)
    return f"{jobs}, {duration(own['seconds'])}, {megabytes(own['peak_mb'])}"

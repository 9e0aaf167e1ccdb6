"""The page that compares our cleaned recordings with the release DEAP's makers made of them."""

from collections.abc import Mapping, Sequence
from statistics import median
from typing import Any

import matplotlib
import numpy as np
from markupsafe import Markup
from matplotlib.figure import Figure

from eeg.doctor.likeness import BAND
from eeg.report import check, words
from eeg.report.figures import drawn, note, short
from eeg.report.page import embed, number, render
from eeg.report.provenance import provenance_line

Report = Mapping[str, Any]

TITLE = "Are our trials those of DEAP's release?"

HOW = (
    f"Compared in {BAND[0]:g}-{BAND[1]:g} Hz after our own preprocessing: each trial with the release's row of its "
    "video, each channel with the one of its name; where another one fits clearly better it is compared, and named."
)

MEANING = (
    "A correlation of 1 is the same signal. It falls where artefacts were removed in two ways, where a channel was "
    "treated, and where a trial starts between two samples of the release. High ones at every trial's own video and "
    "every channel's own name show that the order of the trials, the triggers and the channel names are right."
)

LOWEST = 0.5
"""Where the colours of the figures end: correlations below are no likeness."""

MISSING = "#d9d9d9"


def parity_page(
    reports: Sequence[Report],
    *,
    source: str,
    provenance: Mapping[str, Any],
    repaired: bool = False,
    bads: str = "keep",
) -> str:
    """Return the self-contained page of the comparison.

    Parameters
    ----------
    reports : sequence of mapping
        As in `parity/{subject}.json`, at least one.
    source : str
        Name of the data source: `deap` or `simulated`.
    provenance : mapping
        `commit`, `date`, `versions`.
    repaired : bool
        Whether somebody's labels in this experiment were repaired.
    bads : str
        What was done about bad channels, by the config's word for it.
    """
    simulated, worst = words.is_simulated(source), check.worst(reports)
    compared = [report for report in reports if report["n_trials"]]
    return render(
        "parity.html.j2",
        title=TITLE,
        simulated=simulated,
        repaired=repaired,
        bads=bads,
        citations=words.citations(source),
        provenance=provenance_line(provenance),
        verdict=worst,
        answer=check.ANSWERS[worst],
        counts=check.counts(reports),
        how=HOW,
        meaning=MEANING,
        about=_about(reports, source),
        images=[_image(compared, kind, simulated=simulated) for kind in ("channels", "trials") if compared],
        numbers=[_numbers(report) for report in compared],
        subjects=[check.row(report) for report in reports],
        codes=check.codes(reports),
    )


def _about(reports: Sequence[Report], source: str) -> list[tuple[str, str]]:
    others = dict.fromkeys(words.FORMS.get(report["other"], report["other"]) for report in reports)
    ours = words.source({"source": source, "deap": {"form": "original"}})
    return [("Ours", ours), ("Compared with", ", ".join(others))]


def _numbers(report: Report) -> dict[str, Any]:
    lowest = report["correlation"]["lowest"]
    return {
        "subject": report["subject"],
        "verdict": report["verdict"],
        "placed": f"{report['n_placed']} of {report['n_trials']}",
        "median": report["correlation"]["median"],
        "lowest": f"{number(lowest['value'], 3)} (trial {lowest['trial']}, {lowest['channel']})" if lowest else "n/a",
        "samples": report["lag"]["samples"],
        "milliseconds": 1000 * report["lag"]["seconds"],
        "decibel": median([value for value in report["spectrum"].values() if value is not None] or [float("nan")]),
    }


def _image(reports: Sequence[Report], kind: str, *, simulated: bool) -> tuple[Markup, str]:
    """Return the map of correlations by `channels` or by `trials`, and its caption."""
    other = {"channels": "trials", "trials": "channels"}[kind]
    values = {str(report["subject"]): report["correlation"][kind] for report in reports}
    numbers = [value for of_one in values.values() for value in of_one.values() if value is not None]
    span = f"from {number(min(numbers), 3)} to {number(max(numbers), 3)}" if numbers else "nowhere to be had"
    caption = f"Correlation by subject and {kind[:-1]}, median over {other}; grey: nothing to compare."
    alt = f"{_subjects(values)}; correlation by {kind[:-1]}, median over {other}, {span}."
    return embed(correlation_map(values, kind, simulated=simulated), alt), caption


def _subjects(values: Mapping[str, Any]) -> str:
    return f"{len(values)} subject{'s' * (len(values) != 1)}"


@drawn
def correlation_map(values: Mapping[str, Mapping[str, float | None]], kind: str, *, simulated: bool) -> Figure:
    """Return correlations as colours, a column for each subject and a row for each channel or trial.

    Parameters
    ----------
    values : mapping of str to mapping of str to float or None
        By subject, then by name of channel or number of trial; None where there was nothing to compare.
    kind : {"channels", "trials"}
        What the rows are.
    simulated : bool
        Say in the picture that the recordings are simulated.
    """
    rows = list(dict.fromkeys(name for of_one in values.values() for name in of_one))
    table = np.array([[of_one.get(name) for of_one in values.values()] for name in rows], float)
    figure = Figure(figsize=(max(3.4, 1.3 + 0.2 * len(values)), 1.3 + 0.15 * len(rows)), layout="constrained")
    note(figure, _subjects(values), simulated=simulated)
    axes = figure.subplots()
    colours = matplotlib.colormaps["viridis"].with_extremes(bad=MISSING)
    image = axes.imshow(table, vmin=LOWEST, vmax=1, cmap=colours, aspect="auto", interpolation="none")
    axes.set_xticks(range(len(values)), [short(name, 9) for name in values], rotation=90, fontsize=7)
    axes.set_yticks(range(len(rows)), [short(name, 9) for name in rows], fontsize=7)
    axes.set(xlabel="subject", ylabel=kind[:-1])
    bar = figure.colorbar(image, extend="min", location="bottom", aspect=30)
    bar.set_label("correlation")
    return figure

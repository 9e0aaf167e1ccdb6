"""What the overview shows of the leak meter: how many points each leak is worth, on the recordings and on noise."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from eeg.leaks import LEAKS, TOTAL, leaks_of
from eeg.report import figures, words
from eeg.report.page import POINTS, embed, interval, number, p_value, points, records
from eeg.report.points import spread

if TYPE_CHECKING:
    from matplotlib.axes import Axes

UNIT = "window"
"""Leaks are shown in the unit in which leaky papers report."""

SOURCES: Mapping[str, str] = {"recordings": "recordings", "noise": "pure noise"}

NAMES: Mapping[str, str] = {
    "shuffle": "shuffled windows",
    "baseline": "subtracted baseline",
    "scaler": "scaler on all trials",
    "overlap": "overlapping windows",
    TOTAL: "all together",
}


ALARM = 0.05
"""How often the control may fail by chance."""


class MeterTables(NamedTuple):
    """The files of the leak meter: `arms`, `shares` and `summary` under `leaks/`."""

    arms: pd.DataFrame
    shares: pd.DataFrame
    summary: pd.DataFrame


def section(tables: MeterTables, config: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the template shows: the figure, the table of leaks, the table of arms and the word on noise."""
    percent = f"{POINTS * config['scores']['confidence']:g} %"
    simulated = words.is_simulated(config["source"])
    worths = [one | {"name": _name(one)} for one in records(_shown(tables.summary))]
    image = embed(figure(tables, simulated=simulated, percent=percent), f"LEAKY. {_spoken(worths)}")
    return {
        "model": words.mark(config["leaks"]["model"], words.transductive(config)),
        "target": config["leaks"]["target"],
        "image": image,
        "caption": caption(percent),
        "worths": worths,
        "leaks": {name: NAMES[name] for name in leaks_of(tables.arms)},
        "meanings": [(NAMES[name], LEAKS[name]) for name in leaks_of(tables.arms)],
        "arms": _arms(tables.arms),
        "subjects": _subjects(tables.shares),
        "control": control(tables.arms, percent),
        "alarm": alarm(tables.arms),
    }


def caption(percent: str) -> str:
    """Return what the figure's marks mean."""
    return (
        "Points of balanced accuracy per window that each leak adds, averaged over all orders in which leaks can be "
        f"switched on. Light dots are subjects, black dots their mean with its {percent} interval; on noise there is "
        "nothing to find, so all that appears there is the leak."
    )


def control(arms: pd.DataFrame, percent: str) -> str:
    """Return, in a sentence, whether the noise gave chance where nothing leaks, and what it gave where windows leak."""
    noise = _shown(arms[arms["source"] == "noise"])
    honest, leaky = noise[noise["shuffle"] == 0], noise[noise["shuffle"] == 1]
    within = int((honest["mean"].between(honest["chance_low"], honest["chance_high"])).sum())
    return (
        f"On noise, {within} of {len(honest)} arms with whole trials held out{_transductive(honest)} lie where "
        f"{percent} of permuted predictions lie, as about {percent} of them must (they share their data, so they go "
        "astray together); with "
        f"windows shuffled (LEAKY) they reach {number(leaky['mean'].min())} to {number(leaky['mean'].max())}."
    )


def _transductive(arms: pd.DataFrame) -> str:
    """Return how many arms have a scaler that has seen tested trials, without their labels."""
    count = int(arms["scaler"].sum()) if "scaler" in arms else 0
    return f" ({count} of them with {words.TRANSDUCTIVE})" * bool(count)


def alarm(arms: pd.DataFrame) -> str:
    """Return what the control found where it failed, else nothing: an arm without shuffling that beats chance on noise.

    Held to the level of one test by Bonferroni's correction over these arms.
    """
    noise = _shown(arms[(arms["source"] == "noise") & (arms["shuffle"] == 0)])
    beyond = noise[noise["p"] * len(noise) <= ALARM]
    if beyond.empty:
        return ""
    worst = beyond.sort_values("p", kind="stable").iloc[0]
    on = ", ".join(NAMES[name] for name in leaks_of(arms) if worst[name]) or "no leak"
    return (
        f"{len(beyond)} of {len(noise)} arms with whole trials held out beat chance on noise (first: {on}, per "
        f"{worst['unit']}, {number(worst['mean'])} where chance is {number(worst['chance'])}, n {worst['n']:.0f}, p "
        f"{p_value(worst['p'])}). There is nothing to find in noise, so something of what is tested reaches training: "
        "believe no number of this run until it is found."
    )


@figures.drawn
def figure(tables: MeterTables, *, simulated: bool, percent: str) -> Figure:
    """Return a panel for the recordings and one for noise: every leak's points, subjects, mean and interval."""
    shares, summary = (_shown(table[table["kind"] != "interaction"]) for table in (tables.shares, tables.summary))
    leaks = [name for name in NAMES if name in set(summary["leak"])]
    drawn = Figure(figsize=(7.6, 1.5 + 0.45 * len(leaks)), layout="constrained")
    figures.note(drawn, f"{shares['subject'].nunique()} subjects", simulated=simulated)
    grid = drawn.subplots(1, len(SOURCES), sharex=True, sharey=True)
    for axes, (source, title) in zip(grid, SOURCES.items(), strict=True):
        axes.set_title(f"{title} (LEAKY)", fontweight="bold")
        for position, leak in enumerate(leaks):
            values, row = (table[(table["source"] == source) & (table["leak"] == leak)] for table in (shares, summary))
            _draw(axes, position, POINTS * values["value"].to_numpy(), row.iloc[0])
        axes.axvline(0, color=figures.GREY, linewidth=0.8)
        axes.set_xlabel("points of balanced accuracy")
        axes.grid(axis="x", color="#e6e6e6", linewidth=0.7)
        axes.tick_params(axis="y", length=0)
        figures.watermark(axes, "window")
    grid[0].set(ylim=(len(leaks) - 0.4, -0.6), yticks=range(len(leaks)), yticklabels=[NAMES[name] for name in leaks])
    entries = [("one subject", figures.dot(figures.SKY)), (f"mean, {percent} interval", figures.dot(figures.BLACK))]
    figures.legend(drawn, entries)
    return drawn


def _subjects(shares: pd.DataFrame) -> list[dict[str, Any]]:
    """Return a row per subject: what leaks are worth on its recording, and all together on noise."""
    rows = _shown(shares[shares["kind"] != "interaction"])
    wide = rows.pivot(index="subject", columns=["source", "leak"], values="value")
    names = [name for name in NAMES if name in set(rows["leak"])]
    return [
        {
            "subject": subject,
            "values": [own["recordings", name] for name in names],
            "noise": own["noise", TOTAL],
        }
        for subject, own in wide.to_dict("index").items()
    ]


def _draw(axes: "Axes", position: int, values: np.ndarray, row: "pd.Series[Any]") -> None:
    values = values[np.isfinite(values)]
    axes.scatter(values, position - 0.16 + spread(len(values)), s=11, color=figures.SKY, edgecolor="none")
    place = position + 0.2
    ends = [POINTS * row["low"], POINTS * row["high"]]
    axes.plot(ends, [place] * 2, color=figures.BLACK, linewidth=2, solid_capstyle="butt")
    axes.plot(POINTS * row["mean"], place, "o", color=figures.BLACK, markersize=5)


def _shown(table: pd.DataFrame) -> pd.DataFrame:
    return table[table["unit"] == UNIT]


def _name(row: Mapping[str, Any]) -> str:
    return NAMES[row["leak"]] if not isinstance(row["partner"], str) or not row["partner"] else _pair(row)


def _pair(row: Mapping[str, Any]) -> str:
    return f"{NAMES[row['leak']]} with {NAMES[row['partner']]}"


def _spoken(worths: list[dict[str, Any]]) -> str:
    """Return the figure in words."""
    every = [
        f"{SOURCES[one['source']]}, {one['name']} {points(one['mean'])} "
        f"({interval(POINTS * one['low'], POINTS * one['high'], 1)})"
        for one in worths
        if one["kind"] != "interaction"
    ]
    return f"Points of balanced accuracy: {'; '.join(every)}."


def _arms(arms: pd.DataFrame) -> list[dict[str, Any]]:
    """Return one row per combination of leaks, the recordings' and the noise's numbers beside each other."""
    names = leaks_of(arms)
    found: dict[tuple[int, ...], dict[str, Any]] = {}
    for row in records(_shown(arms)):
        on = tuple(row[name] for name in names)
        about = {"on": on, "protocol": row["protocol"], "transductive": bool(row.get("scaler"))}
        found.setdefault(on, about)[row["source"]] = row
    return list(found.values())

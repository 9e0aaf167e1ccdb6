"""The part of a subject's page on eye movements and blinks: what was removed, and the evidence."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
from markupsafe import Markup

from eeg.report import signals
from eeg.report.page import embed, number


def removal_section(eog: Mapping[str, Any], *, simulated: bool) -> dict[str, Any]:
    """Return what a page shows of `recordings/{subject}_eog.json`: the statement, figures and correlations.

    Without EOG channels the statement stands alone.
    """
    rows = [
        {"channel": channel, "eog": name, "before": before, "after": evidence["correlation_after"].get(name)}
        for channel, evidence in eog["channels"].items()
        for name, before in evidence["correlation_before"].items()
    ]
    images = []
    if eog["blinks"].get("before"):
        images.append(_blinks(eog["blinks"], simulated=simulated))
    if rows:
        images.append(_correlations(rows, simulated=simulated))
    return {"statement": eog["statement"], "rows": rows, "images": images}


def _blinks(blinks: Mapping[str, Any], *, simulated: bool) -> tuple[Markup, str]:
    peaks = [
        f"{channel} {_peak(blinks['before'][channel])} µV before, {_peak(blinks['after'][channel])} µV after"
        for channel in blinks["before"]
    ]
    text = f"Average over {blinks['n']} blinks. Largest deflection: {'; '.join(peaks)}."
    return embed(signals.blink_figure(blinks, simulated=simulated), text), text


def _correlations(rows: Sequence[Mapping[str, Any]], *, simulated: bool) -> tuple[Markup, str]:
    table = pd.DataFrame(rows).astype({"before": float, "after": float})
    means = table[["before", "after"]].abs().mean()
    text = (
        "Correlation of every channel with the EOG; mean absolute value "
        f"{number(means['before'])} before and {number(means['after'])} after the removal."
    )
    return embed(signals.correlation_figure(table, simulated=simulated), text), text


def _peak(values: Sequence[float]) -> str:
    return number(max(values, key=abs, default=None), 0)

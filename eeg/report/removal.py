"""What pages say about eye movements and blinks: what was removed, and the evidence."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from markupsafe import Markup

from eeg.report import removal_figures, words
from eeg.report.heads import FEWEST, NO_MAP, seen_from_above
from eeg.report.page import embed, number, signed

Evidence = Mapping[str, Any]
"""The content of `recordings/{subject}_eog.json`."""

METHODS: Mapping[str, str] = {"regression": "regression on the EOG", "ica": "independent component analysis"}

WHOLE_WEIGHTS = "weights applied whole also carry the brain that EOG channels pick up into the EEG"


def removal_section(eog: Evidence, *, electrodes: Mapping[str, Sequence[float]], simulated: bool) -> dict[str, Any]:
    """Return what a subject's page shows of the EOG removal.

    Without EOG channels, and so without evidence, the statement stands alone. Where there are some and nothing was
    removed, what they hold is shown all the same, and it is said that before and after are one.

    Parameters
    ----------
    eog : mapping
        As in `recordings/{subject}_eog.json`.
    electrodes : mapping of str to (x, y, z)
        Metres in head coordinates: the channels and the landmarks that have a position.
    simulated : bool
        Say in the pictures that the recordings are simulated.

    Returns
    -------
    dict
        `statement`, `notes` (further sentences), `facts` (names and values), `images` (with captions) and `rows` (the
        sizes of the correlations).
    """
    if not eog["channels"]:
        return {"statement": eog["statement"], "notes": [], "facts": [], "images": [], "rows": []}
    rows = [
        {"channel": channel, "eog": name, "before": abs(before), "after": abs(evidence["correlation_after"][name])}
        for channel, evidence in eog["channels"].items()
        for name, before in evidence["correlation_before"].items()
    ]
    places = seen_from_above(electrodes, eog["channels"])
    applied, mapped = eog["applied"], len(places) >= FEWEST
    images = [
        *([_blinks(eog["blinks"], simulated=simulated)] if eog["blinks"]["before"] else []),
        *([_correlations(rows, simulated=simulated)] if rows else []),
        *([_map(eog["channels"], places, simulated=simulated)] if applied and mapped else []),
        *([_truth(eog["truth"], simulated=simulated)] if eog["truth"] else []),
    ]
    caution = words.REMOVAL_CAUTION if applied else words.NOTHING_REMOVED
    notes = [caution, *_missing(eog, mapped=mapped or not applied)]
    return {"statement": eog["statement"], "notes": notes, "facts": _facts(eog), "images": images, "rows": rows}


def _missing(eog: Evidence, *, mapped: bool) -> list[str]:
    """Return a sentence for each figure that could not be drawn."""
    found = eog["blinks"]["n"]
    why = "no frontal channel was recorded" if found else "no blink was found"
    return [
        *([] if eog["blinks"]["before"] else [f"There is no average over blinks: {why}."]),
        *([] if mapped else [NO_MAP]),
    ]


def _blinks(blinks: Mapping[str, Any], *, simulated: bool) -> tuple[Markup, str]:
    peaks = [
        f"{channel} {number(_peak(blinks['before'][channel]), 0)} µV before, "
        f"{number(_peak(blinks['after'][channel]), 0)} µV after"
        for channel in blinks["before"]
    ]
    text = (
        f"Average over {blinks['n']} blinks, in the wider band of the fit; shaded: 95 % interval of the mean. "
        f"Largest deflection: {'; '.join(peaks)}."
    )
    return embed(removal_figures.blink_figure(blinks, simulated=simulated), text), text


def _correlations(rows: Sequence[Mapping[str, Any]], *, simulated: bool) -> tuple[Markup, str]:
    table = pd.DataFrame(rows)
    means = table[["before", "after"]].mean()
    text = (
        "Correlation of every channel with the EOG without its sign, in the wider band of the fit; mean "
        f"{number(means['before'])} before and {number(means['after'])} after the removal."
    )
    return embed(removal_figures.correlation_figure(table, simulated=simulated), text), text


def _map(
    channels: Mapping[str, Mapping[str, Any]], places: Mapping[str, tuple[float, float]], *, simulated: bool
) -> tuple[Markup, str]:
    removed = {name: float(channels[name]["removed"]) for name in places}
    eog = next(iter(channels.values()))["weights"]
    weights = {one: {name: channels[name]["weights"][one] for name in places} for one in eog}
    most = sorted(removed, key=removed.__getitem__, reverse=True)[:3]
    text = (
        "Seen from above, nose up: what was removed in the pass-band with what was fitted on the whole recording, most "
    )
    text += f"at {', '.join(f'{name} ({number(removed[name], 1)} µV)' for name in most)}."
    text += " Beside it the weights of each EOG channel, before they are shrunk." if weights else ""
    figure = removal_figures.map_figure(removed, weights, places=places, simulated=simulated)
    return embed(figure, text), text


def _truth(truth: Mapping[str, Any], *, simulated: bool) -> tuple[Markup, str]:
    text = f"Distance to the simulated clean signal in the pass-band, {_error(truth)}."
    return embed(removal_figures.truth_figure(truth, simulated=simulated), text), text


def _error(truth: Mapping[str, Any]) -> str:
    return (
        f"relative to its own size: {number(truth['before'])} before and {number(truth['after'])} after; the true "
        f"mixing weights would leave {number(truth['weights'])}{_reached(truth['share'])}"
    )


def _reached(share: float | None) -> str:
    """Return what became of the reduction that the true weights would reach; nothing where they reach none."""
    if share is None:
        return ""
    if share < 0:
        return ": the error rose instead"
    more = f", more than all, since {WHOLE_WEIGHTS}"
    return f": {number(100 * share, 0)} % of that reduction was reached{more * (share > 1)}"


def _facts(eog: Evidence) -> list[tuple[str, str]]:
    """Return the rows of numbers that no figure shows."""
    return [
        *([("Posterior alpha", _alpha(eog["alpha"]))] if eog["alpha"] else []),
        *([("Shrink factors", _shrink(eog["shrink"]))] if eog["shrink"] else []),
        *([("Components", _components(eog["components"]))] if eog["components"] else []),
    ]


def _alpha(alpha: Mapping[str, Any]) -> str:
    return (
        f"power {signed(100 * alpha['change'], 1)} %: {number(alpha['before'])} µV² before, {number(alpha['after'])} "
        f"µV² after ({alpha['low']:g}-{alpha['high']:g} Hz, mean of {', '.join(alpha['channels'])})"
    )


def _shrink(factors: Mapping[str, float]) -> str:
    shown = ", ".join(f"{name} {number(factor)}" for name, factor in factors.items())
    rest = "; what therefore stays of the eyes is the price for putting less brain of the EOG into the EEG"
    said = f"{shown}: what each channel's weights were multiplied by, 0 leaves the channel alone"
    return said + rest * any(factor < 1 for factor in factors.values())


def _components(components: Mapping[str, Any]) -> str:
    removed = [
        f"number {one['index']} ({', '.join(f'{name} {signed(score)}' for name, score in one['scores'].items())})"
        for one in components["removed"]
    ]
    return (
        f"{len(removed)} removed of {components['fitted']} fitted ({components['algorithm']}), at most "
        f"{components['limit']}; correlation with the EOG: {'; '.join(removed) or 'n/a'}"
    )


def _peak(values: Sequence[float]) -> float | None:
    """Return the value farthest from zero, with its sign; None of none."""
    return max(values, key=abs, default=None)


def removed_in_short(eog: Evidence) -> str:
    """Return what was removed from one recording in a line."""
    if not eog["applied"]:
        return "nothing of the eyes"
    blinks = eog["blinks"]
    said = f"eye movements, by {METHODS[eog['method']]}"
    if blinks["before"]:
        before, after = (number(_largest(blinks[when]), 0) for when in ("before", "after"))
        said += f": the largest average blink {before} µV before, {after} µV after"
    alpha = f", posterior alpha {signed(100 * eog['alpha']['change'], 1)} %" if eog["alpha"] else ""
    return said + alpha


def removal_summary(evidence: Sequence[Evidence]) -> str:
    """Return the removal over all subjects in a few sentences: how many, and medians and ranges of the evidence.

    Subjects without a piece of evidence (no blink found, no simulated truth) are not counted in its median; the
    number of the others is said.
    """
    applied = [one for one in evidence if one["applied"]]
    if not applied:
        said = list(dict.fromkeys(one["statement"] for one in evidence))
        return said[0] if len(said) == 1 else f"Not removed in any of {len(evidence)} subjects; see their pages."
    without = [one["subject"] for one in evidence if not one["applied"]]
    methods = " or ".join(dict.fromkeys(METHODS[one["method"]] for one in applied))
    head = f"Removed by {methods} in {len(applied)} of {len(evidence)} subjects"
    head += f" (not in {', '.join(without)})" if without else ""
    found = [
        said.format(_spread(values, unit=unit)) + f" (in {len(values)} of them)" * (len(values) < len(applied))
        for said, unit, values in _measures(applied)
        if values
    ]
    scored = "Median over them (range), each half of a recording scored with what the other half gave"
    return f"{head}. {scored}: {'; '.join(found)}." if found else f"{head}."


def _measures(applied: Sequence[Evidence]) -> list[tuple[str, str, list[float]]]:
    """Return words with a place for the number, unit and the subjects' values of every measure."""
    blinks = [one["blinks"] for one in applied if one["blinks"]["before"]]
    shares = [one["truth"]["share"] for one in applied if one["truth"] and one["truth"]["share"] is not None]
    rose = ", below 0 where the error rose" * (min(shares, default=0) < 0)
    rose += f", above 100 % since {WHOLE_WEIGHTS}" * (max(shares, default=0) > 1)
    return [
        ("frontal blink peak {} before", "µV", [_largest(one["before"]) for one in blinks]),
        ("{} after", "µV", [_largest(one["after"]) for one in blinks]),
        ("change of posterior alpha {}", "%", [100 * one["alpha"]["change"] for one in applied if one["alpha"]]),
        (f"{{}} of the error reduction of the true mixing weights{rose}", "%", [100 * share for share in shares]),
    ]


def _largest(averages: Mapping[str, Sequence[float]]) -> float:
    """Return the size of the largest deflection over the channels."""
    return float(np.abs(list(averages.values())).max())


def _spread(values: Sequence[float], *, unit: str) -> str:
    middle, low, high = (number(float(value), 1) for value in (np.median(values), min(values), max(values)))
    return f"{middle} {unit} ({low} to {high})"

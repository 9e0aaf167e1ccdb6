"""The explanations on a page: what models go by, how far noise reaches, and what is left with randomised weights."""

from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from eeg.explanations import CELL, Explained
from eeg.importance import NAMES
from eeg.report import words
from eeg.report.heads import by_name
from eeg.report.page import embed, number, records, signed
from eeg.report.scalp import importance_figure, occlusion_figure

CAUTIONS = (
    "Importance is what the model loses, not what the brain does: a channel that is of use only through its neighbours "
    "counts, and one whose neighbours say the same counts little, since they stand in for it. A band is the stronger "
    "group: all channels are swapped at once. Bands that overlap stand in for each other too.",
    "A model that tells nothing apart has nothing to lose: read this beside its balanced accuracy. What is above the "
    "noise level helps the model tell the classes apart in these recordings; eyes and muscles can do that as well.",
    "Swapping makes windows that no head has produced, the more so the more channels go together.",
)
"""What explanations cannot say."""

SHOWN_CHANNELS = 8


def section(tables: Explained, config: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the template shows of all subjects: for every model its figures, tables and sentences."""
    rows, sanity = (_filled(table) for table in (tables.summary, tables.sanity))
    return _section(rows, config, of="subjects", sanity=sanity)


def subject_section(values: pd.DataFrame, subject: str, config: Mapping[str, Any]) -> dict[str, Any]:
    """Return the same of one subject, out of `explanations.csv`; its intervals are over trials."""
    rows = _filled(values[values["subject"] == subject]).rename(columns={"value": "mean"})
    return _section(rows, config, of="trials", sanity=None)


def _section(rows: pd.DataFrame, config: Mapping[str, Any], *, of: str, sanity: pd.DataFrame | None) -> dict[str, Any]:
    models = [_model(key, own, config, of) for key, own in _models(rows)]
    said = [] if sanity is None else [checked(own) for _, own in _models(sanity)]
    return {
        "target": config["explain"]["target"],
        "percent": _percent(config),
        "of": of,
        "cautions": CAUTIONS,
        "models": [one | {"sanity": check} for one, check in zip(models, said or [""] * len(models), strict=True)],
    }


def _percent(config: Mapping[str, Any]) -> str:
    return f"{100 * config['scores']['confidence']:g} %"


def _models(table: pd.DataFrame) -> Iterator[tuple[tuple[str, str, str], pd.DataFrame]]:
    for key, rows in table.groupby(CELL, sort=False):
        yield tuple(map(str, key)), rows  # type: ignore[misc]


def _model(key: tuple[str, str, str], rows: pd.DataFrame, config: Mapping[str, Any], of: str) -> dict[str, Any]:
    """Return what is shown of one model under one protocol."""
    protocol, target, model = key
    name, n = words.mark(model, words.transductive(config)), int(rows["n"].max())
    given: dict[str, Any] = {
        "protocol": protocol,
        "note": f"{name}, {target}, {words.named(protocol)}, {n} {of}",
        "simulated": words.is_simulated(config["source"]),
    }
    permuted = rows[(rows["kind"] == "permutation") & (rows["metric"] == "probability")]
    occluded = rows[rows["kind"] == "occlusion"]
    learnt = permuted[permuted["weights"] == "learnt"]
    said = f"{'LEAKY. ' * words.leaks(protocol)}{found(learnt)}"
    return {
        "protocol": protocol,
        "model": name,
        "found": found(learnt),
        "importance": embed(
            importance_figure(permuted, **given, percent=_percent(config)), f"{said} {_spoken(learnt)}"
        ),
        "occlusion": embed(
            occlusion_figure(occluded, **given), f"{'LEAKY. ' * words.leaks(protocol)}{_pieces(occluded)}"
        ),
        "pieces": _pieces(occluded),
        "unplaced": [one for one in rows["channel"].unique() if one and one not in by_name([one])],
        "bands": _rows(permuted, rows, "band"),
        "channels": _rows(permuted, rows, "channel")[:SHOWN_CHANNELS],
    }


def _rows(permuted: pd.DataFrame, rows: pd.DataFrame, group: str) -> list[dict[str, Any]]:
    """Return a row per group, the largest drop first, with the points of balanced accuracy and the randomised drop."""
    metrics = {
        (weights, metric): own.set_index(group)
        for (weights, metric), own in rows[(rows["kind"] == "permutation") & (rows["group"] == group)].groupby(
            ["weights", "metric"], sort=False
        )
    }
    own = permuted[(permuted["group"] == group) & (permuted["weights"] == "learnt")]
    return [
        {
            "name": row[group],
            **{key: row[key] for key in ("mean", "low", "high", "p", "noise")},
            "above": row["mean"] > row["noise"],
            "accuracy": metrics["learnt", "balanced_accuracy"].loc[row[group], "mean"],
            "randomised": metrics["randomised", "probability"].loc[row[group], "mean"],
        }
        for row in records(own.sort_values("mean", ascending=False, kind="stable"))
    ]


def found(learnt: pd.DataFrame) -> str:
    """Return, in a sentence, which bands and channels lie above the noise level."""
    said = []
    for group, what in (("band", "bands"), ("channel", "channels")):
        rows = learnt[learnt["group"] == group]
        if len(rows):
            above = rows[rows["mean"] > rows["noise"]].sort_values("mean", ascending=False, kind="stable")
            names = ", ".join(above[group]) or "none"
            said.append(f"{what} above the noise level: {names} ({len(above)} of {len(rows)})")
    text = "; ".join(said)
    return f"{text[:1].upper()}{text[1:]}."


def _pieces(occluded: pd.DataFrame) -> str:
    """Return how many pieces lie above the noise level, and the foremost."""
    rows = occluded[occluded["weights"] == "learnt"]
    above = rows[rows["mean"] > rows["noise"]].sort_values("mean", ascending=False, kind="stable")
    named = [f"{row['channel']} {row['band'] or row['time']}" for row in records(above)]
    shown = ", ".join(named[:SHOWN_CHANNELS]) + (", ..." if len(named) > SHOWN_CHANNELS else "")
    return f"Occluded, {len(above)} of {len(rows)} lie above the noise level" + (f": {shown}." if named else ".")


def checked(rows: pd.DataFrame) -> str:
    """Return the sanity check in words."""
    maps = rows[rows["metric"] != "balanced_accuracy"]
    said = [
        f"{row['group'].replace('_', ' by ')}s ({row['kind']}) {row['learnt']} of {row['n_groups']} above the noise "
        f"level, randomised {row['randomised']}{_alike(row['correlation'])}"
        for row in records(maps)
    ]
    drift = rows["drift"].max()
    same = (
        "equal those that were scored" if drift == 0 else f"differ from those that were scored by {drift:.1g} at most"
    )
    return f"{'; '.join(said)}. The models were fitted again with the same rows and seeds; their logits {same}."


def _alike(correlation: float) -> str:
    """Return the rank correlation of both maps in words, nothing where they are too small for one."""
    return "" if pd.isna(correlation) else f", rank correlation of the two maps {number(correlation)}"


def _spoken(learnt: pd.DataFrame) -> str:
    """Return the bands' values, or the foremost channels', in words."""
    rows = learnt[learnt["group"] == "band"]
    rows = rows if len(rows) else learnt.sort_values("mean", ascending=False).head(SHOWN_CHANNELS)
    each = [f"{row['band'] or row['channel']} {signed(row['mean'], 3)}" for row in records(rows)]
    return f"Drop in probability: {'; '.join(each)}; noise level {number(rows['noise'].iloc[0], 3)}."


def _filled(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table as it was before it was a file: what no group has is an empty word."""
    names = [name for name in NAMES if name in table]
    return table.assign(**{name: table[name].astype(object).fillna("") for name in names})

"""One plain sentence per target that can be quoted: the best honest result, and the caution that goes with it."""

import math
from typing import Any, NamedTuple

import pandas as pd

from eeg.report import figures, words
from eeg.report.page import interval, number, p_value, records

NOTHING = "no result that could be quoted: nothing was scored under a protocol that does not leak."


LEVEL = 0.05
"""From this corrected p on a sentence says that it is no evidence."""


class Headline(NamedTuple):
    """What is said first of a target: the sentence, its cautions, and the cell (protocol, target, model) it is of.

    `leaky` is what the same model shows under a protocol that leaks, for the page to mark; `cell` is None where there
    is nothing to be said.
    """

    target: str
    sentence: str
    cautions: tuple[str, ...]
    leaky: tuple[tuple[str, float], ...]
    cell: tuple[str, str, str] | None


def headlines(summary: pd.DataFrame) -> list[Headline]:
    """Return a headline per target: of all models and protocols that do not leak, the one furthest above chance.

    Those without a chance level (leave one trial out) are spoken of only where nothing has one.
    """
    rows = words.of_models(figures.trial_scores(summary).assign(best=figures.best_yardsticks))
    return [_headline(str(target), own) for target, own in rows.groupby("target", sort=False)]


def _headline(target: str, rows: pd.DataFrame) -> Headline:
    leaks = rows["protocol"].map(words.leaks).astype(bool)
    honest = rows[~leaks & rows["mean"].notna()]
    if honest.empty:
        return Headline(target, NOTHING, (), (), None)
    tested = honest[honest["chance"].notna()]
    honest = honest if tested.empty else tested
    best = honest.iloc[int((honest["mean"] - honest["chance"].fillna(0)).argmax())]
    own, others = rows["model"] == best["model"], honest["protocol"] == best["protocol"]
    span = interval(best["low"], best["high"])
    within = "" if span == "n/a" else f" ({span})"
    return Headline(
        target,
        f"{best['model']} reaches {number(best['mean'])}{within} under {best['protocol']}, "
        f"chance is {number(best['chance'])}.",
        tuple(filter(None, [_chosen(best, len(honest)), _yardstick(best), _others(honest[others], best["model"])])),
        tuple((row["protocol"], row["mean"]) for row in records(rows[own & leaks])),
        (best["protocol"], target, best["model"]),
    )


def _chosen(best: "pd.Series[Any]", count: int) -> str:
    """Return that the best of several flatters itself, with p times their number (Bonferroni)."""
    p = float(best["p"])
    if not math.isfinite(p):
        return "There was no test against chance."
    if count == 1:
        return f"p against chance is {p_value(p)}."
    corrected = min(1.0, p * count)
    weak = ", which is no evidence of more than chance" if corrected >= LEVEL else ""
    return (
        f"The furthest above chance of {count} honest results, so it flatters: p against chance is {p_value(p)}, "
        f"corrected for the choice {p_value(corrected)}{weak}."
    )


def _yardstick(best: "pd.Series[Any]") -> str:
    value = number(best["best"])
    if value == "n/a":
        return ""
    outside = " and goes by what no model here knows" * words.outside(best["yardstick"], best["protocol"])
    more = ", as much or more" if best["gain"] <= 0 else ""
    return f"{best['yardstick']}, which sees no EEG{outside}, reaches {value}{more}."


def _others(rows: pd.DataFrame, model: str) -> str:
    rest = rows[rows["model"] != model].sort_values("mean", ascending=False, kind="stable")
    listed = ", ".join(f"{row['model']} {number(row['mean'])}" for row in records(rest))
    return f"Beside it under {rest['protocol'].iloc[0]}: {listed}." if listed else ""

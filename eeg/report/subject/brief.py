"""The page in a few lines: whether the recording is good, what was removed, and what the models made of it."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from eeg.report import figures, words
from eeg.report.page import number, records, with_interval
from eeg.report.removal import removed_in_short
from eeg.report.subject.facts import SubjectFacts
from eeg.report.subject.left_out import found
from eeg.report.subject.recording import VERDICTS
from eeg.report.subject.section import Section, section


def section_of(facts: SubjectFacts) -> Section:
    """Return a line on the recording, on the eyes, on what was left out, and one per target."""
    verdict = facts.check["verdict"]
    left_out = "; ".join(what for what, _ in found(facts)) or "nothing"
    lines = [("Removed", removed_in_short(facts.eog)), ("Left out", left_out), *_results(facts)]
    said = {"verdict": verdict, "verdict_words": VERDICTS.get(verdict, verdict), "warnings": _warnings(facts)}
    return section("In short", "brief", lines=lines, **said)


def _warnings(facts: SubjectFacts) -> str:
    count = sum(one["severity"] != "ok" for one in facts.check["findings"])
    return f"{count} finding{'s' * (count > 1)} below" if count else ""


def _results(facts: SubjectFacts) -> list[tuple[str, str]]:
    """Return a line per target under the first protocol that does not leak."""
    scores = figures.trial_scores(facts.own_scores)
    scores = scores[scores["value"].notna()]
    honest = [protocol for protocol in words.in_order(scores["protocol"]) if not words.leaks(protocol)]
    if not honest:
        return [("Models", "no score under a protocol that does not leak")]
    own = scores[scores["protocol"] == honest[0]]
    return [
        (str(target), f"balanced accuracy per trial under {honest[0]} (interval over its trials): {_line(rows)}")
        for target, rows in own.groupby("target", sort=False)
    ]


def _line(rows: pd.DataFrame) -> str:
    """Return every model with its interval, then the range of chance, then the best yardstick."""
    models = words.of_models(rows).sort_values("value", ascending=False, kind="stable")
    said = [f"{row['model']} {with_interval(row['value'], row['low'], row['high'])}" for row in records(models)]
    low, high = (number(end) for end in (models["chance"].min(), models["chance"].max()))
    chance = f"chance {low}" if low == high else f"chance {low} to {high}"
    others = rows[rows["model"].isin(words.YARDSTICKS)].sort_values("value", ascending=False, kind="stable")
    without = [f"without EEG {_named(row)} {number(row['value'])}" for row in records(others[:1])]
    return "; ".join([", ".join(said), chance, *without]) if said else "no model was scored"


def _named(row: Mapping[str, Any]) -> str:
    """Return a yardstick's name, with what must be known of it under the row's protocol."""
    return row["model"] + " (outside information)" * words.outside(row["model"], row["protocol"])

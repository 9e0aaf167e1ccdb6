"""The page itself: its facts put into its template."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from markupsafe import Markup

from eeg.report import figures, words
from eeg.report.explanations import section as explained_section
from eeg.report.leaks import section as meter_section
from eeg.report.overview.about import about, as_text
from eeg.report.overview.facts import OverviewFacts
from eeg.report.overview.headlines import headlines
from eeg.report.overview.rules import rule_section
from eeg.report.overview.tables import (
    calibration_rows,
    confusions,
    leak_rows,
    pair_rows,
    score_rows,
    subject_rows,
)
from eeg.report.page import embed, interval, number, records, render
from eeg.report.provenance import provenance_line

TITLE = "EEG emotion recognition: what came out"


def overview_page(facts: OverviewFacts) -> str:
    """Return the self-contained page over all subjects."""
    facts = marked(facts)
    best = headlines(facts.summary)
    shown = {
        "leaks": leak_rows(facts.comparisons, facts.summary),
        "pairs": pair_rows(facts.comparisons),
        "meter": meter_section(facts.meter, facts.config) if facts.meter else None,
        "explained": explained_section(facts.explained, facts.config) if facts.explained else None,
        "calibration": [] if facts.calibration is None else calibration_rows(facts.calibration),
        "confusions": [] if facts.confusion is None else confusions(facts.confusion, facts.config["targets"]),
        "links": list(facts.links.items()),
    }
    return render(
        "overview.html.j2",
        interactive=True,
        **shown,
        places=_places(shown),
        title=TITLE,
        simulated=facts.simulated,
        repaired=any(check["repaired"] for check in facts.checks),
        bads=facts.config["check"]["bads"],
        percent=facts.percent,
        citations=words.citations(facts.config["source"]),
        provenance=provenance_line(facts.provenance),
        headlines=best,
        main_image=_main_image(facts),
        about=about(facts),
        protocols=words.in_order(facts.summary["protocol"]),
        scores=score_rows(facts.summary),
        outside=words.outsiders(words.models_first(facts.summary["model"]), facts.summary["protocol"]),
        transductive=words.transductive(facts.config),
        thinned=words.thinned(facts.config),
        refits=facts.config["scores"]["refits"],
        subjects=subject_rows(facts.verdicts, facts.scores, best),
        rules=rule_section(facts.provenance.get("rules", {})),
        configuration=as_text(facts.config),
    )


def marked(facts: OverviewFacts) -> OverviewFacts:
    """Return the facts with every transductive model marked in every table."""
    names = words.transductive(facts.config)
    changes: dict[str, Any] = {
        table: words.marked(getattr(facts, table), names)
        for table in OverviewFacts.TABLES
        if getattr(facts, table) is not None
    }
    return replace(facts, **changes)


def _places(shown: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return what the page has, by address and name."""
    places = [
        ("picture", "picture", True),
        ("scores", "scores", True),
        ("leak", "how much the leak adds", shown["leaks"]),
        ("pairs", "which differences count", any(shown["pairs"].values())),
        ("meter", "what each leak is worth", shown["meter"]),
        ("explanations", "what the models go by", shown["explained"] and shown["explained"]["models"]),
        ("mistakes", "mistakes and calibration", shown["confusions"] or shown["calibration"]),
        ("subjects", "subjects", True),
        ("run", "what was run", True),
        ("more", "methods, tables and other pages", shown["links"]),
    ]
    return [(address, name) for address, name, there in places if there]


def _main_image(facts: OverviewFacts) -> tuple[Markup, str] | None:
    means = words.of_models(figures.trial_scores(facts.summary))
    if means.empty:
        return None
    spoken = "; ".join(
        f"{words.named(row['protocol'])}, {row['target']}, {row['model']} "
        f"{number(row['mean'])} ({interval(row['low'], row['high'])}), chance {number(row['chance'])}"
        for row in records(means)
    )
    caption = (
        f"Balanced accuracy per trial. Light dots are subjects, black dots their mean with its {facts.percent} "
        "interval; panels by target and protocol. Subjects far from the others bear their names."
    ) + " Watermarked panels leak." * any(map(words.leaks, means["protocol"]))
    image = figures.main_figure(
        facts.summary, facts.scores, simulated=facts.simulated, confidence=facts.config["scores"]["confidence"]
    )
    return embed(image, f"Balanced accuracy per trial, mean and {facts.percent} interval: {spoken}."), caption

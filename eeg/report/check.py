"""The page of the checks: is this copy of the recordings usable, and if not, what is wrong and what to do."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from eeg.doctor import verdict
from eeg.doctor.catalogue import CATALOGUE
from eeg.report import words
from eeg.report.page import render
from eeg.report.provenance import provenance_line

Report = Mapping[str, Any]

TITLE = "Is this copy of the recordings usable?"

ANSWERS = {"ok": "Yes", "warn": "Yes, with warnings", "refuse": "No"}
"""The answer to the title by the worst verdict."""

NEXT = {
    "ok": "Nothing was found that is in the way.",
    "warn": "The run goes on; read the warnings before you believe its numbers.",
    "refuse": "The run stops at what is refused: each refusal below says what to do.",
}


@dataclass(frozen=True)
class CheckFacts:
    """Everything the page of the checks shows.

    Parameters
    ----------
    source, form : str
        Name of the data source (`simulated`, `deap`, `recordings`), and the form read (`original`, `python`, `matlab`,
        `recordings`).
    reports : sequence of mapping
        As in `check/{subject}.json`, one per subject.
    cohort : mapping
        As in `check/cohort.json`.
    provenance : mapping
        `commit`, `date`, `versions`.
    """

    source: str
    form: str
    reports: Sequence[Report]
    cohort: Report
    provenance: Mapping[str, Any]

    @property
    def simulated(self) -> bool:
        """Whether the page must say that the recordings are simulated."""
        return words.is_simulated(self.source)


def check_page(facts: CheckFacts) -> str:
    """Return the self-contained page of the checks."""
    reports = [*facts.reports, facts.cohort]
    return render(
        "check.html.j2",
        title=TITLE,
        simulated=facts.simulated,
        repaired=any(report.get("repaired") for report in facts.reports),
        bads=facts.reports[0]["treatment"],
        citations=words.citations(facts.source),
        provenance=provenance_line(facts.provenance),
        verdict=worst(reports),
        answer=ANSWERS[worst(reports)],
        then=NEXT[worst(reports)],
        counts=counts(facts.reports),
        about=_about(facts),
        cohort=row(facts.cohort),
        subjects=[row(report) for report in facts.reports],
        codes=codes(reports),
    )


def _about(facts: CheckFacts) -> list[tuple[str, str]]:
    config = {"source": facts.source, "deap": {"form": facts.form}}
    repaired = [str(report["subject"]) for report in facts.reports if report.get("repaired")]
    unknown = any(report.get("order") == "unknown" for report in facts.reports)
    lines = [
        ("Source", words.source(config)),
        ("Cleaning", words.RELEASED if words.is_release(config) else ""),
        ("Order", words.ORDER_UNKNOWN if unknown else ""),
        ("Bad channels", words.bads(facts.reports)),
        ("Labels repaired", ", ".join(repaired)),
    ]
    return [(name, text) for name, text in lines if text]


def worst(reports: Sequence[Report]) -> str:
    """Return the worst verdict of several reports."""
    return verdict([finding for report in reports for finding in report["findings"]])


def counts(reports: Sequence[Report]) -> str:
    """Return how many subjects have which verdict, in one sentence."""
    verdicts = [report["verdict"] for report in reports]
    n = {name: verdicts.count(name) for name in ANSWERS}
    subjects = f"{len(verdicts)} subject{'s' * (len(verdicts) != 1)}"
    return f"{subjects}: {n['ok']} ok, {n['warn']} with warnings, {n['refuse']} refused."


def row(report: Report) -> dict[str, Any]:
    """Return a report's subject and verdict, what is wrong, refusals first, and what is well."""
    findings = sorted(report["findings"], key=lambda finding: finding["severity"] != "refuse")
    wrong = [finding for finding in findings if finding["severity"] != "ok"]
    well = [finding for finding in findings if finding["severity"] == "ok"]
    return {"subject": report["subject"], "verdict": report["verdict"], "wrong": wrong, "well": well}


def codes(reports: Sequence[Report]) -> list[tuple[str, str]]:
    """Return what the codes of all that is wrong mean, in the catalogue's order."""
    found = {finding["code"] for report in reports for finding in row(report)["wrong"]}
    return [(code, kind.meaning) for code, kind in CATALOGUE.items() if code in found]

"""The sections of a subject's page, put together."""

from collections.abc import Callable

from eeg.report import words
from eeg.report.page import render
from eeg.report.provenance import provenance_line
from eeg.report.subject import (
    brief,
    curves,
    entropy,
    explanations,
    eyes,
    grid,
    left_out,
    ratings,
    recording,
    scores,
    sessions,
    signals,
)
from eeg.report.subject.facts import SubjectFacts
from eeg.report.subject.section import Section

SECTIONS: tuple[Callable[[SubjectFacts], Section | None], ...] = (
    brief.section_of,
    recording.section_of,
    left_out.section_of,
    signals.section_of,
    eyes.section_of,
    ratings.section_of,
    entropy.section_of,
    grid.section_of,
    scores.section_of,
    sessions.section_of,
    curves.section_of,
    explanations.section_of,
)
"""The sections in their order; one that has nothing to show is None."""


def subject_page(facts: SubjectFacts) -> str:
    """Return the self-contained page of one subject."""
    facts = facts.marked()
    return render(
        "subject.html.j2",
        title=f"Subject {facts.subject}",
        simulated=facts.simulated,
        repaired=facts.repaired,
        bads=facts.check["treatment"],
        citations=words.citations(facts.source),
        provenance=provenance_line(facts.provenance),
        sections=[found for found in (of(facts) for of in SECTIONS) if found],
    )

"""What the models that tested the subject went by."""

from eeg.report.subject.facts import SubjectFacts
from eeg.report.subject.section import Section, section


def section_of(facts: SubjectFacts) -> Section | None:
    """Return the explanations with the subject's own values; None where there are none."""
    if not (facts.explained and facts.explained["models"]):
        return None
    return section("What the models go by", "explanations", found=facts.explained)

"""Eye movements and blinks: what was removed, and the evidence."""

from eeg.datasets import fif
from eeg.report.removal import removal_section
from eeg.report.subject.facts import SubjectFacts
from eeg.report.subject.section import Section, section


def section_of(facts: SubjectFacts) -> Section:
    """Return what is known of the removal of eye movements."""
    found = removal_section(facts.eog, electrodes=fif.electrodes(facts.epochs), simulated=facts.simulated)
    return section("Eye movements and blinks", "eyes", eog=found)

"""What was recorded, in a few lines, and what the check of it said."""

from eeg.report import words
from eeg.report.check import row
from eeg.report.page import number
from eeg.report.subject.facts import SubjectFacts
from eeg.report.subject.section import Section, section

VERDICTS = {"ok": "ok", "warn": "usable, with warnings", "refuse": "refused"}


def section_of(facts: SubjectFacts) -> Section:
    """Return the verdict of the check with its findings, and the recording in a few lines."""
    verdict = facts.check["verdict"]
    return section(
        "Check of the recording",
        "recording",
        about=about(facts),
        check=row(facts.check),
        verdict_words=VERDICTS.get(verdict, verdict),
    )


def about(facts: SubjectFacts) -> list[tuple[str, str]]:
    """Return what was recorded, as names and values."""
    epochs, config = facts.epochs, {"source": facts.source, "deap": {"form": facts.check.get("form")}}
    recorded = " ".join(one["message"] for one in facts.check["findings"] if one["code"] in ("files", "rate"))
    span = f"{number(epochs.times[0], 1)} to {number(epochs.times[-1], 1)} s"
    return [
        ("Source", words.source(config)),
        *([("Recording", recorded)] if recorded else []),
        *([("Cleaning", words.RELEASED)] if words.is_release(config) else []),
        *([("Bad channels", words.bads([facts.check]))] if words.bads([facts.check]) else []),
        *([("Order", words.ORDER_UNKNOWN)] if facts.check.get("order") == "unknown" else []),
        ("Trials", f"{len(facts.trials)} in the table, {len(epochs)} cleaned"),
        ("Time", f"{span} about the onset (the start of the video or block)"),
        ("Cleaned", f"{epochs.info['sfreq']:g} Hz, {epochs.get_channel_types().count('eeg')} EEG channels"),
    ]

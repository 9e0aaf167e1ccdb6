"""What was left out, and why: trials without a class, trials that are missing, channels, fits with trouble."""

from collections import Counter

from eeg.report import words
from eeg.report.subject.facts import NO_CLASS_NAME, SubjectFacts
from eeg.report.subject.section import Section, section
from eeg.targets import classes, rule

NOTHING = (
    "Nothing was left out: every trial has a class under every target, every channel was used, and no fit made for "
    "this subject alone met trouble."
)


def section_of(facts: SubjectFacts) -> Section:
    """Return what was left out with the reason for each; a sentence that says so where nothing was."""
    return section("What was left out, and why", "left_out", rows=found(facts), nothing=NOTHING)


def found(facts: SubjectFacts) -> list[tuple[str, str]]:
    """Return what was left out, each with the reason."""
    return [*_channels(facts), *_missing(facts), *_without_class(facts), *_empty_classes(facts), *_fits(facts)]


def _channels(facts: SubjectFacts) -> list[tuple[str, str]]:
    if not facts.unused:
        return []
    return [(f"Channels {', '.join(facts.unused)}", f"found bad by the check and {words.TREATMENTS['drop']}")]


def _missing(facts: SubjectFacts) -> list[tuple[str, str]]:
    """Return the trials of the table that were not cut out of the recording."""
    if facts.epochs.metadata is None:
        return []
    lost = sorted(set(facts.trials["trial"]) - set(facts.epochs.metadata["trial"]))
    return [(_trials(lost), "in the table of trials, but not in the recording")] if lost else []


def _without_class(facts: SubjectFacts) -> list[tuple[str, str]]:
    rows = []
    for name, target in facts.targets.items():
        pairs = zip(facts.trials["trial"], facts.class_names(name), strict=True)
        without = [trial for trial, own in pairs if own == NO_CLASS_NAME]
        if without:
            said = f"no class under {name} ({rule(target)}): neither trained on nor scored"
            rows.append((_trials(without), said))
    return rows


def _empty_classes(facts: SubjectFacts) -> list[tuple[str, str]]:
    """Return the classes that no trial of the subject has."""
    rows = []
    for name, target in facts.targets.items():
        counts = Counter(facts.class_names(name))
        empty = [one for one in classes(target) if not counts[one]]
        if empty:
            rows.append((f"Class {', '.join(empty)} of {name}", f"no trial of this subject has it ({rule(target)})"))
    return rows


def _fits(facts: SubjectFacts) -> list[tuple[str, str]]:
    """Return the fits whose record says that not all went well."""
    rows = []
    for (protocol, target, model), record in facts.records.items():
        troubles = [(fold["fold"], fold["status"]) for fold in record["folds"] if fold["status"] != "ok"]
        if troubles:
            said = "; ".join(f"fold {fold}: {_said(status, facts, target)}" for fold, status in troubles)
            rows.append((f"{model}, {target}, {words.named(protocol)}", said))
    return rows


def _said(status: str, facts: SubjectFacts, target: str) -> str:
    """Return a status in words, classes by name."""
    kind, _, rest = status.partition(": ")
    if kind != "class_missing":
        return status
    names = classes(facts.targets[target])
    listed = ", ".join(names[int(code)] for code in rest.split(";")[0].split(", "))
    return f"no training trial of {listed}" + "".join(f"; {more.strip()}" for more in rest.split(";")[1:])


def _trials(numbers: list[int]) -> str:
    return f"Trial{'s' * (len(numbers) > 1)} {', '.join(map(str, numbers))}"

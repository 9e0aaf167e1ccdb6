"""What the doctor finds by looking at subjects together: repetitions, gaps, altered cohorts."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import pandas as pd

from eeg.doctor import Finding, finding, labels, passed, verdict
from eeg.doctor.examination import Asked, Report
from eeg.errors import InputError


def examine_cohort(
    reader: ModuleType, folder: Path | str, reports: Sequence[Mapping[str, Any]], *, asked: Asked
) -> Report:
    """Return the cohort's report: the artifact `results/check/cohort.json`; never raises InputError.

    Parameters
    ----------
    reader : module
        A file of `eeg.datasets`.
    folder : path
        Where the source's files lie.
    reports : sequence of mapping
        What `examine_subject` returned, one per subject.
    asked : Asked
        What the experiment needs.

    Returns
    -------
    dict
        `subject` (the word `cohort`), `verdict`, `findings`, `subjects` (those it consists of), `repaired` (those of
        them whose labels were).
    """
    subjects = [report["subject"] for report in reports]
    findings = signals_repeated(reports) + clocks(reports)
    if hasattr(reader, "everyone"):
        try:
            table = reader.everyone(folder, subjects, **asked.settings)
            known = reader.known(folder, subjects, **asked.settings)
        except InputError:
            # Whose rows they are is in that subject's report; the others are compared all the same.
            table, known = _readable(reader, folder, subjects, asked=asked), None
        findings += tables(table, known)
        findings += [_contradiction(*one) for one in contradictions(reader, folder, asked)]
        findings += [] if asked.chosen else absent(subjects, table["subject"].unique().tolist())
    repaired = [report["subject"] for report in reports if report["repaired"]]
    about = {"subjects": subjects, "repaired": repaired}
    return {"subject": "cohort", "verdict": verdict(findings), "findings": findings, **about}


def contradictions(reader: ModuleType, folder: Path | str, asked: Asked) -> list[tuple[Path, Path, int]]:
    """Return the pairs of tables of labels that contradict each other, of sources that may have several."""
    try:
        return reader.contradictions(folder, **asked.settings) if hasattr(reader, "contradictions") else []
    except InputError:
        return []


def _contradiction(first: Path, second: Path, number: int) -> Finding:
    message = f"{second} contradicts {first}, which is read, in {number} trials."
    remedy = "Take the wrong one away, or name the right one as `deap.ratings` in the config."
    return finding("ratings_file", message, where=f"{first}, {second}", remedy=remedy)


def signals_repeated(reports: Sequence[Mapping[str, Any]]) -> list[Finding]:
    """Return the pairs of subjects that share the signals of a trial."""
    owner: dict[str, str] = {}
    pairs: dict[tuple[str, str], int] = {}
    for report in reports:
        for digest in dict.fromkeys(report["trials"].values()):
            first = owner.setdefault(digest, report["subject"])
            if first != report["subject"]:
                pair = (first, report["subject"])
                pairs[pair] = pairs.get(pair, 0) + 1
    if not pairs:
        return [passed("subjects", f"No two of {len(reports)} subjects share the signals of a trial.")]
    return [_repeated(pair, f"the signals of {number} trials") for pair, number in pairs.items()]


def clocks(reports: Sequence[Mapping[str, Any]]) -> list[Finding]:
    """Return a refusal of the few whose triggers fit their start times nowhere, where those of most subjects do."""
    odd = [report["subject"] for report in reports if "triggers_clock" in {one["code"] for one in report["findings"]}]
    if not odd or len(odd) > len(reports) / 2:
        return []
    where = ", ".join(odd)
    remedy = "Take recording and ratings of one person, or leave the subject out (`subjects:` in the config)."
    message = f"The triggers of {where} fit the start times nowhere, those of the others do: another's recording?"
    return [finding("clock_alone", message, where=where, remedy=remedy)]


def tables(table: pd.DataFrame, known: Mapping[str, Sequence[int]] | None) -> list[Finding]:
    """Return what is wrong with the trial tables of a cohort.

    Parameters
    ----------
    table : DataFrame
        Trial tables of all subjects.
    known : mapping or None
        As in `labels.counts`.
    """
    seen: dict[bytes, str] = {}
    found = []
    # people whom models are only applied to may be without ratings
    rated = table.dropna(subset=list(labels.SCALES), how="all")
    for subject, rows in rated.groupby("subject"):
        content = rows[list(labels.SCALES)].to_numpy(float).tobytes()
        if content in seen:
            found.append(_repeated((seen[content], str(subject)), "all their ratings"))
        seen.setdefault(content, str(subject))
    return found + labels.counts(rated, known if len(rated) == len(table) else None)


def absent(present: Sequence[str], rated: Sequence[str]) -> list[Finding]:
    """Return a warning that lists the subjects below the highest number, or with ratings, that are not there."""
    numbers = {int(subject.removeprefix("s")) for subject in (*present, *rated)}
    wanted = [f"s{number:02d}" for number in range(1, max(numbers, default=0) + 1)]
    missing = [subject for subject in wanted if subject not in set(present)]
    if not missing:
        return [passed("subjects", f"All subjects from s01 to s{len(wanted):02d} are there.")]
    where = ", ".join(missing)
    remedy = "Add their files, or list the subjects to use under `subjects:` in the config."
    return [finding("subjects_missing", f"There are no signals of {where}.", where=where, remedy=remedy)]


def _repeated(pair: Sequence[str], what: str) -> Finding:
    where = ", ".join(pair)
    remedy = "One of them is a copy under another name: get both anew, or leave one out (`subjects:` in the config)."
    return finding("subjects_repeated", f"{' and '.join(pair)} share {what}.", where=where, remedy=remedy)


def _readable(reader: ModuleType, folder: Path | str, subjects: Sequence[str], *, asked: Asked) -> pd.DataFrame:
    """Return the trial tables that can be read as one, with at least its columns."""
    tables = [pd.DataFrame(columns=["subject", "trial", "video", *labels.SCALES])]
    for subject in subjects:
        try:
            tables.append(reader.trial_table(folder, subject, **asked.settings))
        except InputError:
            continue
    return pd.concat(tables[1:], ignore_index=True) if len(tables) > 1 else tables[0]

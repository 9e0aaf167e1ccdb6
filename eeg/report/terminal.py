"""What the checks found, for a terminal: a line a subject, what is wrong with it below, and what comes next."""

import shutil
import textwrap
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any, TextIO

from eeg.doctor.catalogue import CATALOGUE

Report = Mapping[str, Any]
Finding = Mapping[str, Any]
Kind = tuple[str, ...]

COHORT = "cohort"
"""The subject of the report that looks at all subjects together."""

WIDEST, NARROWEST = 100, 40
INDENT = 4

COLOURS = {"ok": "32", "warn": "33", "refuse": "1;31"}
"""ANSI: green, yellow, bold red."""

NEXT = {
    "ok": "Nothing is in the way of `make run`.",
    "warn": "Warnings do not stop `make run`; read them before you believe its numbers.",
    "refuse": "`make run` stops at a refusal. Do what is said above, or leave the subject out (`subjects:` in config).",
}


def wants_colour(stream: TextIO, environ: Mapping[str, str]) -> bool:
    """Return whether the stream should get colours.

    NO_COLOR (https://no-color.org) comes before FORCE_COLOR and CLICOLOR_FORCE, these before what the terminal is.
    """
    if environ.get("NO_COLOR"):
        return False
    if any(environ.get(name, "0") not in ("", "0") for name in ("FORCE_COLOR", "CLICOLOR_FORCE")):
        return True
    return stream.isatty() and environ.get("TERM") != "dumb"


def summary(reports: Sequence[Report], *, colour: bool, page: str) -> str:
    """Return the verdicts and findings of all checks as text.

    Parameters
    ----------
    reports : sequence of mapping
        `subject, verdict, findings`; the cohort's report has the subject `cohort`.
    colour : bool
        Use ANSI colours. Whatever the reports say, no other control character is in the text.
    page : str
        Where the page of the checks lies.
    """
    shared = _shared(reports)
    lines = [line for report in reports for line in _report(report, shared, colour=colour)]
    for entries in shared.values():
        lines += ["", *_several(entries, colour=colour)]
    return "\n".join([*lines, "", *_close(reports, page, colour=colour)])


def plain(text: object) -> str:
    """Return text in one line in which every control character is written out: it may come from a stranger's file."""
    return "".join(_plain(character) for character in str(text))


def _plain(character: str) -> str:
    if character.isprintable():
        return character
    blank = character in "\t\n\r" or unicodedata.category(character)[0] == "Z"
    return " " if blank else character.encode("unicode_escape").decode()


def _shared(reports: Sequence[Report]) -> dict[Kind, list[tuple[str, Finding]]]:
    """Return what several subjects have in common, with the subjects: like warnings, and refusals in the same words."""
    found: dict[Kind, list[tuple[str, Finding]]] = {}
    for report in reports:
        for finding in _bad(report):
            if report["subject"] != COHORT:
                found.setdefault(_kind(finding), []).append((report["subject"], finding))
    return {kind: entries for kind, entries in found.items() if len({subject for subject, _ in entries}) > 1}


def _bad(report: Report) -> list[Finding]:
    return [finding for finding in report["findings"] if finding["severity"] != "ok"]


def _kind(finding: Finding) -> Kind:
    words = ("code", "remedy") if finding["severity"] == "warn" else ("code", "remedy", "message", "where")
    return tuple(finding[word] for word in words)


def _report(report: Report, shared: Mapping[Kind, Any], *, colour: bool) -> list[str]:
    together = [finding for finding in _bad(report) if report["subject"] != COHORT and _kind(finding) in shared]
    own = [finding for finding in _bad(report) if finding not in together]
    below = ", ".join(dict.fromkeys(plain(finding["code"]) for finding in together))
    verdict = _painted(plain(report["verdict"]), report["verdict"], colour)
    head = f"{plain(report['subject']):<8}{verdict}" + f" ({below}: see below)" * bool(below)
    return [head, *(line for finding in own for line in _finding(finding, INDENT, colour=colour))]


def _finding(finding: Finding, indent: int, *, colour: bool) -> list[str]:
    message, where = plain(finding["message"]), plain(finding["where"])
    lines = _marked(finding, f": {message}", indent, colour=colour)
    if where and where not in message:
        lines += _place(f"Where: {where}", indent + INDENT)
    return [*lines, *_wrapped(plain(finding["remedy"]), indent + INDENT)]


def _several(entries: Sequence[tuple[str, Finding]], *, colour: bool) -> list[str]:
    """Return what several subjects have in common: once in its own words where they are the same, else with places."""
    first, subjects = entries[0][1], dict.fromkeys(plain(subject) for subject, _ in entries)
    if all(finding == first for _, finding in entries):
        whom = _wrapped(f"In {len(subjects)} subjects: {', '.join(subjects)}.", INDENT)
        return [*_finding(first, 0, colour=colour), *whom]
    places = [(plain(subject), plain(finding["where"])) for subject, finding in entries if finding["where"]]
    where = {name: "; ".join(place for subject, place in places if subject == name) for name in subjects}
    meaning = f" ({CATALOGUE[first['code']].meaning})" if first["code"] in CATALOGUE else ""
    whom = [f"{name} ({place})" if place else name for name, place in where.items()]
    text = f"{meaning} in {len(subjects)} subjects: {', '.join(whom)}."
    return [*_marked(first, text, 0, colour=colour), *_wrapped(plain(first["remedy"]), INDENT)]


def _marked(finding: Finding, text: str, indent: int, *, colour: bool) -> list[str]:
    """Return severity and code, painted, and the text after them, in lines."""
    mark = f"{plain(finding['severity'])} {plain(finding['code'])}"
    lines = _wrapped(mark + text, indent)
    return [lines[0].replace(mark, _painted(mark, finding["severity"], colour), 1), *lines[1:]]


def _place(text: str, indent: int) -> list[str]:
    """Return a place in lines; a path stays whole, blanks and all, so that it can be copied."""
    return [" " * indent + text] if "/" in text or "\\" in text else _wrapped(text, indent)


def _close(reports: Sequence[Report], page: str, *, colour: bool) -> list[str]:
    verdicts = {report["subject"]: report["verdict"] for report in reports}
    of_cohort = verdicts.pop(COHORT, None)
    counts = {verdict: list(verdicts.values()).count(verdict) for verdict in COLOURS}
    said = ", ".join(_painted(f"{n} {verdict}", verdict if n else "", colour) for verdict, n in counts.items())
    together = f" Cohort: {_painted(of_cohort, of_cohort, colour)}." if of_cohort else ""
    worst = next((verdict for verdict in ("refuse", "warn") if verdict in (*verdicts.values(), of_cohort)), "ok")
    people = f"{len(verdicts)} subject{'s' * (len(verdicts) != 1)}"
    return [f"{people}: {said}.{together} Page: {plain(page)}", *_wrapped(NEXT[worst], 0)]


def _wrapped(text: str, indent: int) -> list[str]:
    """Return the text in lines that fit the terminal; what has no blank in it stays whole, so that it can be copied."""
    width = max(NARROWEST, min(WIDEST, shutil.get_terminal_size().columns))
    lead = " " * indent
    return textwrap.wrap(
        text, width, initial_indent=lead, subsequent_indent=lead, break_long_words=False, break_on_hyphens=False
    )


def _painted(text: str, severity: str, colour: bool) -> str:
    code = COLOURS.get(severity)
    return f"\033[{code}m{text}\033[0m" if colour and code else text

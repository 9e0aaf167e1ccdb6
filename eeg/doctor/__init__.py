"""The dataset doctor: what is wrong with a copy of the recordings, before anything is computed from it."""

from collections.abc import Mapping, Sequence
from typing import Any

from eeg.doctor.catalogue import CATALOGUE
from eeg.errors import InputError

Finding = dict[str, str]


def finding(code: str, message: str, *, where: str = "", remedy: str = "") -> Finding:
    """Return one finding of the check's artifact; how grave it is stands in the catalogue."""
    severity = CATALOGUE[code].severity
    return {"code": code, "severity": severity, "message": message, "where": where, "remedy": remedy}


def passed(code: str, message: str) -> Finding:
    """Return what was looked at and found good; `code` names the look."""
    return {"code": code, "severity": "ok", "message": message, "where": "", "remedy": ""}


def verdict(findings: Sequence[Finding]) -> str:
    """Return the worst severity: `ok`, `warn` or `refuse`."""
    found = {entry["severity"] for entry in findings}
    return next((severity for severity in ("refuse", "warn") if severity in found), "ok")


def from_error(error: InputError) -> Finding:
    """Return the finding of what kept a file from being read."""
    message = f"Expected {error.expected}. Received {error.received}."
    return finding(error.code, message, where=str(error.file or ""), remedy=error.remedy)


def admit(report: Mapping[str, Any], path: str) -> None:
    """Raise InputError where a report refuses what it looked at; `path` is where the report lies."""
    refusals = [entry for entry in report["findings"] if entry["severity"] == "refuse"]
    if refusals:
        first = refusals[0]
        place = f" ({first['where']})" if first["where"] else ""
        raise InputError(
            f"recordings of {report['subject']} that pass the check",
            f"{len(refusals)} refusal{'s' * (len(refusals) > 1)}, the first: {first['message'].rstrip('.')}{place}",
            first["remedy"] or "See the report.",
            file=path,
        )

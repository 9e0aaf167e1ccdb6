"""The dataset doctor: what a subject's recording and trial table lack before anything is computed from them."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal, Protocol

import numpy as np
import pandas as pd

from eeg.errors import InputError

Severity = Literal["ok", "warn", "refuse"]
Finding = dict[str, str]

FLAT = 1e-7
"""A channel whose values stay within 0.1 microvolt over the whole recording is flat."""


class Recording(Protocol):
    """The part of `mne.io.Raw` the doctor looks at."""

    ch_names: list[str]
    n_times: int
    info: Any
    annotations: Any
    first_time: float

    def get_data(self, picks: list[str]) -> np.ndarray:
        """Return the picked channels in volts."""
        ...


def finding(code: str, severity: Severity, message: str, *, where: str = "", remedy: str = "") -> Finding:
    """Return one finding of the check's artifact."""
    return {"code": code, "severity": severity, "message": message, "where": where, "remedy": remedy}


def examine(
    raw: Recording,
    trials: pd.DataFrame,
    *,
    sfreq: float,
    baseline: float,
    duration: float,
    rating_columns: Sequence[str],
    rating_range: tuple[float, float] | None = (1.0, 9.0),
) -> list[Finding]:
    """Return what is good, odd (`warn`) or unusable (`refuse`) about a recording that could be read.

    Parameters
    ----------
    raw : Raw
        Native rate, preloaded.
    trials : DataFrame
        Trial table of the subject.
    sfreq : float
        The rate to which it will be lowered, in Hz.
    baseline, duration : float
        Seconds that a trial needs before and after its annotation.
    rating_columns : sequence of str
        Columns that must hold a rating for every trial; empty where labels are classes.
    rating_range : (float, float) or None
        Smallest and largest rating; None where the scale is not known.

    Returns
    -------
    list of dict
        `code, severity, message, where, remedy`.
    """
    seconds = raw.n_times / raw.info["sfreq"]
    whole = finding("files", "ok", f"{seconds:.0f} s of {len(raw.ch_names)} channels were read.")
    return [
        whole,
        _rate(raw, sfreq),
        *_channels(raw),
        *_triggers(raw, trials, baseline, duration),
        *(_ratings(trials, column, rating_range) for column in rating_columns),
    ]


def classes(
    labels: Mapping[str, np.ndarray], n_folds: int, *, subject: str, names: Mapping[str, Sequence[str]]
) -> list[Finding]:
    """Return a warning for every class with fewer trials than folds: some folds cannot hold it.

    Parameters
    ----------
    labels : mapping of str to ndarray of int, shape (n_trials,)
        Class codes per target; a negative code is an excluded trial.
    n_folds : int
    subject : str
    names : mapping of str to sequence of str
        Class names per target in the order of their codes.

    Returns
    -------
    list of dict
    """
    found = []
    for target, codes in labels.items():
        for code, name in enumerate(names[target]):
            count = int(np.sum(np.asarray(codes) == code))
            if count < n_folds:
                message = f"{subject} has {count} trials of {name} ({target}) for {n_folds} folds."
                remedy = "Nothing need be done: folds without it are scored without it. Fewer folds would hold it."
                found.append(finding("rare_class", "warn", message, where=f"{target}: {name}", remedy=remedy))
    return found


def verdict(findings: Sequence[Finding]) -> str:
    """Return the worst severity: `ok`, `warn` or `refuse`."""
    found = {entry["severity"] for entry in findings}
    return next((severity for severity in ("refuse", "warn") if severity in found), "ok")


def from_error(error: InputError) -> Finding:
    """Return the finding that refuses a subject whose files could not be read."""
    message = f"Expected {error.expected}. Received {error.received}."
    return finding("unreadable", "refuse", message, where=str(error.file or ""), remedy=error.remedy)


def said(reports: Sequence[Mapping[str, Any]]) -> str:
    """Return the verdicts of a cohort as text: one line a subject, and one for each warning and refusal."""
    lines = []
    for report in reports:
        lines.append(f"{report['subject']}: {report['verdict']}")
        for entry in report["findings"]:
            if entry["severity"] != "ok":
                place = f" ({entry['where']})" if entry["code"] == "unreadable" else ""
                lines.append(f"    {entry['severity']}: {entry['message']}{place} {entry['remedy']}")
    return "\n".join(lines)


def admit(report: Mapping[str, Any]) -> None:
    """Raise InputError where a check's report refuses the subject."""
    refusals = [entry for entry in report["findings"] if entry["severity"] == "refuse"]
    if refusals:
        first = refusals[0]
        raise InputError(
            f"a recording of {report['subject']} that passes its check",
            f"{len(refusals)} refusal(s), the first: {first['message'].rstrip('.')}",
            first["remedy"] or "See the check's report.",
            file=first["where"] if first["code"] == "unreadable" else f"results/check/{report['subject']}.json",
        )


def _rate(raw: Recording, sfreq: float) -> Finding:
    native = raw.info["sfreq"]
    if native >= sfreq:
        return finding("rate", "ok", f"Recorded at {native:g} Hz, enough for {sfreq:g} Hz.")
    remedy = "Lower the rate (`sfreq`) in the config."
    return finding("rate", "refuse", f"Recorded at {native:g} Hz, less than the {sfreq:g} Hz asked for.", remedy=remedy)


def _channels(raw: Recording) -> list[Finding]:
    """Look at one channel at a time, so that memory does not grow with their number."""
    flat, broken = [], []
    for name in raw.ch_names:
        values = raw.get_data([name])
        if not np.isfinite(values).all():
            broken.append(name)
        elif np.ptp(values) < FLAT:
            flat.append(name)
    found = []
    if broken:
        remedy = "Repair the recording or leave the channels out."
        found.append(_listed("channels_finite", "refuse", "Values that are no numbers in", broken, remedy))
    if flat:
        remedy = "Leave them out of the branches' `channels`; their features are constant."
        found.append(_listed("channels_flat", "warn", "No signal (under 0.1 microvolt) in", flat, remedy))
    return found or [finding("channels", "ok", f"All {len(raw.ch_names)} channels hold finite, varying values.")]


def _listed(code: str, severity: Severity, message: str, names: Sequence[str], remedy: str) -> Finding:
    where = ", ".join(names)
    return finding(code, severity, f"{message} {where}.", where=where, remedy=remedy)


def _triggers(raw: Recording, trials: pd.DataFrame, baseline: float, duration: float) -> list[Finding]:
    descriptions = [str(text) for text in raw.annotations.description]
    onset = dict(zip(descriptions, raw.annotations.onset - raw.first_time, strict=True))
    numbers = [str(trial) for trial in trials["trial"]]
    missing = [number for number in numbers if f"trial/{number}" not in onset]
    twice = [number for number in numbers if descriptions.count(f"trial/{number}") > 1]
    end, tolerance = raw.n_times / raw.info["sfreq"], 0.5 / raw.info["sfreq"]
    short = [
        number
        for number in numbers
        if number not in missing
        and (onset[f"trial/{number}"] + duration > end + tolerance or onset[f"trial/{number}"] - baseline < -tolerance)
    ]
    remedy = "Compare the trial table with the recording's triggers."
    shorter = "Shorten `baseline` or `duration`, or leave the subject out."
    found = [
        _listed("triggers_missing", "refuse", "No trigger for trial", missing, remedy) if missing else None,
        _listed("triggers_twice", "refuse", "More than one trigger for trial", twice, remedy) if twice else None,
        _listed("trials_cut", "refuse", "The recording does not hold all of trial", short, shorter) if short else None,
    ]
    ok = finding("triggers", "ok", f"All {len(numbers)} trials have a trigger and their full length.")
    return [entry for entry in found if entry] or [ok]


def _ratings(trials: pd.DataFrame, column: str, limits: tuple[float, float] | None) -> Finding:
    if column not in trials:
        remedy = "Add the column or change the target."
        return finding("ratings", "refuse", f"The trial table has no column {column}.", where=column, remedy=remedy)
    ratings = pd.to_numeric(trials[column], errors="coerce").to_numpy(float)
    low, high = limits or (-np.inf, np.inf)
    for bad, message, remedy in (
        (np.isnan(ratings), f"No {column} rating for trial", "Complete the ratings or leave the subject out."),
        (
            (ratings < low) | (ratings > high),
            f"A {column} rating outside {low:g} to {high:g} for trial",
            "Get the ratings anew from the source: a copy with altered ratings circulates.",
        ),
    ):
        if bad.any():
            return _listed("ratings", "refuse", message, [str(trial) for trial in trials["trial"][bad]], remedy)
    inside = f" lie in {low:g} to {high:g}" if limits else " are there"
    return finding("ratings", "ok", f"All {len(ratings)} {column} ratings{inside}.")

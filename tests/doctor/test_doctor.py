"""Findings, verdicts and who is let in."""

import pytest

from eeg import doctor
from eeg.doctor.catalogue import CATALOGUE
from eeg.errors import InputError


def test_the_catalogue_says_how_grave_a_finding_is():
    found = doctor.finding("channels_flat", "No signal in Cz.", where="Cz", remedy="Look.")
    expected = {"severity": "warn", "message": "No signal in Cz.", "where": "Cz", "remedy": "Look."}
    assert found == {"code": "channels_flat", **expected}
    assert all(kind.severity in ("warn", "refuse") and kind.meaning for kind in CATALOGUE.values())


def test_an_input_error_becomes_a_finding_that_refuses():
    error = InputError("a recording", "no such file", "Add it.", file="s01.bdf", code="file_missing")
    assert doctor.from_error(error) == {
        "code": "file_missing",
        "severity": "refuse",
        "message": "Expected a recording. Received no such file.",
        "where": "s01.bdf",
        "remedy": "Add it.",
    }


def test_the_verdict_is_the_worst_severity():
    assert doctor.verdict([]) == "ok"
    good, odd, bad = doctor.passed("files", "."), doctor.finding("blinks", "."), doctor.finding("units", ".")
    assert doctor.verdict([good]) == "ok"
    assert doctor.verdict([good, odd]) == "warn"
    assert doctor.verdict([odd, bad, good]) == "refuse"


def test_a_refused_subject_is_not_let_in_and_the_error_says_why():
    bad = doctor.finding("truncated", "Half of it is there.", where="s02.bdf", remedy="Copy it again.")
    report = {"subject": "s02", "findings": [doctor.finding("blinks", "."), bad]}
    with pytest.raises(InputError) as caught:
        doctor.admit(report, "results/check/s02.json")
    assert str(caught.value) == (
        "results/check/s02.json: expected recordings of s02 that pass the check. "
        "Received 1 refusal, the first: Half of it is there (s02.bdf). Copy it again."
    )


def test_warnings_are_let_in():
    doctor.admit({"subject": "s02", "findings": [doctor.finding("blinks", ".")]}, "s02.json")

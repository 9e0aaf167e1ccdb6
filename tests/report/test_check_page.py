"""The page of the checks: the answer, what was read, what is wrong with whom, and the meaning of the codes."""

import re

import pytest

from eeg.doctor import finding, passed, verdict
from eeg.doctor.catalogue import CATALOGUE
from eeg.report import words
from eeg.report.check import CheckFacts, check_page

HOSTILE = "s<script>alert(1)</script>"
PROVENANCE = {"commit": "0123abc", "date": "2025-01-31"}
GOOD = passed("files", "199 MB were read.")
FLAT = finding("channels_flat", "No signal in two channels.", where="T7, Oz", remedy="Interpolate them.")
ENDED = finding("truncated", "Half a file.", where="/a folder/s04.bdf", remedy="Copy it again.")


def report(subject, *findings, **changes):
    settings = {"form": "original", "bads": [], "treatment": "keep", "repaired": False, "order": None}
    return {"subject": subject, "verdict": verdict(findings), "findings": list(findings), **settings, **changes}


def page(*reports, cohort=None, source="deap", form="original"):
    cohort = cohort or {"subject": "cohort", "verdict": "ok", "findings": [passed("subjects", "No gaps.")]}
    return check_page(CheckFacts(source, form, reports, cohort, PROVENANCE))


def answer(page):
    return re.search('<p class="answer (.*?)">(.*?)</p>', page).groups()


@pytest.mark.parametrize(
    ("reports", "said", "counts"),
    [
        ([report("s01", GOOD)], ("ok", "Yes"), "1 subject: 1 ok, 0 with warnings, 0 refused."),
        (
            [report("s01", GOOD), report("s02", GOOD, FLAT)],
            ("warn", "Yes, with warnings"),
            "2 subjects: 1 ok, 1 with warnings, 0 refused.",
        ),
        (
            [report("s01", FLAT), report("s02", ENDED)],
            ("refuse", "No"),
            "2 subjects: 0 ok, 1 with warnings, 1 refused.",
        ),
    ],
)
def test_the_answer_is_the_worst_verdict(reports, said, counts, words_of):
    made = page(*reports)
    assert answer(made) == said
    assert counts in words_of(made)


def test_the_cohort_decides_too():
    wrong = finding("quadrant_counts", "Too few.", remedy="Get it anew.")
    assert answer(page(report("s01", GOOD), cohort=report("cohort", wrong))) == ("refuse", "No")


def test_each_finding_shows_severity_code_place_and_remedy(words_of):
    made = page(report("s01", GOOD), report("s03", GOOD, FLAT, ENDED))
    text = words_of(made)
    assert "s01 ok 1 check passed 199 MB were read." in text
    assert "s03 refuse refuse Half a file. (truncated) Where: /a folder/s04.bdf Copy it again. warn No signal" in text
    assert "warn No signal in two channels. (channels_flat) Where: T7, Oz Interpolate them. 1 check passed" in text
    folded = "".join(re.findall("<details>.*?</details>", made, flags=re.DOTALL))
    assert folded.count("199 MB were read.") == 2
    assert "Half a file" not in folded


def test_a_place_the_message_names_is_not_said_twice(words_of):
    named = finding("channels_flat", "No signal in T7.", where="T7", remedy="Interpolate it.")
    assert "Where:" not in words_of(page(report("s03", named)))


def test_the_codes_found_are_explained_and_no_others():
    made = page(report("s03", GOOD, FLAT), report("s04", ENDED, FLAT))
    found = re.findall("<dt>(.*?)</dt><dd>(.*?)</dd>", made.split("What the codes mean")[1])
    assert found == [(code, CATALOGUE[code].meaning) for code in ("truncated", "channels_flat")]
    assert "What the codes mean" not in page(report("s01", GOOD))


def test_bad_channels_and_what_was_done_are_said(words_of):
    made = page(report("s03", FLAT, bads=["T7", "Oz"], treatment="interpolate"), report("s01", GOOD))
    assert f"channels (s03: T7, Oz) were {words.TREATMENTS['interpolate']}." in words_of(made)
    assert words.label_free("interpolate") in words_of(made)
    assert "Bad channels" not in page(report("s01", GOOD))
    assert words.CHANNELS_CHOSEN[:40] not in words_of(page(report("s01", GOOD)))


def test_what_was_read_is_said_and_what_its_makers_did(words_of):
    text = words_of(page(report("s01", GOOD), form="python"))
    assert "Source deap, preprocessed release (.dat)" in text
    assert words.RELEASED in text
    assert words.CONSENT in text
    assert words.RELEASED not in words_of(page(report("s01", GOOD)))
    assert "Source recordings" in words_of(page(report("s01", GOOD), source="recordings", form="recordings"))


def test_repaired_labels_are_a_banner_and_name_the_subjects(words_of):
    text = words_of(page(report("s01", GOOD), report("s05", GOOD, repaired=True), form="python"))
    assert words.REPAIRED in text
    assert "Labels repaired s05" in text
    assert words.REPAIRED not in words_of(page(report("s01", GOOD)))


def test_an_unknown_order_is_said(words_of):
    assert words.ORDER_UNKNOWN in words_of(page(report("s01", GOOD, order="unknown"), form="matlab"))
    assert words.ORDER_UNKNOWN not in words_of(page(report("s01", GOOD, order="presentation")))


@pytest.mark.parametrize("source", ["simulated", "deap"])
def test_simulated_recordings_are_called_so(source, words_of):
    assert (words.SIMULATED in words_of(page(report("s01", GOOD), source=source))) == (source == "simulated")


def test_markup_in_names_stays_text():
    bad = {"code": HOSTILE, "severity": "warn", "message": HOSTILE, "where": f"at {HOSTILE}", "remedy": HOSTILE}
    made = page(report(HOSTILE, bad, GOOD, bads=[HOSTILE]), cohort=report("cohort", passed("subjects", HOSTILE)))
    assert "<script" not in made
    assert made.count("&lt;script&gt;") >= 6


def test_nothing_is_fetched_from_elsewhere():
    made = page(report("s01", GOOD), report("s04", ENDED))
    assert re.findall(r'(?:src|href)="((?!data:|#)[^"]*)"', made) == []
    assert not re.search(r"https?://|<script|@import|url\(", made)

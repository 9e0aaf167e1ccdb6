"""The terminal summary: a line a subject, what is common said once, colours where wanted, no control characters."""

import io
import re

import pytest

from eeg.doctor import finding, passed, verdict
from eeg.doctor.catalogue import CATALOGUE
from eeg.report.terminal import plain, summary, wants_colour

PAGE = "results/reports/check.html"
GOOD = passed("files", "199 MB were read.")
FLAT = finding("channels_flat", "No signal in T7.", where="T7", remedy="Interpolate it.")
ENDED = finding("truncated", "Half a file.", where="/a folder/s04.bdf", remedy="Copy it again.")


def report(subject, *findings):
    return {"subject": subject, "verdict": verdict(findings), "findings": list(findings)}


def rare(subject, quadrant):
    message = f"{subject} has 2 trials of {quadrant}."
    return finding("rare_class", message, where=f"quadrant: {quadrant}", remedy="Nothing need be done.")


def lines(*reports, colour=False):
    return summary(reports, colour=colour, page=PAGE).split("\n")


@pytest.fixture(autouse=True)
def width(monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")


def test_good_subjects_get_a_line_each_and_the_next_step():
    assert lines(report("s01", GOOD), report("s02", GOOD), report("cohort", GOOD)) == [
        "s01     ok",
        "s02     ok",
        "cohort  ok",
        "",
        f"2 subjects: 2 ok, 0 warn, 0 refuse. Cohort: ok. Page: {PAGE}",
        "Nothing is in the way of `make run`.",
    ]


def test_what_is_wrong_stands_below_its_subject_with_code_place_and_remedy():
    assert lines(report("s03", GOOD, FLAT), report("s04", ENDED)) == [
        "s03     warn",
        "    warn channels_flat: No signal in T7.",
        "        Interpolate it.",
        "s04     refuse",
        "    refuse truncated: Half a file.",
        "        Where: /a folder/s04.bdf",
        "        Copy it again.",
        "",
        f"2 subjects: 0 ok, 1 warn, 1 refuse. Page: {PAGE}",
        "`make run` stops at a refusal. Do what is said above, or leave the subject out",
        "(`subjects:` in config).",
    ]


def test_a_warning_of_several_subjects_is_said_once_with_their_places():
    said = lines(report("s01", rare("s01", "LVHA")), report("s02", rare("s02", "LVHA"), rare("s02", "HVLA")))
    assert said[:3] == ["s01     warn (rare_class: see below)", "s02     warn (rare_class: see below)", ""]
    assert " ".join(said[3:5]) == (
        f"warn rare_class ({CATALOGUE['rare_class'].meaning}) in 2 subjects: s01 (quadrant: LVHA), "
        "s02 (quadrant: LVHA; quadrant: HVLA)."
    )
    assert said[5] == "    Nothing need be done."
    assert "Warnings do not stop `make run`" in said[-1]


def test_a_refusal_is_said_once_only_where_it_is_the_same_for_all():
    same = [report(subject, finding("ratings_file", "No table.", remedy="Add it.")) for subject in ("s01", "s02")]
    said = lines(*same)
    assert said[3:6] == ["refuse ratings_file: No table.", "    Add it.", "    In 2 subjects: s01, s02."]
    other = finding("truncated", "Half a file.", where="/a folder/s05.bdf", remedy="Copy it again.")
    text = "\n".join(lines(report("s04", ENDED), report("s05", other)))
    assert text.count("refuse truncated: Half a file.") == 2
    assert "/a folder/s05.bdf" in text


def test_the_cohort_s_findings_stand_with_the_cohort_and_decide_what_comes_next():
    said = lines(report("s01", FLAT), report("cohort", finding("quadrant_counts", "Too few.", remedy="Get it anew.")))
    assert said[3:6] == ["cohort  refuse", "    refuse quadrant_counts: Too few.", "        Get it anew."]
    assert f"1 subject: 0 ok, 1 warn, 0 refuse. Cohort: refuse. Page: {PAGE}" in said
    assert "stops at a refusal" in said[-2]


@pytest.mark.parametrize(("columns", "widest"), [("50", 50), ("300", 100), ("10", 40)])
def test_lines_fit_the_terminal_but_paths_stay_whole(monkeypatch, columns, widest):
    monkeypatch.setenv("COLUMNS", columns)
    path = "/data/" + 10 * "a long folder/" + "s04.bdf"
    long = finding("truncated", "Half a file was read. " * 10, where=path, remedy="Copy it again, all of it. " * 10)
    said = lines(report("s04", long))
    assert f"        Where: {path}" in said
    body = [line for line in said if path not in line and PAGE not in line]
    assert widest - 12 < max(map(len, body)) <= widest


def test_colours_stand_only_where_they_are_wanted():
    reports = report("s01", GOOD), report("s03", FLAT), report("s04", ENDED)
    coloured = "\n".join(lines(*reports, colour=True))
    assert "s01     \x1b[32mok\x1b[0m" in coloured
    assert "\x1b[33mwarn channels_flat\x1b[0m: No signal" in coloured
    assert "\x1b[1;31mrefuse truncated\x1b[0m: Half" in coloured
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == "\n".join(lines(*reports))


def test_no_control_character_from_a_report_reaches_the_terminal():
    evil = "a\x1b]0;title\x07b\x1b[2Jc\rd\u202ee\x9b1m\udc80\n\tf"
    bad = {"code": evil, "severity": "warn", "message": evil, "where": f"/{evil}", "remedy": evil}
    told = [{"subject": evil, "verdict": evil, "findings": [bad]}, report("s02", FLAT)]
    text = summary([*told, told[0] | {"subject": "x"}], colour=False, page=evil)
    assert all(character.isprintable() for line in text.split("\n") for character in line)
    assert r"a\x1b]0;title\x07b\x1b[2Jc d\u202ee\x9b1m\udc80  f" in text
    text.encode("utf-8")


@pytest.mark.parametrize(("text", "shown"), [("µV, é, 日本", "µV, é, 日本"), ("a\u00a0b\u2028c", "a b c"), (3, "3")])
def test_ordinary_text_stays_as_it_is(text, shown):
    assert plain(text) == shown


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.mark.parametrize(
    ("stream", "environ", "wanted"),
    [
        (Terminal(), {"TERM": "xterm"}, True),
        (Terminal(), {}, True),
        (Terminal(), {"TERM": "dumb"}, False),
        (io.StringIO(), {"TERM": "xterm"}, False),
        (Terminal(), {"NO_COLOR": "1"}, False),
        (Terminal(), {"NO_COLOR": ""}, True),
        (io.StringIO(), {"FORCE_COLOR": "1"}, True),
        (io.StringIO(), {"CLICOLOR_FORCE": "1", "TERM": "dumb"}, True),
        (io.StringIO(), {"FORCE_COLOR": "0"}, False),
        (Terminal(), {"NO_COLOR": "1", "FORCE_COLOR": "1"}, False),
    ],
)
def test_colour_follows_the_customs(stream, environ, wanted):
    assert wants_colour(stream, environ) is wanted

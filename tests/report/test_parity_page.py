"""The page beside the release: the answer, every subject's numbers, and maps that say what is simulated."""

import re

import numpy as np
import pytest
from matplotlib.text import Text

from eeg.channels import GENEVA
from eeg.doctor import finding, passed, verdict
from eeg.report import words
from eeg.report.page import picture
from eeg.report.parity import correlation_map, parity_page

HOSTILE = "s<script>alert(1)</script>"
WRONG = finding("parity_trials", "2 trials are others.", where="trial 3, trial 8", remedy="Get both anew.")


def report(subject, *findings, **changes):
    findings = findings or (passed("trials", "12 of 12 trials stand at their video."),)
    channels = dict(zip(GENEVA, np.linspace(0.95, 0.99, 32).round(4).tolist(), strict=True))
    numbers = {"trials": {"1": 0.98, "2": None}, "channels": channels | {"Fp1": None}, "median": 0.9712}
    lowest = {"trial": 2, "channel": "O2", "value": 0.9312}
    return {
        "subject": subject,
        "other": "python",
        "verdict": verdict(findings),
        "findings": list(findings),
        "lag": {"samples": -5.0, "seconds": -0.0390625, "trials": {"1": -5.0, "2": None}},
        "correlation": {**numbers, "lowest": lowest},
        "spectrum": {"Fp1": None, "AF3": 0.5, "F3": 0.7},
        "n_trials": 12,
        "n_placed": 10,
        "n_usable": 300,
        **changes,
    }


def page(*reports, source="simulated", **changes):
    return parity_page(reports, source=source, provenance={"commit": "0123abc"}, **changes)


def texts(figure):
    return [text.get_text() for text in figure.findobj(Text)]


def test_the_answer_and_the_subjects_numbers(words_of):
    made = page(report("s01"), report("s02", WRONG))
    assert '<p class="answer refuse">No</p>' in made
    assert '<p class="answer ok">Yes</p>' in page(report("s01"))
    assert "noisy" not in made
    assert words.label_free("drop") in words_of(page(report("s01"), bads="drop"))
    text = words_of(made)
    assert "2 subjects: 1 ok, 0 with warnings, 1 refused." in text
    assert "Compared in 5-40 Hz after our own preprocessing" in text
    assert "s01 ok 10 of 12 0.971 0.931 (trial 2, O2) −5.00 −39.1 0.60" in text
    assert "s02 refuse refuse 2 trials are others. (parity_trials) Where: trial 3, trial 8 Get both anew." in text
    assert "Compared with preprocessed release (.dat)" in text


def test_missing_numbers_read_not_available(words_of):
    blank = {"trials": {"1": None}, "channels": {"Fp1": None}, "median": None, "lowest": None}
    text = words_of(page(report("s01", correlation=blank, spectrum={"Fp1": None})))
    assert "10 of 12 n/a n/a −5.00 −39.1 n/a" in text


@pytest.mark.parametrize("source", ["simulated", "deap"])
def test_simulated_recordings_are_called_so_in_page_and_picture(source, words_of):
    assert (words.SIMULATED in words_of(page(report("s01"), source=source))) == (source == "simulated")
    figure = correlation_map({"s01": {"Fp1": 0.9}}, "channels", simulated=source == "simulated")
    assert any(words.SIMULATED in text for text in texts(figure)) == (source == "simulated")


def test_the_map_holds_the_numbers_and_says_what_they_are():
    values = {"s01": {"1": 0.9, "2": None}, "s02": {"2": 0.7, "3": 0.4}}
    figure = correlation_map(values, "trials", simulated=True)
    (image,) = figure.axes[0].images
    np.testing.assert_array_equal(image.get_array().filled(np.nan), [[0.9, np.nan], [np.nan, 0.7], [np.nan, 0.4]])
    assert {"subject", "trial", "correlation", "s01", "s02", "1", "3", "SIMULATED RECORDINGS · 2 subjects"} <= set(
        texts(figure)
    )
    picture(figure)


def test_a_map_for_all_of_deap_stays_readable():
    values = {f"s{number:02d}": dict.fromkeys(GENEVA, 0.9) for number in range(1, 33)}
    width, height = correlation_map(values, "channels", simulated=False).get_size_inches()
    assert width < 8
    assert height < 7
    # On a screen of 390 pixels the pictures of a few subjects need no scrolling: 96 pixels an inch.
    assert correlation_map({"s01": values["s01"]}, "channels", simulated=False).get_size_inches()[0] * 96 < 360


def test_markup_in_names_stays_text():
    bad = {"code": HOSTILE, "severity": "warn", "message": HOSTILE, "where": f"at {HOSTILE}", "remedy": HOSTILE}
    made = page(report(HOSTILE, bad, other=HOSTILE))
    assert "<script" not in made
    assert "&lt;script&gt;" in made


def test_nothing_is_fetched_from_elsewhere():
    made = page(report("s01"))
    assert re.findall(r'(?:src|href)="((?!data:|#)[^"]*)"', made) == []
    assert not re.search(r"https?://|<script|@import|url\(", made)
    assert len(re.findall('<img src="data:image/webp', made)) == 2


def test_subjects_that_could_not_be_compared_are_listed_without_numbers(words_of):
    unread = finding("parity_signal", "There is nothing to compare.", where="s02.bdf", remedy="See the check.")
    alone = {"subject": "s02", "other": "python", "verdict": "warn", "findings": [unread], "n_trials": 0}
    text = words_of(page(report("s01"), alone))
    assert "s02 warn warn There is nothing to compare. (parity_signal) Where: s02.bdf See the check." in text
    assert text.count("s02") == 2  # its name and its file, and no row of numbers
    assert "There is nothing to compare." in words_of(page(alone))


def test_repaired_labels_are_said_on_this_page_too(words_of):
    assert words.REPAIRED in words_of(page(report("s01"), repaired=True))
    assert words.REPAIRED not in words_of(page(report("s01")))

"""Numbers as people read them, figures that hold themselves, text that stays text."""

import base64
import re

import numpy as np
import pytest
from matplotlib.figure import Figure

from eeg.report.page import embed, interval, number, p_value, picture, signed
from eeg.report.provenance import provenance_line


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.5, "0.50"),
        (-0.126, "−0.13"),
        (-0.001, "0.00"),
        (np.nan, "n/a"),
        (None, "n/a"),
        (np.inf, "n/a"),
        (12, "12.00"),
    ],
)
def test_number(value, text):
    assert number(value) == text


def test_differences_intervals_and_p():
    assert [signed(value) for value in (0.1, -0.1, 0.0, np.nan)] == ["+0.10", "−0.10", "0.00", "n/a"]
    assert interval(0.4, 0.6) == "0.40 to 0.60"
    assert interval(np.nan, 0.6) == "n/a"
    assert [p_value(value) for value in (0.0001, 0.0342, np.nan, None)] == ["< 0.001", "0.034", "n/a", "n/a"]


def test_a_figure_is_embedded_whole_with_escaped_alternative_text():
    figure = Figure(figsize=(2, 1))
    html = embed(figure, 'a "quoted" <b>')
    encoded = re.search('base64,([^"]*)"', html).group(1)
    assert base64.b64decode(encoded) == picture(figure)
    assert 'alt="a &#34;quoted&#34; &lt;b&gt;"' in html


def test_provenance_leaves_out_what_is_not_known():
    git = {"commit": "abc", "modified": True}
    assert provenance_line({"git": git, "versions": {"mne": "1"}}) == (
        "Made from commit abc with changes not committed; mne 1."
    )
    assert provenance_line({"commit": "abc", "date": "today"}) == "Made from commit abc; date today."
    assert provenance_line({}) == "Where this page was made from is not recorded."

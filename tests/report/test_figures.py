"""Figures say in the picture itself what is simulated and what leaks; dots are the numbers of the tables."""

import matplotlib
import numpy as np
import pandas as pd
import pytest
from matplotlib.text import Text

from eeg.preprocess.shown import spectrum
from eeg.report import figures, words
from eeg.report.page import picture
from eeg.report.points import together
from eeg.report.subject import signal_figures, signals


def texts(figure):
    return [text.get_text() for text in figure.findobj(Text)]


def offsets(axes, colour):
    wanted = matplotlib.colors.to_rgba(colour)
    return [
        c.get_offsets().data
        for c in axes.collections
        if len(c.get_facecolor()) and tuple(c.get_facecolor()[0]) == wanted
    ]


@pytest.mark.parametrize("draw", ["main", "subject"])
def test_leaky_panels_and_simulated_recordings_are_marked_in_the_picture(cohort, draw):
    figure = (
        figures.main_figure(cohort["summary"], cohort["scores"], simulated=True)
        if draw == "main"
        else figures.subject_figure(cohort["scores"].query("subject == 's01'"), simulated=True)
    )
    marked = [axes for axes in figure.axes if "LEAKY" in texts(axes)]
    assert len(marked) == 3
    assert "window (LEAKY)" in texts(figure)
    assert any(words.SIMULATED in text for text in texts(figure))
    picture(figure)


def test_without_leak_or_simulation_nothing_is_marked(cohort):
    honest = [cohort[name].query("protocol == 'trial'") for name in ("summary", "scores")]
    found = " ".join(texts(figures.main_figure(*honest, simulated=False)))
    assert "LEAKY" not in found
    assert words.SIMULATED not in found


def test_every_subject_is_a_dot(cohort):
    figure = figures.main_figure(cohort["summary"], cohort["scores"], simulated=False)
    dots = np.concatenate([points[:, 0] for axes in figure.axes for points in offsets(axes, figures.SKY)])
    shown = figures.trial_scores(cohort["scores"]).query("model not in ('majority', 'video_prior')")
    np.testing.assert_allclose(np.sort(dots), np.sort(shown["value"]))


def test_no_mark_of_a_mean_is_hidden_under_that_of_a_yardstick(cohort):
    figure = figures.main_figure(cohort["summary"], cohort["scores"], simulated=False)
    figure.draw_without_rendering()
    for axes in figure.axes:
        marks = {marker: [line for line in axes.lines if line.get_marker() == marker] for marker in ("o", "^")}
        heights = {
            marker: np.array([axes.transData.transform((0, line.get_ydata()[0]))[1] for line in lines])
            for marker, lines in marks.items()
        }
        radius = (marks["o"][0].get_markersize() + marks["^"][0].get_markersize()) / 2 * figure.dpi / 72
        assert len(heights["o"]) == len(heights["^"])
        assert (heights["o"] - heights["^"] > radius).all()


def test_names_that_would_run_into_each_other_are_one():
    values = pd.Series([0.9, 0.2, 0.85, 0.95], index=["s01", "s02", "s03", "a_very_long_name"])
    found = together(values, np.array([0.1, 0.0, -0.2, 0.3]))
    assert [names for names, *_ in found] == [["s02"], ["s03", "s01", "a_very_long_name"]]
    assert [place for _, *place in found] == [[0.2, 0.0], [pytest.approx(0.9), -0.2]]


def test_the_best_yardstick_is_shown_with_its_own_mean(cohort):
    summary = figures.trial_scores(cohort["summary"])
    summary = summary.assign(best=figures.best_yardsticks(summary)).set_index(["protocol", "target", "model"])
    assert summary.loc[("trial", "valence", "svm"), "best"] == summary.loc[("trial", "valence", "majority"), "mean"]
    assert np.isnan(summary.loc[("trial", "valence", "majority"), "best"])


@pytest.mark.parametrize("draw", ["main", "subject"])
def test_yardsticks_with_outside_information_are_hollow_and_named_in_the_legend(cohort, draw):
    summary = cohort["summary"].replace({"yardstick": {"majority": "video_prior"}})
    above = cohort["scores"]["value"] + (cohort["scores"]["model"] == "video_prior")
    own = cohort["scores"].assign(value=above.clip(upper=1)).query("subject == 's01'")
    figure, usual = (
        (figures.main_figure(one, cohort["scores"], simulated=False) for one in (summary, cohort["summary"]))
        if draw == "main"
        else (figures.subject_figure(one, simulated=False) for one in (own, own.query("model != 'video_prior'")))
    )
    for axes, protocol in zip(figure.axes, 3 * words.in_order(summary["protocol"]), strict=True):
        marks = [line for line in axes.lines if line.get_marker() == "^"]
        assert {line.get_markerfacecolor() == "white" for line in marks} == {words.outside("video_prior", protocol)}
    assert "best yardstick (no EEG), outside information" in texts(figure)
    assert not any("outside" in text for text in texts(usual))


def test_a_dollar_sign_is_no_formula_and_drawing_leaves_the_settings_alone(cohort):
    before = dict(matplotlib.rcParams)
    summary, scores = (cohort[name].replace({"model": {"svm": "a $\\frac$ model"}}) for name in ("summary", "scores"))
    picture(figures.main_figure(summary, scores, simulated=False))
    assert dict(matplotlib.rcParams) == before


def test_long_names_are_shortened():
    assert figures.short("x" * 50) == "x" * 10 + "…" + "x" * 10
    assert figures.short("svm") == "svm"


def test_missing_scores_are_left_out(cohort):
    scores = cohort["scores"].assign(value=np.nan)
    summary = cohort["summary"].assign(**dict.fromkeys(["mean", "low", "high", "chance", "gain"], np.nan))
    picture(figures.main_figure(summary, scores, simulated=False))


def test_a_10_hz_sine_is_the_peak_of_the_spectrum(make):
    decibel = signals.decibel(spectrum(make["make_epochs"](make["trial_table"]("s01")))).mean(axis=1)
    assert decibel[decibel.index > 6].idxmax() == pytest.approx(10, abs=0.5)
    # A sine of 8 microvolt has 32 microvolt squared; in bins of half a hertz under a Hamming window (1.36 bins) that
    # is 10 log10(32 / 0.68) = 16.7 dB, and the noise adds a little.
    assert decibel[10] == pytest.approx(16.7, abs=1.0)


@pytest.mark.parametrize(("value", "below"), [(279, 200), (50, 50), (9.9, 5), (0.3, 0.2)])
def test_the_scale_bar_is_a_round_number(value, below):
    assert signal_figures._round_below(value) == pytest.approx(below)

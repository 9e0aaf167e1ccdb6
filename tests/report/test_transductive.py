"""Models whose scalers saw tested trials are marked wherever their numbers stand, and no others are."""

import re

import pytest

from eeg.config import check
from eeg.report import figures, words
from eeg.report.methods import methods_text
from eeg.report.overview import overview_page
from eeg.report.subject import curves, subject_page

pytestmark = pytest.mark.usefixtures("undrawn")

MARKED = "svm (transductive scaling)"
FACTS = {"subjects": 8, "trials": 192, "channels": [], "eog_applied": 0, "eog_channels": [], "fits": [], "versions": {}}


@pytest.fixture(scope="module")
def transductive(config):
    """The default config, its SVM on a branch of its own that is scaled by whole recordings."""
    branches = config["branches"] | {"wide": config["branches"]["entropy"] | {"scope": "recording"}}
    models = config["models"] | {"svm": config["models"]["svm"] | {"branch": "wide"}}
    return config | {"branches": branches, "models": models}


def scaled(config, **changes):
    branches = {name: branch | changes for name, branch in config["branches"].items()}
    return check(config | {"branches": branches}).model_dump()


def test_models_on_a_branch_scaled_by_recordings_are_transductive(config, transductive):
    assert words.transductive(config) == []
    assert words.transductive({}) == []
    assert words.transductive(transductive) == ["svm"]
    assert words.transductive(scaled(config, scope="recording")) == list(config["models"])
    assert words.transductive(scaled(config, scope="recording", scaler="none")) == []
    assert words.transductive(scaled(config, scope="trial")) == []


def unmarked(text):
    """The places where the model is named without its mark."""
    return re.findall(r"\bsvm\b(?! \(transductive scaling\))[^<]{0,30}", text)


def test_the_overview_marks_them_in_every_table_and_in_the_words_of_the_figure(cohort, transductive, make, words_of):
    page = overview_page(make["overview_facts"](cohort, transductive))
    shown = page.split("<details><summary>The configuration")[0]
    assert unmarked(shown) == []
    assert shown.count(MARKED) > 20
    assert words_of(page).count(words.TRANSDUCTIVE_WHY) == 1
    assert "mlp (transductive" not in page
    leaks = page.split("How much the leak adds")[1].split("</table>")[0]
    assert leaks.count(MARKED) == 2 * 3  # three targets, per window and per trial
    assert "n/a" not in leaks


def test_the_page_of_a_subject_marks_them_too(cohort, transductive, make, words_of):
    history = {("trial", "valence", "svm"): make["make_history"]()}
    facts = make["subject_facts"](cohort, transductive, history=history, transductive=["svm"])
    page = subject_page(facts)
    assert unmarked(page) == []
    assert words_of(page).count(words.TRANSDUCTIVE_WHY) == 1
    matrices = re.findall(r"<caption>svm \(transductive scaling\), (\w+)", page)
    assert sorted(matrices) == sorted(4 * ["quadrant", "valence", "arousal"])
    assert "mlp (transductive" not in page


def test_pages_without_them_do_not_speak_of_them(cohort, config, make):
    pages = [
        overview_page(make["overview_facts"](cohort, config)),
        subject_page(make["subject_facts"](cohort, config)),
        methods_text(check(config).model_dump(), FACTS),
    ]
    assert all("ransductive" not in page for page in pages)


def test_axes_and_panels_bear_the_mark_on_a_line_of_its_own(cohort, make):
    summary, scores = (words.marked(cohort[name], ["svm"]) for name in ("summary", "scores"))
    one = {("trial", "valence", MARKED): make["make_history"]()}
    history = curves.curves_figure(one, n_classes={"valence": 2}, simulated=True)
    assert history.axes[0].get_title() == "svm\n(transductive), valence\ntrial, 4 folds"
    of_subject = figures.subject_figure(scores[scores["subject"] == "s01"], simulated=True)
    for figure in (figures.main_figure(summary, scores, simulated=True), of_subject):
        labels = [label.get_text() for axes in figure.axes for label in axes.get_yticklabels()]
        assert labels.count("svm\n(transductive)") == 3
        assert "svm" not in labels
        assert "mlp" in labels


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        (
            {"scope": "fold"},
            "z-score followed by min-max per channel, fitted anew in every fold on its training trials",
        ),
        ({"scope": "trial", "scaler": "zscore"}, "z-score per channel, of every trial by its own samples alone"),
        ({"scope": "recording"}, "per channel and band, by the statistics of all trials of the subject, tested ones"),
        ({"scaler": "none", "scope": "recording"}, "in microvolt; not scaled."),
    ],
)
def test_the_methods_say_what_scalers_were_fitted_on(config, changes, sentence):
    text = methods_text(scaled(config, **changes), FACTS)
    assert sentence in text
    assert (words.PROVEN in text) == (changes.get("scaler") != "none")
    assert ("Under window, single training windows" in text) == (changes["scope"] == "fold")
    assert (words.TRANSDUCTIVE_WHY in text) == (changes == {"scope": "recording"})

"""Maps of a subject's page: the planted effect peaks where it was planted, noise stays below its level."""

import numpy as np
import pytest
from matplotlib.text import Text

from eeg.channels import GENEVA
from eeg.datasets.simulated import brain, cohort
from eeg.datasets.simulated.recording import states
from eeg.features import grid as grids
from eeg.features.branch import Trials, differential_entropy
from eeg.report import words
from eeg.report.page import png
from eeg.report.subject import entropy, grid
from eeg.report.subject.contrast import contrast, pooled
from eeg.seeds import generator

pytestmark = pytest.mark.usefixtures("undrawn")

SFREQ = 128
SUBJECTS = [f"s{number:02d}" for number in range(1, 11)]
DEFAULT = {"effect": 1.0, "n_trials": 24, "baseline": 3.0, "duration": 16.0}
ALPHA = {"channels": "all", "definition": "reference", "precision": "float64", "bands": {"alpha": [8, 12]}}
ALPHA |= {"pass_band": [4.0, 45.0], "baseline": "keep", "grid": "table", "length": 1.0, "step": 1.0}


def planted(place):
    """Return the electrodes above the alpha rhythms that valence moves to one side."""
    return {name for band, name, _, valence, _ in brain.RHYTHMS if band == "alpha" and valence * place > 0}


def valence_contrast(subject):
    """Return the page's contrast of high with low valence in alpha, for the brain of a simulated subject alone."""
    settings = cohort.Settings(**DEFAULT)
    sources = brain.person(generator(1, "simulate", subject, "person"))
    knots, log_power = states(subject, settings, 1, sources=sources)
    onsets = cohort.video_onsets(cohort.timeline(subject, settings, 1)) / cohort.SFREQ
    shape = (round((onsets[-1] + settings.duration + 1) * SFREQ), SFREQ)
    x = brain.activity(sources, knots, log_power, shape=shape, rng=generator("maps", subject))
    starts = np.round(onsets * SFREQ).astype(int)
    x = np.stack([x[:, start : start + round(settings.duration * SFREQ)] for start in starts])
    trials = Trials(x, list(range(1, 25)), list(GENEVA), float(SFREQ), 0, {})
    high = cohort.ratings(subject, settings, 1)["Valence"].to_numpy() > 5
    return contrast(pooled(differential_entropy(trials, **ALPHA).array), high, ~high, words=("test", subject))


def test_the_planted_effect_peaks_where_it_was_planted_in_nine_of_ten_subjects():
    found = [valence_contrast(subject) for subject in SUBJECTS]
    largest = [GENEVA[one.t[:, 0].argmax()] in planted(+1) for one in found]
    smallest = [GENEVA[one.t[:, 0].argmin()] in planted(-1) for one in found]
    assert planted(+1) == {"AF4", "F4", "F8"}
    assert sum(largest) >= 9
    assert sum(smallest) >= 9
    assert sum(np.abs(one.t).max() > one.level for one in found) >= 9


def test_without_an_effect_one_subject_in_twenty_goes_beyond_the_noise_level():
    beyond = 0
    for case in range(60):
        rng = generator("noise", case)
        x, high = rng.normal(size=(24, 32, 5)) + rng.normal(size=(24, 1, 1)), rng.permutation(24) < 10
        one = contrast(x, high, ~high, words=("test", case))
        beyond += np.abs(one.t).max() > one.level
    # nine or more of sixty would go beyond in four of a thousand such tests
    assert 0 < beyond <= 8


def test_t_is_welchs_and_what_does_not_vary_has_none():
    rng = generator("welch")
    x = rng.normal(size=(12, 3, 2)) + np.arange(12)[:, None, None] / 6
    x[:, 1] = 4.2
    high = np.arange(12) >= 7
    one = contrast(x, high, ~high, words=("welch",))
    a, b = x[high][:, 0, 0], x[~high][:, 0, 0]
    expected = (a.mean() - b.mean()) / np.sqrt(a.var(ddof=1) / 5 + b.var(ddof=1) / 7)
    assert one.t[0, 0] == pytest.approx(expected)
    assert (one.t[1] == 0).all()
    assert one.n == (5, 7)
    assert contrast(x, np.arange(12) < 1, np.arange(12) > 0, words=("welch",)) is None


def texts(figure):
    return [text.get_text() for text in figure.findobj(Text)]


@pytest.fixture
def facts(cohort, config, make):
    return make["subject_facts"](cohort, config, entropy=make["make_entropy"]())


def test_the_section_names_trials_units_noise_and_the_peak(facts, words_of):
    found = entropy.section_of(facts)
    said = words_of(found.body)
    assert found.title == "Band entropy on the scalp"
    assert found.body.count("<img") == 2
    assert "standard error of about" in said
    # make_entropy adds a nat to F4 in alpha where valence is above 5
    assert "high − low valence: noise level" in said
    assert "at F4 in alpha" in said


def test_maps_say_what_they_are_in_the_picture(facts, monkeypatch):
    drawn = []
    monkeypatch.setattr("eeg.report.page.png", lambda figure: drawn.append(figure) or b"")
    entropy.section_of(facts)
    classes, contrasts = (texts(figure) for figure in drawn)
    assert any(words.SIMULATED in text for text in classes)
    assert {"nats from the mean over channels", "nats from all trials", "alpha\n8-12 Hz"} <= set(classes)
    assert sum("n = " in text for text in classes) == 4
    assert sum(text.startswith("t; noise level ±") for text in contrasts) == 2
    assert any(text.startswith("high − low arousal\nn = ") for text in contrasts)
    for figure in drawn:
        png(figure)


def test_classes_of_another_target_are_compared_too(cohort, config, make, words_of):
    target = {"column": "condition", "classes": ["rest", "arithmetic"]}
    facts = make["subject_facts"](cohort, config, entropy=make["make_entropy"](), targets={"condition": target})
    assert "arithmetic − rest (condition): noise level" in words_of(entropy.section_of(facts).body)


def test_a_subject_without_a_class_has_no_maps_and_is_told_so(cohort, config, make, words_of):
    targets = {name: config["targets"][name] | {"exclude": 9.0} for name in ("quadrant", "valence")}
    facts = make["subject_facts"](cohort, config, entropy=make["make_entropy"](), targets=targets)
    found = entropy.section_of(facts)
    assert "<img" not in found.body
    assert "No trial of this subject has a class" in words_of(found.body)


def test_channels_left_out_and_channels_without_a_place_are_not_on_the_map(cohort, config, make):
    check = make["make_check"]() | {"bads": ["Oz"], "treatment": "drop"}
    facts = make["subject_facts"](cohort, config, entropy=make["make_entropy"](), check=check)
    assert "Oz" not in entropy.on_the_head(facts.entropy, facts).places
    epochs = make["make_epochs"](facts.trials)
    epochs.set_montage(None)
    nowhere = make["subject_facts"](cohort, config, entropy=make["make_entropy"](), epochs=epochs)
    assert "There is no map of the head" in entropy.section_of(nowhere).body


def test_without_a_branch_of_kind_entropy_there_are_no_maps_and_no_grid(cohort, config, make):
    facts = make["subject_facts"](cohort, config)
    assert entropy.section_of(facts) is None
    assert grid.section_of(facts) is None


def test_the_grid_is_what_the_network_is_given(facts, monkeypatch, words_of):
    drawn = []
    monkeypatch.setattr("eeg.report.page.png", lambda figure: drawn.append(figure) or b"")
    said = words_of(grid.section_of(facts).body)
    shown = grid.scaled_window(facts.entropy, facts.trials)
    # the scaler of the factory saw the trials 1 to 18
    assert (shown.trial, shown.fold, shown.unseen) == (19, 0, True)
    assert "which this scaler was not fitted on" in said
    assert "scaler of fold 0 under trial" in said
    (image,) = drawn[0].axes[0].images
    row, column = grids.CELLS["F4"]
    alpha = list(facts.entropy.about["bands"]).index("alpha")
    assert image.get_array()[row, column] == pytest.approx(shown.values[GENEVA.index("F4"), alpha])
    found = texts(drawn[0])
    assert sum(text.split("\n")[0] in GENEVA for text in found) == 32
    assert found.count("0") >= 81 - 32
    png(drawn[0])

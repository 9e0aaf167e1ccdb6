"""Maps of a subject's page: the planted effect peaks where it was planted, noise stays below its level."""

from functools import cache

import numpy as np
import pytest
from matplotlib.text import Text

from eeg.channels import GENEVA
from eeg.datasets.simulated import brain, cohort
from eeg.datasets.simulated.recording import states
from eeg.features import grid as grids
from eeg.features.branch import Trials, differential_entropy
from eeg.report import words
from eeg.report.page import picture
from eeg.report.subject import entropy, grid
from eeg.report.subject.contrast import contrast, pooled
from eeg.seeds import generator

pytestmark = pytest.mark.usefixtures("undrawn")

SFREQ = 128
SUBJECTS = [f"s{number:02d}" for number in range(1, 11)]
DEFAULT = {"effect": 1.0, "n_trials": 24, "baseline": 3.0, "duration": 16.0}
BANDS = {name: list(words.BANDS[name]) for name in ("alpha", "beta", "gamma")}
BRANCH = {"channels": "all", "definition": "reference", "precision": "float64", "bands": BANDS}
BRANCH |= {"pass_band": [4.0, 45.0], "baseline": "keep", "grid": "table", "length": 1.0, "step": 1.0}


@cache
def contrasts(subject):
    """Return the page's contrasts of high with low valence and arousal, for the brain of a simulated subject alone."""
    settings = cohort.Settings(**DEFAULT)
    sources = brain.person(generator(1, "simulate", subject, "person"))
    knots, log_power = states(subject, settings, 1, sources=sources)
    onsets = cohort.video_onsets(cohort.timeline(subject, settings, 1)) / cohort.SFREQ
    shape = (round((onsets[-1] + settings.duration + 1) * SFREQ), SFREQ)
    x = brain.activity(sources, knots, log_power, shape=shape, rng=generator("maps", subject))
    starts = np.round(onsets * SFREQ).astype(int)
    x = np.stack([x[:, start : start + round(settings.duration * SFREQ)] for start in starts])
    trials = Trials(x, list(range(1, 25)), list(GENEVA), float(SFREQ), 0, {})
    entropies, ratings = pooled(differential_entropy(trials, **BRANCH).array), cohort.ratings(subject, settings, 1)
    found = {}
    for target, other in (("Valence", "Arousal"), ("Arousal", "Valence")):
        high, strata = (ratings[name].to_numpy() > 5 for name in (target, other))
        found[target.lower()] = contrast(entropies, high, ~high, words=("test", subject, target), strata=strata)
    return found


@pytest.mark.parametrize(
    ("target", "band", "sign", "places"),
    [
        ("valence", "alpha", 1, {"AF4", "F4", "F8"}),
        ("valence", "alpha", -1, {"AF3", "F3", "F7"}),
        ("valence", "gamma", 1, {"T7", "T8", "P7", "P8"}),
        ("arousal", "alpha", -1, {"O1", "O2", "P3", "P4", "Pz"}),
        ("arousal", "beta", 1, {"F3", "F4", "Cz", "C3", "C4", "T7", "T8", "P7", "P8"}),
        ("arousal", "gamma", 1, {"FC5", "FC6", "C3", "C4", "CP5", "CP6"}),
    ],
)
def test_every_planted_effect_peaks_where_it_was_planted_in_nine_of_ten_subjects(target, band, sign, places):
    assert brain.planted(target, band, sign) == places
    at = list(BRANCH["bands"]).index(band)
    found = [sign * contrasts(subject)[target].difference[:, at] for subject in SUBJECTS]
    assert sum(GENEVA[one.argmax()] in places for one in found) >= 9


def test_valence_goes_beyond_the_noise_level_in_nine_of_ten_subjects():
    assert sum((np.abs(one.t) > one.level).any() for one in (contrasts(name)["valence"] for name in SUBJECTS)) >= 9


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
    assert one.difference[0, 0] == pytest.approx(a.mean() - b.mean())
    assert (one.t[1] == 0).all()
    assert one.n == (5, 7)
    assert contrast(x, np.arange(12) < 1, np.arange(12) > 0, words=("welch",)) is None


def test_what_goes_with_the_other_rating_is_no_difference_and_t_is_that_of_the_linear_model():
    rng = generator("strata")
    strata, x = np.repeat([0, 1], [8, 12]), rng.normal(size=(20, 2, 1))
    high = np.array([1] * 6 + [0] * 2 + [1] * 3 + [0] * 9, bool)
    x[:, 0, 0] = 3.0 * strata
    one = contrast(x, high, ~high, words=("strata",), strata=strata)
    assert (one.difference[0, 0], one.t[0, 0]) == (pytest.approx(0), 0)
    assert abs(contrast(x, high, ~high, words=("strata",)).difference[0, 0]) > 1
    design = np.column_stack([high, strata == 0, strata == 1]).astype(float)
    inverse = np.linalg.inv(design.T @ design)
    b = inverse @ design.T @ x[:, 1, 0]
    leverage = np.einsum("ij,jk,ik->i", design, inverse, design)
    middle = design.T @ np.diag((x[:, 1, 0] - design @ b) ** 2 / (1 - leverage)) @ design
    assert one.difference[1, 0] == pytest.approx(b[0])
    assert one.t[1, 0] == pytest.approx(b[0] / np.sqrt((inverse @ middle @ inverse)[0, 0]))


def test_where_no_two_trials_may_be_compared_there_is_no_contrast():
    x, high = generator("apart").normal(size=(8, 3, 2)), np.arange(8) < 4
    assert contrast(x, high, ~high, words=("apart",), strata=high) is None
    strata = np.array([0, 1, 1, 1, 1, 1, 1, 2])  # a trial alone in its stratum adds nothing
    inner = contrast(x[1:7], high[1:7], ~high[1:7], words=("apart",))
    one = contrast(x, high, ~high, words=("apart",), strata=strata)
    np.testing.assert_allclose(one.difference, inner.difference)
    np.testing.assert_allclose(one.t, inner.t)


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
    assert "high − low valence: noise level |t| = " in said
    assert "at F4 in alpha" in said


def test_maps_say_what_they_are_in_the_picture(facts, monkeypatch):
    drawn = []
    monkeypatch.setattr("eeg.report.page.picture", lambda figure: drawn.append(figure) or b"")
    entropy.section_of(facts)
    classes, sides = (texts(figure) for figure in drawn)
    assert any(words.SIMULATED in text for text in classes)
    assert {"nats from the mean over channels", "nats from all trials", "alpha\n8-12 Hz"} <= set(classes)
    assert sum("n = " in text for text in classes) == 4
    assert sum(text.startswith("nats; large: |t| > ") for text in sides) == 2
    assert any(text.startswith("high − low arousal\nn = ") for text in sides)
    for figure in drawn:
        picture(figure)


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
    monkeypatch.setattr("eeg.report.page.picture", lambda figure: drawn.append(figure) or b"")
    said = words_of(grid.section_of(facts).body)
    shown = grid.scaled_window(facts.entropy, facts.trials)
    # the scaler of the factory saw the trials 1 to 18
    assert (shown.trial, shown.fold, shown.unseen) == (19, 0, True)
    assert "which this scaler was not fitted on" in said
    assert "scaler of fold 0 under trial" in said
    (large,) = (axes for axes in drawn[0].axes if axes.get_ylabel().startswith("row"))
    (image,) = large.images
    row, column = grids.CELLS["F4"]
    alpha = list(facts.entropy.about["bands"]).index("alpha")
    assert image.get_array()[row, column] == pytest.approx(shown.values[GENEVA.index("F4"), alpha])
    found = texts(drawn[0])
    assert sum(text.split("\n")[0] in GENEVA for text in found) == 32
    assert found.count("0") >= 81 - 32
    picture(drawn[0])

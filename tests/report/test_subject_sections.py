"""Sections of a subject's page one by one: signals, trial by trial, learning curves, what was left out."""

import matplotlib
import numpy as np
import pandas as pd
import pytest
from matplotlib.text import Text

from eeg.channels import GENEVA
from eeg.report import figures, words
from eeg.report.page import picture
from eeg.report.subject import curves, left_out, ratings, scores, sessions, signals

HOSTILE = "<script>alert(1)</script>"


@pytest.fixture
def drawn(monkeypatch):
    """The figures of a section in their order."""
    kept = []
    monkeypatch.setattr("eeg.report.page.picture", lambda figure: kept.append(figure) or b"")
    return kept


def texts(figure):
    return [text.get_text() for text in figure.findobj(Text)]


def stage(level, highest=64.0):
    """Return a spectrum of so many decibel at every channel and frequency."""
    frequency = np.arange(0, highest + 0.5, 0.5)
    power = np.broadcast_to(10 ** (np.asarray(level(frequency)) / 10), frequency.shape)
    return pd.DataFrame({"frequency": frequency, **dict.fromkeys(GENEVA, power)})


STAGES = {
    "recorded": stage(lambda f: 20.0 + 0 * f, highest=256.0),
    "downsampled": stage(lambda f: 20.0 + 0 * f),
    "bandpassed": stage(lambda f: np.where((f < 4) | (f > 45), -20.0, 20.0)),
    "referenced": stage(lambda f: np.where((f < 4) | (f > 45), -20.0, 17.0)),
    "cleaned": stage(lambda f: np.where((f < 4) | (f > 45), -20.0, 16.0)),
}


def an_excerpt():
    x = np.random.default_rng(0).normal(size=(3, 32, 256)).astype(np.float32)
    return {"seconds": 20 + np.arange(256) / 128, "channels": np.array(GENEVA)} | dict(
        zip(("downsampled", "referenced", "cleaned"), x, strict=True)
    )


def test_spectra_before_and_after_every_step(cohort, config, make, drawn, words_of):
    facts = make["subject_facts"](cohort, config, stages=STAGES, excerpt=an_excerpt())
    said = words_of(signals.section_of(facts).body)
    assert "down-sampling 0.0 dB from 1 to 2 Hz, 0.0 dB in 4-45 Hz" in said
    assert "up to 64 Hz" in said
    assert "band-pass −40.0 dB from 1 to 2 Hz, 0.0 dB in 4-45 Hz, −40.0 dB above 49 Hz" in said
    assert "reference 0.0 dB from 1 to 2 Hz, −3.0 dB in 4-45 Hz" in said
    assert "EOG removal 0.0 dB from 1 to 2 Hz, −1.0 dB in 4-45 Hz" in said
    steps, _, excerpt = drawn
    assert [axes.get_title() for axes in steps.axes] == ["down-sampling", "band-pass", "reference", "EOG removal"]
    assert {"frequency (Hz)", "power (dB re 1 µV²/Hz)", "before the step", "after the step"} <= set(texts(steps))
    sides = {"as recorded, down-sampled", "in the pass-band"}
    assert sides | {"seconds from the start of the recording"} <= set(texts(excerpt))
    for figure in drawn:
        assert any(words.SIMULATED in text for text in texts(figure))
        picture(figure)


def test_nothing_of_an_excerpt_is_cut_off(cohort, config, make, drawn):
    excerpt = an_excerpt()
    excerpt["downsampled"][0, 100], excerpt["downsampled"][-1, 50] = 90.0, -90.0
    signals.section_of(make["subject_facts"](cohort, config, stages=STAGES, excerpt=excerpt))
    for axes in drawn[-1].axes:
        low, high = axes.get_ylim()
        values = np.concatenate([line.get_ydata() for line in axes.lines])
        assert low < values.min() < values.max() < high


def test_a_release_has_no_stages_and_the_stretch_of_a_trial(cohort, config, make, drawn, words_of):
    said = words_of(signals.section_of(make["subject_facts"](cohort, config)).body)
    assert "before and after each step" not in said
    assert "The first seconds of trial 1" in said
    assert len(drawn) == 2


def test_deaps_signals_stand_under_the_reminder_of_consent(cohort, config, make, drawn, words_of):
    sections = [signals.section_of(make["subject_facts"](cohort, config, source=one)) for one in ("deap", "simulated")]
    assert [words.CONSENT in words_of(one.body) for one in sections] == [True, False]


@pytest.mark.parametrize(("tie", "sign", "side"), [("low", "> 5", "low"), ("high", ">= 5", "high")])
def test_the_plane_names_the_quadrants_and_says_what_a_tie_is(cohort, config, make, drawn, words_of, tie, sign, side):
    quadrant = config["targets"]["quadrant"] | {"tie": tie}
    facts = make["subject_facts"](cohort, config, targets={"quadrant": quadrant})
    assert f"A rating on a line counts as {side}." in words_of(ratings.section_of(facts).body)
    found = texts(drawn[0])
    assert {"HVHA", "HVLA", "LVHA", "LVLA", f"valence rating (1-9); high: {sign}"} <= set(found)


def test_probabilities_of_every_trial_are_those_of_the_predictions():
    rows = [(1, 0, 0, 2.0, 0.0), (1, 1, 0, 0.0, 0.0), (2, 0, 1, 3.0, 0.0), (3, 0, -1, 0.0, 0.0)]
    table = pd.DataFrame(rows, columns=["trial", "window", "label", "logit_0", "logit_1"]).assign(subject="s01", fold=0)
    one = sessions.session(table)
    assert one.trial.tolist() == [1, 2]  # the third has no class
    # mean logits of the windows: 1 and 0; then 3 and 0
    np.testing.assert_allclose(one.probability, [1 / (1 + np.e), 1 / (1 + np.exp(3))])
    assert one.missed.tolist() == [False, True]
    three = sessions.session(table.assign(logit_2=-50.0))
    np.testing.assert_allclose(three.probability, [np.e / (1 + np.e), 1 / (1 + np.exp(3))])


def test_trial_by_trial_is_honest_and_counts_what_was_missed(cohort, config, make, drawn, words_of):
    section = sessions.section_of(make["subject_facts"](cohort, config))
    assert len(drawn) == 3  # quadrant, valence, arousal
    own = cohort["predictions"]["trial", "valence", "svm"].query("subject == 's01'")
    missed = sessions.session(own).missed.sum()
    assert f"svm, trial: {missed} of 24" in words_of(section.body)
    found = texts(drawn[1])
    assert {"trial, in order of presentation", "probability of high", "low", "high", "missed"} <= set(found)
    assert {"trial", "subject", "subject_video"} <= set(found)
    assert "window" not in found
    assert f"{missed} of 24 missed" in found
    picture(drawn[1])


def test_trials_numbered_as_their_videos_are_not_called_a_session(cohort, config, make, drawn):
    check = make["make_check"]() | {"order": "unknown"}
    sessions.section_of(make["subject_facts"](cohort, config, check=check))
    assert "trial (numbered as its video)" in texts(drawn[0])


def test_without_honest_predictions_there_is_no_session(cohort, config, make):
    leaky = {cell: table for cell, table in cohort["predictions"].items() if cell[0] == "window"}
    assert sessions.section_of(make["subject_facts"](cohort, config, predictions=leaky)) is None


def test_learning_curves_show_every_fold_their_mean_and_a_guess(cohort, config, make, drawn, words_of):
    rows = [(fold, epoch, fold + 1 / epoch, 1.0) for fold, last in ((0, 4), (1, 6)) for epoch in range(1, last + 1)]
    history = pd.DataFrame(rows, columns=["fold", "epoch", "loss", "val_loss"])
    cells = {("window", "valence", "mlp"): history, ("trial", "quadrant", "mlp"): history}
    tested = dict.fromkeys(cells, cohort["predictions"]["trial", "valence", "mlp"])
    section = curves.section_of(make["subject_facts"](cohort, config, history=cells, predictions=tested))
    assert "Watermarked panels leak." in words_of(section.body)
    honest, leaky = drawn[0].axes[:2]
    assert honest.get_title() == "mlp, quadrant\ntrial, 2 folds"
    assert "LEAKY" in texts(leaky)
    assert "LEAKY" not in texts(honest)
    one, other, mean, rest = (line.get_xydata() for line in honest.lines[:4])
    assert (len(one), len(mean), rest[:, 0].tolist()) == (6, 4, [4, 5, 6])
    np.testing.assert_allclose(mean[:, 1], 0.5 + 1 / np.arange(1, 5))
    np.testing.assert_allclose(rest[-1, 1], 1 + 1 / 6)
    guess = [line for axes in (honest, leaky) for line in axes.lines if line.get_linestyle() == ":"]
    np.testing.assert_allclose([line.get_ydata()[0] for line in guess], np.log([4, 2]))
    picture(drawn[0])


def test_learning_curves_across_subjects_are_those_of_the_folds_that_tested_this_one(
    cohort, config, make, drawn, words_of
):
    cell = ("subject", "valence", "mlp")
    tested = cohort["predictions"]["trial", "valence", "mlp"]
    rows = tested.assign(fold=tested["subject"].map({"s01": 2}).fillna(0))
    facts = make["subject_facts"](cohort, config, history={cell: make["make_history"]()}, predictions={cell: rows})
    assert curves.ACROSS_TEXT in words_of(curves.section_of(facts).body)
    (axes,) = drawn[0].axes
    assert axes.get_title() == "mlp, valence\nsubject, 1 fold"
    assert len([line for line in axes.lines if line.get_alpha()]) == 2


def test_scores_have_intervals_over_trials_in_the_picture(cohort):
    own = cohort["scores"].query("subject == 's01' and protocol == 'trial' and target == 'valence'")
    figure = figures.subject_figure(own, n_trials=24, confidence=0.9, simulated=True)
    (axes,) = figure.axes
    table = own.query("metric == 'balanced_accuracy' and model not in ('majority', 'video_prior')")
    wanted = matplotlib.colors.to_rgba
    for unit, colour in (("trial", figures.BLACK), ("window", figures.BLUE)):
        lines = [one for one in axes.collections if hasattr(one, "get_segments") and len(one.get_segments())]
        ends = [
            line[:, 0] for one in lines if tuple(one.get_color()[0]) == wanted(colour) for line in one.get_segments()
        ]
        np.testing.assert_allclose(
            np.sort(ends, axis=0), np.sort(table.query(f"unit == '{unit}'")[["low", "high"]], axis=0)
        )
    assert f"{words.SIMULATED} · one subject, 24 trials" in texts(figure)
    assert "per trial, 90 % interval over trials" in texts(figure)


def test_with_yardsticks_alone_there_is_a_table_and_no_picture(cohort, config, make, words_of):
    alone = cohort["scores"].query("model == 'majority'")
    section = scores.section_of(make["subject_facts"](cohort, config, scores=alone, predictions={}))
    assert "<img" not in section.body
    assert "majority (no EEG)" in words_of(section.body)


def record(*statuses):
    return {"folds": [{"fold": fold, "status": status} for fold, status in enumerate(statuses)]}


def test_what_was_left_out_is_said_with_its_reason(cohort, config, make, words_of):
    trials = make["trial_table"]("s01")
    trials.loc[[3, 7], "valence"] = [5.1, 4.8]
    trials["arousal"] = trials["arousal"].clip(upper=4.0)
    targets = {name: config["targets"][name] for name in ("quadrant", "arousal")}
    targets["valence"] = config["targets"]["valence"] | {"exclude": 0.3}
    epochs = make["make_epochs"](trials.drop(index=5))
    check = make["make_check"]() | {"bads": ["Oz"], "treatment": "drop"}
    records = {
        ("trial", "quadrant", HOSTILE): record("ok", "class_missing: 2, 3; diverged: epoch 4"),
        ("window", "valence", "svm"): record("unconverged: 1000 iterations"),
        ("trial", "valence", "svm"): record("ok", "ok"),
    }
    changes = {"trials": trials, "targets": targets, "epochs": epochs, "check": check, "records": records}
    body = left_out.section_of(make["subject_facts"](cohort, config, **changes)).body
    said = words_of(body)
    near = [n for n, v in zip(trials["trial"], trials["valence"], strict=True) if abs(round(v - 5, 9)) < 0.3]
    assert {4, 8} <= set(near)
    assert f"Trials {', '.join(map(str, near))} no class under valence (high means valence > 5; a rating less" in said
    assert "Channels Oz found bad by the check and left out" in said
    assert "Trial 6 in the table of trials, but not in the recording" in said
    assert "Class high of arousal no trial of this subject has it (high means arousal > 5)" in said
    assert "fold 1: no training trial of LVHA, LVLA; diverged: epoch 4" in said
    assert "svm, valence, window LEAKY fold 0: unconverged: 1000 iterations" in said
    assert "svm, valence, trial " not in said
    assert "<script" not in body


def test_where_nothing_was_left_out_it_is_said(cohort, config, make):
    section = left_out.section_of(make["subject_facts"](cohort, config))
    assert left_out.NOTHING in section.body

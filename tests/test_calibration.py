import numpy as np
import pandas as pd
import pytest
from scipy import stats

from eeg.calibration import calibration, squared_error, temperature
from eeg.metrics import log_softmax
from eeg.predictions import Cell
from eeg.seeds import generator

CELL = Cell("trial", "valence", "svm")


def drawn(n, sharper=1.0, seed=1):
    """Labels drawn from the probabilities of logits, which are then made `sharper`."""
    rng = generator("calibration", seed, n)
    logits = 1.5 * rng.standard_normal((n, 2))
    labels = (rng.random(n) < np.exp(log_softmax(logits))[:, 1]).astype(int)
    return sharper * logits, labels


@pytest.mark.parametrize("sharper", [0.5, 1.0, 4.0])
def test_the_temperature_undoes_what_made_logits_too_sharp_or_too_flat(sharper):
    logits, labels = drawn(20_000, sharper)
    assert temperature(logits, labels, np.arange(len(labels))) == pytest.approx(sharper, rel=0.05)


def test_a_trial_with_many_windows_counts_once():
    logits, labels = drawn(200, 2.0)
    trials = np.arange(200)
    often = np.repeat(trials, np.where(trials < 20, 50, 1))
    once = temperature(logits, labels, trials)
    assert temperature(logits[often], labels[often], often) == pytest.approx(once, rel=1e-4)


def test_the_temperature_is_that_of_trials_not_of_their_windows():
    """Windows that are calibrated each by itself and share nothing but the label: their mean is far too unsure."""
    rng = generator("windows of a trial")
    labels, n_windows = rng.integers(0, 2, 2000), 9
    places = np.repeat(np.arange(2000), n_windows)
    logits = np.zeros((2000 * n_windows, 2))
    # a normal logit of mean m and variance 2 m is the log-odds of the label
    logits[:, 1] = (2 * labels[places] - 1) * 1.0 + np.sqrt(2.0) * rng.standard_normal(len(places))
    assert temperature(logits, labels[places], np.arange(len(places))) == pytest.approx(1, rel=0.05)
    assert temperature(logits, labels[places], places) == pytest.approx(1 / n_windows, rel=0.15)


def test_logits_without_a_clue_are_flattened_and_certain_ones_sharpened():
    logits, labels = drawn(500)
    assert temperature(logits, generator("coin").integers(0, 2, 500), np.arange(500)) > 5
    assert temperature(np.eye(2)[labels], labels, np.arange(500)) < 0.05


def test_the_error_by_hand():
    # one bin: confidence 0.8, three of four right: 0.05 squared, less 0.75 x 0.25 / 3
    assert squared_error(np.full(4, 0.8), np.array([True, True, True, False]), 1) == pytest.approx(0.0025 - 0.0625)


def test_the_error_of_true_probabilities_is_nothing_on_average_and_of_overconfidence_what_it_is():
    errors = []
    for seed in range(200):
        logits, labels = drawn(400, seed=seed)
        errors.append(squared_error(np.exp(log_softmax(logits)).max(axis=1), logits.argmax(axis=1) == labels))
    assert abs(np.mean(errors)) < 3 * stats.sem(errors)
    assert np.mean(errors) < 0.001
    sure, hit = np.full(40_000, 0.9), generator("hits").random(40_000) < 0.6
    assert np.sqrt(squared_error(sure, hit)) == pytest.approx(0.3, abs=0.01)


def cohort(n_subjects=8, n_trials=40, sharper=1.0):
    logits, labels = drawn(n_subjects * n_trials, sharper)
    index = pd.MultiIndex.from_product([[f"s{n:02d}" for n in range(1, n_subjects + 1)], range(1, n_trials + 1)])
    table = pd.DataFrame({"subject": index.get_level_values(0), "trial": index.get_level_values(1), "window": 0})
    return table.assign(fold=0, label=labels, logit_0=logits[:, 0], logit_1=logits[:, 1])


def test_a_row_pools_subjects_with_an_interval_that_resamples_them():
    (row,) = calibration(cohort(sharper=5.0), cell=CELL).to_dict("records")
    assert (row["n"], row["trials"]) == (8, 320)
    assert 0 < row["low"] < row["error"] < row["high"] < 1
    (fine,) = calibration(cohort(), cell=CELL).to_dict("records")
    assert fine["error"] < row["error"]
    assert fine["low"] == 0


def test_one_subject_has_no_interval():
    (row,) = calibration(cohort(1), cell=CELL).to_dict("records")
    assert np.isnan([row["low"], row["high"]]).all()
    assert np.isfinite(row["error"])

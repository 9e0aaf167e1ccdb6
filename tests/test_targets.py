import numpy as np
import pandas as pd
import pytest

from eeg.errors import InputError
from eeg.targets import NO_CLASS, classes, counts, labels, labels_if_rated, rule, thresholds

QUADRANT = {"ratings": ["valence", "arousal"], "threshold": 5.0, "tie": "low"}


def table(**columns):
    n = len(next(iter(columns.values())))
    return pd.DataFrame({"subject": "s01", "trial": np.arange(1, n + 1), **columns})


def test_quadrant_codes_are_the_fixed_ones():
    trials = table(valence=[9, 9, 1, 1], arousal=[9, 1, 9, 1])
    assert labels(trials, QUADRANT).tolist() == [0, 1, 2, 3]
    assert classes(QUADRANT) == ("HVHA", "HVLA", "LVHA", "LVLA")


@pytest.mark.parametrize(("tie", "code", "sign"), [("low", 0, "> 5"), ("high", 1, ">= 5")])
def test_tie_rule(tie, code, sign):
    target = {"rating": "valence", "threshold": 5.0, "tie": tie}
    assert labels(table(valence=[5.0]), target).tolist() == [code]
    assert rule(target) == f"high means valence {sign}"


def test_column_with_classes():
    target = {"column": "condition", "classes": ["rest", "arithmetic"]}
    assert labels(table(condition=["arithmetic", "rest"]), target).tolist() == [1, 0]


def test_unlisted_class_is_an_error():
    with pytest.raises(InputError, match="Received also sleep"):
        labels(table(condition=["rest", "sleep"]), {"column": "condition", "classes": ["rest"]})


def test_missing_rating_names_subject_and_trial():
    with pytest.raises(InputError, match="every trial of s01. Received none for trial 2"):
        labels(table(valence=[3.0, np.nan]), {"rating": "valence", "threshold": 5.0, "tie": "low"})


def test_missing_column_is_an_error():
    with pytest.raises(InputError, match="a label column 'arousal'"):
        labels(table(valence=[3.0]), QUADRANT)


VALENCE = {"rating": "valence", "threshold": 5.0, "tie": "low", "exclude": 0.5}
MEDIANS = VALENCE | {"threshold": "subject_median", "exclude": 0.0}


def test_a_rating_too_close_to_the_threshold_has_no_class():
    trials = table(valence=[4.4, 4.5, 4.6, 5.0, 5.4, 5.5, 5.6])
    assert labels(trials, VALENCE).tolist() == [0, 0, -1, -1, -1, 1, 1]
    both = QUADRANT | {"exclude": 0.5}
    assert labels(table(valence=[9, 9], arousal=[9, 5.2]), both).tolist() == [0, -1]
    assert "less than 0.5 from it has no class" in rule(VALENCE)
    assert counts([trials], VALENCE) == {"low": 2, "high": 2, "no class": 3}


def test_a_learnt_threshold_is_the_median_of_the_training_trials_alone():
    trials = table(valence=[1.0, 2.0, 3.0, 8.0, 9.0])
    training = trials.iloc[:3]
    assert labels(trials, MEDIANS, training=training).tolist() == [0, 0, 1, 1, 1]
    changed = trials.assign(valence=[1.0, 2.0, 3.0, 1.5, 2.5])
    assert labels(changed, MEDIANS, training=training).tolist() == [0, 0, 1, 0, 1]
    assert labels(trials, MEDIANS | {"tie": "high"}, training=training).tolist() == [0, 1, 1, 1, 1]


def test_a_subject_without_training_trials_takes_the_median_of_all_of_them():
    trials = pd.concat(
        [table(valence=values).assign(subject=name) for name, values in (("s01", [1, 2, 3]), ("s02", [4, 5, 9]))],
        ignore_index=True,
    )
    training = trials[trials["subject"] == "s01"]
    assert labels(trials, MEDIANS, training=training).tolist() == [0, 0, 1, 1, 1, 1]
    assert thresholds(trials, MEDIANS)["valence"].to_dict() == {"s01": 2, "s02": 5}


def test_a_rating_exactly_as_far_from_the_threshold_as_the_band_is_wide_has_a_class():
    trials = pd.DataFrame({"subject": "s01", "trial": [1, 2, 3], "valence": [4.9, 5.1, 5.05]})
    target = {"rating": "valence", "threshold": 5.0, "tie": "low", "exclude": 0.1}
    assert labels(trials, target).tolist() == [0, 1, NO_CLASS]


def test_trials_that_nobody_rated_have_no_class_where_none_is_needed():
    trials = table(valence=[9, np.nan, 1, 1], arousal=[9, 9, np.nan, 1])
    assert labels_if_rated(trials, QUADRANT).tolist() == [0, NO_CLASS, NO_CLASS, 3]
    assert labels_if_rated(trials[["subject", "trial"]], QUADRANT).tolist() == [NO_CLASS] * 4
    median = {"rating": "valence", "threshold": "subject_median", "tie": "low"}
    assert labels_if_rated(trials, median).tolist() == [1, NO_CLASS, 0, 0]
    with pytest.raises(InputError, match="Received also sleep"):
        labels_if_rated(table(condition=["rest", "sleep", None]), {"column": "condition", "classes": ["rest"]})


@pytest.mark.parametrize("blank", [None, np.nan])
def test_a_blank_class_is_named_as_such(blank):
    with pytest.raises(InputError, match="Received also blank cells"):
        labels(table(condition=["rest", blank]), {"column": "condition", "classes": ["rest"]})

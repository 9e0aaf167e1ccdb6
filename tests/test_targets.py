import numpy as np
import pandas as pd
import pytest

from eeg.errors import InputError
from eeg.targets import classes, labels, rule

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

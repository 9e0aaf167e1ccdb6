"""A rehearsal proves its scalers and its fits as the graph does: a leak in its code is found before it is scored."""

import numpy as np
import pytest

from eeg import evaluate, rehearsal, scalers
from eeg.errors import InputError
from eeg.features.branch import Branch
from eeg.rehearsal import Asked, Rehearsal
from eeg.seeds import generator
from tests.factories import VALENCE, trial_table, window_table

SPLIT = {"folds": 3, "repeats": 1, "leave_one_out": [], "validation": 0.25, "target": VALENCE}
SPLIT |= {"stratify": "valence", "gap": False, "seed": 1}
LOGISTIC = {"C": [1.0], "class_weight": "balanced", "rows_per_trial": None, "inner_folds": 2}
MODEL = {"network": "logistic", "branch": "entropy", "settings": LOGISTIC, "training": None}


def rehearsed(protocol, scope):
    """What a logistic regression predicts of one subject's noise."""
    x = generator("rehearsal").standard_normal((12, 5, 3, 2), np.float32)
    branch = Branch(x, window_table(), {"kind": "entropy", "channels": ["Fz", "Cz", "Pz"]})
    scaling = {"scaler": "zscore_minmax", "scope": scope}
    asked = Asked((protocol, "valence", "logistic"), VALENCE, MODEL, None, SPLIT, scaling, seed=1)
    return Rehearsal(asked).predictions("s01", {"s01": branch}, {"s01": trial_table()})


@pytest.mark.parametrize("scope", ["fold", "trial", "recording"])
@pytest.mark.parametrize("protocol", ["trial", "window"])
def test_scalers_that_saw_what_their_scope_lets_them_see_pass(protocol, scope):
    assert len(rehearsed(protocol, scope)) == 60


@pytest.mark.parametrize(
    ("protocol", "named"),
    [("trial", r"s01 trial \d+ \(test\)"), ("window", r"s01 trial \d+ window \d+ \((test|validate)")],
)
def test_scalers_that_saw_tested_trials_though_their_scope_is_the_fold_are_found(protocol, named, monkeypatch):
    def leaking(split, *args, **named):
        return fit(split.assign(role="train"), *args, **named)

    fit = scalers.fit
    monkeypatch.setattr(rehearsal.scalers, "fit", leaking)
    with pytest.raises(InputError, match=rf"lists the training rows of its fold, and nothing else .*{named}"):
        rehearsed(protocol, "fold")


def test_labels_that_are_not_the_trials_are_found(monkeypatch):
    def flipped(*args):
        table = predicted(*args)
        return table.assign(label=1 - table["label"])

    predicted = evaluate.predicted
    monkeypatch.setattr(evaluate, "predicted", flipped)
    with pytest.raises(InputError, match=r"the labels that the trial table gives .*\(0 instead of 1\)"):
        rehearsed("trial", "fold")

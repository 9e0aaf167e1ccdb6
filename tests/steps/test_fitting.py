"""What is kept of a part's networks."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from eeg.errors import InputError
from eeg.models import Outcome, Result
from eeg.preprocess.scale import Scaler
from eeg.scalers import Fitted, Key
from eeg.steps.fitting import Part, applied
from eeg.storage import read_json

ABOUT = {"channels": ["Fz"], "settings": {"model": {"network": "mlp"}}}


def learnt(number, values):
    """A fold as `evaluate.learn` returns it, as far as keeping it asks."""
    result = Result(Outcome("ok"), np.zeros((1, 2), np.float32), values)
    return SimpleNamespace(task=SimpleNamespace(number=number), result=result, temperature=None)


def kept(path, *folds):
    learner = SimpleNamespace(save=lambda result, path: path.write_bytes(b"a network"))
    scaler = Fitted(Key(), Scaler.identity((1,)), pd.DataFrame(columns=["subject", "trial", "start", "stop"]))
    Part(("trial", "valence", "mlp"), "s01", [scaler], []).keep(folds, str(path), learner, ABOUT)


def test_a_fold_that_was_not_trained_has_no_network(tmp_path):
    kept(tmp_path / "s01", learnt(0, [np.zeros(1)]), learnt(1, []))
    assert [path.name for path in (tmp_path / "s01").glob("*.keras")] == ["fold_0.keras"]
    assert read_json(tmp_path / "s01" / "about.json")["temperatures"] == {"0": None}


def test_a_part_without_networks_is_not_applied(tmp_path):
    kept(tmp_path / "s01", learnt(0, []))
    inputs = SimpleNamespace(channels=["Fz"], shape=(2, 1), cells={})
    with pytest.raises(InputError, match="a network of one fold or more. Received none: no fold had a trial"):
        applied(str(tmp_path / "s01"), inputs, {})

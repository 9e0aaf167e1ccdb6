import numpy as np
import pandas as pd

from eeg import yardsticks
from eeg.protocols import split_trials, split_windows
from eeg.seeds import generator
from tests.factories import VALENCE, trial_table, window_table


def rated(n_high):
    trials = trial_table()
    return trials.assign(valence=np.where(np.arange(12) < n_high, 9.0, 1.0))


def test_majority_says_the_commoner_class_of_the_training_trials():
    trials = rated(8)
    split = split_trials(trials, trials["valence"].to_numpy(), n_folds=3, validation=0.25, generator=generator(1))
    table = yardsticks.predict("majority", trials, split, VALENCE)
    assert table["trial"].tolist() == list(range(1, 13))
    assert (table["window"] == -1).all()
    assert (table["logit_1"] > table["logit_0"]).all()
    assert (table.groupby("fold")["logit_1"].nunique() == 1).all()
    shares = np.exp(table[["logit_0", "logit_1"]]).sum(axis=1)
    np.testing.assert_allclose(shares, 1, rtol=1e-6)


def test_under_shuffled_windows_it_is_one_constant():
    trials, windows = rated(8), window_table().assign(subject="s01")
    split = split_windows(windows, windows["trial"] <= 8, n_folds=4, validation=0.2, generator=generator(1))
    table = yardsticks.predict("majority", trials, split, VALENCE)
    assert len(table) == 12
    assert (table["fold"] == -1).all()
    assert table["logit_1"].nunique() == 1


def test_only_tested_subjects_get_rows():
    trials = pd.concat([trial_table(subject) for subject in ("s01", "s02")], ignore_index=True)
    split = trials[["subject", "trial"]].assign(fold=0, window=-1)
    split["role"] = np.where(split["subject"] == "s02", "test", "train")
    table = yardsticks.predict("majority", trials, split, VALENCE)
    assert table["subject"].unique().tolist() == ["s02"]
    assert (table["label"] == (table["trial"] % 2 == 0)).all()

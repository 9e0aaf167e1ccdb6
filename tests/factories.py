"""Small made-up tables and arrays that several tests share."""

import numpy as np
import pandas as pd

from eeg.seeds import generator
from eeg.splits import Dealing, split_items

VALENCE = {"rating": "valence", "threshold": 5.0, "tie": "low"}


def trial_table(subject="s01", n=12):
    """Trials whose valence is low, high, low, ..."""
    numbers = np.arange(1, n + 1)
    ratings = np.where(numbers % 2, 3.0, 7.0)
    return pd.DataFrame({"subject": subject, "trial": numbers, "video": numbers, "valence": ratings})


def window_table(n_trials=12, n_windows=5, length=16, step=16):
    """The windows of every trial."""
    index = pd.MultiIndex.from_product([range(1, n_trials + 1), range(n_windows)], names=["trial", "window"])
    table = index.to_frame(index=False)
    return table.assign(start=table["window"] * step, length=length, onset=table["window"] * step / 128)


def dealing(folds=4, validation=0.2, *, seed=1):
    """How folds are made, all with one generator, as within subjects."""
    one = generator(seed)
    return Dealing(folds, validation, one, one)


def split_trials(trials, strata, *args, **named):
    """Hold out whole trials of one subject."""
    return split_items(trials.assign(window=-1), np.asarray(strata), dealing(*args, **named))


def split_windows(windows, strata, *args, **named):
    """Hold out windows of one subject."""
    return split_items(windows, np.asarray(strata), dealing(*args, **named))

"""Made-up model inputs of a few subjects, their splits and their scalers."""

import numpy as np
import pandas as pd

from eeg import scalers
from eeg.preprocess.scale import moments
from eeg.seeds import generator
from eeg.splits import Dealing, split_subjects
from tests.factories import split_trials, split_windows, trial_table, window_table

STRATA = np.arange(12) % 2
SUBJECTS = ("s01", "s02", "s03", "s04")
BOTH = {"scaler": "zscore_minmax", "scope": "fold"}
OVERLAPPING = {"n_windows": 9, "step": 8}
"""Windows of 16 samples, each sharing 8 with the next, in trials of 80."""


class Data:
    """Model inputs of a few subjects: levels differ by trial, sizes by feature, one feature is far from 0."""

    def __init__(self, kind, subjects=("s01",), **shape):
        one = window_table(**shape)
        size = (12, 80, 3) if kind == "windows" else (12, one["window"].nunique(), 3, 2)
        rng = generator("arrays")
        scale, level = np.array([1, 5, 20.0]), np.array([0, 0, 300.0])
        if kind == "entropy":
            scale, level = scale[:, None] * [1, 0.1], level[:, None] + [0, -7]
        offset = rng.normal(size=(12, 1, *size[2:]))
        self.kind = kind
        self.arrays = {
            subject: ((rng.normal(size=size) + offset) * scale + level).astype(np.float32) for subject in subjects
        }
        self.windows = pd.concat([one.assign(subject=subject) for subject in subjects], ignore_index=True)
        self.trials = pd.concat([trial_table(subject) for subject in subjects], ignore_index=True)

    def split(self, protocol="trial"):
        """One part's folds."""
        if protocol == "window":
            return split_windows(self.windows, self.windows["trial"] % 2, 4, 0.25)
        if protocol == "subject":
            return split_subjects(self.trials, "f02", Dealing(4, 0.25, generator(1), generator(2)))
        return split_trials(self.trials, STRATA, 4, 0.25)

    def stored(self, arrays=None):
        """The moments of every trial."""
        arrays = self.arrays if arrays is None else arrays
        return {subject: {"trial": np.arange(1, 13), **moments(array)} for subject, array in arrays.items()}

    def fit(self, split, settings=BOTH, arrays=None):
        """Fit; without the arrays where whole trials are split, as their moments are enough."""
        given = (self.arrays if arrays is None else arrays) if (split["window"] >= 0).any() else {}
        return scalers.fit(split, self.windows, stored=self.stored(arrays), arrays=given, settings=settings)

    def samples(self, rows):
        """The samples under rows of a split, (n, features), each once however many windows hold it."""
        found = []
        rows = rows.merge(self.windows, on=["subject", "trial"], suffixes=("_of_split", ""))
        rows = rows[(rows["window_of_split"] == -1) | (rows["window_of_split"] == rows["window"])]
        for (subject, trial), own in rows.groupby(["subject", "trial"]):
            seen = np.zeros(self.arrays[subject].shape[1], bool)
            for window, start in zip(own["window"], own["start"], strict=True):
                seen[slice(start, start + 16) if self.kind == "windows" else window] = True
            if (own["window_of_split"] == -1).all():
                seen[:] = True
            found.append(self.arrays[subject][trial - 1, seen])
        return np.concatenate(found).reshape(-1, int(np.prod(found[0].shape[1:])))

    def gathered(self):
        """Every window of the table."""
        rows = zip(self.windows["subject"], self.windows["trial"], self.windows["window"], strict=True)
        if self.kind == "entropy":
            return np.stack([self.arrays[subject][trial - 1, window] for subject, trial, window in rows])
        starts = self.windows["start"]
        return np.stack([self.arrays[s][t - 1, at : at + 16] for (s, t, _), at in zip(rows, starts, strict=True)])

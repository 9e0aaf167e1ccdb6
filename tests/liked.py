"""Eight subjects who saw the same videos and liked the same ones, and their splits."""

import numpy as np
import pandas as pd

from eeg import splits
from eeg.protocols import ACROSS, parts
from eeg.seeds import generator
from tests.factories import VALENCE, window_table

SUBJECTS = tuple(f"s{number:02d}" for number in range(1, 9))
SETTINGS = {"folds": 4, "validation": 0.25, "target": VALENCE, "stratify": "valence", "gap": False, "seed": 1}
SETTINGS |= {"repeats": 1, "leave_one_out": []}


def cohort():
    """Eight subjects who saw the same videos in orders of their own and rated them alike, more or less."""
    tables = []
    for subject in SUBJECTS:
        rng = generator("cohort", subject)
        video = rng.permutation(16) + 1
        liked = 3.0 + 4 * (video <= 9)
        table = pd.DataFrame({"subject": subject, "trial": np.arange(1, 17), "video": video})
        tables.append(table.assign(valence=np.where(rng.random(16) < 0.8, liked, 10 - liked)))
    return pd.concat(tables, ignore_index=True)


def splits_of(protocol, trials):
    """The splits of every part of a protocol."""
    found = {}
    for part in parts(protocol, SUBJECTS, SETTINGS["folds"]):
        subjects = SUBJECTS if protocol in ACROSS else (part,)
        tables = [trials[trials["subject"] == subject] for subject in subjects]
        windows = pd.concat([window_table(16, 3).assign(subject=subject) for subject in subjects], ignore_index=True)
        found[part], _ = splits.make(protocol, part, tables, windows, branch="entropy", settings=SETTINGS)
    return found

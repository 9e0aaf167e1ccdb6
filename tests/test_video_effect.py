"""A cohort in whose EEG there is the video and no emotion: `subject` is fooled, `subject_video` is not."""

import numpy as np
import pandas as pd

from eeg import yardsticks
from eeg.features.branch import Branch
from eeg.method import Method
from eeg.predictions import Cell
from eeg.protocols import parts
from eeg.rehearsal import Asked, Rehearsal, divided
from eeg.scores import score
from eeg.seeds import generator
from eeg.statistics import summarise
from tests.factories import VALENCE

SUBJECTS = [f"s{number:02d}" for number in range(1, 9)]
N_VIDEOS, N_WINDOWS, N_CHANNELS = 20, 3, 8
SPLIT = {"folds": 4, "repeats": 1, "leave_one_out": [], "validation": 0.2, "target": VALENCE}
SPLIT |= {"stratify": "valence", "gap": False, "seed": 1}
SVM = {"C": [1.0], "gamma": ["scale"], "inner_folds": 3, "kernel": "rbf", "components": 50}
MODEL = {"network": "svm", "branch": "entropy", "training": None}
MODEL |= {"settings": SVM | {"class_weight": "balanced", "rows_per_trial": None}}


SEEDS = range(4)


def cohort(seed):
    """Every video answers with a pattern of its own in everybody's EEG, and people like the same videos, mostly."""
    patterns = generator("patterns", seed).standard_normal((N_VIDEOS, 1, N_CHANNELS, 1))
    liked = generator("liked", seed).permutation(N_VIDEOS) < N_VIDEOS // 2
    branches, trials = {}, {}
    for subject in SUBJECTS:
        rng = generator("video cohort", seed, subject)
        video = rng.permutation(N_VIDEOS)
        high = liked[video] ^ (rng.random(N_VIDEOS) < 0.1)
        x = patterns[video] + 0.7 * rng.standard_normal((N_VIDEOS, N_WINDOWS, N_CHANNELS, 1))
        numbers = np.arange(1, N_VIDEOS + 1)
        rows = pd.MultiIndex.from_product([numbers, range(N_WINDOWS)], names=["trial", "window"]).to_frame(index=False)
        table = rows.assign(start=rows["window"] * 128, length=128, onset=rows["window"] * 1.0)
        about = {"kind": "entropy", "channels": [f"c{number}" for number in range(N_CHANNELS)]}
        branches[subject] = Branch(x.astype(np.float32), table, about)
        known = {"subject": subject, "trial": numbers, "video": video, "valence": np.where(high, 7.0, 3.0)}
        trials[subject] = pd.DataFrame(known)
    return branches, trials


def summary_of(protocol, branches, trials):
    asked = Asked(
        (protocol, "valence", "svm"), VALENCE, MODEL, None, SPLIT, {"scaler": "zscore", "scope": "fold"}, seed=1
    )
    rehearsal, named = Rehearsal(asked), parts(protocol, SUBJECTS, 4)
    found = {"svm": pd.concat([rehearsal.predictions(part, branches, trials) for part in named], ignore_index=True)}
    splits = {part: divided(protocol, part, branches, trials, branch="entropy", settings=SPLIT) for part in named}
    every = pd.concat(trials.values(), ignore_index=True)
    for name in ("majority", "video_prior"):
        tables, _ = yardsticks.predict(name, every, splits, VALENCE, protocol=protocol, seed=1)
        found[name] = pd.concat(tables.values(), ignore_index=True)
    scored = [
        score(table, cell=Cell(protocol, "valence", name), trials=every, method=Method(draws=200, validation=0.2))
        for name, table in found.items()
    ]
    scores, p = (pd.concat([getattr(one, part) for one in scored], ignore_index=True) for part in ("table", "p"))
    table = summarise(scores, p=p, yardsticks=["majority", "video_prior"], method=Method(validation=0.2))
    own = table[(table["unit"] == "trial") & (table["metric"] == "balanced_accuracy")]
    return own.set_index("model")


def test_the_video_fools_subject_and_the_yardstick_says_so():
    found = summary_of("subject", *cohort(0))
    assert found.loc["svm", "mean"] > 0.75
    assert found.loc["svm", "p"] < 0.01
    assert found.loc["svm", "yardstick"] == "video_prior"
    assert found.loc["svm", "gain"] < 0


def test_held_out_videos_show_that_there_was_nothing_else():
    found = [summary_of("subject_video", *cohort(seed)) for seed in SEEDS]
    over = [one.loc["svm", "mean"] - one.loc["svm", "chance"] for one in found]
    assert abs(np.mean(over)) < 3 * np.std(over, ddof=1) / np.sqrt(len(over))
    assert all(one.loc["svm", "low"] < one.loc["svm", "chance"] < one.loc["svm", "high"] for one in found)
    assert min(one.loc["svm", "p"] for one in found) > 0.05
    assert all(one.loc["video_prior", "mean"] == one.loc["majority", "mean"] for one in found)

"""Cohorts simulated as features, a few numbers a trial, for statistics that need thousands of them.

Every subject has the same videos in an order of its own, rates each at random, and is given features of noise in which
the rating's class shifts the mean by as many standard deviations as asked. A nearest-mean classifier learns from the
training and validation trials of the splits that the pipeline makes, and what it says goes through its scores and
statistics.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from eeg import protocols, seeds, splits, yardsticks
from eeg.method import Method
from eeg.pairs import differences, in_common
from eeg.predictions import Cell
from eeg.scores import score
from eeg.statistics import compare, summarise

TARGET = {"rating": "valence", "threshold": 5.0, "tie": "low", "exclude": 0.0}
N_TRIALS, N_FEATURES, UNLIKE = 40, 6, 0.1
VALIDATION = 0.2
HONEST = ("trial", "subject", "subject_video", "pooled_trial")
MODELS = {"first": slice(0, 3), "second": slice(3, 6), "both": slice(0, 6)}
"""Three models: each sees other features."""

JUDGED = "both"
"""The model whose chance and p are drawn; the others are there to be compared with."""


@dataclass(frozen=True)
class Cohort:
    """What is asked of a cohort.

    Attributes
    ----------
    n_subjects : int
    effect : float
        Distance of the classes' means in every feature, standard deviations.
    seed : int
    folds, draws : int
    response : float
        Where it is not 0, every video has a pattern of its own in everybody's features, of this standard deviation,
        and nine of ten people rate it on the side that the video is on: there is a video in the EEG, and no emotion.
    windows : int
        Windows of a trial; where there are several, each differs from its trial by as much noise as trials do.
    stratify : str
        The rating whose classes are spread over the folds: `valence`, which is predicted, or `liking`, which has
        nothing to do with it.
    yardsticks : tuple of str
        Yardsticks that stand beside the models.
    """

    n_subjects: int
    effect: float = 0.0
    seed: int = 0
    folds: int = 5
    draws: int = 199
    response: float = 0.0
    windows: int = 1
    stratify: str = "valence"
    yardsticks: tuple[str, ...] = ()

    @property
    def split(self) -> dict:
        """Settings of the splits."""
        return {
            "folds": self.folds,
            "repeats": 1,
            "leave_one_out": [],
            "validation": VALIDATION,
            "target": TARGET | {"rating": self.stratify},
            "stratify": self.stratify,
            "gap": False,
            "seed": self.seed,
        }

    def made(self) -> tuple[pd.DataFrame, np.ndarray]:
        """Return the trials of all subjects and their features, (n_trials, n_features)."""
        rng = seeds.generator("cohort", self.seed, self.n_subjects)
        tables = [
            pd.DataFrame(
                {
                    "subject": f"s{number + 1:02d}",
                    "trial": np.arange(N_TRIALS) + 1,
                    "video": rng.permutation(N_TRIALS) + 1,
                    "valence": rng.uniform(1, 9, N_TRIALS),
                }
            )
            for number in range(self.n_subjects)
        ]
        trials = pd.concat(tables, ignore_index=True)
        high = trials["valence"].to_numpy() > TARGET["threshold"]
        x = rng.standard_normal((len(trials), N_FEATURES))
        if self.response:
            video = trials["video"].to_numpy() - 1
            x += self.response * rng.standard_normal((N_TRIALS, N_FEATURES))[video]
            liked = rng.permutation(N_TRIALS) < N_TRIALS // 2
            high = liked[video] ^ (rng.random(len(trials)) < UNLIKE)
        x += self.effect * (high - 0.5)[:, None]
        liking = np.where(rng.random(len(trials)) < 0.5, 7.0, 3.0)
        return trials.assign(valence=np.where(high, 7.0, 3.0), liking=liking, label=high.astype(int)), x

    def cut(self, x: np.ndarray) -> np.ndarray:
        """Return the features of the windows of every trial, (n_trials * windows, n_features), from the trials'."""
        if self.windows == 1:
            return x
        rng = seeds.generator("windows", self.seed, self.n_subjects)
        return np.repeat(x, self.windows, axis=0) + rng.standard_normal((len(x) * self.windows, N_FEATURES))

    def predictions(self, protocol: str) -> dict[str, pd.DataFrame]:
        """Return every model's predictions of all parts of a protocol."""
        trials, x = self.made()
        names = list(dict.fromkeys(trials["subject"]))
        place = {name: number * N_TRIALS for number, name in enumerate(names)}
        label, x = np.repeat(trials["label"].to_numpy(), self.windows), self.cut(x)
        windows = trials[["subject", "trial"]].assign(window=0, start=0, length=128)
        tested_at, folds, logits, made = [], [], {name: [] for name in MODELS}, {}
        for part in protocols.parts(protocol, names, self.folds):
            across = protocol in protocols.ACROSS
            own, cut = (trials, windows) if across else (t[t["subject"] == part] for t in (trials, windows))
            split, _ = splits.make(protocol, part, [own], cut, branch="features", settings=self.split)
            made[part] = split
            at = split["subject"].map(place).to_numpy() + split["trial"].to_numpy() - 1
            tested, fold = (split["role"] == "test").to_numpy(), split["fold"].to_numpy()
            for one in np.unique(fold):
                own = at[fold == one, None] * self.windows + np.arange(self.windows)
                train, test = (own[role[fold == one]].ravel() for role in (~tested, tested))
                tested_at.append(test)
                folds.append(np.full(len(test), one))
                for name, columns in MODELS.items():
                    logits[name].append(nearest_mean(x[train, columns], label[train], x[test, columns]))
        trial, window = np.divmod(np.concatenate(tested_at), self.windows)
        table = trials.loc[trial, ["subject", "trial", "label"]].reset_index(drop=True)
        table = table.assign(window=-1 if self.windows == 1 else window, fold=np.concatenate(folds))
        both = {name: np.concatenate(found).T for name, found in logits.items()}
        found = {name: table.assign(logit_0=low, logit_1=high) for name, (low, high) in both.items()}
        for name in self.yardsticks:
            parts, _ = yardsticks.predict(name, trials, made, TARGET, protocol=protocol, seed=self.seed)
            found[name] = pd.concat(parts.values(), ignore_index=True)
        return found

    def scored(self, protocol: str) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Return the summary of all models, and their comparisons; chance and p are those of `JUDGED` alone."""
        trials, _ = self.made()
        tables, chances, resampled = [], [], {}
        for name, predictions in self.predictions(protocol).items():
            # where videos are counted comparisons need the resamples of all, and beside yardsticks their chance
            alone = name in MODELS and name != JUDGED and protocols.VIDEO not in protocols.APART[protocol]
            draws = 1 if alone and not self.yardsticks else self.draws
            cell = Cell(protocol, "valence", name)
            one = score(
                predictions, cell=cell, trials=trials, method=Method(draws=draws, seed=self.seed, validation=VALIDATION)
            )
            tables.append(one.table)
            chances.append(one.p)
            resampled[cell] = one.resampled
        scores = pd.concat(tables, ignore_index=True)
        p = pd.concat(chances, ignore_index=True)
        method = Method(validation=VALIDATION)
        common = in_common(p, differences(resampled))
        asked = {"yardsticks": self.yardsticks, "method": method}
        return summarise(scores, p=p, **asked), compare(scores, leaky={}, common=common, **asked)


def nearest_mean(train: np.ndarray, labels: np.ndarray, test: np.ndarray) -> np.ndarray:
    """Return logits (n, 2): half the negative squared distance to the mean of each class, of all where it is absent."""
    means = [train[labels == code].mean(axis=0) if (labels == code).any() else train.mean(axis=0) for code in (0, 1)]
    return np.stack([-((test - mean) ** 2).sum(axis=1) / 2 for mean in means], axis=1)

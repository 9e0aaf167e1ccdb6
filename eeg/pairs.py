"""What the videos that people share add to differences: of models under one protocol, and of protocols.

The mean difference of two models varies with the videos where both answer to them. Both models are scored on the same
resamples of videos and of trials, so that what they have alike cancels, and the variances are those of the difference.
"""

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from eeg.intervals import Common
from eeg.predictions import Cell

if TYPE_CHECKING:
    from eeg.stimuli import Resampled

COMMON = ["n_videos", "by_video", "by_trial"]
"""What subjects have in common, in the order of `intervals.Common`."""

PAIRS = ["protocol", "target", "a", "b", "unit", "metric", *COMMON]
"""The columns of `pairs.csv`: two models, and what videos add to their difference."""

Key = tuple[str, str, str, str, frozenset[str]]
"""Protocol, target, unit, metric, and the one model or the two that are compared."""


def differences(found: Mapping[Cell, Sequence[Mapping[tuple[str, str], "Resampled"]]]) -> pd.DataFrame:
    """Return what videos add to the difference of every two models of one protocol and target, the columns of `PAIRS`.

    Parameters
    ----------
    found : mapping
        The `resampled` of every cell's `scores.Scores`: by repeat, unit and metric.
    """
    rows = []
    for a, b in combinations(found, 2):
        if a[:2] == b[:2] and found[a] and found[b]:
            for key in [key for key in found[a][0] if key in found[b][0]]:
                both = [one[key].less(other[key]) for one, other in zip(found[a], found[b], strict=True)]
                variances = np.mean([one.variances() for one in both], axis=0)
                rows.append((*a[:2], a.model, b.model, *key, both[0].n_videos, *variances))
    return pd.DataFrame(rows, columns=PAIRS)


def in_common(chance: pd.DataFrame, pairs: pd.DataFrame) -> dict[Key, Common]:
    """Return what subjects have in common by models or pairs of models, where it is anything.

    Parameters
    ----------
    chance : DataFrame
        The columns of `chance.csv`.
    pairs : DataFrame
        Those of `pairs.csv`.
    """
    alone = chance.assign(a=chance["model"], b=chance["model"])
    return {
        (protocol, target, unit, metric, frozenset((a, b))): Common(*shared)
        for table in (alone, pairs)
        for protocol, target, a, b, unit, metric, *shared in table[PAIRS].itertuples(index=False)
        if shared[0] > 0
    }

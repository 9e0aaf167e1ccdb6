"""Which trial, or which windows, went into a scaler's numbers without being listed."""

from collections.abc import Iterator
from functools import partial

import numpy as np
import pandas as pd

from eeg.guard.parts import WINDOW, Part, named, with_roles
from eeg.preprocess.scale import Moments, Scaler
from eeg.protocols import WHOLE
from eeg.scalers import STATISTICS, Fitted, expand, joined, merged, of_windows

TRIAL = ["subject", "trial"]


def unequal(one: Scaler, other: Scaler) -> list[str]:
    """Return the statistics in which two scalers differ by as little as a bit."""
    return [name for name in STATISTICS if not np.array_equal(getattr(one, name), getattr(other, name))]


def culprit(one: Fitted, part: Part) -> str:
    """Return what, added to what is listed, explains a scaler's numbers, in words; empty where nothing does.

    Where whole trials are listed each other trial is tried; where windows are, each other window, then each run of
    them, then all that are left of each trial; of several that bring the same samples the first is named.
    """
    candidates = _windows if (one.ids["start"] != WHOLE).any() else _trials
    for rows, numbers in candidates(one, part):
        if not unequal(one.scaler, Scaler.fit(numbers, kind=one.scaler.kind)):
            found = with_roles(rows[WINDOW], part, one.key.fold) if one.key.scope == "fold" else rows
            return f": those with {named(found)} added"
    return ""


def _trials(one: Fitted, part: Part) -> Iterator[tuple[pd.DataFrame, Moments]]:
    """Yield every trial of the split that is not listed, and the numbers with it."""
    trials = part.split[TRIAL].drop_duplicates().assign(start=WHOLE, stop=WHOLE, window=WHOLE)
    for _, row in _unlisted(trials, one.ids, TRIAL).groupby(level=0):
        ids = pd.concat([one.ids, row], ignore_index=True)
        yield row, merged(ids, part.windows, stored=part.stored, arrays=part.arrays)


def _windows(one: Fitted, part: Part) -> Iterator[tuple[pd.DataFrame, Moments]]:
    """Yield windows of one trial that are not listed, and the numbers with them."""
    by_trial = partial(of_windows, stored=part.stored, arrays=part.arrays)
    listed = expand(one.ids, part.windows).merge(part.windows, on=WINDOW)
    parts, own = by_trial(listed), dict(iter(listed.groupby(TRIAL)))
    left = _unlisted(part.windows, listed, WINDOW).sort_values(WINDOW)
    left = left.assign(run=(left["window"].diff() != 1).cumsum())
    for by in (WINDOW, [*TRIAL, "run"], TRIAL):
        for key, rows in left.groupby(by):
            # only this trial's numbers are others than those of what is listed
            together = pd.concat([own[key[:2]], rows]) if key[:2] in own else rows
            yield rows, joined(parts | by_trial(together))


def _unlisted(rows: pd.DataFrame, listed: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    return rows[~pd.MultiIndex.from_frame(rows[by]).isin(pd.MultiIndex.from_frame(listed[by]))]

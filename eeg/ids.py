"""The windows that something was given, by their ids: as runs, counted and hashed, as a fit's record lists them."""

import hashlib
import json
from collections.abc import Sequence
from typing import Any

import pandas as pd


def runs(windows: pd.DataFrame) -> pd.DataFrame:
    """Return rows of `subject, trial, window` as runs of neighbouring windows: `subject, trial, start, stop`.

    `stop` is one past the last window; the runs are in order of subject, trial and window.
    """
    rows = windows.sort_values(["subject", "trial", "window"])
    trial = rows[["subject", "trial"]]
    new = (trial != trial.shift()).any(axis=1) | (rows["window"].diff() != 1)
    found = rows.groupby(new.cumsum(), sort=False).agg(
        subject=("subject", "first"), trial=("trial", "first"), start=("window", "first"), stop=("window", "last")
    )
    return found.assign(stop=found["stop"] + 1).reset_index(drop=True)


def given(windows: pd.DataFrame) -> dict[str, Any]:
    """Return the record of rows of `subject, trial, window`: how many, their `runs` as lists, and the hash of these.

    A trial given as a whole has the window -1.
    """
    listed = [
        [subject, int(trial), int(start), int(stop)]
        for subject, trial, start, stop in runs(windows).itertuples(index=False)
    ]
    return {"n_windows": len(windows), "sha256": digest(listed), "windows": listed}


def digest(listed: Sequence[Sequence[Any]]) -> str:
    """Return the hash of runs as lists."""
    return hashlib.sha256(json.dumps(listed).encode()).hexdigest()

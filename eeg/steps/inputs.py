"""Model inputs read back: what the steps after a branch share."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from eeg.evaluate import Inputs, table_of
from eeg.storage import open_array, read_arrays, read_csv, read_json
from eeg.targets import labels


def read_windows(paths: Sequence[str]) -> pd.DataFrame:
    """Return the window tables of several subjects as one, with `subject`."""
    return pd.concat([read_csv(path).assign(subject=_subject(path)) for path in paths], ignore_index=True)


def read_moments(paths: Sequence[str]) -> dict[str, dict[str, np.ndarray]]:
    """Return the per-trial moments by subject."""
    return {_subject(path): read_arrays(path) for path in paths}


def open_arrays(paths: Sequence[str]) -> dict[str, np.ndarray]:
    """Return the arrays by subject, memory-mapped."""
    return {_subject(path): open_array(path) for path in paths}


def open_inputs(
    arrays: Sequence[str], windows: Sequence[str], trials: Sequence[str], target: Mapping[str, Any]
) -> Inputs:
    """Return the labelled windows of several subjects; the arrays stay on disk."""
    about = [read_json(Path(path).with_suffix(".json")) for path in arrays]
    tables = []
    for window_path, trial_path in zip(windows, trials, strict=True):
        table = read_csv(trial_path)
        tables.append(table_of(read_csv(window_path), table, labels(table, target)))
    return Inputs(about[0]["kind"], about[0]["channels"], open_arrays(arrays), pd.concat(tables, ignore_index=True))


def _subject(path: str) -> str:
    return Path(path).name.split(".")[0]

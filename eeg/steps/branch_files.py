"""Trials in, model inputs out: what the steps of all kinds of branch share."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from eeg.datasets import fif
from eeg.features.branch import Branch, Trials
from eeg.preprocess.scale import moments
from eeg.storage import write_array, write_arrays, write_csv, write_json


def read_trials(path: str, baseline: float) -> Trials:
    """Return the cleaned trials of a subject in microvolt; `baseline` in seconds comes before the video."""
    epochs = fif.read_trials(path)
    sfreq = float(epochs.info["sfreq"])
    numbers = epochs.metadata["trial"].tolist()
    x, n_baseline = epochs.get_data(copy=False) * 1e6, round(baseline * sfreq)
    return Trials(x, numbers, epochs.ch_names, sfreq, n_baseline, fif.electrodes(epochs))


def write_inputs(output: Any, branch: Branch, numbers: Sequence[int]) -> None:
    """Write a branch's array and what stands beside it; `numbers` are the trials along its first axis."""
    write_array(output.array, branch.array)
    write_json(output.about, branch.about)
    write_csv(output.table, branch.table)
    write_arrays(output.moments, {"trial": np.asarray(numbers, np.int64), **moments(branch.array)})

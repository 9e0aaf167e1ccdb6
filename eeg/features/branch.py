"""From cleaned trials to a branch's stored model input, and what is written beside it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd

from eeg.errors import InputError
from eeg.features import entropy, windows


@dataclass(frozen=True)
class Trials:
    """Cleaned trials of one subject.

    Attributes
    ----------
    x : ndarray, shape (n_trials, n_channels, n_times)
        Microvolt, baseline first.
    numbers : sequence of int
        Trial numbers along the first axis.
    channels : sequence of str
        Names along the second axis.
    sfreq : float
        Sampling rate in Hz.
    n_baseline : int
        Samples before the video starts.
    """

    x: np.ndarray
    numbers: Sequence[int]
    channels: Sequence[str]
    sfreq: float
    n_baseline: int

    def pick(self, wanted: Literal["all"] | Sequence[str]) -> "Trials":
        """Return the trials with the wanted channels, in the order asked for."""
        if wanted == "all":
            return self
        if absent := [name for name in wanted if name not in self.channels]:
            raise InputError(
                f"the channels {' '.join(wanted)} in the recordings",
                f"no {' '.join(absent)}; there are {' '.join(self.channels)}",
                "Correct `channels` of the branch in the config.",
            )
        rows = [list(self.channels).index(name) for name in wanted]
        return Trials(self.x[:, rows], self.numbers, list(wanted), self.sfreq, self.n_baseline)


@dataclass(frozen=True)
class Branch:
    """A branch's input: the array, the table of its windows, and what they are."""

    array: np.ndarray
    table: pd.DataFrame
    about: dict[str, Any]


def raw_windows(trials: Trials, *, channels: Literal["all"] | Sequence[str], length: float, step: float) -> Branch:
    """Return raw windows: array float32 (trial, time, channel) in microvolt; the windows are slices of it."""
    trials = trials.pick(channels)
    video = np.ascontiguousarray(trials.x[:, :, trials.n_baseline :].transpose(0, 2, 1), np.float32)
    plan = windows.plan(video.shape[1], trials.sfreq, length=length, step=step)
    return Branch(video, _table(plan, trials), _about("windows", trials, plan, step, units="microvolt"))


def differential_entropy(
    trials: Trials,
    *,
    channels: Literal["all"] | Sequence[str],
    bands: Mapping[str, Sequence[float]],
    baseline: Literal["keep", "subtract"],
    length: float,
    step: float,
) -> Branch:
    """Return differential entropy: array float32 (trial, window, channel, band) in nats."""
    trials = trials.pick(channels)
    n_video = trials.x.shape[2] - trials.n_baseline
    plan = windows.plan(n_video, trials.sfreq, length=length, step=step)
    edges = {name: (band[0], band[1]) for name, band in bands.items()}
    n_samples = int(plan["length"].iloc[0])
    before = np.arange(0, trials.n_baseline - n_samples + 1, n_samples) if baseline == "subtract" else np.arange(0)
    starts = np.concatenate([before, plan["start"].to_numpy() + trials.n_baseline])
    found = entropy.differential_entropy(trials.x, trials.sfreq, bands=edges, starts=starts, length=n_samples)
    de = found[:, len(before) :]
    if baseline == "subtract":
        de = entropy.subtract_baseline(de, found[:, : len(before)])
    about = _about("entropy", trials, plan, step, units="nats")
    about |= {"bands": {name: list(band) for name, band in edges.items()}, "baseline": baseline}
    return Branch(de.astype(np.float32), _table(plan, trials), about)


def _table(plan: pd.DataFrame, trials: Trials) -> pd.DataFrame:
    numbers = pd.DataFrame({"trial": list(trials.numbers)})
    return numbers.merge(plan, how="cross")[["trial", "window", "start", "length", "onset"]]


def _about(kind: str, trials: Trials, plan: pd.DataFrame, step: float, *, units: str) -> dict[str, Any]:
    return {
        "kind": kind,
        "channels": list(trials.channels),
        "sfreq": trials.sfreq,
        "units": units,
        "length": int(plan["length"].iloc[0]) / trials.sfreq,
        "step": round(step * trials.sfreq) / trials.sfreq,
    }

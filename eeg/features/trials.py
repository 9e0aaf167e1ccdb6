"""Cleaned trials of one subject, as every feature reads them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np

from eeg.errors import InputError


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
    electrodes : mapping of str to (x, y, z)
        Where channels, `nasion`, `lpa` and `rpa` are, metres in head coordinates; those that are known.
    """

    x: np.ndarray
    numbers: Sequence[int]
    channels: Sequence[str]
    sfreq: float
    n_baseline: int
    electrodes: Mapping[str, Sequence[float]] = field(default_factory=dict)

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
        return replace(self, x=self.x[:, rows], channels=list(wanted))

"""Whose differential entropy: one definition per file, imported only when asked.

A file `NAME.py` of this folder is the definition `NAME`. It states

`UNITS`
    `nats`, `bits` or, where entropies are standardised afterwards, `standard deviations`.
`STATEMENT`
    What it computes, to be read after "differential entropy, ...".
`SUBTRACTED`
    What `baseline: subtract` does, in the same sentence.
`BASELINE_SECONDS`
    Seconds of baseline that `baseline: subtract` needs at least; None: as long as a window.
`ANY_BAND`
    Whether it may read bands that reach beyond the data's pass-band, since the library it imitates does.

and offers `features(trials, *, bands, windows, baseline, computing)`, which returns
(n_trials, n_windows, n_channels, n_bands) in `computing.precision`; `windows` are their first samples, counted from
the start of the video, and their length. `docs/entropy.md` says how far each lies from `reference`. All put the floor
of `eeg.features.entropy` under a variance, where a library would return minus infinity for a flat channel. The filters
of those that imitate a library compute in float64 as the library does, whatever the precision of the result.
"""

import importlib
from collections.abc import Mapping
from pathlib import Path
from typing import Literal, Protocol

import numpy as np

from eeg.features.filterbank import Computing
from eeg.features.trials import Trials

Bands = Mapping[str, tuple[float, float]]
"""Edges in Hz by name."""

Windows = tuple[np.ndarray, int]
"""First samples of the windows, counted from the start of the video, and their samples."""

Baseline = Literal["keep", "subtract"]
"""Whether the entropy is relative to that of the seconds before the video."""


class Definition(Protocol):
    """What a definition's file holds."""

    UNITS: str
    STATEMENT: str
    SUBTRACTED: str
    BASELINE_SECONDS: float | None
    ANY_BAND: bool

    @staticmethod
    def features(
        trials: Trials, *, bands: Bands, windows: Windows, baseline: Baseline, computing: Computing
    ) -> np.ndarray:
        """Return the features, shape (n_trials, n_windows, n_channels, n_bands)."""


def beyond(bands: Bands, pass_band: tuple[float, float]) -> list[str]:
    """Return the bands that reach beyond the data's pass-band."""
    low, high = pass_band
    return [name for name, edges in bands.items() if edges[0] < low or edges[1] > high]


def names() -> list[str]:
    """Return the definitions' names, the reference first."""
    found = sorted(path.stem for path in Path(__file__).parent.glob("*.py") if not path.stem.startswith("_"))
    return sorted(found, key=lambda name: name != "reference")


def definition(name: str) -> Definition:
    """Return a definition out of `names()`."""
    return importlib.import_module(f"{__name__}.{name}")  # type: ignore[return-value]

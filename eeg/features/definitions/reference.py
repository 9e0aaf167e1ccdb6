"""This project's own definition, `eeg.features.entropy`: whole trials filtered zero-phase, then cut."""

import numpy as np

from eeg.features import entropy
from eeg.features.definitions import Bands, Baseline, Computing, Windows
from eeg.features.trials import Trials

UNITS = "nats"
STATEMENT = (
    "0.5 ln(2 pi e variance) in nats of the signal band-passed over the whole trial (Butterworth, order 3, forward and "
    "backward), variance with ddof 1"
)
SUBTRACTED = "minus its mean over the trial's baseline"
BASELINE_SECONDS = None
ANY_BAND = False


def features(trials: Trials, *, bands: Bands, windows: Windows, baseline: Baseline, computing: Computing) -> np.ndarray:
    """Return differential entropy in nats, shape (n_trials, n_windows, n_channels, n_bands).

    `baseline: subtract` takes the mean over the windows of the same length that fit side by side into the baseline.
    """
    starts, length = windows
    fitting = np.arange(0, trials.n_baseline - length + 1, length)
    before = fitting if baseline == "subtract" else fitting[:0]
    found = entropy.differential_entropy(
        trials.x,
        trials.sfreq,
        bands=bands,
        windows=(np.concatenate([before, np.asarray(starts) + trials.n_baseline]), length),
        computing=computing,
    )
    de = found[:, len(before) :]
    return entropy.subtract_baseline(de, found[:, : len(before)]) if baseline == "subtract" else de

"""TorchEEG's features of DEAP: its DEAPDataset with BandDifferentialEntropy and BaselineRemoval (version 1.1.3).

As in its datasets/module/emotion_recognition/deap.py, transforms/numpy/band.py and transforms/any/baseline.py: every
chunk is cut from the raw video and filtered by itself, forward only and from rest, so that the filter's transient
fills a part of every window; ddof 0, bits. The baseline's seconds are averaged sample by sample before anything else,
which cancels most of their power, and the entropy of that mean second is subtracted. Its chunks are a second, its
bands `torcheeg4`, whose gamma (31-49 Hz) reaches beyond the 45 Hz at which DEAP's release ends.
"""

import math

import numpy as np

from eeg.features.definitions import Bands, Baseline, Computing, Windows
from eeg.features.definitions._filters import causal, cut, mean_second, of_trials
from eeg.features.entropy import of_variance
from eeg.features.trials import Trials

UNITS = "bits"
STATEMENT = (
    "as TorchEEG 1.1.3 computes it: 0.5 log2(2 pi e variance) in bits of each window band-passed by itself "
    "(Butterworth, order 5, forward only), variance with ddof 0"
)
SUBTRACTED = "minus that of the mean second of the trial's baseline"
BASELINE_SECONDS = 1.0
ANY_BAND = True
ORDER = 5


def features(trials: Trials, *, bands: Bands, windows: Windows, baseline: Baseline, computing: Computing) -> np.ndarray:
    """Return differential entropy in bits, shape (n_trials, n_windows, n_channels, n_bands).

    `baseline: subtract` reads whole seconds whatever the length of the windows, as TorchEEG's default does.
    """
    video = trials.x[..., trials.n_baseline :]
    de = of_trials(lambda x: _entropy(cut(x, windows), trials.sfreq, bands), video, threads=computing.threads)
    if baseline == "subtract":
        de -= _entropy(mean_second(trials), trials.sfreq, bands)[:, None]
    return de.astype(computing.precision)


def _entropy(chunks: np.ndarray, sfreq: float, bands: Bands) -> np.ndarray:
    """Return the entropy in bits of signals (..., length), the bands on a last axis."""
    variances = [causal(chunks, edges, order=ORDER, sfreq=sfreq).var(axis=-1) for edges in bands.values()]
    return of_variance(np.stack(variances, axis=-1)) / math.log(2)

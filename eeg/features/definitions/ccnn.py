"""The CCNN authors' features (Yang, Wu, Fu & Chen 2018, ICONIP; their code: github.com/ynulonger/DE_CNN).

As in their get_1D_data.py and 1D_to_3D.py: baseline and video are filtered apart from each other, forward only and
from rest, so each begins with the filter's transient; windows are cut from the filtered signal; the mean entropy of
the baseline's windows is subtracted per channel and band; every sample is then z-scored over its channels and bands
(ddof 0), which takes its level and its spread away. Theirs are windows of a second and `bands: ccnn4`.
"""

import numpy as np

from eeg.features.definitions import Bands, Baseline, Computing, Windows
from eeg.features.definitions._filters import causal, cut, of_trials
from eeg.features.entropy import of_variance
from eeg.features.trials import Trials

UNITS = "standard deviations"
STATEMENT = (
    "as the authors of the continuous CNN compute it: 0.5 ln(2 pi e variance) of the video band-passed by itself "
    "(Butterworth, order 3, forward only), variance with ddof 1, each sample then z-scored over its channels and bands"
)
SUBTRACTED = "minus its mean over the trial's baseline, filtered by itself, before the z-score"
BASELINE_SECONDS = None
ANY_BAND = False
ORDER = 3


def features(trials: Trials, *, bands: Bands, windows: Windows, baseline: Baseline, computing: Computing) -> np.ndarray:
    """Return z-scored differential entropy, shape (n_trials, n_windows, n_channels, n_bands)."""
    de = entropies(trials, bands=bands, windows=windows, baseline=baseline, threads=computing.threads)
    spread = de.std(axis=(2, 3), keepdims=True)
    # where all values of a sample are equal (one channel and band, or all flat) they become 0
    scaled = (de - de.mean(axis=(2, 3), keepdims=True)) / np.where(spread == 0, 1.0, spread)
    return scaled.astype(computing.precision)


def entropies(trials: Trials, *, bands: Bands, windows: Windows, baseline: Baseline, threads: int = 1) -> np.ndarray:
    """Return the same before the z-score, in nats."""
    n, length = trials.n_baseline, windows[1]
    before = (np.arange(0, n - length + 1, length), length)

    def one(x: np.ndarray) -> np.ndarray:
        de = _entropy(x[:, n:], trials.sfreq, bands, windows)
        if baseline == "keep":
            return de
        return de - _entropy(x[:, :n], trials.sfreq, bands, before).mean(axis=0)

    return of_trials(one, trials.x, threads=threads)


def _entropy(x: np.ndarray, sfreq: float, bands: Bands, windows: Windows) -> np.ndarray:
    """Return the entropy in nats of a signal (n_channels, n_times), shape (n_windows, n_channels, n_bands)."""
    filtered = [causal(x, edges, order=ORDER, sfreq=sfreq) for edges in bands.values()]
    return of_variance(np.stack([cut(one, windows).var(axis=-1, ddof=1) for one in filtered], axis=-1))

"""LibEER's features of DEAP's release, its feature type `de` (github.com/XJTU-EEG/LibEER, commit dddff97).

As in its data_utils/load_data.py (`read_deap_preprocessed`) and data_utils/preprocess.py (`preprocess`,
`de_extraction`), with its default settings: the sample-by-sample mean of the baseline's seconds is subtracted from
every second of the video's signal; the video, by itself, is filtered to 0.3-50 Hz (order 5) and then to each band
(order 3), both forward and backward; windows are cut; ddof 1, bits. LibEER always subtracts the baseline. Its default
feature type smooths this along the trial: `libeer_lds`. Its windows are a second, its bands `libeer5`, which reach
beyond DEAP's 4-45 Hz at both ends; where windows overlap it leaves the last one out, which is kept here.
"""

import math

import numpy as np

from eeg.errors import InputError
from eeg.features.definitions import Bands, Baseline, Computing, Windows
from eeg.features.definitions._filters import cut, mean_second, of_trials, zero_phase
from eeg.features.entropy import of_variance
from eeg.features.trials import Trials

UNITS = "bits"
STATEMENT = (
    "as LibEER computes it (feature type de): 0.5 log2(2 pi e variance) in bits of the video band-passed by itself to "
    "0.3-50 Hz (Butterworth, order 5) and to the band (order 3), both forward and backward, variance with ddof 1"
)
SUBTRACTED = "the mean second of the trial's baseline having been subtracted from every second of the signal"
BASELINE_SECONDS = 1.0
ANY_BAND = True

PASS_BAND = (0.3, 50.0)
"""Hz to which every video is filtered first."""


def features(trials: Trials, *, bands: Bands, windows: Windows, baseline: Baseline, computing: Computing) -> np.ndarray:
    """Return differential entropy in bits, shape (n_trials, n_windows, n_channels, n_bands).

    Raises
    ------
    InputError
        The sampling rate leaves no room for the first filter, or the baseline is shorter than a second.
    """
    if trials.sfreq / 2 <= PASS_BAND[1]:
        raise InputError(
            f"more than {2 * PASS_BAND[1]:g} Hz, since LibEER filters to {PASS_BAND[0]:g}-{PASS_BAND[1]:g} Hz first",
            f"{trials.sfreq:g} Hz",
            "Raise `preprocess.downsample.sfreq` or choose another `definition`.",
        )
    video = np.asarray(trials.x[..., trials.n_baseline :], float)
    if baseline == "subtract":
        video = video - np.resize(mean_second(trials).T, video.T.shape).T
    de = of_trials(lambda x: _entropy(x, trials.sfreq, bands, windows), video, threads=computing.threads)
    return de.astype(computing.precision)


def _entropy(x: np.ndarray, sfreq: float, bands: Bands, windows: Windows) -> np.ndarray:
    """Return the entropy in bits of a video (n_channels, n_times), shape (n_windows, n_channels, n_bands)."""
    passed = zero_phase(x, PASS_BAND, order=5, sfreq=sfreq)
    filtered = [zero_phase(passed, edges, order=3, sfreq=sfreq) for edges in bands.values()]
    variances = np.stack([cut(one, windows).var(axis=-1, ddof=1) for one in filtered], axis=-1)
    return of_variance(variances) / math.log(2)

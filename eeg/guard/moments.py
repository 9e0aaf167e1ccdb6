"""Whether the stored moments that scalers are computed from are those of the trials they are named after."""

from collections.abc import Mapping

import numpy as np

from eeg.errors import InputError
from eeg.preprocess.scale import moments


def check(stored: Mapping[str, np.ndarray], array: np.ndarray, *, file: str) -> None:
    """Refuse moments that are not, to the last bit, those of the model input, trial by trial.

    Parameters
    ----------
    stored : mapping
        `trial`, and what `eeg.preprocess.scale.moments` returns.
    array : ndarray, shape (n_trials, n_samples, ...)
        The model input of the same trials; may be memory-mapped.
    file : str
        Where the moments lie.

    Raises
    ------
    InputError
        Names the trials whose moments are others.
    """
    again, n_trials = moments(array), len(stored["trial"])
    same = np.ones(n_trials, bool)
    for name, values in again.items():
        same &= (values == stored[name]).reshape(n_trials, -1).all(axis=1)
    if not same.all():
        raise InputError(
            "the moments of the trials they are named after, to the last bit",
            f"others for trial {', '.join(map(str, stored['trial'][~same].tolist()))}",
            f"Delete {file} and run again; all that was made with it is made again.",
            file=file,
        )

"""The stratified guess: sees no EEG and draws every trial's class as often as training had it."""

import numpy as np
import pandas as pd

from eeg import seeds
from eeg.models._prior import Seen, log_shares, overall

KIND = "yardstick"
INPUT = "none"


def predict(seen: Seen, tested: pd.DataFrame) -> np.ndarray:
    """Return one row of logits for every tested trial, (n_tested, n_classes) float32.

    Gumbel noise on log shares makes each class the largest as often as its share says (Gumbel 1954). A trial's noise
    is its own: the same in every fold, whatever else is tested.
    """
    draws = [
        seeds.generator(seen.seed, subject, int(trial)).gumbel(size=seen.n_classes)
        for subject, trial in zip(tested["subject"], tested["trial"], strict=True)
    ]
    return (log_shares(overall(seen)) + np.stack(draws)).astype(np.float32)

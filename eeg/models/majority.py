"""The majority yardstick: sees no EEG and says how common each class was in training."""

import numpy as np

KIND = "yardstick"
INPUT = "none"


def majority(labels: np.ndarray, n_classes: int) -> np.ndarray:
    """Return one logit per class for every tested row alike.

    Parameters
    ----------
    labels : array of int, (n,)
        Class codes of the training trials (or windows); may be empty.
    n_classes : int

    Returns
    -------
    array, (n_classes,) float32
        Logarithms of the class shares, one count added to every class (Laplace) so that none is minus infinity.
    """
    counts = np.bincount(np.asarray(labels, dtype=np.int64), minlength=n_classes) + 1.0
    return np.log(counts / counts.sum()).astype(np.float32)

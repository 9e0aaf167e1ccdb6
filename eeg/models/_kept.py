"""Trained networks that were kept, read back to predict."""

from collections.abc import Mapping
from pathlib import Path

import keras
import numpy as np

from eeg.errors import InputError
from eeg.models._training import ROWS_AT_ONCE
from eeg.samples import Samples


class Kept:
    """A network out of a `.keras` file, which is read without running code that it may hold.

    Parameters
    ----------
    path : path
    own : mapping of str to type
        The classes of the model's own file, by name.

    Raises
    ------
    InputError
        The file is none, or holds more than layers.
    """

    def __init__(self, path: Path, own: Mapping[str, type]) -> None:
        try:
            self.model = keras.saving.load_model(path, custom_objects=dict(own), compile=False, safe_mode=True)
        except (OSError, ValueError, TypeError) as error:
            what = str(error).strip().partition("\n")[0].rstrip(".")
            raise InputError("a kept network", what, "Delete its folder and run again.", file=path) from error

    def predict(self, samples: Samples) -> np.ndarray:
        """Return the logits of every row, (n, n_classes) float32.

        Raises
        ------
        InputError
            The windows have another shape than those it was trained on.
        """
        wanted = tuple(self.model.input_shape[1:])
        if samples.shape != wanted:
            raise InputError(f"windows of shape {wanted}", f"{samples.shape}", "Give it the branch it was trained on.")
        parts = np.split(np.arange(len(samples)), range(ROWS_AT_ONCE, len(samples), ROWS_AT_ONCE))
        logits = [np.asarray(self.model(samples.batch(part)[0], training=False)) for part in parts if len(part)]
        return np.concatenate([np.empty((0, *self.model.output_shape[1:]), np.float32), *logits])

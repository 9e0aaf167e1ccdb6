"""The body that `cnn_lstm` and `cnn_gru` share: convolutions over time, two recurrent layers, two dense ones."""

from collections.abc import Mapping
from typing import Any, Literal

import keras
import numpy as np
from keras import layers

from eeg.errors import InputError
from eeg.kinds import Count, Pair, Rate
from eeg.samples import Samples

ROWS_AT_ONCE = 1024


def build(
    recurrent_layer: type[layers.Layer],
    input_shape: tuple[int, ...],
    n_classes: int,
    *,
    filters: Count,
    kernel: Count,
    pool: Count,
    recurrent: Pair,
    dense: Count,
    dropout: Rate,
    last: Literal["state", "sequence"],
    initial: Literal["glorot", "standardised"],
) -> keras.Model:
    """Return the network of Zamani & Wulansari 2021 around the given kind of recurrent layer.

    Parameters
    ----------
    recurrent_layer : type
        `layers.LSTM` or `layers.GRU`.
    input_shape : tuple, (n_times, n_channels)
    n_classes : int
    filters, kernel, pool : int
        Of both convolution blocks (valid convolution, ReLU, max pooling).
    recurrent : list of int
        Units of the first (whole sequence) and the second recurrent layer.
    dense : int
        Units of the dense layer before the logits.
    dropout : float
        Rate after each of the four blocks.
    last : str
        What the second recurrent layer hands on: its last `state`, or the `sequence` of all of them.
    initial : str
        `glorot`, Keras' own initial values, or `standardised`: see `start`.

    Raises
    ------
    InputError
        The window is too short for two convolution blocks.
    """
    _check_length(input_shape[0], kernel, pool)
    x = inputs = keras.Input(input_shape)
    for block in (1, 2):
        x = layers.Conv1D(filters, kernel, activation="relu", name=f"conv{block}")(x)
        x = layers.MaxPooling1D(pool, name=f"pool{block}")(x)
        x = layers.Dropout(dropout, name=f"conv{block}_dropout")(x)
    for block, (units, sequence) in enumerate(zip(recurrent, (True, last == "sequence"), strict=True), start=1):
        x = recurrent_layer(units, return_sequences=sequence, name=f"recurrent{block}")(x)
        x = layers.Dropout(dropout, name=f"recurrent{block}_dropout")(x)
    x = layers.Flatten(name="flatten")(x)
    x = layers.Dense(dense, activation="relu", name="dense")(x)
    return keras.Model(inputs, layers.Dense(n_classes, dtype="float32", name="logits")(x))


def start(model: keras.Model, train: Samples, settings: Mapping[str, Any]) -> None:
    """Adapt the initial values of the first convolution to the training windows, where `initial` is `standardised`.

    Afterwards it gives what it would have given before to windows of mean 0 and standard deviation 1 per channel: the
    layers and what they can express stay the same. Min-max scaled EEG lies in a narrow range about its middle, where
    Keras' own values give almost constant outputs and training does not leave chance.
    """
    if settings["initial"] != "standardised":
        return
    mean, sd = _moments(train)
    kernel, bias = model.get_layer("conv1").get_weights()
    kernel = kernel / sd[:, None]
    model.get_layer("conv1").set_weights([kernel, bias - (kernel * mean[:, None]).sum(axis=(0, 1))])


def _moments(train: Samples) -> tuple[np.ndarray, np.ndarray]:
    """Return mean and standard deviation per channel over all training windows; 1 for a channel that never changes."""
    total = squares = np.zeros(train.shape[-1])
    for begin in range(0, len(train), ROWS_AT_ONCE):
        x = train.batch(np.arange(begin, min(begin + ROWS_AT_ONCE, len(train))))[0].astype(np.float64)
        total, squares = total + x.sum(axis=(0, 1)), squares + (x**2).sum(axis=(0, 1))
    n = len(train) * train.shape[0]
    sd = np.sqrt(np.maximum(squares / n - (total / n) ** 2, 0.0))
    return total / n, np.where(sd > 0, sd, 1.0)


def _check_length(n_times: int, kernel: int, pool: int) -> None:
    left = n_times
    for _ in range(2):
        left = (left - kernel + 1) // pool
    if left < 1:
        raise InputError(
            f"windows long enough for two convolutions of {kernel} with pooling by {pool}",
            f"windows of {n_times} samples",
            "Lengthen the branch's windows, or lower the model's `kernel` or `pool`.",
        )

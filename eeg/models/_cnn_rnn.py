"""The body that `cnn_lstm` and `cnn_gru` share: convolutions over time, two recurrent layers, two dense ones."""

from typing import Literal

import keras
from keras import layers

from eeg.errors import InputError


def build(
    recurrent_layer: type[layers.Layer],
    input_shape: tuple[int, ...],
    n_classes: int,
    *,
    filters: int,
    kernel: int,
    pool: int,
    recurrent: list[int],
    dense: int,
    dropout: float,
    last: Literal["state", "sequence"],
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

    Raises
    ------
    InputError
        The window is too short for the two convolution blocks, `recurrent` is not two numbers, or `last` is unknown.
    """
    _check(input_shape[0], kernel, pool)
    _check_recurrent(recurrent, last)
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


def _check(n_times: int, kernel: int, pool: int) -> None:
    left = n_times
    for _ in range(2):
        left = (left - kernel + 1) // pool
    if left < 1:
        raise InputError(
            f"windows long enough for two convolutions of {kernel} with pooling by {pool}",
            f"windows of {n_times} samples",
            "Lengthen the branch's windows, or lower the model's `kernel` or `pool`.",
        )


def _check_recurrent(recurrent: list[int], last: str) -> None:
    if len(recurrent) != 2:
        raise InputError("two numbers of units in `recurrent`", repr(recurrent), "Give one for each recurrent layer.")
    if last not in ("state", "sequence"):
        raise InputError("`last` to be state or sequence", repr(last), "Correct the model's settings.")

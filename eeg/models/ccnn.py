"""The continuous convolutional network, on differential entropy laid out on the 10-20 grid.

Idea: bands are the planes of a small picture of the scalp; convolutions without pooling keep every place of it.
Layers: Conv2D four times ("same" padding), Flatten, Dense, Dropout, logits.
Reference: Yang, Wu, Fu & Chen 2018, "Continuous Convolutional Neural Network with 3D Input for EEG-Based Emotion
Recognition", ICONIP, LNCS 11307, 433-443, and the code published with it.
"""

from typing import Literal

import keras
from keras import initializers, layers, regularizers

from eeg.errors import InputError
from eeg.kinds import Activation, Count, Counts, NotNegative, Rate

KIND = "network"
INPUT = "grid"

AUTHORS_SD = 0.1
AUTHORS_BIAS = 0.1


def build(
    input_shape: tuple[int, ...],
    n_classes: int,
    *,
    filters: Counts,
    kernels: Counts,
    dense: Count,
    dropout: Rate,
    activation: Activation,
    initial: Literal["authors", "lecun"],
    l2: NotNegative,
) -> keras.Model:
    """Return the untrained network.

    Parameters
    ----------
    input_shape : tuple, (n_rows, n_columns, n_bands)
    n_classes : int
    filters, kernels : list of int
        Of the convolutions, one each; the paper's: [64, 128, 256, 64] and [4, 4, 4, 1].
    dense : int
        Units of the dense layer before the logits; the paper's: 1024.
    dropout : float
        Rate after the dense layer; the paper's: 0.5.
    activation : str
        The paper's: selu.
    initial : str
        `authors` (truncated normal weights of sd 0.1, biases 0.1) or `lecun` (LeCun normal weights, biases 0, the
        initial values SELU was designed for).
    l2 : float
        Adds l2 * w to the gradient of every weight and bias (a penalty of l2 / 2 * w^2); the paper's: 0.5, 0 for none.

    Raises
    ------
    InputError
        `filters` and `kernels` differ in length.
    """
    if len(filters) != len(kernels):
        raise InputError(
            "as many `kernels` as `filters`", f"{len(kernels)} and {len(filters)}", "Give one of each per convolution."
        )
    x = inputs = keras.Input(input_shape)
    for place, (n_filters, kernel) in enumerate(zip(filters, kernels, strict=True), start=1):
        common = _weights(initial, l2)
        x = layers.Conv2D(n_filters, kernel, padding="same", activation=activation, name=f"conv{place}", **common)(x)
    x = layers.Flatten(name="flatten")(x)
    x = layers.Dense(dense, activation=activation, name="dense", **_weights(initial, l2))(x)
    x = layers.Dropout(dropout, name="dropout")(x)
    logits = layers.Dense(n_classes, dtype="float32", name="logits", **_weights(initial, l2))(x)
    return keras.Model(inputs, logits)


def _weights(initial: str, l2: float) -> dict[str, object]:
    """Return the keywords of a layer that set its initial values and penalty."""
    authors = initial == "authors"
    # Keras' L2 penalises by factor * w^2, whose gradient is 2 * factor * w.
    penalty = regularizers.L2(l2 / 2) if l2 else None
    return {
        "kernel_initializer": initializers.TruncatedNormal(stddev=AUTHORS_SD) if authors else "lecun_normal",
        "bias_initializer": initializers.Constant(AUTHORS_BIAS) if authors else "zeros",
        "kernel_regularizer": penalty,
        "bias_regularizer": penalty,
    }

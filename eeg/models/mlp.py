"""The multilayer perceptron, on all features of a window in one row.

Idea: the plain network that shows how much of a score the features alone carry.
Layers: (Dense, Dropout) per hidden layer, logits.
Reference: the baseline of Yang et al. 2018 (hidden layers 64-32-16, ReLU, no dropout).
"""

import keras
from keras import layers

from eeg.kinds import Activation, Count, Rate

KIND = "network"
INPUT = "flat"


def build(
    input_shape: tuple[int, ...], n_classes: int, *, hidden: list[Count], dropout: Rate, activation: Activation
) -> keras.Model:
    """Return the untrained network.

    Parameters
    ----------
    input_shape : tuple, (n_features,)
    n_classes : int
    hidden : list of int
        Units of the hidden layers; the paper's: [64, 32, 16].
    dropout : float
        Rate after each hidden layer; 0 for none.
    activation : str
        The paper's: relu.
    """
    x = inputs = keras.Input(input_shape)
    for place, units in enumerate(hidden, start=1):
        x = layers.Dense(units, activation=activation, name=f"hidden{place}")(x)
        x = layers.Dropout(dropout, name=f"dropout{place}")(x)
    return keras.Model(inputs, layers.Dense(n_classes, dtype="float32", name="logits")(x))

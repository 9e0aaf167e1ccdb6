"""The same network with layers that compute the same faster."""

import keras
from keras import layers

from eeg.models._convolution import Pointwise, Pooling, Shifted, Sliding, Winograd
from eeg.models._dropout import Dropout
from eeg.models._recurrent import GRU, LSTM

QUICK: list[tuple[type[layers.Layer], type[layers.Layer]]] = [
    (layers.Dropout, Dropout),
    (layers.LSTM, LSTM),
    (layers.GRU, GRU),
    (layers.Conv1D, Sliding),
    (layers.MaxPooling1D, Pooling),
    (layers.Conv2D, Pointwise),
    (layers.Conv2D, Winograd),
    (layers.Conv2D, Shifted),
]
"""Keras' layers and those that stand in for them where `fits` says they can."""


def faster(model: keras.Model) -> keras.Model:
    """Return a copy of a functional model in which layers are replaced by faster ones where there are such.

    The copy has the same variables in the same order, with values of its own; outputs are equal up to rounding.
    """
    return keras.models.clone_model(model, clone_function=_replaced)


def _replaced(layer: layers.Layer) -> layers.Layer:
    for plain, quick in QUICK:
        if type(layer) is plain and quick.fits(layer):
            return quick.from_config(layer.get_config())
    return type(layer).from_config(layer.get_config())

"""1D convolutions followed by long short-term memory, on raw windows.

Idea: two convolutions find short patterns in time, two recurrent layers follow them through the window.
Layers: (Conv1D, MaxPooling1D, Dropout) twice, (LSTM, Dropout) twice, Flatten, Dense, logits.
Reference: Zamani & Wulansari 2021, "Emotion Classification using 1D-CNN and RNN based on DEAP Dataset", CS & IT 11(23).
"""

from typing import Literal

import keras

from eeg.kinds import Count, Pair, Rate
from eeg.models import _cnn_rnn

KIND = "network"
INPUT = "series"

start = _cnn_rnn.start


def build(
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
    """Return the untrained network; the settings are those of `eeg.models._cnn_rnn.build`.

    The paper's: filters 128, kernel 3, pool 2, recurrent [256, 32], dense 128, dropout 0.2; `last` and
    `initial` (standardised) are assumed.
    """
    return _cnn_rnn.build(
        keras.layers.LSTM,
        input_shape,
        n_classes,
        filters=filters,
        kernel=kernel,
        pool=pool,
        recurrent=recurrent,
        dense=dense,
        dropout=dropout,
        last=last,
        initial=initial,
    )

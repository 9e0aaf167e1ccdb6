"""Dropout as Keras defines it, with random numbers that cost little once compiled.

Every element gets a number of its own by hashing its place and the layer's seed (the finaliser of a 32-bit hash, twice:
first with one half of the seed, then with the other), which a compiler turns into a few vector instructions.
"""

import math
from typing import Any

from keras import layers, ops

FIRST, SECOND = 0x7FEB352D, 0x846CA68B
"""Multipliers of the hash (C. Wellons' `lowbias32`)."""


class Dropout(layers.Dropout):
    """Keras' Dropout without a noise shape."""

    @staticmethod
    def fits(layer: layers.Dropout) -> bool:
        """Return whether a layer can be computed here."""
        return layer.noise_shape is None and 0 < layer.rate < 1

    def call(self, inputs: Any, training: bool = False) -> Any:
        """Return the inputs with a share `rate` of them set to 0 and the others scaled up, while training."""
        if not training:
            return inputs
        kept = at_random(inputs.shape, self.seed_generator.next()) >= self.threshold
        return ops.where(kept, inputs * (1 / (1 - self.rate)), 0.0)

    @property
    def threshold(self) -> Any:
        """The numbers below it are dropped."""
        return ops.cast(round(self.rate * 2**32), "uint32")


def at_random(shape: tuple[int, ...], seed: Any) -> Any:
    """Return a random uint32 for every element of an array, from a seed of two."""
    place = ops.cast(ops.reshape(ops.arange(math.prod(shape), dtype="int32"), shape), "uint32")
    first, second = ops.cast(seed[0], "uint32"), ops.cast(seed[1], "uint32")
    return _mixed(ops.bitwise_xor(_mixed(ops.bitwise_xor(place, _mixed(first))), _mixed(second)))


def _mixed(x: Any) -> Any:
    for shift, factor in ((16, FIRST), (15, SECOND)):
        x = ops.bitwise_xor(x, ops.bitwise_right_shift(x, ops.cast(shift, "uint32"))) * ops.cast(factor, "uint32")
    return ops.bitwise_xor(x, ops.bitwise_right_shift(x, ops.cast(16, "uint32")))

"""Training on TensorFlow: one model at a time, an epoch as one compiled call."""

from collections.abc import Callable, Iterable
from functools import cache, partial

import keras
import numpy as np
import tensorflow as tf

from eeg.models._training import HELD_BYTES, ROWS_AT_ONCE, Training, Values, measured, optimizer_of

for card in tf.config.list_physical_devices("GPU"):
    tf.config.experimental.set_memory_growth(card, True)

WORTH_COMPILING = 2**13
"""Training windows of a fold, all epochs together, below which XLA compiles for longer than it saves."""

Rows = tuple[tf.Tensor, tf.Tensor, tf.Tensor]


def scan(step: Callable, carry: list[tf.Tensor], xs: list[tf.Tensor], *, reverse: bool = False) -> list[tf.Tensor]:
    """Return what `step(carry, x) -> (carry, y)` gives for every x along the first axis, stacked."""
    n = xs[0].shape[0]
    found = step(carry, [x[0] for x in xs])[1]
    rows = [tf.TensorArray(x.dtype, n, element_shape=x.shape[1:]).unstack(x) for x in xs]
    ys = [tf.TensorArray(y.dtype, n, element_shape=y.shape) for y in found]

    def advance(at: tf.Tensor, carry: list[tf.Tensor], ys: list[tf.TensorArray]) -> tuple:
        place = n - 1 - at if reverse else at
        carry, found = step(carry, [row.read(place) for row in rows])
        return at + 1, carry, [one.write(place, y) for one, y in zip(ys, found, strict=True)]

    _, _, ys = tf.while_loop(lambda at, *_: at < n, advance, (0, carry, ys))
    return [one.stack() for one in ys]


def device() -> str:
    """Return the name of the GPU in use, or `cpu`."""
    found = tf.config.list_physical_devices("GPU")
    return str(tf.config.experimental.get_device_details(found[0])["device_name"]) if found else "cpu"


class Engine:
    """Trains one model; see `eeg.models._training.Engine`.

    Parameters
    ----------
    model : keras.Model
        Ends in logits.
    training : Training
        Learning rate and clipping; epochs and batches are the caller's.
    """

    def __init__(self, model: keras.Model, training: Training) -> None:
        self.width, self.held_bytes = 1, HELD_BYTES
        self.model, self.optimizer = model, optimizer_of(model, training)
        self.variables = [variable.value for variable in model.variables]
        self.trainable = [variable.value for variable in model.trainable_variables]
        self.moments = [variable.value for variable in self.optimizer.variables]
        self._start = [variable.numpy() for variable in self.moments]
        self._window = tf.TensorSpec([None, *model.input_shape[1:]])
        self._steps = cache(self._compiled_steps)
        self._blocks = tf.function(self._forward, input_signature=[self._window], autograph=False)

    def begin(self, values: list[Values], n_samples: int) -> None:
        """Take initial values and forget all training."""
        self._xla = n_samples >= WORTH_COMPILING
        _assign(self.variables, values[0])
        _assign(self.moments, self._start)
        self.keep(np.array([True]))

    def place(self, arrays: Iterable[np.ndarray]) -> tf.Tensor:
        """Return the one array as a tensor."""
        return tf.constant(next(iter(arrays)))

    def run(self, rows: Rows, order: np.ndarray, n_steps: np.ndarray) -> np.ndarray:
        """Train on batches of rows."""
        return self._steps(order.shape[2], self._xla)(*rows, order[0, : n_steps[0]]).numpy()[None]

    def logits(self, x: tf.Tensor) -> np.ndarray:
        """Return the logits of windows."""
        return self._blocks(x).numpy()[None]

    def keep(self, which: np.ndarray) -> None:
        """Remember the model's values."""
        if which[0]:
            self._kept = [variable.numpy().copy() for variable in self.variables]

    def restore(self) -> None:
        """Give the model the values remembered."""
        _assign(self.variables, self._kept)

    def values(self) -> list[Values]:
        """Return the model's values."""
        return [[variable.numpy().copy() for variable in self.variables]]

    def _compiled_steps(self, size: int, xla: bool) -> tf.types.experimental.PolymorphicFunction:
        """Return the function that trains on any number of batches of `size`, whatever the number of rows."""
        rows = [self._window, tf.TensorSpec([None], tf.int32), tf.TensorSpec([None])]
        train = partial(self._train, tf.function(self._step, jit_compile=xla, autograph=False))
        steps = tf.TensorSpec([None, size], tf.int32)
        return tf.function(train, input_signature=[*rows, steps], autograph=False)

    def _train(self, step: Callable, x: tf.Tensor, y: tf.Tensor, weights: tf.Tensor, order: tf.Tensor) -> tf.Tensor:
        def advance(place: tf.Tensor, total: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
            rows = order[place]
            return place + 1, total + step(tf.gather(x, rows), tf.gather(y, rows), tf.gather(weights, rows))

        n_steps = tf.shape(order)[0]
        _, total = tf.while_loop(lambda place, _: place < n_steps, advance, (0, tf.zeros([2])))
        finite = tf.reduce_all([tf.reduce_all(tf.math.is_finite(one)) for one in [total, *self.trainable]])
        return tf.concat([total, [tf.cast(finite, tf.float32)]], axis=0)

    def _step(self, x: tf.Tensor, y: tf.Tensor, weights: tf.Tensor) -> tf.Tensor:
        with tf.GradientTape() as tape:
            loss, accuracy = measured(self.model(x, training=True), y, weights)
            penalised = tf.add_n([loss, *self.model.losses])
        self.optimizer.apply(tape.gradient(penalised, self.trainable), self.model.trainable_variables)
        return tf.stack([loss, accuracy])

    def _forward(self, x: tf.Tensor) -> tf.Tensor:
        blocks = tf.reshape(x, [-1, ROWS_AT_ONCE, *x.shape[1:]])
        logits = tf.map_fn(lambda block: self.model(block, training=False), blocks)
        return tf.reshape(logits, [-1, self.model.output_shape[-1]])


def _assign(variables: list[tf.Variable], values: Values) -> None:
    for variable, value in zip(variables, values, strict=True):
        variable.assign(value)

"""LSTM and GRU as Keras defines them, computed faster.

Keras projects the input anew in every step of time and leaves the gradient to automatic differentiation, which adds up
the gradients of the weights step by step. Here the input of all steps is projected in one product, the gradient is
written out, and those of the weights are one product over all steps. Arrays inside are time-major.
"""

from typing import Any

from keras import layers, ops

from eeg.models import _backend

scan = _backend.module().scan

PLAIN = {
    "activation": "tanh",
    "recurrent_activation": "sigmoid",
    "use_bias": True,
    "dropout": 0.0,
    "recurrent_dropout": 0.0,
    "return_state": False,
    "go_backwards": False,
    "stateful": False,
}
"""The settings a layer must have to be computed here: Keras' own defaults."""


class LSTM(layers.LSTM):
    """Keras' LSTM with the default settings; it computes what starts from given states or has a mask itself."""

    @staticmethod
    def fits(layer: layers.LSTM) -> bool:
        """Return whether a layer can be computed here."""
        return _plain(layer)

    def call(self, sequences: Any, initial_state: Any = None, mask: Any = None, training: bool = False) -> Any:
        """Return the states (n, time, units), or the last one, of sequences (n, time, features)."""
        if initial_state is not None or mask is not None:
            return super().call(sequences, initial_state, mask, training)
        return _states(lstm, self, sequences)


class GRU(layers.GRU):
    """Keras' GRU with the default settings; it computes what starts from given states or has a mask itself."""

    @staticmethod
    def fits(layer: layers.GRU) -> bool:
        """Return whether a layer can be computed here."""
        return _plain(layer) and layer.reset_after

    def call(self, sequences: Any, initial_state: Any = None, mask: Any = None, training: bool = False) -> Any:
        """Return the states (n, time, units), or the last one, of sequences (n, time, features)."""
        if initial_state is not None or mask is not None:
            return super().call(sequences, initial_state, mask, training)
        return _states(gru, self, sequences)


@ops.custom_gradient
def lstm(x: Any, kernel: Any, recurrent: Any, bias: Any) -> Any:
    """Return the states (time, n, units) for x (time, n, features); gates in Keras' order: in, forget, cell, out."""
    h, c, *gates = _lstm_forward(x, kernel, recurrent, bias)

    def gradient(*args: Any, upstream: Any = None) -> Any:
        return _lstm_backward(args[0] if upstream is None else upstream, x, h, c, gates, kernel, recurrent)

    return h, gradient


@ops.custom_gradient
def gru(x: Any, kernel: Any, recurrent: Any, bias: Any) -> Any:
    """Return the states (time, n, units) for x (time, n, features); gates in Keras' order: update, reset, new."""
    h, *gates = _gru_forward(x, kernel, recurrent, bias)

    def gradient(*args: Any, upstream: Any = None) -> Any:
        return _gru_backward(args[0] if upstream is None else upstream, x, h, gates, kernel, recurrent)

    return h, gradient


def _lstm_forward(x: Any, kernel: Any, recurrent: Any, bias: Any) -> Any:
    """Return states, cells and activated gates of all steps."""
    units = recurrent.shape[0]
    projected = _times(x, kernel) + bias
    zero = ops.zeros_like(projected[0, :, :units])

    def step(carry: Any, x: Any) -> Any:
        (h, c), (z,) = carry, x
        z = z + ops.matmul(h, recurrent)
        doors, g, o = (
            ops.sigmoid(z[:, : 2 * units]),
            ops.tanh(z[:, 2 * units : 3 * units]),
            ops.sigmoid(z[:, 3 * units :]),
        )
        c = doors[:, units:] * c + doors[:, :units] * g
        h = o * ops.tanh(c)
        return [h, c], [h, c, doors, g, o]

    return scan(step, [zero, zero], [projected])


def _lstm_backward(upstream: Any, x: Any, h: Any, c: Any, gates: Any, kernel: Any, recurrent: Any) -> Any:
    doors, g, o = gates
    units = h.shape[-1]
    i, f, out = doors[:, :, :units], doors[:, :, units:], ops.tanh(c)
    slopes = [g * i * (1 - i), _before(c) * f * (1 - f), i * (1 - g * g), out * o * (1 - o)]
    back, zero = ops.transpose(recurrent), ops.zeros_like(h[0])

    def step(carry: Any, x: Any) -> Any:
        (dh, dc), (upstream, *slopes, through, f) = carry, x
        dh = dh + upstream
        dc = dc + dh * through
        dz = ops.concatenate([dc * slopes[0], dc * slopes[1], dc * slopes[2], dh * slopes[3]], axis=1)
        return [ops.matmul(dz, back), dc * f], [dz]

    (dz,) = scan(step, [zero, zero], [upstream, *slopes, o * (1 - out * out), f], reverse=True)
    return _times(dz, ops.transpose(kernel)), _outer(x, dz), _outer(_before(h), dz), ops.sum(dz, axis=(0, 1))


def _gru_forward(x: Any, kernel: Any, recurrent: Any, bias: Any) -> Any:
    """Return states, activated gates and the recurrent part of the new gate, of all steps."""
    units = recurrent.shape[0]
    projected = _times(x, kernel) + bias[0]
    zero = ops.zeros_like(projected[0, :, :units])

    def step(carry: Any, x: Any) -> Any:
        (h,), (a,) = carry, x
        inner = ops.matmul(h, recurrent) + bias[1]
        doors = ops.sigmoid(a[:, : 2 * units] + inner[:, : 2 * units])
        fresh = ops.tanh(a[:, 2 * units :] + doors[:, units:] * inner[:, 2 * units :])
        h = fresh + doors[:, :units] * (h - fresh)
        return [h], [h, doors, fresh, inner[:, 2 * units :]]

    return scan(step, [zero], [projected])


def _gru_backward(upstream: Any, x: Any, h: Any, gates: Any, kernel: Any, recurrent: Any) -> Any:
    units = recurrent.shape[0]
    doors, fresh, inner = gates
    z, r = doors[:, :, :units], doors[:, :, units:]
    slope = (1 - z) * (1 - fresh * fresh)
    slopes = [(_before(h) - fresh) * z * (1 - z), slope * inner * r * (1 - r), slope * r]
    back, zero = ops.transpose(recurrent), ops.zeros_like(h[0])

    def step(carry: Any, x: Any) -> Any:
        (dh,), (upstream, *slopes, z) = carry, x
        dh = dh + upstream
        d_inner = ops.concatenate([dh * one for one in slopes], axis=1)
        return [dh * z + ops.matmul(d_inner, back)], [dh, d_inner]

    dh, d_inner = scan(step, [zero], [upstream, *slopes, z], reverse=True)
    da = ops.concatenate([d_inner[:, :, : 2 * units], dh * slope], axis=2)
    d_bias = ops.stack([ops.sum(da, axis=(0, 1)), ops.sum(d_inner, axis=(0, 1))])
    return _times(da, ops.transpose(kernel)), _outer(x, da), _outer(_before(h), d_inner), d_bias


def _plain(layer: layers.RNN) -> bool:
    config = layer.get_config()
    return all(config[name] == value for name, value in PLAIN.items())


def _states(function: Any, layer: layers.RNN, sequences: Any) -> Any:
    cell = layer.cell
    x = ops.transpose(sequences, (1, 0, 2))
    h = function(x, cell.kernel.value, cell.recurrent_kernel.value, cell.bias.value)
    return ops.transpose(h, (1, 0, 2)) if layer.return_sequences else h[-1]


def _times(x: Any, kernel: Any) -> Any:
    """Return x (time, n, a) times kernel (a, b) as one product."""
    n_times, _, a = x.shape
    return ops.reshape(ops.matmul(ops.reshape(x, (-1, a)), kernel), (n_times, -1, kernel.shape[1]))


def _outer(a: Any, b: Any) -> Any:
    """Return the sum over time and windows of the outer products of a (time, n, p) and b (time, n, q)."""
    # transposed as three axes, since XLA would fold a matrix transposed right before a product into the product
    first = ops.reshape(ops.transpose(a, (2, 0, 1)), (a.shape[-1], -1))
    return ops.matmul(first, ops.reshape(b, (-1, b.shape[-1])))


def _before(states: Any) -> Any:
    """Return the states each step starts from."""
    return ops.concatenate([ops.zeros_like(states[:1]), states[:-1]], axis=0)

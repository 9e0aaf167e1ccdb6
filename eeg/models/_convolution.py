"""Convolutions as matrix products; on the 10-20 grid with four times fewer multiplications, where digits allow it.

A small convolution can be had by multiplying polynomials at points (Toom and Cook), in two dimensions and in tiles:
Lavin & Gray 2016, "Fast algorithms for convolutional neural networks", CVPR, after Winograd. Tiles of 3 x 3 outputs
cover a 9 x 9 grid exactly; for a 4 x 4 kernel each costs 36 multiplications in place of 144. Sums and differences of
inputs cost digits, which float32 has to spare and the short numbers of a card's products (bfloat16, TF32) have not:
there the products are those of the convolution as it is written.
"""

from typing import Any

import numpy as np
from keras import layers, ops

from eeg.models import _backend

TILE = 3
"""Outputs of a tile along each side."""

POINTS = (0.0, 1.0, -1.0, 2.0, -2.0)
"""Where polynomials are multiplied, beside infinity; more of them cost digits."""


class Winograd(layers.Conv2D):
    """Keras' Conv2D with a square kernel of 2 to 4, stride 1 and zero padding, on a square picture, in float32."""

    @staticmethod
    def fits(layer: layers.Conv2D) -> bool:
        """Return whether a layer can be computed here."""
        size, other = layer.kernel_size
        rows, columns = layer.input.shape[1:3]
        usual = layer.padding == "same" and layer.strides == layer.dilation_rate == (1, 1)
        small = 2 <= size == other <= len(POINTS) + 2 - TILE
        return _plain(layer) and usual and small and rows == columns and _exact(layer)

    def build(self, input_shape: tuple[int, ...]) -> None:
        """Make the variables and the constant transforms."""
        super().build(input_shape)
        outputs, self._kernels, inputs = transforms(self.kernel_size[0])
        self._inputs, self._outputs = tiled(inputs, input_shape[1]).astype(np.float32), outputs

    def call(self, inputs: Any) -> Any:
        """Return pictures (n, rows, columns, filters) from (n, rows, columns, channels)."""
        n_points, n_tiles, size = len(self._kernels), len(self._inputs) // len(self._kernels), inputs.shape[1]
        n_channels, n_filters = self.kernel.shape[2:]
        x = _both(self._inputs, ops.transpose(inputs, (1, 2, 0, 3)))
        x = ops.reshape(x, (n_points, n_tiles, n_points, -1))
        x = ops.reshape(ops.transpose(x, (0, 2, 1, 3)), (n_points**2, -1, n_channels))
        kernel = ops.reshape(_both(self._kernels, self.kernel.value), (n_points**2, n_channels, n_filters))
        y = ops.reshape(ops.matmul(x, kernel), (n_points, n_points, -1))
        y = ops.reshape(_both(self._outputs, y), (TILE, TILE, n_tiles, n_tiles, -1, n_filters))
        y = ops.reshape(ops.transpose(y, (4, 2, 0, 3, 1, 5)), (-1, n_tiles * TILE, n_tiles * TILE, n_filters))
        return self.activation(y[:, :size, :size] + self.bias.value)


class Shifted(layers.Conv2D):
    """Keras' Conv2D with stride 1 and zero padding where numbers are short: shifted copies times the kernel.

    Kernels that differ from model to model make a stack's convolution one of many groups, which cards are slow at.
    """

    @staticmethod
    def fits(layer: layers.Conv2D) -> bool:
        """Return whether a layer can be computed here."""
        usual = layer.padding == "same" and layer.strides == layer.dilation_rate == (1, 1)
        return _plain(layer) and usual and not _exact(layer)

    def call(self, inputs: Any) -> Any:
        """Return pictures (n, rows, columns, filters) from (n, rows, columns, channels)."""
        (rows, columns), (high, wide) = self.kernel_size, inputs.shape[1:3]
        x = ops.pad(inputs, [(0, 0), ((rows - 1) // 2, rows // 2), ((columns - 1) // 2, columns // 2), (0, 0)])
        shifted = [x[:, row : row + high, at : at + wide] for row in range(rows) for at in range(columns)]
        kernel, bias = (ops.cast(one.value, self.compute_dtype) for one in (self.kernel, self.bias))
        x = ops.matmul(ops.concatenate(shifted, axis=3), ops.reshape(kernel, (-1, self.filters)))
        return self.activation(x + bias)


class Pointwise(layers.Conv2D):
    """Keras' Conv2D with a kernel of 1 x 1."""

    @staticmethod
    def fits(layer: layers.Conv2D) -> bool:
        """Return whether a layer can be computed here."""
        return _plain(layer) and layer.kernel_size == layer.strides == (1, 1)

    def call(self, inputs: Any) -> Any:
        """Return pictures (n, rows, columns, filters) from (n, rows, columns, channels)."""
        kernel, bias = (ops.cast(one.value, self.compute_dtype) for one in (self.kernel, self.bias))
        return self.activation(ops.matmul(inputs, kernel[0, 0]) + bias)


class Sliding(layers.Conv1D):
    """Keras' Conv1D with stride 1 and no padding: shifted copies side by side, times the kernel."""

    @staticmethod
    def fits(layer: layers.Conv1D) -> bool:
        """Return whether a layer can be computed here."""
        return _plain(layer) and layer.padding == "valid" and layer.strides == layer.dilation_rate == (1,)

    def call(self, inputs: Any) -> Any:
        """Return (n, time - size + 1, filters) from (n, time, channels)."""
        size, n_channels, n_filters = self.kernel.shape
        n_times = inputs.shape[1] - size + 1
        x = ops.concatenate([inputs[:, start : start + n_times] for start in range(size)], axis=2)
        kernel, bias = (ops.cast(one.value, self.compute_dtype) for one in (self.kernel, self.bias))
        return self.activation(ops.matmul(x, ops.reshape(kernel, (-1, n_filters))) + bias)


class Pooling(layers.MaxPooling1D):
    """Keras' MaxPooling1D with windows that do not overlap."""

    @staticmethod
    def fits(layer: layers.MaxPooling1D) -> bool:
        """Return whether a layer can be computed here."""
        return layer.padding == "valid" and layer.strides == layer.pool_size and layer.data_format == "channels_last"

    def call(self, inputs: Any) -> Any:
        """Return (n, time // size, channels) from (n, time, channels)."""
        size, (n_times, n_channels) = self.pool_size[0], inputs.shape[1:]
        left = n_times // size
        return ops.max(ops.reshape(inputs[:, : left * size], (-1, left, size, n_channels)), axis=2)


def transforms(size: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the matrices of a tile: products to outputs, kernel to points, inputs to points, for a kernel of `size`.

    With them, outputs @ ((kernel_matrix @ kernel) * (input_matrix @ inputs)) is the correlation of `TILE + size - 1`
    inputs with the kernel.
    """
    n = TILE + size - 1
    powers = np.zeros((n, n))
    powers[:-1] = np.array(POINTS[: n - 1])[:, None] ** np.arange(n)
    powers[-1, -1] = 1.0
    outputs, kernels = powers[:, :TILE].copy(), powers[:, :size].copy()
    for matrix in (outputs, kernels):
        matrix[-1] = 0.0
        matrix[-1, -1] = 1.0
    inputs = np.linalg.inv(powers).T
    scale = np.abs(inputs).max(axis=1, keepdims=True)
    return outputs.T.astype(np.float32), (kernels * scale).astype(np.float32), (inputs / scale).astype(np.float32)


def tiled(inputs: np.ndarray, size: int) -> np.ndarray:
    """Return the matrix (points x tiles, size) from a zero-padded row of `size` places to the points of all tiles."""
    n = len(inputs)
    n_tiles, before = -(-size // TILE), (n - TILE) // 2
    row = np.zeros((n, n_tiles, n_tiles * TILE + n))
    for tile in range(n_tiles):
        row[:, tile, tile * TILE : tile * TILE + n] = inputs
    return row[:, :, before : before + size].reshape(n * n_tiles, size)


def _both(matrix: np.ndarray, x: Any) -> Any:
    """Return a matrix (p, q) applied along both leading axes of x (q, q, ...): (p, p, rest)."""
    p, q = matrix.shape
    x = ops.matmul(matrix, ops.reshape(x, (q, -1)))
    return ops.matmul(matrix, ops.reshape(x, (p, q, -1)))


def _exact(layer: layers.Layer) -> bool:
    """Return whether products are computed in float32."""
    return layer.compute_dtype == "float32" and _backend.module().device() == "cpu"


def _plain(layer: layers.Conv2D) -> bool:
    return layer.use_bias and layer.groups == 1 and layer.data_format == "channels_last"

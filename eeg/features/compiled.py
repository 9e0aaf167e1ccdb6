"""The compiled part of the filter bank: one trial, filtered forward and backward in every band, summed up in windows.

`Lanes` is a type of numba's for several numbers that are computed with as one; the filters below are plain loops over
it. All of it stands in one file, since numba's cache on disk is renewed when the file of the cached function changes.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from llvmlite import ir
from numba import njit, types
from numba.core import cgutils
from numba.extending import intrinsic, models, register_model

REACH = 6
"""Samples that the numerator of a band-pass of order 3 reaches back."""

REGISTER = 64
"""Bytes of one vector of lanes: one cache line, two AVX2 registers or one of AVX-512."""


class Lanes(types.Type):
    """Numba's type of several numbers that are computed with as one: the same sample of neighbouring channels."""

    def __init__(self, scalar: types.Float) -> None:
        self.scalar = scalar
        self.n = REGISTER * 8 // scalar.bitwidth
        super().__init__(f"Lanes({scalar})")


@register_model(Lanes)
class LanesModel(models.PrimitiveModel):
    """Lanes are a vector of LLVM's, which becomes whatever registers the processor has."""

    def __init__(self, manager: Any, kind: Lanes) -> None:
        super().__init__(manager, kind, ir.VectorType(manager.lookup(kind.scalar).get_value_type(), kind.n))


def _row(context: Any, builder: Any, kind: Any, array: Any, row: Any) -> Any:
    """Return a pointer to a row of a C-contiguous array (n, lanes)."""
    lanes = Lanes(kind.dtype)
    first = builder.mul(row, context.get_constant(types.intp, lanes.n))
    at = builder.gep(context.make_array(kind)(context, builder, array).data, [first])
    return builder.bitcast(at, context.get_value_type(lanes).as_pointer())


def _spread(builder: Any, scalar: Any, n: int) -> Any:
    """Return a vector with a scalar in every lane."""
    vector = ir.VectorType(scalar.type, n)
    number = ir.IntType(32)
    one = builder.insert_element(ir.Constant(vector, ir.Undefined), scalar, ir.Constant(number, 0))
    return builder.shuffle_vector(one, one, ir.Constant(ir.VectorType(number, n), [0] * n))


def _multiply_add(builder: Any, kind: Lanes, values: Sequence[Any]) -> Any:
    """Return the fused a * x + y of three vectors: rounded once, so equal on every processor."""
    vector = values[0].type
    name = f"llvm.fma.v{kind.n}f{kind.scalar.bitwidth}"
    function = cgutils.get_or_insert_function(builder.module, ir.FunctionType(vector, [vector] * 3), name)
    return builder.call(function, values)


@intrinsic
def _load(typing: Any, array: Any, row: Any) -> tuple[Any, Callable]:
    """Return a row of an array (n, lanes)."""

    def code(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        return builder.load(_row(context, builder, signature.args[0], *values), align=8)

    return Lanes(array.dtype)(array, types.intp), code


@intrinsic
def _store(typing: Any, array: Any, row: Any, x: Any) -> tuple[Any, Callable]:
    """Put lanes into a row of an array (n, lanes)."""

    def code(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        builder.store(values[2], _row(context, builder, signature.args[0], *values[:2]), align=8)
        return context.get_dummy_value()

    return types.void(array, types.intp, x), code


@intrinsic
def _add(typing: Any, x: Any, y: Any) -> tuple[Any, Callable]:
    """Return x + y."""
    return x(x, y), lambda context, builder, signature, values: builder.fadd(*values)


@intrinsic
def _subtract(typing: Any, x: Any, y: Any) -> tuple[Any, Callable]:
    """Return x - y."""
    return x(x, y), lambda context, builder, signature, values: builder.fsub(*values)


@intrinsic
def _times(typing: Any, a: Any, x: Any) -> tuple[Any, Callable]:
    """Return a * x, a scalar times lanes."""

    def code(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        return builder.fmul(_spread(builder, values[0], signature.args[1].n), values[1])

    return x(x.scalar, x), code


@intrinsic
def _times_plus(typing: Any, a: Any, x: Any, y: Any) -> tuple[Any, Callable]:
    """Return a * x + y, a scalar times lanes plus lanes."""

    def code(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        kind = signature.args[1]
        return _multiply_add(builder, kind, [_spread(builder, values[0], kind.n), *values[1:]])

    return x(x.scalar, x, y), code


@intrinsic
def _square_plus(typing: Any, x: Any, y: Any) -> tuple[Any, Callable]:
    """Return x * x + y."""

    def code(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        return _multiply_add(builder, signature.args[0], [values[0], *values])

    return x(x, y), code


@njit(nogil=True)
def _continue(x: np.ndarray, first: int, y: np.ndarray) -> None:
    """Lay channels from `first` on side by side, mirrored through both end points, and at rest before that."""
    n_channels, n_times = x.shape
    padding = (len(y) - REACH - n_times) // 2
    start, stop = REACH + padding, REACH + padding + n_times
    for lane in range(y.shape[1]):
        channel = x[min(first + lane, n_channels - 1)]
        for t in range(n_times):
            y[start + t, lane] = channel[t]
        for t in range(1, padding + 1):
            y[start - t, lane] = 2 * channel[0] - channel[t]
            y[stop - 1 + t, lane] = 2 * channel[n_times - 1] - channel[n_times - 1 - t]
        y[:REACH, lane] = y[REACH, lane]


@njit(nogil=True)
def _difference(y: np.ndarray, u: np.ndarray, minus_three: float) -> None:
    """Put the third difference over two samples of `y` into `u`: the numerator of every band."""
    for t in range(len(u)):
        inner = _subtract(_load(y, t + 4), _load(y, t + 2))
        _store(u, t, _times_plus(minus_three, inner, _subtract(_load(y, t + 6), _load(y, t))))


@njit(nogil=True)
def _forward(u: np.ndarray, y: np.ndarray, gain: float, poles: np.ndarray) -> None:
    """Run the poles over `u` into `y`, from rest: a constant before the start leaves no trace in a band-pass."""
    a, b, c, d, e, f = poles
    rest = _subtract(_load(u, 0), _load(u, 0))
    p1 = p2 = q1 = q2 = r1 = r2 = rest
    for t in range(len(u)):
        p1, p2 = _times_plus(a, p1, _times_plus(b, p2, _times(gain, _load(u, t)))), p1
        q1, q2 = _times_plus(c, q1, _times_plus(d, q2, p1)), q1
        r1, r2 = _times_plus(e, r1, _times_plus(f, r2, q1)), r1
        _store(y, t, r1)


@njit(nogil=True)
def _backward(y: np.ndarray, gain: float, poles: np.ndarray) -> None:
    """Run the whole filter backward over `y` in place, from its last value on; the result lies `REACH` rows later."""
    a, b, c, d, e, f = poles
    n = len(y) - REACH
    last = _load(y, n - 1)
    for t in range(n, n + REACH):
        _store(y, t, last)
    three = -3 * gain
    p1 = p2 = q1 = q2 = r1 = r2 = _subtract(last, last)
    for t in range(n - 1, -1, -1):
        outer = _times(gain, _subtract(_load(y, t), _load(y, t + 6)))
        x = _times_plus(three, _subtract(_load(y, t + 2), _load(y, t + 4)), outer)
        p1, p2 = _times_plus(a, p1, _times_plus(b, p2, x)), p1
        q1, q2 = _times_plus(c, q1, _times_plus(d, q2, p1)), q1
        r1, r2 = _times_plus(e, r1, _times_plus(f, r2, q1)), r1
        _store(y, t + REACH, r1)


@njit(nogil=True)
def _variance(y: np.ndarray, start: int, length: int, sums: np.ndarray) -> None:
    """Put the variance of `length` rows of `y` from `start` on into the first row of `sums`.

    A band-passed window has hardly a mean, so that sum and sum of squares lose nothing.
    """
    total = _subtract(_load(y, 0), _load(y, 0))
    squares = total
    for t in range(start, start + length):
        value = _load(y, t)
        total = _add(total, value)
        squares = _square_plus(value, squares)
    _store(sums, 0, total)
    _store(sums, 1, squares)
    for lane in range(sums.shape[1]):
        sums[0, lane] = (sums[1, lane] - sums[0, lane] ** 2 / length) / (length - 1)


@njit(nogil=True, cache=True)
def variances(
    x: np.ndarray, gains: np.ndarray, poles: np.ndarray, windows: tuple[int, np.ndarray, int], out: np.ndarray
) -> None:
    """Fill `out` (n_windows, n_channels, n_bands) with the variances (ddof 1) of one trial.

    Parameters
    ----------
    x : ndarray, shape (n_channels, n_times)
        The trial.
    gains, poles : ndarray, shapes (n_bands,) and (n_bands, 6)
        Gain of a band and what its three pairs of poles feed back, in the precision that is computed in.
    windows : (padding, starts, length)
        Samples by which the trial is continued at both ends, first samples of the windows, their length.
    out : ndarray
        Of the same precision.
    """
    padding, starts, length = windows
    width = REGISTER // gains.itemsize
    n = x.shape[1] + 2 * padding
    u, y = np.empty((n, width), gains.dtype), np.empty((n + REACH, width), gains.dtype)
    sums = np.empty((2, width), gains.dtype)
    for first in range(0, x.shape[0], width):
        _continue(x, first, y)
        _difference(y, u, gains.dtype.type(-3))
        for band in range(len(gains)):
            _forward(u, y, gains[band], poles[band])
            _backward(y, gains[band], poles[band])
            for window in range(len(starts)):
                _variance(y, starts[window] + padding + REACH, length, sums)
                for channel in range(first, min(first + width, x.shape[0])):
                    out[window, channel, band] = sums[0, channel - first]

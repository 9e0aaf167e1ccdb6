"""Variance of band-passed windows: a zero-phase Butterworth filter bank in one compiled pass over each trial.

The numbers are those of `scipy.signal.sosfiltfilt` with its odd padding, followed by `var(ddof=1)`; three things make
it fast. A band-pass of order `ORDER` has the numerator (1 - z^-2)^ORDER whatever its edges, so one difference of the
trial serves all bands and only the poles are left for each. Neighbouring channels are lanes of one vector register
(`Lanes`), which holds a filter's state through the whole recursion. And a filtered trial never leaves the cache: its
windows are summed up before the next band is filtered.

Everything compiled stands in this file, since numba's cache on disk is renewed when the file changes.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Literal

import numpy as np
from llvmlite import ir
from numba import njit, types
from numba.core import cgutils
from numba.extending import intrinsic, models, register_model
from scipy.signal import butter

from eeg.errors import InputError

ORDER = 3
"""Order of the Butterworth band-pass, applied forward and backward: twice as many poles, in `ORDER` pairs."""

REACH = 2 * ORDER
"""Samples that the numerator reaches back."""

PADDING = 3 * (2 * ORDER + 1)
"""Samples by which a trial is continued at both ends before it is filtered, as `sosfiltfilt` does by default."""

REGISTER = 64
"""Bytes of one vector of lanes: one cache line, two AVX2 registers or one of AVX-512."""

Precision = Literal["float64", "float32"]


def band_variances(
    x: np.ndarray,
    sfreq: float,
    *,
    bands: Sequence[tuple[float, float]],
    windows: tuple[np.ndarray, int],
    precision: Precision = "float64",
    threads: int = 1,
) -> np.ndarray:
    """Return the variance (ddof 1) of every window of every band-passed trial.

    Parameters
    ----------
    x : ndarray of float, shape (n_trials, n_channels, n_times)
        Whole trials.
    sfreq : float
        Sampling rate in Hz.
    bands : sequence of (low, high)
        Edges in Hz, between 0 and half the sampling rate.
    windows : (starts, length)
        First samples of the windows, shape (n_windows,), and their samples, at least 2.
    precision : {"float64", "float32"}
        Of the filters; `x` is read as it is and never copied whole.
    threads : int
        Threads among which the trials are shared; they change no bit.

    Returns
    -------
    ndarray of `precision`, shape (n_trials, n_windows, n_channels, n_bands)
        In the square of the unit of `x`.

    Raises
    ------
    InputError
        A trial is shorter than its padding, or a window shorter than 2 samples or not inside the trial.
    """
    starts, length = np.asarray(windows[0], np.int64), int(windows[1])
    _check(x.shape[2], starts, length)
    gains, poles = _filters(bands, sfreq, np.dtype(precision))
    out = np.empty((len(x), len(starts), x.shape[1], len(bands)), precision)

    def one(trial: int) -> None:
        _variances(x[trial], gains, poles, starts, length, out[trial])

    if threads == 1:
        for trial in range(len(x)):
            one(trial)
    else:
        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(one, range(len(x))))
    return out


def _check(n_times: int, starts: np.ndarray, length: int) -> None:
    """Refuse what compiled code would read beyond the trial for."""
    if n_times <= PADDING:
        raise InputError(
            f"trials of more than {PADDING} samples to filter forward and backward",
            f"{n_times}",
            "Lengthen `trial.duration` in the config.",
        )
    if length < 2 or (len(starts) and (starts.min() < 0 or starts.max() + length > n_times)):
        raise InputError(
            f"windows of at least 2 samples within the {n_times} of a trial",
            f"windows of {length} that start at {starts.min()} to {starts.max()}",
            "Make the window plan from these trials.",
        )


def _filters(bands: Sequence[tuple[float, float]], sfreq: float, dtype: np.dtype[Any]) -> tuple[np.ndarray, np.ndarray]:
    """Return the gain of each band, (n_bands,), and what its poles feed back, (n_bands, 2 * ORDER)."""
    gains = [butter(ORDER, edges, "bandpass", fs=sfreq, output="zpk")[2] for edges in bands]
    sections = [butter(ORDER, edges, "bandpass", fs=sfreq, output="sos") for edges in bands]
    return np.array(gains, dtype), np.array([-sos[:, 4:].ravel() for sos in sections], dtype)


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
    start, stop = REACH + PADDING, REACH + PADDING + n_times
    for lane in range(y.shape[1]):
        channel = x[min(first + lane, n_channels - 1)]
        for t in range(n_times):
            y[start + t, lane] = channel[t]
        for t in range(1, PADDING + 1):
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
def _variances(
    x: np.ndarray, gains: np.ndarray, poles: np.ndarray, starts: np.ndarray, length: int, out: np.ndarray
) -> None:
    """Fill `out` (n_windows, n_channels, n_bands) from one trial `x` (n_channels, n_times)."""
    width = REGISTER // gains.itemsize
    n = x.shape[1] + 2 * PADDING
    u, y = np.empty((n, width), gains.dtype), np.empty((n + REACH, width), gains.dtype)
    sums = np.empty((2, width), gains.dtype)
    for first in range(0, x.shape[0], width):
        _continue(x, first, y)
        _difference(y, u, gains.dtype.type(-3))
        for band in range(len(gains)):
            _forward(u, y, gains[band], poles[band])
            _backward(y, gains[band], poles[band])
            for window in range(len(starts)):
                _variance(y, starts[window] + PADDING + REACH, length, sums)
                for channel in range(first, min(first + width, x.shape[0])):
                    out[window, channel, band] = sums[0, channel - first]

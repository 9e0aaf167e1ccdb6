"""How numpy writes an array into a pickle: the few names it uses and what must stand beside them.

Nothing is called by these names. They are compared, what stands beside them is checked, and a view of the file's
bytes is made. Source: `ndarray.__reduce__`, `ndarray.__setstate__` and `dtype.__reduce__` of numpy 1.3 to 2.4.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from eeg.datasets.deap.pickle_bytes import LONGEST_NAME, ContentError, Text

MOST_DIMENSIONS = 8
"""Dimensions of an array; the release's have three."""

NUMBERS = ("b1", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f2", "f4", "f8", "c8", "c16")
"""The kinds of numbers an array may hold, as numpy writes them."""


@dataclass(frozen=True)
class Symbol:
    """A name out of a pickle; it stands for nothing but itself."""

    name: str


@dataclass(eq=False)
class Dtype:
    """A kind of numbers, and the order of their bytes once that is known."""

    kind: str
    order: str = "="

    def dtype(self) -> np.dtype:
        """Return numpy's name for it."""
        return np.dtype(self.order + self.kind)


@dataclass(eq=False)
class Array:
    """An array of a pickle: a read-only view of the file's bytes, or None as long as the pickle has not given any."""

    values: np.ndarray | None = None


def symbol(module: str, name: str) -> Symbol:
    """Return an inert symbol for a name that numpy's arrays need; any other name is refused."""
    full = f"{module}.{name}"
    if full not in NAMES:
        raise ContentError("unsafe", f"the name {full[:LONGEST_NAME]!a}")
    return Symbol(full)


def called(function: Any, arguments: Any) -> Any:
    """Return what a call stands for (the step REDUCE): a kind of numbers, an array, or bytes."""
    if not isinstance(function, Symbol) or function not in CALLS:
        raise ContentError("unsafe", f"a call of {described(function)}")
    if not isinstance(arguments, tuple):
        raise ContentError("unreadable", f"a call of {function.name} with {described(arguments)}")
    return CALLS[function](arguments)


def set_state(target: Any, state: Any) -> None:
    """Complete an array or a kind of numbers (the step BUILD)."""
    if not isinstance(target, Array | Dtype):
        raise ContentError("unsafe", f"a state for {described(target)}")
    if not isinstance(state, tuple):
        raise ContentError("unsafe", f"{described(state)} as the state of {described(target)}")
    if isinstance(target, Array):
        _set_array(target, state)
    else:
        _set_dtype(target, state)


def described(value: Any) -> str:
    """Return a few words for a value, whatever it holds."""
    return value.name if isinstance(value, Symbol) else f"a value of the type {type(value).__name__}"


def _set_array(target: Array, state: tuple) -> None:
    """Read (1, shape, kind of numbers, whether the first dimension runs fastest, bytes)."""
    if len(state) != 5 or state[0] != 1 or target.values is not None:
        raise ContentError("unsafe", f"another state of an array than numpy's, of {len(state)} parts")
    _, shape, dtype, fortran, raw = state
    target.values = _view(raw, dtype, shape, order="F" if fortran in (1, True) else "C")


def _set_dtype(target: Dtype, state: tuple) -> None:
    """Read (3, order of the bytes, None, None, None, -1, -1, 0); anything else belongs to records or dates."""
    plain = len(state) == 8 and state[0] == 3 and state[2:] == (None, None, None, -1, -1, 0)
    order = _name(state[1]) if plain else ""
    if order not in ("<", ">", "|", "="):
        raise ContentError("shape", "an array of records, dates or other things than numbers")
    target.order = order


def _reconstruct(arguments: tuple) -> Array:
    """Read (ndarray, (0,), "b"): an array whose state follows."""
    if len(arguments) != 3 or arguments[0] != NDARRAY or arguments[1] != (0,) or _name(arguments[2]) != "b":
        raise ContentError("unsafe", "an array of another class than numpy.ndarray")
    return Array()


def _dtype(arguments: tuple) -> Dtype:
    """Read ("f8", False, True)."""
    kind = _name(arguments[0]) if len(arguments) == 3 and arguments[1:] == (0, 1) else None
    if kind is None or kind.startswith("O"):
        raise ContentError(
            "unsafe", "an array of Python objects" if kind else "another kind of array than numpy's of numbers"
        )
    if kind not in NUMBERS:
        raise ContentError("shape", f"an array of the kind {kind!a}")
    return Dtype(kind)


def _from_buffer(arguments: tuple) -> Array:
    """Read (bytes, kind of numbers, shape, order), and with the order "K" the order of the axes."""
    if len(arguments) not in (4, 5):
        raise ContentError("unsafe", f"an array of {len(arguments)} parts")
    raw, dtype, shape, order = arguments[:4]
    order, axes = _name(order), arguments[4] if len(arguments) == 5 else None
    if order not in ("C", "F", "K"):
        raise ContentError("unreadable", f"an array in the order {order!a}")
    values = _view(raw, dtype, shape, order="F" if order == "F" else "C")
    if order != "K":
        return Array(values)
    if not isinstance(axes, tuple) or not all(type(axis) is int for axis in axes):
        raise ContentError("unreadable", "an array without the order of its axes")
    if sorted(axes) != list(range(values.ndim)):
        raise ContentError("unreadable", "an array whose axes do not match its shape")
    return Array(values.transpose(axes))


def _scalar(arguments: tuple) -> Array:
    """Read (kind of numbers, bytes): one number."""
    if len(arguments) != 2:
        raise ContentError("unsafe", f"a number of {len(arguments)} parts")
    return Array(_view(arguments[1], arguments[0], (), order="C"))


def _encode(arguments: tuple) -> Text:
    """Read (text, "latin1"): bytes, as Python 3 writes them in old protocols."""
    if len(arguments) != 2 or not isinstance(arguments[0], Text) or _name(arguments[1]) != "latin1":
        raise ContentError("unsafe", "a call of _codecs.encode for something else than bytes")
    return arguments[0].as_bytes()


def _view(raw: Any, dtype: Any, shape: Any, *, order: str) -> np.ndarray:
    """Return the bytes as an array, which must have exactly as many as its shape says."""
    if isinstance(raw, list) or not isinstance(dtype, Dtype):
        raise ContentError("unsafe", "an array of Python objects")
    if not isinstance(raw, Text) or raw.codec != "latin1":
        raise ContentError("unreadable", "an array without its bytes")
    if not isinstance(shape, tuple) or not all(type(n) is int for n in shape) or len(shape) > MOST_DIMENSIONS:
        raise ContentError("shape", f"an array without a shape of at most {MOST_DIMENSIONS} whole numbers")
    kind, n_bytes = dtype.dtype(), len(raw.view)
    if not all(1 <= n <= n_bytes for n in shape):
        raise ContentError(
            "shape", f"an empty array, or one that claims more numbers than its {n_bytes} bytes can hold"
        )
    if math.prod(shape) * kind.itemsize != n_bytes:
        raise ContentError("shape", f"{n_bytes} bytes for an array of {' x '.join(map(str, shape))} {kind.name}")
    return np.frombuffer(raw.view, kind).reshape(shape, order="F" if order == "F" else "C")


def _name(value: Any) -> str | None:
    return value.name() if isinstance(value, Text) else None


NDARRAY = Symbol("numpy.ndarray")

CALLS: Mapping[Symbol, Callable[[tuple], Any]] = {
    Symbol("numpy.dtype"): _dtype,
    Symbol("_codecs.encode"): _encode,
    **{Symbol(f"numpy.{core}.multiarray._reconstruct"): _reconstruct for core in ("core", "_core")},
    **{Symbol(f"numpy.{core}.multiarray.scalar"): _scalar for core in ("core", "_core")},
    **{Symbol(f"numpy.{core}.numeric._frombuffer"): _from_buffer for core in ("core", "_core")},
}
"""What each name that may be called stands for."""

NAMES = frozenset({NDARRAY.name} | {function.name for function in CALLS})
"""The only names a pickle may hold."""

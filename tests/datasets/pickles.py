"""Pickles written step by step: arrays as Python 2's cPickle stored them, and whatever a stranger might send."""

import pickle
import struct

import numpy as np


def number(value, protocol=2):
    return b"I%d\n" % value if protocol == 0 else b"J" + struct.pack("<i", value)


def text(value, protocol=2):
    """Return the bytes of a Python 2 string."""
    if protocol == 0:
        return b"S" + repr(value)[1:].encode() + b"\n"
    return b"U" + bytes([len(value)]) + value if len(value) < 256 else b"T" + struct.pack("<i", len(value)) + value


def tuple_of(*items, protocol=2):
    short = protocol == 2 and 1 <= len(items) <= 3
    return b"".join(items) + b"\x85\x86\x87"[len(items) - 1 : len(items)] if short else b"(" + b"".join(items) + b"t"


def named(module, name):
    return f"c{module}\n{name}\n".encode()


def called(module, name, *arguments, protocol=2):
    return named(module, name) + tuple_of(*arguments, protocol=protocol) + b"R"


def dtype(kind, order="<", protocol=2):
    """Return `numpy.dtype` with its state."""
    made = called("numpy", "dtype", text(kind.encode(), protocol), *(number(n, protocol) for n in (0, 1)))
    sizes = [number(n, protocol) for n in (-1, -1, 0)]
    state = tuple_of(number(3, protocol), text(order.encode(), protocol), b"N" * 3, *sizes, protocol=protocol)
    return made + state + b"b"


def array_of(*, raw, shape, kind=None, fortran=False, protocol=2):
    """Return an array with any state."""
    empty = tuple_of(number(0, protocol), protocol=protocol)
    stub = called(
        "numpy.core.multiarray",
        "_reconstruct",
        named("numpy", "ndarray"),
        empty,
        text(b"b", protocol),
        protocol=protocol,
    )
    order = {True: b"I01\n", False: b"I00\n"} if protocol < 2 else {True: b"\x88", False: b"\x89"}
    dimensions = tuple_of(*(number(n, protocol) for n in shape), protocol=protocol)
    state = (number(1, protocol), dimensions, kind or dtype("f8", protocol=protocol), order[fortran], raw)
    return stub + tuple_of(*state, protocol=protocol) + b"b"


def array(values, protocol=2):
    """Return an array as Python 2's numpy wrote it."""
    fortran = values.flags.f_contiguous and not values.flags.c_contiguous
    order = ">" if values.dtype.byteorder == ">" else "<"
    return array_of(
        raw=text(values.tobytes("F" if fortran else "C"), protocol),
        shape=values.shape,
        kind=dtype(values.dtype.str[1:], order, protocol),
        fortran=fortran,
        protocol=protocol,
    )


def dict_of(items, protocol=2):
    """Return a dict of steps by name."""
    steps = b"".join(text(name.encode(), protocol) + value + b"s" for name, value in items.items())
    return (b"(d" if protocol == 0 else b"}") + steps


def whole(steps, protocol=2):
    return (b"\x80\x02" if protocol == 2 else b"") + steps + b"."


def python2(arrays, protocol=2):
    """Return a dict of arrays as Python 2 pickled it."""
    return whole(dict_of({name: array(values, protocol) for name, values in arrays.items()}, protocol), protocol)


def python3(arrays, protocol=2):
    return pickle.dumps(arrays, protocol=protocol)


def arrays(n_trials=3, n_times=10, kind="<f8"):
    """Return small data and labels of the release's form."""
    rng = np.random.default_rng(1)
    data, labels = rng.normal(size=(n_trials, 40, n_times)), rng.uniform(1, 9, (n_trials, 4))
    return {"labels": labels.astype(kind), "data": data.astype(kind)}

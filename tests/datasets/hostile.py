"""Pickles that no reader of DEAP should follow: HOSTILE, with what each of them is refused for."""

import os
import struct
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from tests.datasets.pickles import (
    array,
    array_of,
    arrays,
    called,
    dict_of,
    dtype,
    named,
    number,
    python2,
    python3,
    text,
    tuple_of,
    whole,
)


class Hostile(NamedTuple):
    """`content` takes a shell command; `code` and `message` are the refusal; `runs`: pickle.load obeys the command."""

    name: str
    content: Callable[[bytes], bytes]
    code: str
    message: str
    runs: bool = False


class Evil:
    """An object whose unpickling runs a command."""

    def __init__(self, command):
        self.command = command.decode()

    def __reduce__(self):
        return os.system, (self.command,)


def system(command):
    return called("posix", "system", text(command))


def python(command):
    return text(b"__import__('os').system('" + command + b"')")


def chain(command):
    """getattr(__import__("os"), "system")(command)."""
    function = called("builtins", "getattr", called("builtins", "__import__", text(b"os")), text(b"system"))
    return whole(function + tuple_of(text(command)) + b"R")


def dotted(command):
    """codecs.builtins.eval: a name behind a harmless module, as protocol 4 allows."""
    return b"\x80\x04" + text(b"codecs") + text(b"builtins.eval") + b"\x93" + tuple_of(python(command)) + b"R."


def labels(**state):
    """Return a release whose labels are an array with any state."""
    made = array_of(**{"raw": text(bytes(96)), "shape": (3, 4), **state})
    return whole(dict_of({"labels": made, "data": array(arrays()["data"])}))


def with_data(values):
    return python3({**arrays(), "data": values})


def with_kind(kind):
    return with_data(np.zeros((3, 40, 10), kind))


def doubled(start, kept, made):
    """Return 60 steps that each hold the one before twice: 2 ** 60 items to whoever visits them all."""
    return start + b"".join(b"q%c" % n + made % {b"n": kept % n} for n in range(60))


DOUBLED_LISTS = doubled(b"]", b"h%c", b"](%(n)b%(n)be")
DOUBLED_PAIRS = doubled(b")", b"h%c", b"%(n)b\x86")
ITSELF = b"]q\x00h\x00a"
STRING = b"T" + struct.pack("<i", 2**31 - 1)
LONG_TEXT = b"X" + struct.pack("<I", 10**6) + b"a" * 10**6 + b"q\x01"
ENCODED = called("_codecs", "encode", b"h\x01", text(b"latin1"))

HOSTILE = [
    # asks for something to be run
    Hostile("os.system", lambda c: whole(called("os", "system", text(c))), "unsafe", "the name 'os.system'", True),
    Hostile("posix.system", lambda c: whole(system(c)), "unsafe", "the name 'posix.system'", True),
    Hostile(
        "subprocess",
        lambda c: whole(called("subprocess", "getoutput", text(c))),
        "unsafe",
        "subprocess.getoutput",
        True,
    ),
    Hostile("eval", lambda c: whole(called("builtins", "eval", python(c))), "unsafe", "'builtins.eval'", True),
    Hostile("Python 2's eval", lambda c: whole(called("__builtin__", "eval", python(c))), "unsafe", "builtin__", True),
    Hostile("chain of getattr", chain, "unsafe", "'builtins.getattr'", True),
    Hostile("dotted name", dotted, "unsafe", "'codecs.builtins.eval'", True),
    Hostile("call in a call", lambda c: whole(called("operator", "neg", system(c))), "unsafe", "operator.neg", True),
    Hostile("call inside an array", lambda c: labels(raw=system(c)), "unsafe", "posix.system"),
    Hostile("call before an array", lambda c: python2(arrays())[:2] + system(c), "unsafe", "posix.system"),
    Hostile("array of objects", lambda c: with_data(np.array([Evil(c)], object)), "unsafe", "Python objects", True),
    Hostile("objects in a list", lambda c: labels(kind=dtype("O8", "|"), raw=b"]"), "unsafe", "Python objects"),
    Hostile("numpy.load", lambda c: whole(called("numpy", "load", text(b"x"))), "unsafe", "'numpy.load'"),
    Hostile("numpy's fromfile", lambda c: whole(named("numpy.core.multiarray", "fromfile")), "unsafe", "fromfile"),
    Hostile("a subclass", lambda c: whole(named("numpy", "matrix")), "unsafe", "'numpy.matrix'"),
    Hostile(
        "ndarray called", lambda c: whole(called("numpy", "ndarray", number(9))), "unsafe", "call of numpy.ndarray"
    ),
    Hostile("another codec", lambda c: whole(called("_codecs", "encode", text(b""), text(b"zip"))), "unsafe", "encode"),
    Hostile("__setstate__", lambda c: whole(named("os", "_Environ") + b")\x81}b"), "unsafe", "'os._Environ'"),
    Hostile("state for a dict", lambda c: whole(b"}}b"), "unsafe", "state for a value of the type dict"),
    Hostile("state for a class", lambda c: whole(named("numpy", "ndarray") + b"}b"), "unsafe", "for numpy.ndarray"),
    Hostile("INST", lambda c: whole(b"(" + text(c) + b"iposix\nsystem\n", 0), "unsafe", "'posix.system'", True),
    Hostile("OBJ", lambda c: whole(b"(" + named("numpy", "ndarray") + b"o"), "unsafe", "an instance of a class"),
    Hostile("NEWOBJ", lambda c: whole(named("numpy", "ndarray") + b")\x81"), "unsafe", "an instance of a class"),
    Hostile("EXT1", lambda c: whole(b"\x82\x01"), "unsafe", "an object of an extension"),
    Hostile("PERSID", lambda c: whole(b"Pelsewhere\n", 0), "unsafe", "an object kept elsewhere"),
    Hostile("NEXT_BUFFER", lambda c: b"\x80\x05\x97.", "unsafe", "bytes kept elsewhere"),
    # takes memory or time
    Hostile("doubled lists", lambda c: whole(b"(" + DOUBLED_LISTS + b"t"), "shape", "the type tuple"),
    Hostile("doubled key", lambda c: whole(b"}" + DOUBLED_PAIRS + b"Ns"), "unsafe", "keys are not text"),
    Hostile("list in itself", lambda c: whole(dict_of({"data": ITSELF, "labels": ITSELF})), "shape", "the type list"),
    Hostile("deep nesting", lambda c: whole(b"(" * 10**6), "unsafe", "more than 10000 steps"),
    Hostile("many numbers", lambda c: python3(list(range(10**5))), "unsafe", "more than 10000 steps"),
    Hostile("huge memo key", lambda c: whole(b"Nr\xff\xff\xff\xff"), "shape", "the type NoneType"),
    Hostile("empty memo", lambda c: whole(b"h\x07"), "unreadable", "recalls what was never kept"),
    Hostile("one text many times", lambda c: whole(b"]" + LONG_TEXT + b"a" + (ENCODED + b"a") * 200), "shape", "list"),
    Hostile("huge shape", lambda c: labels(shape=(2**30, 2**30, 2**30)), "shape", "more numbers than its 96 bytes"),
    Hostile("shape of another size", lambda c: labels(shape=(3, 5)), "shape", "96 bytes for an array of 3 x 5 float64"),
    Hostile("negative shape", lambda c: labels(shape=(-3, -4)), "shape", "an empty array"),
    Hostile("1000 dimensions", lambda c: labels(shape=(1,) * 1000), "shape", "at most 8 whole numbers"),
    Hostile("huge string", lambda c: labels(raw=STRING), "truncated", "of 2147483647 bytes"),
    Hostile("huge bytes", lambda c: labels(raw=b"\x8e" + b"\xff" * 8), "truncated", "of 18446744073709551615 bytes"),
    Hostile("negative length", lambda c: labels(raw=b"T\xff\xff\xff\xff"), "unreadable", "a length of -1"),
    Hostile("huge number", lambda c: whole(b"\x8b" + struct.pack("<i", 10**6)), "unsafe", "number of 1000000 bytes"),
    Hostile("huge frame", lambda c: b"\x80\x04\x95" + b"\xff" * 8 + b"N.", "truncated", "bytes"),
    # is no pickle of this kind, or none at all
    Hostile("protocol 9", lambda c: b"\x80\x09N.", "unreadable", "the protocol 9"),
    Hostile("protocol twice", lambda c: whole(b"\x80\x02N"), "unreadable", "the protocol 2"),
    Hostile("unknown step", lambda c: whole(b"\xff"), "unreadable", r"the unknown step b'\xff'"),
    Hostile("step that arrays do not need", lambda c: whole(b"N2"), "unsafe", "arrays do not need"),
    Hostile("no mark", lambda c: whole(b"t"), "unreadable", "lacks its mark"),
    Hostile("empty stack", lambda c: whole(b"R"), "unreadable", "a step that lacks the object"),
    Hostile(
        "bytes after the end", lambda c: python2(arrays()) + system(c), "unreadable", "further bytes after the end"
    ),
    Hostile("two values", lambda c: whole(b"NN"), "unreadable", "an end in the middle"),
    Hostile("a list of arrays", lambda c: python3(list(arrays().values())), "shape", "the type list"),
    Hostile("no arrays", lambda c: python3({"data": 1.5, "labels": "x"}), "shape", "the type float"),
    Hostile("a set", lambda c: b"\x80\x04\x8f.", "unsafe", "a set"),
    Hostile("a DataFrame", lambda c: whole(named("pandas.core.frame", "DataFrame") + b")\x81"), "unsafe", "DataFrame"),
    Hostile("other keys", lambda c: python2({"x": np.ones(3)}), "shape", "no data and no labels"),
    Hostile("no labels", lambda c: python2({"data": arrays()["data"]}), "shape", "no labels"),
    Hostile("keys that are numbers", lambda c: python3({1: 2}), "unsafe", "keys are not text"),
    Hostile("whole numbers", lambda c: with_kind("i2"), "shape", "int16 3 x 40 x 10"),
    Hostile("complex numbers", lambda c: with_kind("c16"), "shape", "complex128 3 x 40 x 10"),
    Hostile("array of text", lambda c: with_kind("U3"), "shape", "an array of the kind 'U3'"),
    Hostile("array of dates", lambda c: with_kind("M8[s]"), "shape", "an array of the kind 'M8'"),
    Hostile("array of records", lambda c: with_kind("f8,i2"), "shape", "an array of the kind 'V10'"),
    Hostile("array without numbers", lambda c: labels(shape=(0, 4), raw=text(b"")), "shape", "an empty array"),
]

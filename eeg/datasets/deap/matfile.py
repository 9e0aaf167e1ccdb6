"""MATLAB v5 files: which variables a file holds, known from their first bytes, and the numbers of one of them.

`variables` looks at the head of every variable, inflating no more than that, so that a file can be refused before
anything of it is built; `read` leaves the rest to scipy. Layout: MathWorks, "MAT-File Format".
"""

import math
import struct
import warnings
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
from scipy import io

from eeg.errors import InputError

HEADER = 128
"""Bytes before the first variable; the last two tell the order of bytes."""

HEAD = 512
"""Bytes of a variable that are looked at: tags, class, shape and name of a plain array take about a hundred."""

CHUNK = 4096
"""Compressed bytes that are inflated to get them."""

MATRIX, COMPRESSED = 14, 15
"""Types of the elements that hold a variable."""

CLASSES = {
    1: "cell array",
    2: "struct",
    3: "object",
    4: "text",
    5: "sparse array",
    6: "float64",
    7: "float32",
    **{
        8 + k: name for k, name in enumerate(("int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64"))
    },
}
"""MATLAB's classes of arrays, numbers under numpy's names."""

NUMBERS = {name for number, name in CLASSES.items() if number >= 6}
"""Those of them that hold real numbers."""

ITEMS = {1: 1, 2: 1, 3: 2, 4: 2, 5: 4, 6: 4, 7: 4, 9: 8, 12: 8, 13: 8}
"""Bytes of a number, by the type it is stored in, which may be shorter than that of its class."""

COMPLEX = 0x0800
"""The flag of an array with an imaginary part."""

MOST_NUMBERS = 1 << 26
"""Numbers of a variable that are still read, five times the release's: a small file can inflate to anything."""

LIBRARY_ERRORS = (
    io.matlab.MatReadError,
    io.matlab.MatReadWarning,
    zlib.error,
    OSError,
    LookupError,
    MemoryError,
    OverflowError,
    TypeError,
    ValueError,
)
"""What scipy answers a damaged file with."""


@dataclass(frozen=True)
class Variable:
    """The head of a variable: what it is (a name of `CLASSES`), and its shape."""

    kind: str
    shape: tuple[int, ...]


def is_version_5(head: bytes) -> bool:
    """Tell whether a file that begins like this is a MATLAB v5 file."""
    return head[124:128] in (b"\x00\x01IM", b"\x01\x00MI")


def variables(path: Path) -> dict[str, Variable]:
    """Return the head of every variable, by name.

    Raises
    ------
    InputError
        Code `truncated` if the file ends within a variable; `unreadable` if it holds anything but arrays, or one name
        twice.
    """
    found: dict[str, Variable] = {}
    with path.open("rb") as file:
        order = "<" if file.read(HEADER).endswith(b"IM") else ">"
        for head in _heads(file, order, path):
            name, variable = _variable(head, order, path)
            if name in found:
                raise _unreadable(f"the variable {name!a} twice", path)
            found[name] = variable
    return found


def read(path: Path, name: str) -> np.ndarray:
    """Return the numbers of a variable that `variables` lists as numbers; in the type they are stored in.

    Raises
    ------
    InputError
        Code `shape` if there are more than MOST_NUMBERS, `unreadable` if the file is damaged.
    """
    variable = variables(path)[name]
    if math.prod(variable.shape) > MOST_NUMBERS:
        raise InputError(
            f"at most {MOST_NUMBERS} numbers in `{name}`",
            " x ".join(map(str, variable.shape)),
            "Take the file from DEAP's data_preprocessed_matlab.",
            file=path,
            code="shape",
        )
    try:
        with warnings.catch_warnings(), path.open("rb") as file:
            warnings.simplefilter("error", io.matlab.MatReadWarning)
            values = io.loadmat(file, variable_names=[name])[name]
    except LIBRARY_ERRORS as error:
        raise _unreadable(f"a damaged variable `{name}` ({error})", path) from error
    if not isinstance(values, np.ndarray) or values.dtype.kind not in "iuf" or values.shape != variable.shape:
        raise _unreadable(f"a damaged variable `{name}`", path)
    return values


def _heads(file: BinaryIO, order: str, path: Path) -> Iterator[bytes]:
    """Yield the first bytes of every variable, inflated where needed."""
    size = path.stat().st_size
    while (start := file.tell()) < size:
        tag = file.read(8)
        kind, n_bytes = struct.unpack(f"{order}II", tag) if len(tag) == 8 else (MATRIX, size)
        if start + 8 + n_bytes > size:
            raise InputError(
                "a whole MATLAB file",
                f"{size} bytes, which end within a variable",
                "Copy the file anew from its source and compare the sizes.",
                file=path,
                code="truncated",
            )
        if kind not in (MATRIX, COMPRESSED):
            raise _unreadable(f"something else than an array at byte {start}", path)
        yield _inflated(file.read(min(n_bytes, CHUNK)), path) if kind == COMPRESSED else tag + file.read(HEAD)
        file.seek(start + 8 + n_bytes)


def _inflated(compressed: bytes, path: Path) -> bytes:
    try:
        return zlib.decompressobj().decompress(compressed, HEAD)
    except zlib.error as error:
        raise _unreadable(f"a damaged variable ({error})", path) from error


def _variable(head: bytes, order: str, path: Path) -> tuple[str, Variable]:
    """Return name and head of a variable: tag, flags, shape and name, then the tag of the numbers."""
    try:
        kind, _, flags = struct.unpack_from(f"{order}II8xI", head)
        dimensions, place = _element(head, 24, order)
        name, place = _element(head, place, order)
        shape = struct.unpack(f"{order}{len(dimensions) // 4}i", dimensions)
        if kind != MATRIX or flags & 0xFF not in CLASSES or min(shape, default=-1) < 0:
            raise _unreadable("a variable that is no plain array", path)
        words = f"{'complex ' if flags & COMPLEX else ''}{CLASSES[flags & 0xFF]}"
        if words in NUMBERS and not _fits(shape, *_tag(head, place, order)):
            raise _unreadable(f"fewer or more numbers than {' x '.join(map(str, shape))} in a variable", path)
    except struct.error:
        raise _unreadable("a variable that is no plain array", path) from None
    return name.decode("latin1"), Variable(words, shape)


def _fits(shape: tuple[int, ...], stored: int, n_bytes: int) -> bool:
    """Tell whether numbers are stored in as many bytes as their shape asks for."""
    return stored in ITEMS and math.prod(shape) * ITEMS[stored] == n_bytes


def _tag(head: bytes, place: int, order: str) -> tuple[int, int]:
    """Return type and length of the element at a place; a small one has both in its first four bytes."""
    kind, n_bytes = struct.unpack_from(f"{order}II", head, place)
    return (kind & 0xFFFF, kind >> 16) if kind >> 16 else (kind, n_bytes)


def _element(head: bytes, place: int, order: str) -> tuple[bytes, int]:
    """Return the content of the element at a place, and the place of the next one."""
    n_bytes, small = _tag(head, place, order)[1], struct.unpack_from(f"{order}I", head, place)[0] >> 16
    start, end = (place + 4, place + 8) if small else (place + 8, place + 8 + (n_bytes + 7) // 8 * 8)
    return struct.unpack_from(f"{n_bytes}s", head, start)[0], end


def _unreadable(received: str, path: Path) -> InputError:
    return InputError(
        "a MATLAB v5 file with the arrays `data` and `labels`",
        received,
        "Take the file from DEAP's data_preprocessed_matlab, or save the two alone with save(..., '-v7').",
        file=path,
    )

"""The two kinds of file of the release: Python 2's pickle and MATLAB's."""

import pickletools
import struct
from collections.abc import Mapping
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from scipy.io import loadmat, savemat

from eeg.storage import writing

MAT_HEADER = b"MATLAB 5.0 MAT-file, Platform: GLNXA64"
"""How a .mat file begins; scipy would write the time of day there."""


def write(path: Path, arrays: Mapping[str, np.ndarray]) -> None:
    """Write named arrays as the kind of file the ending of `path` says: `.dat` or `.mat`."""
    if path.suffix == ".mat":
        write_mat(path, arrays)
    else:
        write_pickle(path, arrays)


def read(path: Path) -> dict[str, np.ndarray]:
    """Return the arrays of a file that `write` wrote, to the last bit; nothing in it is run.

    It knows what this module writes and nothing else: files from elsewhere are read by `eeg.datasets.deap.release`.
    """
    if path.suffix == ".mat":
        return {name: array for name, array in loadmat(path).items() if not name.startswith("__")}
    arrays: dict[str, np.ndarray] = {}
    shape: tuple[int, ...] = ()
    numbers: list[int] = []
    key, kind, bytes_follow = "", "", False
    given: Any
    for opcode, given, _ in pickletools.genops(path.read_bytes()):
        if opcode.name == "MARK":
            numbers = []
        elif opcode.name.startswith("BININT"):
            numbers.append(given)
        elif opcode.name in ("TUPLE2", "TUPLE3") and numbers[:1] == [1] and len(numbers) == 1 + int(opcode.name[-1]):
            shape = tuple(numbers[1:])
        elif opcode.name == "NEWFALSE":
            bytes_follow = True
        elif opcode.name.endswith("BINSTRING") and bytes_follow:
            arrays[key] = np.frombuffer(given.encode("latin-1"), kind).reshape(shape).copy()
            key, bytes_follow = "", False
        elif opcode.name.endswith("BINSTRING"):
            # The first word is the array's name, one such as f8 its type.
            key, kind = key or given, given if given[1:].isdigit() else kind
    return arrays


def write_dat(path: Path, data: np.ndarray, labels: np.ndarray) -> None:
    """Write a release file as Python 2's cPickle wrote DEAP's: `pickle.load(encoding="latin1")` reads it.

    Parameters
    ----------
    path : path
        File to write; appears whole or not at all.
    data : ndarray, shape (n_trials, 40, n_times)
        Trials.
    labels : ndarray, shape (n_trials, 4)
        Valence, arousal, dominance, liking.
    """
    write_pickle(path, {"labels": labels, "data": data})


def write_pickle(path: Path, arrays: Mapping[str, np.ndarray], *, first: bytes = b"") -> None:
    """Write a dict of numeric arrays as a pickle of protocol 2, byte strings and all, opcode by opcode.

    Parameters
    ----------
    path : path
        File to write.
    arrays : mapping of str to ndarray
        What the dict holds.
    first : bytes
        Opcodes that run before the dict is built; they must leave the stack as it was.
    """
    with writing(path) as temporary, temporary.open("wb") as file:
        file.write(b"\x80\x02" + first)
        pickler = _Pickler(file)
        file.write(b"}")
        pickler.remember(None)
        file.write(b"(")
        for name, array in arrays.items():
            pickler.text(name)
            pickler.array(np.ascontiguousarray(array))
        file.write(b"u.")


def write_mat(path: Path, arrays: Mapping[str, np.ndarray]) -> None:
    """Write named arrays as a compressed MATLAB 5 file, the same bytes at any time of day."""
    with writing(path) as temporary:
        savemat(temporary, dict(arrays), do_compression=True, format="5")
        with temporary.open("r+b") as file:
            file.write(MAT_HEADER.ljust(116))


class _Pickler:
    """Opcodes of protocol 2 for arrays; what was written once is named by its number, as cPickle does."""

    def __init__(self, file: BinaryIO) -> None:
        self.file, self.known = file, dict[object, int]()

    def remember(self, what: object) -> None:
        """Number what was written last."""
        self.known[object() if what is None else what] = number = len(self.known) + 1
        self.file.write(b"q" + bytes([number]) if number < 256 else b"r" + struct.pack("<I", number))

    def again(self, what: object) -> bool:
        """Write the number of what was written before, if it was."""
        if number := self.known.get(what):
            self.file.write(b"h" + bytes([number]) if number < 256 else b"j" + struct.pack("<I", number))
        return bool(number)

    def text(self, word: str) -> None:
        """Write a short byte string."""
        if not self.again(word):
            self.file.write(b"U" + bytes([len(word)]) + word.encode("latin-1"))
            self.remember(word)

    def name(self, module: str, attribute: str) -> None:
        """Write what a module holds under a name."""
        if not self.again((module, attribute)):
            self.file.write(f"c{module}\n{attribute}\n".encode("ascii"))
            self.remember((module, attribute))

    def number(self, value: int) -> None:
        """Write an integer in as few bytes as cPickle does."""
        short = b"K" + bytes([value]) if 0 <= value < 256 else None
        middle = b"M" + struct.pack("<H", value) if 0 <= value < 65536 else None
        self.file.write(short or middle or b"J" + struct.pack("<i", value))

    def array(self, array: np.ndarray) -> None:
        """Write an array: how to make an empty one, then its shape, type and bytes in C order."""
        self.name("numpy.core.multiarray", "_reconstruct")
        self.name("numpy", "ndarray")
        self.file.write(b"K\x00\x85")
        self.text("b")
        self.file.write(b"\x87R")
        self.remember(None)
        self.file.write(b"(K\x01")
        self.shape(array.shape)
        self.dtype(array.dtype)
        size = array.nbytes
        self.file.write(b"\x89" + (b"U" + bytes([size]) if size < 256 else b"T" + struct.pack("<i", size)))
        self.file.write(array.data.cast("B"))
        self.file.write(b"tb")

    def shape(self, shape: tuple[int, ...]) -> None:
        """Write a tuple of two or three integers."""
        for length in shape:
            self.number(length)
        self.file.write(b"\x86" if len(shape) == 2 else b"\x87")

    def dtype(self, dtype: np.dtype) -> None:
        """Write a little-endian numeric type."""
        kind = dtype.str[1:]
        if self.again((kind, "dtype")):
            return
        self.name("numpy", "dtype")
        self.text(kind)
        self.file.write(b"K\x00K\x01\x87R")
        self.remember((kind, "dtype"))
        self.file.write(b"(K\x03")
        self.text("<")
        self.file.write(b"NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb")

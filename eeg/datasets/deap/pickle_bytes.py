"""The bytes of a pickle in the order they stand, and the ways in which numbers and text are written there."""

import codecs
import mmap
import pickle
import struct
import warnings
from collections.abc import Callable, Mapping
from typing import Any

LONGEST_LINE = 256
"""Bytes of a line in the text protocols that is not a string."""

LONGEST_NAME = 256
"""Bytes of a text that is read as a name."""

CHUNK = 1 << 20
"""Bytes of a long text decoded at a time."""


class ContentError(Exception):
    """Why a pickle is not read on: a code of the doctor's, and what was received."""

    def __init__(self, code: str, received: str) -> None:
        super().__init__(received)
        self.code, self.received = code, received


class Text:
    """Bytes or text of a pickle, which does not always tell one from the other; not decoded until asked for.

    Parameters
    ----------
    view : memoryview
        The bytes as they stand in the file.
    codec : str
        How they are to be read as text; bytes that stand for themselves are `latin1`.
    """

    def __init__(self, view: memoryview, codec: str) -> None:
        self.view, self.codec = view, codec
        self._bytes: Text | None = self if codec == "latin1" else None

    def name(self) -> str:
        """Return a short text."""
        if len(self.view) > LONGEST_NAME:
            raise ContentError("unsafe", f"a name of {len(self.view)} bytes")
        try:
            return str(self.view, self.codec)
        except UnicodeError:
            raise ContentError("unreadable", f"a text that is not {self.codec}") from None

    def as_bytes(self) -> "Text":
        """Return the bytes a text stands for, one a character, as Python 3 writes bytes in old protocols."""
        if self._bytes is None:
            decoder, found = codecs.getincrementaldecoder(self.codec)(), bytearray()
            try:
                for start in range(0, len(self.view), CHUNK):
                    found += decoder.decode(bytes(self.view[start : start + CHUNK])).encode("latin1")
                found += decoder.decode(b"", True).encode("latin1")
            except UnicodeError:
                raise ContentError("unreadable", "bytes that are written as another text than latin1") from None
            self._bytes = Text(memoryview(found).toreadonly(), "latin1")
        return self._bytes


class Tape:
    """The content of a file and the place reached in it.

    Parameters
    ----------
    content : mmap or bytes
    """

    def __init__(self, content: mmap.mmap | bytes) -> None:
        self.content, self.view, self.at = content, memoryview(content), 0

    def left(self) -> int:
        """Return how many bytes are still to come."""
        return len(self.view) - self.at

    def take(self, n_bytes: int) -> memoryview:
        """Return the next bytes without copying them."""
        if n_bytes < 0:
            raise ContentError("unreadable", f"a length of {n_bytes}")
        if n_bytes > self.left():
            raise ContentError("truncated", f"{self.left()} of {n_bytes} bytes")
        self.at += n_bytes
        return self.view[self.at - n_bytes : self.at]

    def protocol(self) -> None:
        """Step over the number of the protocol, which stands first."""
        protocol = self.number("B")
        if self.at != 2 or protocol > pickle.HIGHEST_PROTOCOL:
            raise ContentError("unreadable", f"the protocol {protocol}")

    def frame(self) -> None:
        """Step over the length of a frame, which must be there."""
        n_bytes = self.number("<Q")
        if n_bytes > self.left():
            raise ContentError("truncated", f"{self.left()} of {n_bytes} bytes")

    def number(self, form: str) -> Any:
        """Return a number in a form of `struct`."""
        return struct.unpack(form, self.take(struct.calcsize(form)))[0]

    def whole_number(self, form: str) -> int:
        """Return a whole number whose length in bytes stands before it."""
        n_bytes = self.number(form)
        if n_bytes > LONGEST_LINE:
            raise ContentError("unsafe", f"a whole number of {n_bytes} bytes")
        return int.from_bytes(self.take(n_bytes), "little", signed=True)

    def text(self, form: str, codec: str) -> Text:
        """Return a text whose length stands before it."""
        return Text(self.take(self.number(form)), codec)

    def line(self, longest: int | None = LONGEST_LINE) -> memoryview:
        """Return the bytes up to the next line feed, and step over it."""
        last = len(self.view) if longest is None else min(self.at + longest + 1, len(self.view))
        end = self.content.find(b"\n", self.at, last)
        if end < 0:
            raise ContentError("truncated" if last == len(self.view) else "unreadable", "a line without an end")
        line = self.take(end - self.at)
        self.at += 1
        return line

    def numeral(self, read: Callable[[bytes], Any]) -> Any:
        """Return a number written as a line."""
        line = bytes(self.line())
        try:
            return read(line)
        except ValueError:
            raise ContentError("unreadable", f"{line!r} for a number") from None

    def quoted(self) -> Text:
        """Return a string written as a line, in quotes and with escapes: the only bytes that are always copied."""
        line = self.line(longest=None)
        if len(line) < 2 or line[0] != line[-1] or line[0] not in b"'\"":
            raise ContentError("unreadable", "a string without its quotes")
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            try:
                raw = codecs.escape_decode(line[1:-1])[0]
            except (ValueError, DeprecationWarning):
                raise ContentError("unreadable", "a string with an unknown escape") from None
        return Text(memoryview(raw), "latin1")


def _int(line: bytes) -> int:
    """Return a number, or the truth value that protocol 0 writes with two digits."""
    return {b"00": False, b"01": True}[line] if line in (b"00", b"01") else int(line)


LITERALS: Mapping[bytes, Callable[[Tape], Any]] = {
    pickle.NONE: lambda tape: None,
    pickle.NEWTRUE: lambda tape: True,
    pickle.NEWFALSE: lambda tape: False,
    pickle.BININT: lambda tape: tape.number("<i"),
    pickle.BININT1: lambda tape: tape.number("B"),
    pickle.BININT2: lambda tape: tape.number("<H"),
    pickle.BINFLOAT: lambda tape: tape.number(">d"),
    pickle.LONG1: lambda tape: tape.whole_number("B"),
    pickle.LONG4: lambda tape: tape.whole_number("<i"),
    pickle.INT: lambda tape: tape.numeral(_int),
    pickle.LONG: lambda tape: tape.numeral(lambda line: int(line.removesuffix(b"L"))),
    pickle.FLOAT: lambda tape: tape.numeral(float),
    pickle.SHORT_BINSTRING: lambda tape: tape.text("B", "latin1"),
    pickle.BINSTRING: lambda tape: tape.text("<i", "latin1"),
    pickle.SHORT_BINBYTES: lambda tape: tape.text("B", "latin1"),
    pickle.BINBYTES: lambda tape: tape.text("<I", "latin1"),
    pickle.BINBYTES8: lambda tape: tape.text("<Q", "latin1"),
    pickle.BYTEARRAY8: lambda tape: tape.text("<Q", "latin1"),
    pickle.SHORT_BINUNICODE: lambda tape: tape.text("B", "utf-8"),
    pickle.BINUNICODE: lambda tape: tape.text("<I", "utf-8"),
    pickle.BINUNICODE8: lambda tape: tape.text("<Q", "utf-8"),
    pickle.UNICODE: lambda tape: Text(tape.line(longest=None), "raw-unicode-escape"),
    pickle.STRING: lambda tape: tape.quoted(),
}
"""The steps whose value stands in the bytes after them."""

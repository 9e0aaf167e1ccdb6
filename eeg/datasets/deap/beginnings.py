"""What a file is, by its first bytes: a pickle, a MATLAB v5 file, or something that only bears the name of one."""

from pathlib import Path
from typing import Literal

from eeg.datasets.deap.matfile import HEADER, is_version_5
from eeg.errors import InputError

FOREIGN = {
    b"MATLAB 7.3": "a MATLAB v7.3 file, which is HDF5",
    b"\x89HDF": "an HDF5 file, as MATLAB's v7.3 is",
    b"\x93NUMPY": "a numpy file",
    b"<": "a page of the web",
    b"version https://git-lfs": "a pointer to a file that git-lfs has not fetched",
}
"""How other files begin that stand under these names."""

LONGEST = 128
"""Bytes by which all of them can be told."""

REMEDIES = {
    ".mat": "Take DEAP's own file from data_preprocessed_matlab, or save it in MATLAB with save(..., '-v7').",
    ".dat": "Take DEAP's own file from data_preprocessed_python.",
}
"""The next step by the ending of the file."""


def form(path: Path) -> Literal["pickle", "matlab"]:
    """Return what a file can be read as; that it is one, its reader has to find out.

    Raises
    ------
    InputError
        Code `truncated` for the first bytes of a MATLAB file alone, `unreadable` for a known other kind of file, or one
        that ends in `.mat` and is neither.
    """
    with path.open("rb") as file:
        beginning = file.read(LONGEST)
    _check_foreign(beginning, path)
    if is_version_5(beginning):
        return "matlab"
    if len(beginning) < HEADER and beginning.startswith(b"MATLAB 5.0"):
        remedy = "Copy the file anew from its source and compare the sizes."
        received = f"the first {len(beginning)} bytes"
        raise InputError("a whole MATLAB file", received, remedy, file=path, code="truncated")
    if path.suffix.lower() == ".mat" and not beginning.startswith(b"\x80"):
        received = (
            "a MATLAB v4 file, or none" if b"\0" in beginning[:4] else f"a file that begins with {beginning[:20]!r}"
        )
        raise _unreadable(received, path)
    return "pickle"


def _check_foreign(beginning: bytes, path: Path) -> None:
    for mark, kind in FOREIGN.items():
        if beginning.lstrip().startswith(mark):
            raise _unreadable(kind, path)


def _unreadable(received: str, path: Path) -> InputError:
    suffix = path.suffix.lower()
    expected = "a MATLAB v5 file" if suffix == ".mat" else "a pickle of DEAP's data_preprocessed_python"
    return InputError(expected, received, REMEDIES.get(suffix, REMEDIES[".dat"]), file=path)

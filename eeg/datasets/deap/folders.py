"""Looking into a user's folders: what is there, what is packed, and what the system does not let us read."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from eeg.errors import InputError

ARCHIVE = r"(?:\.(?:zip|tar|gz|tgz|bz2|xz|7z|rar))+"
"""Endings of packed files."""

PACKED = {
    b"PK\x03\x04": "a zip archive",
    b"PK\x05\x06": "a zip archive",
    b"\x1f\x8b": "a gzip archive",
    b"BZh": "a bzip2 archive",
    b"\xfd7zXZ": "an xz archive",
    b"7z\xbc\xaf": "a 7-zip archive",
    b"Rar!": "a rar archive",
}
"""How packed files begin."""

TAR = (257, b"ustar")
"""Where a tar archive has its mark."""

GIVE = "Give the folder that holds data_original/ or data_preprocessed_python/ (make run DATA=...)."


def entries(folder: Path) -> list[Path]:
    """Return what lies in a folder, sorted; hidden files aside.

    Raises
    ------
    InputError
        There is no such folder, or it may not be read.
    """
    with reading(folder):
        if folder.is_dir():
            return sorted(path for path in folder.iterdir() if not path.name.startswith("."))
        packed = folder.is_file() and re.search(ARCHIVE + "$", folder.name, re.IGNORECASE)
        received = "a file" if folder.exists() else "no such folder"
    raise InputError(
        "a folder with the DEAP recordings",
        "a packed file" if packed else received,
        "Unpack it and give the folder it makes." if packed else GIVE,
        file=folder,
        code="packed" if packed else "file_missing",
    )


def subfolders(folder: Path, names: Sequence[str]) -> list[Path]:
    """Return the folders of such names in a folder, in any case of letters, in the order of the names."""
    with reading(folder):
        there = [path for path in entries(folder) if path.name.lower() in names and path.is_dir()]
    return sorted(there, key=lambda path: names.index(path.name.lower()))


def packed_file(folders: Sequence[Path], pattern: str) -> Path | None:
    """Return the first packed file whose name, but for the ending, fits the pattern in any case of letters."""
    packed = re.compile(pattern + ARCHIVE, re.IGNORECASE)
    return next((path for folder in folders for path in entries(folder) if packed.fullmatch(path.name)), None)


def check_file(path: Path) -> None:
    """Raise InputError unless a path is a file that may be read, is not empty and no archive under another name."""
    with reading(path):
        is_folder, is_there = path.is_dir(), path.exists()
    if is_folder:
        remedy = "Take the recording out of it: some programs unpack a file into a folder of its name."
        raise InputError("a file", "a folder of that name", remedy, file=path)
    if not is_there:
        received = "a link to nothing" if path.is_symlink() else "no such file"
        remedy = "Copy it again, or fetch what the link stands for (git annex get, datalad get)."
        raise InputError("a recording", received, remedy, file=path, code="file_missing")
    with reading(path), path.open("rb") as file:
        beginning = file.read(TAR[0] + len(TAR[1]))
    if not beginning:
        raise InputError("a recording", "0 bytes", "Copy it again.", file=path, code="truncated")
    kinds = [kind for mark, kind in PACKED.items() if beginning.startswith(mark)]
    if kinds or beginning[TAR[0] :] == TAR[1]:
        remedy = "Unpack it, under the name it has inside, in the same folder."
        received = kinds[0] if kinds else "a tar archive"
        raise InputError("an unpacked file", received, remedy, file=path, code="packed")


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Turn what the system answers instead of a file or folder into an InputError."""
    try:
        yield
    except PermissionError as error:
        remedy = "Give yourself the right to read it, or ask its owner (chmod -R u+rX)."
        raise InputError("a file or folder that may be read", "no permission", remedy, file=path) from error
    except OSError as error:
        remedy = "See whether the disk is there and whole, and copy the file again."
        raise InputError("a file or folder that can be read", f"{error.strerror}", remedy, file=path) from error

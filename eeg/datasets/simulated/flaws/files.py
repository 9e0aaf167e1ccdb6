"""Flaws of whole files: cut off, packed, exchanged, absent."""

import tempfile
import zipfile
from dataclasses import replace
from pathlib import Path

from eeg.datasets import simulated
from eeg.datasets.simulated.cohort import file_of
from eeg.datasets.simulated.flaws.case import Case
from eeg.storage import writing

PAGE = b"<!DOCTYPE html>\n<html><head><title>Sign in</title></head><body>Please sign in to download.</body></html>\n"
"""What a server sends instead of a file to someone who has not signed in."""


def truncated(case: Case) -> None:
    """Cut off the end of the file: between a tenth and a half of it."""
    content = case.path.read_bytes()
    # An odd number of bytes from an odd place: never a whole number of a recording's records.
    _put(case.path, content[: int(len(content) * case.rng.uniform(0.5, 0.9)) | 1])


def packed(case: Case) -> None:
    """Put a zip archive with the file in it under the file's name."""
    with (
        writing(case.path) as temporary,
        zipfile.ZipFile(temporary, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
    ):
        # A date of its own would make the archive another one at another time.
        archive.writestr(zipfile.ZipInfo(case.path.name), case.path.read_bytes(), zipfile.ZIP_DEFLATED)


def other_file(case: Case) -> None:
    """Put a web page under the file's name."""
    _put(case.path, PAGE)


def empty(case: Case) -> None:
    """Leave nothing in the file."""
    _put(case.path, b"")


def absent(case: Case) -> None:
    """Remove the file."""
    case.path.unlink()


def repeated(case: Case) -> None:
    """Put the other subject's files, as they were simulated, under this one's name."""
    settings = replace(case.settings, forms=tuple(case.paths))
    with tempfile.TemporaryDirectory() as place:
        simulated.write(place, case.other, settings, case.seed)
        for form, path in case.paths.items():
            _put(path, file_of(place, case.other, form).read_bytes())


def _put(path: Path, content: bytes) -> None:
    with writing(path) as temporary:
        temporary.write_bytes(content)

"""The cells of a table that people have opened and saved in their own ways: csv of any dialect, xls or ods."""

import codecs
import csv
import io
from collections.abc import Collection
from pathlib import Path

import pandas as pd

from eeg.datasets.deap.folders import reading
from eeg.errors import InputError

SEPARATORS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
"""What may stand between the columns of a csv, and its name."""

SUFFIXES = (".csv", ".xls", ".ods")
"""The endings of the tables that are read, the preferred one first."""

SPREADSHEETS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
"""How files of spreadsheet programs begin: zipped xml, and the older xls."""

Row = tuple[int, list[str]]
"""A line number, from 1, and the cells in that line, blanks at their ends stripped."""


def rows(path: Path, *, columns: Collection[str]) -> tuple[list[Row], str]:
    """Return the rows that are not blank, the names of the columns first, and what separates the cells.

    Parameters
    ----------
    path : path
        A csv in any encoding, separator and quoting, or the first sheet of an xls or ods.
    columns : collection of str
        Names, as `plain` writes them, by which the separator of a csv is recognised.

    Raises
    ------
    InputError
        The file is no such table, or has no rows.
    """
    if path.suffix.lower() not in SUFFIXES:
        raise wrong(path, f"a table that ends in {', '.join(SUFFIXES)}", f"{path.suffix or 'no ending'}")
    with reading(path):
        content = path.read_bytes()
    found, separator = _text(content, path, columns) if path.suffix.lower() == ".csv" else (_sheet(path), "cells")
    filled = [(line, cells) for line, cells in found if any(cells)]
    if not filled:
        raise wrong(path, "the names of the columns in the first row", f"an empty table of {len(content)} bytes")
    return filled, separator


def plain(name: str) -> str:
    """Return a column's name without capitals, blanks and hyphens."""
    return "_".join(name.strip().casefold().replace("-", " ").replace("_", " ").split())


def wrong(path: Path, expected: str, received: str) -> InputError:
    """Return the error of a table that cannot be used."""
    remedy = "Take the file as DEAP distributes it, or save it as csv with commas and decimal points."
    return InputError(expected, received, remedy, file=path, code="ratings_file")


def _text(content: bytes, path: Path, columns: Collection[str]) -> tuple[list[Row], str]:
    if content.startswith(SPREADSHEETS):
        raise wrong(path, "text, as the ending .csv says", "the file of a spreadsheet program")
    # universal line ends: a lone carriage return ends a line too
    text = io.StringIO(_decoded(content), newline=None).getvalue()
    first = next((line for line in text.splitlines() if line.strip()), "")
    separator = max(SEPARATORS, key=lambda one: len({plain(cell) for cell in _cells(first, one)} & set(columns)))
    reader = csv.reader(io.StringIO(text), delimiter=separator, skipinitialspace=True)
    try:
        return [(reader.line_num, [cell.strip() for cell in cells]) for cells in reader], SEPARATORS[separator]
    except csv.Error as error:
        raise wrong(path, "a table in text", f"an error in line {reader.line_num} ({error})") from error


def _cells(line: str, separator: str) -> list[str]:
    return next(csv.reader([line], delimiter=separator, skipinitialspace=True), [])


def _decoded(content: bytes) -> str:
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return content.decode("utf-16", errors="replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        # every byte is a letter there; the names and numbers that count are the same in all such encodings
        return content.decode("latin-1")


def _sheet(path: Path) -> list[Row]:
    try:
        sheet = pd.read_excel(path, header=None, dtype=object, engine="calamine")
    # calamine and the zip beneath it fail in many ways, and each means the same to the user
    except Exception as error:
        raise wrong(path, "a spreadsheet, as its ending says", f"{type(error).__name__}: {error}") from error
    values = sheet.astype(object).where(sheet.notna(), "")
    return [(line, [str(cell).strip() for cell in cells]) for line, cells in enumerate(values.to_numpy().tolist(), 1)]

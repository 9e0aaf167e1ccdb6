"""Reading and writing of artifacts: every file appears whole or not at all, and nothing is unpickled."""

import hashlib
import json
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from eeg.errors import InputError


@contextmanager
def writing(path: Path | str) -> Iterator[Path]:
    """Yield a temporary name beside `path` (same ending), renamed to `path` when the block succeeds."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".part-{path.name}")
    try:
        yield temporary
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


@contextmanager
def folder(path: Path | str) -> Iterator[Path]:
    """Yield a temporary folder beside `path`, which takes its place when the block succeeds."""
    path = Path(path)
    temporary = path.with_name(f".part-{path.name}")
    shutil.rmtree(temporary, ignore_errors=True)
    temporary.mkdir(parents=True)
    try:
        yield temporary
        shutil.rmtree(path, ignore_errors=True)
        temporary.replace(path)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def write_text(path: Path | str, text: str) -> None:
    """Write `text` as UTF-8."""
    with writing(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


def write_json(path: Path | str, content: Any) -> None:
    """Write `content` as indented JSON; NaN is not JSON and raises ValueError."""
    write_text(path, json.dumps(content, indent=1, allow_nan=False) + "\n")


def read_json(path: Path | str) -> Any:
    """Return the content of a JSON file."""
    return json.loads(Path(path).read_text(encoding="utf-8"))


def sha256(path: Path | str) -> str:
    """Return the hash of a file."""
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()


def write_csv(path: Path | str, table: pd.DataFrame) -> None:
    """Write a table without its index; floats keep every digit."""
    with writing(path) as temporary:
        table.to_csv(temporary, index=False, lineterminator="\n")


def read_csv(path: Path | str) -> pd.DataFrame:
    """Return the table of a csv file."""
    return pd.read_csv(path)


def read_split(path: Path | str) -> pd.DataFrame:
    """Return a split, refused where its rows are no longer those that the description beside it was written of."""
    made, found = read_json(Path(path).with_suffix(".json"))["sha256"], sha256(path)
    if found != made:
        expected = f"the split as it was made (sha256 {made[:12]}..., in the .json beside it)"
        remedy = f"Delete {path} and run again; all that was made with it is made again."
        raise InputError(expected, f"one that was changed afterwards ({found[:12]}...)", remedy, file=path)
    return read_csv(path)


def write_array(path: Path | str, array: np.ndarray) -> None:
    """Write one numeric array as npy."""
    with writing(path) as temporary, temporary.open("wb") as file:
        np.save(file, array, allow_pickle=False)


def open_array(path: Path | str) -> np.ndarray:
    """Return an npy file as a read-only memory map."""
    return np.load(path, mmap_mode="r", allow_pickle=False)


def write_arrays(path: Path | str, arrays: Mapping[str, np.ndarray]) -> None:
    """Write named numeric arrays as npz."""
    with writing(path) as temporary, temporary.open("wb") as file:
        np.savez(file, allow_pickle=False, **arrays)


def read_arrays(path: Path | str) -> dict[str, np.ndarray]:
    """Return the arrays of an npz file by name."""
    with np.load(path, allow_pickle=False) as archive:
        return {name: archive[name] for name in archive.files}


def write_parquet(path: Path | str, table: pd.DataFrame) -> None:
    """Write a table as parquet without its index."""
    with writing(path) as temporary:
        table.to_parquet(temporary, index=False)


def read_parquet(path: Path | str) -> pd.DataFrame:
    """Return a parquet table."""
    return pd.read_parquet(path)

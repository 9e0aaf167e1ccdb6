"""The release as its makers preprocessed it: a subject's `.dat` or `.mat` file, read without running anything in it."""

import mmap
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from eeg.channels import GENEVA
from eeg.datasets.deap import matfile, unpickling
from eeg.datasets.deap.beginnings import form
from eeg.datasets.deap.folders import check_file, reading
from eeg.datasets.deap.pickled_arrays import Array, described
from eeg.errors import InputError

SFREQ = 128
"""Sampling rate of the release in Hz."""

BASELINE = 3.0
"""Seconds before the video at the start of every trial."""

N_CHANNELS = 40
"""Channels of a trial: the EEG in the order GENEVA, then eight others."""

N_SCALES = 4
"""Ratings of a trial."""

FLOATS = ("float32", "float64")
"""What the numbers may be; DEAP's own are float64."""

BLOCK = 32
"""Samples converted at a time where the trials run fastest in memory: few enough to stay in the cache."""


@dataclass(frozen=True)
class Release:
    """One subject's release file, rows in the file's order: row k is video k + 1.

    Attributes
    ----------
    eeg : ndarray of float32, shape (n_trials, 32, n_times)
        Microvolt; channels in the order GENEVA.
    others : ndarray of float32, shape (n_trials, 8, n_times)
        hEOG vEOG zEMG tEMG (microvolt), GSR Respiration Plethysmograph Temperature (the file's unit).
    labels : ndarray of float64, shape (n_trials, 4)
        Valence, arousal, dominance, liking.
    """

    eeg: np.ndarray
    others: np.ndarray
    labels: np.ndarray


@dataclass(frozen=True)
class Stored:
    """An array of a file before it is read: the numbers' type under numpy's name, their shape, and how to get them."""

    kind: str
    shape: tuple[int, ...]
    values: Callable[[], np.ndarray]


def load(path: Path | str, *, n_times: int | None = None, n_trials: int | None = None) -> Release:
    """Return the content of a `.dat` or `.mat` file of the release; which it is, its first bytes tell.

    Parameters
    ----------
    path : path
    n_times, n_trials : int, optional
        Samples a trial and trials a subject that there must be.

    Returns
    -------
    Release
        Numbers that float32 cannot hold become infinite.

    Raises
    ------
    InputError
        Code `file_missing`, `packed`, `truncated`, `unreadable`; `unsafe` if a pickle asks for anything but arrays;
        `shape` if `data` and `labels` are not (n_trials, 40, n_times) and (n_trials, 4) floats.
    """
    path = Path(path)
    stored = _stored(path)
    data, ratings = stored["data"], stored["labels"]
    _check("data", data, (n_trials, N_CHANNELS, n_times), path)
    _check("labels", ratings, (data.shape[0], N_SCALES), path)
    with reading(path):
        eeg, others = _signals(data.values())
        return Release(eeg, others, _ratings(ratings))


def labels(path: Path | str, *, n_trials: int | None = None) -> np.ndarray:
    """Return the labels alone, float64, shape (n_trials, 4), without reading the signals; errors as those of `load`."""
    path = Path(path)
    ratings = _stored(path)["labels"]
    _check("labels", ratings, (n_trials, N_SCALES), path)
    with reading(path):
        return _ratings(ratings)


def _stored(path: Path) -> Mapping[str, Stored]:
    """Return at least `data` and `labels`, nothing of them read yet."""
    check_file(path)
    with reading(path):
        found = _variables(path) if form(path) == "matlab" else _arrays(path)
    missing = [name for name in ("data", "labels") if name not in found]
    if missing:
        raise _shape("the arrays `data` and `labels`", f"no {' and no '.join(missing)}", path)
    return found


def _variables(path: Path) -> dict[str, Stored]:
    """Return what a MATLAB file holds."""
    found = matfile.variables(path)
    return {name: Stored(one.kind, one.shape, partial(matfile.read, path, name)) for name, one in found.items()}


def _arrays(path: Path) -> dict[str, Stored]:
    """Return what a pickled dict holds: arrays as views of the file, which stays open as long as one of them does."""
    with path.open("rb") as file:
        content = unpickling.read(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ), file=path)
    if not isinstance(content, dict):
        raise _shape("a dict of the arrays `data` and `labels`", described(content), path)
    return {name: _array(value) for name, value in content.items()}


def _array(value: Any) -> Stored:
    if not isinstance(value, Array) or value.values is None:
        return Stored(described(value), (), lambda: np.empty(0))
    values = value.values
    return Stored(values.dtype.name, values.shape, lambda: values)


def _check(name: str, stored: Stored, shape: Sequence[int | None], path: Path) -> None:
    """Refuse anything but floats of a shape, in which None stands for any number."""
    wanted = " x ".join("any" if n is None else str(n) for n in shape)
    fits = len(stored.shape) == len(shape) and all(
        n in (None, received) and received for n, received in zip(shape, stored.shape, strict=True)
    )
    if not fits or stored.kind not in FLOATS:
        received = f"{stored.kind} {' x '.join(map(str, stored.shape))}".rstrip()
        raise _shape(f"`{name}` to be {wanted} floats", received, path)


def _shape(expected: str, received: str, path: Path) -> InputError:
    return InputError(expected, received, "Take DEAP's own file of this subject.", file=path, code="shape")


def _ratings(stored: Stored) -> np.ndarray:
    """Return a copy, so that nothing keeps the file open."""
    return np.array(stored.values(), dtype=np.float64, order="C")


def _signals(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the EEG and the other channels in float32, converted block by block along the slowest dimension."""
    n_trials, _, n_times = x.shape
    eeg = np.empty((n_trials, len(GENEVA), n_times), np.float32)
    others = np.empty((n_trials, N_CHANNELS - len(GENEVA), n_times), np.float32)
    with np.errstate(over="ignore", under="ignore", invalid="ignore"):
        for part in _blocks(x):
            eeg[part] = x[part][:, : len(GENEVA)]
            others[part] = x[part][:, len(GENEVA) :]
    return eeg, others


def _blocks(x: np.ndarray) -> Iterator[tuple[slice, ...]]:
    """Yield the parts of trials x channels x samples, in the order in which they stand in memory."""
    n_trials, _, n_times = x.shape
    if x.strides[2] > x.strides[0]:
        for start in range(0, n_times, BLOCK):
            yield slice(None), slice(None), slice(start, start + BLOCK)
    else:
        for trial in range(n_trials):
            yield (slice(trial, trial + 1),)

"""Differential entropy of one full-size subject (40 x 32 x 8064, five bands, 1-s windows): ours beside other ways.

`.venv/bin/python benchmarks/entropy.py [n_rounds]` writes one `.dat` (noise that falls with frequency) and lets every
way take its turn in each of 3 rounds, files in the page cache, all with at most two threads. TorchEEG runs in an
environment of its own (`make bench-peers`; without it its rows are left out) and needs minutes a round: its
DEAPDataset with its own transforms BandDifferentialEntropy and ToGrid, importing not counted. From the file: ours is
`release.load`, the branch's features and the 9 x 9 grid. From the array: the signals are in memory already and the
features have no grid.

`vs_X` = time of X / our time, medians over the rounds of the ratios within a round, both on two threads where X can
use them. Last line, JSON: `vs_torcheeg` (no workers), `vs_torcheeg_2_workers`, `vs_sosfiltfilt_file` (pickle and
`sosfiltfilt`, each trial by itself, on two threads) from the file to features; `vs_sosfiltfilt` (the same from the
array), `vs_sosfiltfilt_1_thread` (whole array at once, beside ours on one thread), `vs_mne` (`mne.filter.filter_data`
per band), `floor_ratio` (our time / time to sum up the array once), `max_abs_difference_nat` (to `sosfiltfilt` over
all windows of all trials, ends included), `trials_per_second`. Those of `precision: float32` end in `_float32`; the
others are of the default, float64. `linearity` is our time per trial with 40 trials / with 10; `peak_mb` how far a
fresh process grew at most from the file to the grid (VmHWM after less VmRSS before, in 10^6 bytes), of which
`file_mb` are pages of the mapped file.
"""

import json
import pickle
import subprocess
import sys
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from time import perf_counter

import numpy as np
import pandas as pd
from measure import growth, spread
from mne.filter import filter_data
from scipy.signal import butter, sosfiltfilt

from eeg.channels import GENEVA
from eeg.config import load
from eeg.datasets.deap import release
from eeg.datasets.simulated.release_files import write_dat
from eeg.features import branch, entropy, grid
from eeg.features.filterbank import Computing

ROOT = Path(__file__).parents[1]
PEER = ROOT / ".venv-peers/bin/python"
BANDS = {name: tuple(edges) for name, edges in load(ROOT / "config.yaml")["bands"]["five"].items()}
SFREQ, N_TRIALS, N_TIMES, BASELINE = 128, 40, 8064, 384
STARTS = np.arange(0, N_TIMES, SFREQ)


def write(folder: Path) -> Path:
    """Write the subject as a `.dat` of the release."""
    rng = np.random.default_rng(1)
    data = np.cumsum(rng.standard_normal((N_TRIALS, 40, N_TIMES)), axis=2)
    data = data - data.mean(axis=2, keepdims=True) + 5 * rng.standard_normal(data.shape)
    write_dat(folder / "s01.dat", data, rng.uniform(1.0, 9.0, (N_TRIALS, 4)))
    return folder / "s01.dat"


def ours(x: np.ndarray, *, threads: int = 2, precision: str = "float64") -> np.ndarray:
    """Return all windows' entropy from the array."""
    how = Computing(precision, threads)
    return entropy.differential_entropy(x, SFREQ, bands=BANDS, windows=(STARTS, SFREQ), computing=how)


def ours_from_file(path: Path, *, precision: str = "float64") -> np.ndarray:
    """Return the video's windows on the grid, (40 * 60, 9, 9, 5), from the file."""
    trials = branch.Trials(release.load(path).eeg, range(1, N_TRIALS + 1), GENEVA, SFREQ, BASELINE)
    made = branch.differential_entropy(
        trials,
        channels="all",
        definition="reference",
        precision=precision,
        bands=BANDS,
        grid="table",
        baseline="keep",
        length=1.0,
        step=1.0,
        threads=2,
    )
    return grid.place(made.array.reshape(-1, *made.array.shape[2:]), GENEVA)


def plain(x: np.ndarray) -> np.ndarray:
    """Return all windows' entropy as a plain script computes it."""
    bands = []
    for edges in BANDS.values():
        filtered = sosfiltfilt(butter(3, edges, "bandpass", fs=SFREQ, output="sos"), x)
        bands.append(filtered.reshape(*x.shape[:2], len(STARTS), SFREQ).var(axis=3, ddof=1))
    return np.log(2 * np.pi * np.e * np.stack(bands, axis=-1)).swapaxes(1, 2) / 2


def plain_on_two_threads(x: np.ndarray) -> np.ndarray:
    """Return the same, one trial after the other on two threads."""
    with ThreadPoolExecutor(2) as pool:
        return np.concatenate(list(pool.map(plain, x[:, None])))


def plain_from_file(path: Path) -> np.ndarray:
    """Return the same from the file."""
    with path.open("rb") as file:
        content = pickle.load(file, encoding="latin1")  # noqa: S301 - what we compare with, on a file written above
    return plain_on_two_threads(content["data"][:, :32])


def by_mne(x: np.ndarray) -> np.ndarray:
    """Return all windows' entropy with MNE's default filters."""
    bands = [filter_data(x, SFREQ, *edges, verbose="error") for edges in BANDS.values()]
    variances = [one.reshape(*x.shape[:2], len(STARTS), SFREQ).var(axis=3, ddof=1) for one in bands]
    return np.log(2 * np.pi * np.e * np.stack(variances, axis=-1)).swapaxes(1, 2) / 2


def by_torcheeg(path: Path, workers: int) -> float:
    """Return the seconds TorchEEG needs for its dataset, from the file to its store of features on the grid."""
    command = [PEER, ROOT / "benchmarks/peers/torcheeg_deap.py", path.parent, "--workers", str(workers)]
    done = subprocess.run([*map(str, command)], check=True, capture_output=True, text=True)
    return json.loads(done.stdout.splitlines()[-1])["seconds"]


def seconds(way: Callable[[], object]) -> float:
    """Return the seconds a way takes, or those it says itself."""
    start = perf_counter()
    found = way()
    return found if isinstance(found, float) else perf_counter() - start


def timed(path: Path, n_rounds: int) -> pd.DataFrame:
    """Return seconds, one row a round; what is compiled or cached has been so before."""
    x = release.load(path).eeg
    double = x.astype(float)
    ways: dict[str, Callable[[], object]] = {
        "file: ours": partial(ours_from_file, path),
        "file: ours float32": partial(ours_from_file, path, precision="float32"),
        "file: pickle, sosfiltfilt, 2 threads": partial(plain_from_file, path),
        "array: read once": x.sum,
        "array: ours": partial(ours, x),
        "array: ours float32": partial(ours, x, precision="float32"),
        "array: ours 1 thread": partial(ours, x, threads=1),
        "array: ours, 10 trials": partial(ours, x[:10]),
        "array: sosfiltfilt 1 thread": partial(plain, double),
        "array: sosfiltfilt 2 threads": partial(plain_on_two_threads, double),
        "array: mne.filter": partial(by_mne, double),
    }
    if PEER.exists():
        ways["file: TorchEEG"] = partial(by_torcheeg, path, 0)
        ways["file: TorchEEG, 2 workers"] = partial(by_torcheeg, path, 2)
    for way in list(ways.values())[:6]:
        way()
    return pd.DataFrame([{name: seconds(way) for name, way in ways.items()} for _ in range(n_rounds)])


def ratios(table: pd.DataFrame) -> pd.DataFrame:
    """Return the named ratios of every round."""
    pairs = {
        "vs_torcheeg": ("file: TorchEEG", "file: ours"),
        "vs_torcheeg_2_workers": ("file: TorchEEG, 2 workers", "file: ours"),
        "vs_torcheeg_float32": ("file: TorchEEG", "file: ours float32"),
        "vs_sosfiltfilt_file": ("file: pickle, sosfiltfilt, 2 threads", "file: ours"),
        "vs_sosfiltfilt": ("array: sosfiltfilt 2 threads", "array: ours"),
        "vs_sosfiltfilt_float32": ("array: sosfiltfilt 2 threads", "array: ours float32"),
        "vs_sosfiltfilt_1_thread": ("array: sosfiltfilt 1 thread", "array: ours 1 thread"),
        "vs_mne": ("array: mne.filter", "array: ours"),
        "floor_ratio": ("array: ours", "array: read once"),
        "floor_ratio_float32": ("array: ours float32", "array: read once"),
    }
    found = {name: table[a] / table[b] for name, (a, b) in pairs.items() if a in table}
    return pd.DataFrame({**found, "linearity": table["array: ours"] / table["array: ours, 10 trials"] / 4})


def differences(path: Path) -> dict[str, float]:
    """Return how far ours is from `sosfiltfilt` at most, all windows of all trials."""
    x = release.load(path).eeg
    reference = plain(x.astype(float))
    suffixes = {"": "float64", "_float32": "float32"}
    return {
        f"max_abs_difference_nat{suffix}": float(np.abs(ours(x, precision=precision) - reference).max())
        for suffix, precision in suffixes.items()
    }


def main(n_rounds: int = 3) -> None:
    """Write the file, compare and print."""
    if not PEER.exists():
        print("TorchEEG is left out: `make bench-peers` makes its environment.\n")
    with tempfile.TemporaryDirectory() as folder:
        path = write(Path(folder))
        apart = differences(path)
        table = timed(path, n_rounds)
        megabytes = {"peak_mb": growth(ours_from_file, path) / 1e6, "file_mb": path.stat().st_size / 1e6}
    medians = spread(table, "Seconds", 3)
    figures = spread(ratios(table), "Ratios within a round", 1)
    per_second = {"trials_per_second": N_TRIALS / medians["array: ours"]}
    per_second["trials_per_second_float32"] = N_TRIALS / medians["array: ours float32"]
    print("\n".join(f"{name} {value:.1e}" for name, value in apart.items()))
    rounded = {name: round(float(value), 2) for name, value in {**figures, **per_second, **megabytes}.items()}
    print(json.dumps({**rounded, **{name: float(f"{value:.2g}") for name, value in apart.items()}}))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))

"""Loading one full-size subject of the release (40 x 40 x 8064, float64, random numbers) beside pickle and scipy.

`.venv/bin/python benchmarks/loading.py [n_rounds]` writes a `.dat` as Python 2's cPickle wrote DEAP's and a compressed
`.mat` into a temporary folder, and times every way in each round, one after the other, files in the page cache. `load`
always ends with labels and float32 arrays of EEG and other channels. `vs_X` = time of X / our time, medians over the
rounds of the ratios within a round.

Last line, JSON: `vs_pickle` (`pickle.load(encoding="latin1")` alone, which ends with float64 arrays and makes no
float32), `vs_pickle_same_result` (followed by the same float32 arrays), `labels_vs_load` (time of `load` / time of
`labels`), `mat_vs_loadmat` (`scipy.io.loadmat` alone / our `load` of the `.mat`), `milliseconds` of `load`;
`peak_mb` and `peak_share`: how far a fresh process grew at most while it loaded the `.dat`, as VmHWM after less VmRSS
before of /proc/self/status - anonymous memory and the pages of the mapped file both count - in 10^6 bytes and as a
share of what is allowed, twice the EEG in float32 and the file.
"""

import json
import pickle
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pandas as pd
from measure import growth, spread
from scipy import io

from eeg.datasets.deap import release
from eeg.datasets.simulated.release_files import write_dat

SHAPE = (40, 40, 8064)
N_EEG = 32


def write(folder: Path) -> tuple[Path, Path]:
    """Write the subject in both forms."""
    rng = np.random.default_rng(1)
    data, labels = rng.normal(0.0, 10.0, SHAPE), rng.uniform(1.0, 9.0, (SHAPE[0], 4))
    write_dat(folder / "s01.dat", data, labels)
    io.savemat(folder / "s01.mat", {"data": data, "labels": labels}, do_compression=True)
    return folder / "s01.dat", folder / "s01.mat"


def by_pickle(path: Path) -> dict[str, np.ndarray]:
    """Return the content as everybody reads it."""
    with path.open("rb") as file:
        return pickle.load(file, encoding="latin1")  # noqa: S301 - what we compare with, on a file written above


def by_pickle_in_float32(path: Path) -> release.Release:
    """Return what `load` returns."""
    content = by_pickle(path)
    eeg, others = (content["data"][:, part].astype(np.float32) for part in (slice(0, N_EEG), slice(N_EEG, None)))
    return release.Release(eeg, others, content["labels"])


def timed(ways: Mapping[str, Callable[[], object]], n_rounds: int) -> pd.DataFrame:
    """Return seconds, one row a round, in which all ways take their turn; a first round is not counted."""
    rows = []
    for _ in range(n_rounds + 1):
        row = {}
        for name, way in ways.items():
            start = time.perf_counter()
            way()
            row[name] = time.perf_counter() - start
        rows.append(row)
    return pd.DataFrame(rows[1:])


def check(dat: Path, mat: Path) -> None:
    """Stop unless all ways give the same numbers."""
    expected = by_pickle_in_float32(dat)
    for path in (dat, mat):
        found = release.load(path)
        for name in ("eeg", "others", "labels"):
            np.testing.assert_array_equal(getattr(found, name), getattr(expected, name))


def measured(dat: Path, mat: Path, n_rounds: int) -> dict[str, float]:
    """Print the tables and return the named figures."""
    ways: dict[str, Callable[[], object]] = {
        "load .dat": lambda: release.load(dat),
        "labels .dat": lambda: release.labels(dat),
        "pickle.load": lambda: by_pickle(dat),
        "pickle.load to float32": lambda: by_pickle_in_float32(dat),
        "load .mat": lambda: release.load(mat),
        "loadmat": lambda: io.loadmat(mat),
    }
    seconds = timed(ways, n_rounds)
    of = {
        "vs_pickle": seconds["pickle.load"] / seconds["load .dat"],
        "vs_pickle_same_result": seconds["pickle.load to float32"] / seconds["load .dat"],
        "labels_vs_load": seconds["load .dat"] / seconds["labels .dat"],
        "mat_vs_loadmat": seconds["loadmat"] / seconds["load .mat"],
    }
    milliseconds = spread(1e3 * seconds, "Milliseconds", 2)["load .dat"]
    ratios = spread(pd.DataFrame(of), "Ratios within a round", 2)
    peak, allowed = growth(release.load, dat), 2 * SHAPE[0] * N_EEG * SHAPE[2] * 4 + dat.stat().st_size
    print(f"Peak above the start {peak / 1e6:.0f} MB of {allowed / 1e6:.0f} MB allowed\n")
    return {**ratios, "milliseconds": milliseconds, "peak_mb": peak / 1e6, "peak_share": peak / allowed}


def main(n_rounds: int = 7) -> None:
    """Write the files, compare and print."""
    with tempfile.TemporaryDirectory() as folder:
        dat, mat = write(Path(folder))
        check(dat, mat)
        figures = measured(dat, mat, n_rounds)
    print(json.dumps({name: round(float(value), 4) for name, value in figures.items()}))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))

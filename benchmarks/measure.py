"""What several benchmarks measure and print alike: spread over rounds, memory (Linux), and what cores can do."""

from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from time import perf_counter

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits


def spread(table: pd.DataFrame, title: str, digits: int) -> pd.Series:
    """Print median, smallest and largest of every column, a row of which is a round, and return the medians."""
    summary = table.agg(["median", "min", "max"]).T
    print(f"{title}, {len(table)} rounds\n{summary.round(digits).to_string()}\n")
    return summary["median"]


def growth(work: Callable[..., object], *given: object) -> int:
    """Return by how many bytes a fresh process grows at most while it does some work: VmHWM after less VmRSS before."""
    return _alone(_grown, work, *given)


def peak(work: Callable[..., object], *given: object) -> int:
    """Return the bytes that a fresh process holds at most when it has done some work, its start and imports counted."""
    return _alone(_largest, work, *given)


def product_rate(n: int) -> float:
    """Return the operations per second of large matrix products in `n` processes of one thread at a time."""
    with ProcessPoolExecutor(n, mp_context=get_context("spawn")) as pool:
        list(pool.map(_multiplied, range(n)))  # all are there before one counts
        return sum(pool.map(_multiplied, range(n)))


def _multiplied(seed: int, n: int = 1024, repeats: int = 100) -> float:
    x = np.random.default_rng(seed).standard_normal((n, n), np.float32)
    with threadpool_limits(1):
        begun = perf_counter()
        for _ in range(repeats):
            x @ x
    return repeats * 2 * n**3 / (perf_counter() - begun)


def _alone(way: Callable[..., int], *given: object) -> int:
    # a fresh process: the largest size of a process never falls
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(way, *given).result()


def _grown(work: Callable[..., object], *given: object) -> int:
    before = _bytes("VmRSS")
    return _largest(work, *given) - before


def _largest(work: Callable[..., object], *given: object) -> int:
    work(*given)
    # not getrusage: what the parent held when it started this process would count too
    return _bytes("VmHWM")


def _bytes(name: str) -> int:
    return 1024 * int(Path("/proc/self/status").read_text().split(f"{name}:")[1].split()[0])

"""What several benchmarks measure and print in the same way: spread over rounds, and memory (Linux)."""

from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pandas as pd


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

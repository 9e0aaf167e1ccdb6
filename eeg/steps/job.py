"""What every step does around its work: a log of its own, and errors a person can read."""

import os
import resource
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"  # one thread a job: cores are used by running jobs side by side

from eeg.errors import InputError  # noqa: E402


@contextmanager
def job(snakemake: Any) -> Iterator[Callable[[str], None]]:
    """Send all that is printed to the job's log; say what went wrong in one sentence where that is known.

    Yields a function that shows a line at the terminal. An InputError ends the job with its message alone; any other
    error with its traceback. Both stand in the log, which Snakemake shows and names when a job fails.
    """
    log = Path(snakemake.log[0])
    log.parent.mkdir(parents=True, exist_ok=True)
    start = time.perf_counter()
    with log.open("w", encoding="utf-8", buffering=1) as file, _redirected(file.fileno()) as terminal:
        print(f"{snakemake.rule} {dict(snakemake.wildcards)}", flush=True)
        try:
            yield lambda line: _show(terminal, line)
        except InputError as error:
            print(f"Error: {error}", flush=True)
            sys.exit(1)
        except Exception:
            traceback.print_exc()
            sys.exit(1)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1e6 if sys.platform == "darwin" else 1e3)
        print(f"done in {time.perf_counter() - start:.1f} s, peak {peak:.0f} MB", flush=True)


@contextmanager
def _redirected(descriptor: int) -> Iterator[int]:
    """Send both streams to a file; yields where the second one led before."""
    kept = [os.dup(stream) for stream in (1, 2)]
    try:
        for stream in (1, 2):
            os.dup2(descriptor, stream)
        yield kept[1]
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        for stream, saved in zip((1, 2), kept, strict=True):
            os.dup2(saved, stream)
            os.close(saved)


def _show(terminal: int, line: str) -> None:
    os.write(terminal, f"{line}\n".encode())

"""Training the papers' networks on one GPU: stacked folds beside one by one, a PyTorch loop, and what the card can do.

`PYTHONPATH=. python3 benchmarks/gpu.py [networks...] [--small] [--minutes 3.5]` needs NumPy, PyYAML, pydantic, Keras
and JAX, and for the peer PyTorch: neither TensorFlow nor this repository's environment. Without a GPU it runs in small
on the CPU and says so, in the figures' names too (`small_...`). Networks, windows and folds stand in `networks.py`.
What would begin after `minutes` is left out and said; most of them go into compiling, so one network a call measures
more widths.

Ours, on JAX: ten folds of a subject at once and one fold by itself, in `float32` and `mixed` precision; and more
subjects at once in the better of the two, until that gains nothing or the memory ends. Samples per second are of
training windows in the epochs after compilation, validation and the wait for its results included. PyTorch: the same
network in a plain loop, one fold after the other, windows on the card, in float32 with TF32 and under bfloat16's
autocast; the better counts.

A study is 32 subjects with ten folds each and 50 epochs: the recurrent networks on one target, `ccnn` on two. Minutes
are from a slice, one stack of the best width for a few epochs: compilation once, then for every stack its making and
predicting and 50 epochs.

Last line, JSON: `MODEL_stacked_vs_single`, `MODEL_vs_pytorch` (ours, stacked, times PyTorch's samples per second),
`MODEL_samples_per_second`, `MODEL_study_minutes`, `study_minutes` (all three networks, where all are measured),
`share_of_peak` (operations of `ccnn`'s training, three times those of its forward pass counted as written, of the
card's rate in large matrix products of the same precision), `peak_tflops_mixed`, `peak_tflops_float32`, `device`.
"""

import argparse
import gc
import importlib.util
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from statistics import mean
from time import perf_counter
from typing import Any

import networks
import numpy as np

NETWORKS = {"cnn_lstm": 1, "cnn_gru": 1, "ccnn": 2}
"""The networks and their targets in a study."""

PRECISIONS = ("float32", "mixed")
WIDER = (20, 40, 80)
N_FOLDS, N_SUBJECTS = 10, 32
PEER = Path(__file__).parents[1] / ".venv-peers/bin/python"


@dataclass(frozen=True)
class Measured:
    """One width and precision: samples per second, and seconds of an epoch, of a stack's rest, of compiling."""

    precision: str
    width: int
    rate: float
    epoch: float
    rest: float
    compiling: float

    def minutes(self, n_targets: int) -> float:
        """Return the minutes of a study."""
        n_stacks = N_SUBJECTS * N_FOLDS / self.width
        return n_targets * (self.compiling + n_stacks * (self.rest + networks.EPOCHS * self.epoch)) / 60


def ours(name: str, width: int, precision: str, *, small: bool) -> Measured:
    """Return what it takes to train so many folds at once."""
    from eeg import models

    case = networks.case(name, small=small, epochs=3 if small else 5, precision=precision)
    options = {"settings": case.settings, "training": case.training, "backend": "jax"}
    learner = models.learner(case.name, case.shape, case.n_classes, **options)
    stack, marks = list(given(case, width)), []
    begun = perf_counter()
    learner.learn(stack)
    compiled = perf_counter()
    learner.learn(stack, lambda *_: marks.append(perf_counter()))
    again = perf_counter() - compiled
    epoch = mean(later - earlier for earlier, later in pairwise(marks))
    rate = width * len(stack[0].train) / epoch
    return Measured(precision, width, rate, epoch, again - case.epochs * epoch, compiled - begun - again)


def given(case: networks.Case, width: int) -> Iterator[Any]:
    """Yield folds as a learner takes them, all of a subject before the next's."""
    from eeg.models import Fold
    from eeg.samples import Samples

    for subject in range(-(-width // N_FOLDS)):
        x, y = networks.windows(case, subject)
        samples = Samples(x.__getitem__, y, np.arange(len(y)), case.shape)
        for fold in networks.folds(case, min(N_FOLDS, width - subject * N_FOLDS)):
            yield Fold(**{role: samples.subset(rows) for role, rows in fold.items()}, seed=1 + subject)


def searched(name: str, *, small: bool, late: Callable[[], bool]) -> list[Measured]:
    """Return what was measured of a network, wider and wider; less where it gets late or the memory ends."""
    found: list[Measured] = []

    def better() -> Measured:
        return max(found, key=lambda one: one.rate)

    for precision in PRECISIONS:
        found += tried(name, 2 if small else N_FOLDS, precision, small=small, late=late)
    if not found:
        return found
    first, second = sorted(PRECISIONS, key=lambda precision: precision != better().precision)
    found += tried(name, 1, first, small=small, late=late)
    for width in () if small else WIDER:
        before, wider = better(), tried(name, width, first, small=small, late=late)
        found += wider
        if not wider or wider[0].rate < 1.05 * before.rate:
            break
    return found + tried(name, 1, second, small=small, late=late)


def tried(name: str, width: int, precision: str, *, small: bool, late: Callable[[], bool]) -> list[Measured]:
    """Return a measurement, or none and say why."""
    import jax

    if late():
        print(f"{name}, {width} at once, {precision}: left out, no time")
        return []
    try:
        found = ours(name, width, precision, small=small)
    except jax.errors.JaxRuntimeError as error:
        if "RESOURCE_EXHAUSTED" not in str(error):
            raise
        print(f"{name}, {width} at once, {precision}: not enough memory")
        return []
    finally:
        gc.collect()
        jax.clear_caches()
    seconds = f"epoch {found.epoch:.3f} s, rest {found.rest:.2f} s, compiling {found.compiling:.1f} s"
    print(f"{name}, {width} at once, {precision}: {found.rate:,.0f} samples/s, {seconds}", flush=True)
    return [found]


def peak(precision: str, *, small: bool) -> float:
    """Return the operations per second of large matrix products."""
    import jax
    from jax import numpy as jnp

    n, repeats = (512, 3) if small else (8192, 30)
    dtype = jnp.bfloat16 if precision == "mixed" else jnp.float32
    x, y = (jax.random.normal(jax.random.key(seed), (n, n), dtype) for seed in (0, 1))
    x, product = x / n**0.5, jax.jit(jnp.matmul)
    np.asarray(product(x, y)[0, 0])
    begun = perf_counter()
    for _ in range(repeats):
        y = product(x, y)
    np.asarray(y[0, 0])
    return repeats * 2 * n**3 / (perf_counter() - begun)


def peer(names: list[str], small: bool) -> dict[str, Any]:
    """Return PyTorch's samples per second of each network by precision, and its device; nothing where it is missing.

    It runs in a process of its own, so that its memory is free again.
    """
    python = sys.executable if importlib.util.find_spec("torch") else str(PEER)
    if not Path(python).exists():
        return {}
    command = [python, __file__, "--peer", *names, *["--small"] * small]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    return json.loads(done.stdout.splitlines()[-1])


def as_peer(names: list[str], small: bool) -> None:
    """Measure PyTorch, and write what `peer` returns."""
    import torch

    device = "cuda" if torch.cuda.is_available() else "cpu"
    torch.set_float32_matmul_precision("high")
    torch.backends.cudnn.benchmark = True
    small = small or device == "cpu"
    rates = {
        name: {kind: plain(name, device, small=small, bfloat16=kind == "bfloat16") for kind in ("float32", "bfloat16")}
        for name in names
    }
    for name, found in rates.items():
        for kind, rate in found.items():
            print(f"{name}, PyTorch, {kind}: {rate:,.0f} samples/s", file=sys.stderr)
    print(json.dumps({"device": device, **rates}))


def plain(name: str, device: str, *, small: bool, bfloat16: bool) -> float:
    """Return the samples per second of the plain loop."""
    import twins

    case = networks.case(name, small=small, epochs=3 if small else 21)
    marks: list[float] = []
    fold = networks.folds(case, 1)[0]
    placed = twins.tensors(*networks.windows(case, 0), device)
    twins.train(case, *placed, fold=fold, mark=lambda: marks.append(perf_counter()), bfloat16=bfloat16)
    return len(fold["train"]) * (len(marks) - 1) / (marks[-1] - marks[0])


def figures(name: str, found: list[Measured], *, operations: int | None, peaks: dict, peers: dict) -> dict[str, float]:
    """Return the named figures of a network; `operations` are those of a window's training."""
    best, singles = max(found, key=lambda one: one.rate), [one.rate for one in found if one.width == 1]
    named = {"samples_per_second": best.rate, "study_minutes": best.minutes(NETWORKS[name])}
    if singles:
        named["stacked_vs_single"] = max(one.rate for one in found if one.width > 1) / max(singles)
    if peers:
        named["vs_pytorch"] = best.rate / max(peers.values())
    named = {f"{name}_{figure}": value for figure, value in named.items()}
    return named | ({"share_of_peak": operations * best.rate / peaks[best.precision]} if operations else {})


def main(names: list[str], small: bool, minutes: float) -> None:
    """Measure and print."""
    begun, peers = perf_counter(), peer(names, small)
    os.environ.setdefault("XLA_PYTHON_CLIENT_MEM_FRACTION", "0.9")
    from eeg.models import _backend

    _backend.prepare("jax")
    import jax

    device, found = jax.devices()[0], {}
    if device.platform == "cpu":
        print("No GPU: in small, on the CPU.")
        small = True
    if not peers or (peers["device"] == "cpu") != (device.platform == "cpu"):
        print("PyTorch is left out: it is missing, or sees no GPU.")
        peers = {}
    peaks = {precision: peak(precision, small=small) for precision in PRECISIONS}
    for place, name in enumerate(names, start=1):
        until = begun + 60 * minutes * place / len(names)
        measured = searched(name, small=small, late=lambda until=until: perf_counter() > until)
        operations = 3 * networks.forward_operations(networks.case(name, small=small)) if name == "ccnn" else None
        if measured:
            found |= figures(name, measured, operations=operations, peaks=peaks, peers=peers.get(name, {}))
    if all(f"{name}_study_minutes" in found for name in NETWORKS):
        found["study_minutes"] = sum(found[f"{name}_study_minutes"] for name in NETWORKS)
    found |= {f"peak_tflops_{precision}": rate / 1e12 for precision, rate in peaks.items()}
    rounded = {"small_" * small + key: float(f"{value:.3g}") for key, value in found.items()}
    print("\n" + json.dumps(rounded | {"device": device.device_kind}))


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("networks", nargs="*", choices=[*NETWORKS, []])
    parser.add_argument("--small", action="store_true")
    parser.add_argument("--minutes", type=float, default=3.5)
    parser.add_argument("--peer", action="store_true")
    given = parser.parse_args()
    chosen = given.networks or list(NETWORKS)
    as_peer(chosen, given.small) if given.peer else main(chosen, given.small, given.minutes)

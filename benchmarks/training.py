"""Training the papers' networks, two subjects' folds on two cores: ours beside Keras' `fit`, PyTorch and TorchEEG.

`.venv/bin/python benchmarks/training.py [n_rounds] [networks...] [--folds N] [--ways WAY...] [--small]` takes about 25
minutes a round; small checks the script in some minutes: `ccnn` alone unless others are named, and tiny, its figures
those of `small_MODEL`. Networks, windows and folds stand in `networks.py`: the papers' widths, batch 128, no early
stopping; every way trains on the same rows, evaluates the validation rows once an epoch and predicts the test rows.
What is measured is a slice: so many folds of ten and epochs of 50 as `SLICES` says, all of them for `mlp`; `--folds 10`
measures every fold, `--ways keras-1 pytorch-1` those ways alone, by threads of a process, beside ours on TensorFlow.

Ways: ours (TensorFlow, one process of one thread a subject, as `make run` does it; JAX likewise), `keras.Model.fit` on
arrays with a fresh model a fold, a plain PyTorch loop, and for `ccnn` TorchEEG's own network in its own trainer. Others
run as one process of two threads and as two of one; the better counts. Processes import, then start together; importing
is not counted, building and compiling are. PyTorch and TorchEEG run in an environment of their own (`make
bench-peers`; without it they are left out).

Samples are training windows. Seconds are of the slice from start to end. Steady is what epochs after a network's first
take, validation included. Hours are those of 32 subjects, ten folds of 50 epochs each, from the slice: the first fold,
later ones, and their epochs.

Last line, JSON, medians over rounds, `vs_X` = time of X / our time within a round: `MODEL_vs_keras_fit`,
`MODEL_vs_pytorch`, `ccnn_vs_torcheeg` (the slice); `MODEL_steady_vs_X` (epochs alone); `MODEL_whole_vs_X` (ten folds
of 50 epochs); `MODEL_share_of_products` (operations of our training, three times those of the forward pass counted as
written, of the cores' rate in large matrix products, one NumPy thread each; validation not counted, and convolutions
may take fewer); `MODEL_jax_vs_tensorflow` (ours on TensorFlow / ours on JAX); `MODEL_samples_per_second` and
`MODEL_start_seconds` (ours: of the first epoch, what a later one does not take, building and compiling above all);
`MODEL_start_seconds_X`; `import_seconds_WAY`.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from measure import product_rate, spread
from networks import EPOCHS, SHAPES, case, forward_operations

ROOT = Path(__file__).parents[1]
PEER = ROOT / ".venv-peers/bin/python"
SLICES = {"mlp": (10, 50), "ccnn": (2, 5), "cnn_lstm": (2, 10), "cnn_gru": (2, 10)}
"""Folds and epochs that are measured: enough windows a fold to be trained by the program that whole folds are."""

SMALL = (1, 2)
N_FOLDS, N_SUBJECTS, N_MEASURED = 10, 32, 2
WAYS = ["tensorflow-1", "keras-2", "jax-1", "keras-1", "pytorch-2", "pytorch-1", "torcheeg-2", "torcheeg-1"]
"""Ways and the threads of a process, in their turn."""

OTHERS = {"keras": "keras_fit", "pytorch": "pytorch", "torcheeg": "torcheeg"}
"""Ways that are not ours, and their names in ratios."""


@dataclass(frozen=True)
class Slice:
    """How much of a network's training is measured."""

    network: str
    folds: int
    epochs: int
    batch: int
    small: bool

    @property
    def label(self) -> str:
        """What figures are named by."""
        return "small_" * self.small + self.network

    @property
    def options(self) -> list[str]:
        """The options of `fitting.py`."""
        numbers = [f"--{name}={getattr(self, name)}" for name in ("folds", "epochs", "batch")]
        return numbers + ["--small"] * self.small


def measured(part: Slice, way: str, threads: int) -> dict[str, float]:
    """Return what a way takes for two subjects on two cores, `threads` in a process.

    Returns
    -------
    dict
        `wall` (s), `samples` and `steady` (training samples per second), `hours`, `start`, `imports` (s), `accuracy`.
    """
    subjects = [[1, 2]] if threads == 2 else [[1], [2]]
    found = together([command(part, way, threads, some) for some in subjects], threads)
    per_process = [summary(one, part.epochs, len(some)) for one, some in zip(found, subjects, strict=True)]
    wall = max(one["wall"] for one in per_process)
    taken = {"wall": wall, "samples": sum(one["done"] for one in per_process) / wall}
    taken["steady"] = sum(one["steady"] for one in per_process)
    taken["hours"] = max(one["whole"] for one in per_process) * N_SUBJECTS / N_MEASURED / 3600
    taken["start"] = float(np.mean([one["start"] for one in per_process]))
    return taken | {name: float(np.mean([one[name] for one in found])) for name in ("imports", "accuracy")}


def command(part: Slice, way: str, threads: int, subjects: list[int]) -> list[str]:
    """Return the command of one process."""
    python = PEER if way in ("pytorch", "torcheeg") else sys.executable
    named = [python, ROOT / "benchmarks/fitting.py", way, part.network, "--threads", threads, "--subjects", *subjects]
    return [*map(str, named), *part.options]


def together(commands: list[list[str]], threads: int) -> list[dict[str, Any]]:
    """Return what processes say that start their work at the same time, when all of them have imported.

    Raises
    ------
    RuntimeError
        A process failed; the text is the end of what it said.
    """
    with ExitStack() as stack:
        logs = [stack.enter_context(tempfile.TemporaryFile("w+")) for _ in commands]
        options = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True, "env": environment(threads)}
        running = [
            stack.enter_context(subprocess.Popen(one, stderr=log, **options))
            for one, log in zip(commands, logs, strict=True)
        ]
        for process in running:
            process.stdout.readline()
        for process in running:
            with suppress(BrokenPipeError):
                process.stdin.write("go\n")
                process.stdin.flush()
        said = [process.communicate()[0] for process in running]
        for process, log in zip(running, logs, strict=True):
            if process.returncode:
                log.seek(0)
                raise RuntimeError(f"{' '.join(process.args)}\n{log.read()[-3000:]}")
    return [json.loads(one.splitlines()[-1]) for one in said]


def environment(threads: int) -> dict[str, str]:
    """Return the environment that holds a process to so many threads and to the CPU; ours sees to that itself."""
    numbers = dict.fromkeys(["OMP_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS"], str(threads))
    backend = {"KERAS_BACKEND": "tensorflow", "TF_CPP_MIN_LOG_LEVEL": "2", "CUDA_VISIBLE_DEVICES": "-1"}
    return {**os.environ, **numbers, **backend}


def summary(said: dict[str, Any], epochs: int, n_subjects: int) -> dict[str, float]:
    """Return what a process took, from what it said and the epochs and subjects it was given.

    Returns
    -------
    dict
        `wall` (s), `done` (samples), `steady` (samples per second), `start` (s of the first epoch more than of others),
        `whole` (s, all folds and `EPOCHS`).
    """
    stacks, width = said["stacks"], said["stacks"][0]["n_folds"]
    epoch = float(np.mean([seconds for stack in stacks for seconds in stack["epochs"][1:]]))
    first, *later = (stack["seconds"] - epochs * epoch for stack in stacks)
    n_stacks = N_FOLDS * n_subjects / width
    return {
        "wall": sum(stack["seconds"] for stack in stacks),
        "done": epochs * said["samples"] * sum(stack["n_folds"] for stack in stacks),
        "steady": width * said["samples"] / epoch,
        "start": stacks[0]["epochs"][0] - epoch,
        "whole": first + (n_stacks - 1) * (float(np.mean(later)) if later else 0.0) + n_stacks * EPOCHS * epoch,
    }


def ways(network: str, asked: list[str] | None) -> list[tuple[str, int]]:
    """Return the ways of a network and the threads of their processes, in their turn."""
    named = WAYS if PEER.exists() else [one for one in WAYS if not one.startswith(("pytorch", "torcheeg"))]
    named = named if network == "ccnn" else [one for one in named if not one.startswith("torcheeg")]
    parts = [one.split("-") for one in named if one in (asked or WAYS) or one == WAYS[0]]
    return [(way, int(threads)) for way, threads in parts]


def one_round(part: Slice, asked: list[str] | None) -> pd.DataFrame:
    """Return one row per way and number of threads, after each has had its turn."""
    rows = []
    for way, threads in ways(part.network, asked):
        rows.append({"way": way, "threads": threads, **measured(part, way, threads)})
        print(f"{part.network} {way} {threads}: {rows[-1]['wall']:.1f} s", file=sys.stderr, flush=True)
    return pd.DataFrame(rows)


def figures(table: pd.DataFrame, part: Slice) -> dict[str, float]:
    """Return the named figures of one round, the better arrangement of each way."""
    network, operations = part.label, 3 * forward_operations(case(part.network, small=part.small))
    best = table.groupby("way").agg({"wall": "min", "hours": "min", "steady": "max", "samples": "max", "start": "min"})
    ours, found = best.loc["tensorflow"], {}
    for way, name in OTHERS.items():
        if way in best.index:
            found[f"{network}_vs_{name}"] = best.loc[way, "wall"] / ours["wall"]
            found[f"{network}_steady_vs_{name}"] = ours["steady"] / best.loc[way, "steady"]
            found[f"{network}_whole_vs_{name}"] = best.loc[way, "hours"] / ours["hours"]
            found[f"{network}_start_seconds_{name}"] = best.loc[way, "start"]
    if "jax" in best.index:
        found[f"{network}_jax_vs_tensorflow"] = ours["wall"] / best.loc["jax", "wall"]
    found[f"{network}_share_of_products"] = operations * ours["steady"] / product_rate(N_MEASURED)
    return found | {f"{network}_samples_per_second": ours["samples"], f"{network}_start_seconds": ours["start"]}


def shown(rounds: list[pd.DataFrame]) -> None:
    """Print every way's median over rounds, with the spread of its time."""
    every = pd.concat(rounds)
    named = every.assign(processes=3 - every["threads"]).drop(columns=["start", "imports"])
    by = named.groupby(["network", "way", "processes", "threads"], sort=False)
    spans = by["wall"].agg(["min", "max"]).round(1)
    print(
        by.median()
        .join(spans)
        .rename(columns={"wall": "seconds", "samples": "samples/s", "steady": "steady/s"})
        .round(2)
        .to_string(),
        end="\n\n",
    )


def slices(given: argparse.Namespace) -> list[Slice]:
    """Return what is measured."""
    names = given.networks or (["ccnn"] if given.small else list(SLICES))
    sizes = {name: SMALL if given.small else SLICES[name] for name in names}
    batch = 32 if given.small else 128
    return [Slice(name, given.folds or folds, epochs, batch, given.small) for name, (folds, epochs) in sizes.items()]


def main() -> None:
    """Measure in turn and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("n_rounds", type=int, nargs="?", default=1)
    parser.add_argument("networks", nargs="*", choices=[*SHAPES, []])
    parser.add_argument("--folds", type=int)
    parser.add_argument("--ways", nargs="*", choices=WAYS)
    parser.add_argument("--small", action="store_true")
    given = parser.parse_args()
    if not PEER.exists():
        print("PyTorch and TorchEEG are left out: `make bench-peers` makes their environment.\n")
    parts, rounds, found = slices(given), [], []
    for _ in range(given.n_rounds):
        tables = [one_round(part, given.ways) for part in parts]
        rounds += [table.assign(network=part.label) for part, table in zip(parts, tables, strict=True)]
        by_part = [figures(table, part) for part, table in zip(parts, tables, strict=True)]
        found.append({key: one for figure in by_part for key, one in figure.items()})
    shown(rounds)
    imports = pd.concat(rounds).groupby("way")["imports"].median().add_prefix("import_seconds_")
    medians = spread(pd.DataFrame(found), "Figures within a round", 2)
    print(json.dumps({name: round(float(value), 2) for name, value in {**medians, **imports}.items()}))


if __name__ == "__main__":
    main()

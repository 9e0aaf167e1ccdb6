"""What the training benchmarks train: the papers' networks on noise of DEAP's size, its folds, and the sums they cost.

Read by `fitting.py`, `training.py` and `gpu.py` in environments of their own, so it needs NumPy and PyYAML alone.
"""

from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import yaml

ROOT = Path(__file__).parents[1]
SHAPES: dict[str, tuple[tuple[int, ...], int, int]] = {
    "mlp": ((160,), 2, 2400),
    "ccnn": ((9, 9, 5), 2, 2400),
    "cnn_lstm": ((256, 14), 4, 1200),
    "cnn_gru": ((256, 14), 4, 1200),
}
"""Per network the shape of a window, the classes, and the windows of a subject: 40 trials of 60 s, in windows of 1 s
(features) or 2 s (14 channels at 128 Hz) without overlap."""

SMALL = {"mlp": (20,), "ccnn": (9, 9, 5), "cnn_lstm": (40, 6), "cnn_gru": (40, 6)}
EPOCHS = 50
"""Epochs of a fold in the papers."""

NEVER = 10_000
"""More epochs without a gain than there are epochs."""

Fold = dict[str, np.ndarray]


@dataclass(frozen=True)
class Case:
    """A network and what it is trained on.

    Attributes
    ----------
    name : str
    shape : tuple of int
        Of one window, channels last.
    n_classes, n_windows : int
        Windows of a subject.
    settings, training : dict
        As a model has them in the config.
    """

    name: str
    shape: tuple[int, ...]
    n_classes: int
    n_windows: int
    settings: dict[str, Any]
    training: dict[str, Any]

    @property
    def epochs(self) -> int:
        """Epochs of a fold."""
        return self.training["epochs"]

    def with_training(self, **changes: object) -> "Case":
        """Return the case with some settings of training changed."""
        return replace(self, training={**self.training, **changes})


def case(name: str, *, small: bool = False, **training: object) -> Case:
    """Return a network in the papers' widths; in small, those of the default run on a few short windows.

    Nothing stops early, but validation rows are held out as if it could: without `patience` ours would train on them
    too, and the others would not. Other settings of training are changed by `training`.
    """
    model = _model("config.yaml", name)
    shape, n_classes, n_windows = SHAPES[name]
    if small:
        made = Case(name, SMALL[name], n_classes, 120, model["settings"], model["training"])
    else:
        paper = _model("configs/papers.yaml", name)
        both = [{**model[part], **paper[part]} for part in ("settings", "training")]
        made = Case(name, shape, n_classes, n_windows, *both)
    return made.with_training(patience=NEVER, **training)


def windows(case: Case, subject: int) -> tuple[np.ndarray, np.ndarray]:
    """Return a subject's windows (n, *shape) float32 and their classes (n,), noise that each class shifts a little."""
    rng = np.random.default_rng(subject)
    y = rng.permutation(np.arange(case.n_windows) % case.n_classes)
    shifts = 0.3 * np.random.default_rng(0).standard_normal((case.n_classes, *case.shape))
    x = rng.standard_normal((case.n_windows, *case.shape)) + shifts[y]
    return x.astype(np.float32), y


def folds(case: Case, n_folds: int) -> list[Fold]:
    """Return the rows of the first `n_folds` of ten folds, by role.

    A tenth is tested; a fifth of the others validates, less what makes the training rows full batches, so that ways
    which drop or keep the rest of a shuffle do the same work.
    """
    order, n_test = np.random.default_rng(1).permutation(case.n_windows), case.n_windows // 10
    size = case.training["batch"]
    n_train = -(-(8 * (case.n_windows - n_test)) // (10 * size)) * size
    found = []
    for number in range(n_folds):
        test, others = np.split(np.roll(order, -number * n_test), [n_test])
        found.append({"train": others[:n_train], "validate": others[n_train:], "test": test})
    return found


def forward_operations(case: Case) -> int:
    """Return the floating-point operations of one window's matrix products, an addition or multiplication each.

    Convolutions are counted as written, with their padding, whatever computes them in fewer.
    """
    products = {"mlp": _flat, "ccnn": _grid, "cnn_lstm": _series, "cnn_gru": _series}
    return 2 * sum(rows * width * units for rows, width, units in products[case.name](case))


def _flat(case: Case) -> list[tuple[int, int, int]]:
    """Return the products of a network as rows, columns and units, the product of which is their multiplications."""
    widths = [*case.shape, *case.settings["hidden"], case.n_classes]
    return [(1, width, units) for width, units in pairwise(widths)]


def _grid(case: Case) -> list[tuple[int, int, int]]:
    rows, columns, channels = case.shape
    cells, settings = rows * columns, case.settings
    widths = pairwise([channels, *settings["filters"]])
    found = [(cells, size**2 * width, units) for size, (width, units) in zip(settings["kernels"], widths, strict=True)]
    dense = settings["dense"]
    return [*found, (1, cells * settings["filters"][-1], dense), (1, dense, case.n_classes)]


def _series(case: Case) -> list[tuple[int, int, int]]:
    (n_times, width), settings, found = case.shape, case.settings, []
    for _ in "ab":
        n_times -= settings["kernel"] - 1
        found.append((n_times, settings["kernel"] * width, settings["filters"]))
        n_times, width = n_times // settings["pool"], settings["filters"]
    gates = 4 if case.name == "cnn_lstm" else 3
    for units in settings["recurrent"]:
        found.append((n_times, width + units, gates * units))
        width = units
    handed = width * (n_times if settings["last"] == "sequence" else 1)
    return [*found, (1, handed, settings["dense"]), (1, settings["dense"], case.n_classes)]


def _model(path: str, name: str) -> dict[str, Any]:
    return yaml.safe_load((ROOT / path).read_text(encoding="utf-8"))["models"][name]

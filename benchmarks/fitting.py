"""One process that trains a network's folds in one way: what `training.py` starts, in the environment of that way.

`python fitting.py WAY NETWORK --subjects 1 2 --threads 1 --folds 3 --epochs 5 [--small]` imports and makes the
windows, writes `ready`, waits for a line, trains, and writes one JSON: `imports` (seconds), `accuracy` (of all test
rows), `samples` (training rows of a fold), `stacks`: of each network or stack of them, in turn, `n_folds`, `seconds`
and those of its `epochs`.
"""

import argparse
import importlib
import json
import sys
from collections.abc import Callable
from time import perf_counter
from typing import Any

START = perf_counter()

import numpy as np  # noqa: E402 - imports are timed
from networks import Case, Fold, case, folds, windows  # noqa: E402


class Clock:
    """Notes when each stack of folds and each of its epochs is over; the first stack begins with the clock."""

    def __init__(self) -> None:
        self.stacks: list[dict[str, Any]] = []
        self.begun = self.last = perf_counter()
        self.epochs: list[float] = []

    def epoch(self, *_: object) -> None:
        """Note the end of an epoch; the first includes all that came before it."""
        now = perf_counter()
        self.epochs.append(now - self.last)
        self.last = now

    def next(self, place: int) -> None:
        """Note the end of the epoch before the one that begins, so that nothing between them is lost."""
        if place:
            self.epoch()

    def stack(self, n_folds: int) -> None:
        """Note the end of a stack."""
        now = perf_counter()
        self.stacks.append({"n_folds": n_folds, "seconds": now - self.begun, "epochs": self.epochs})
        self.begun, self.last, self.epochs = now, now, []


Learn = Callable[[np.ndarray, np.ndarray, list[Fold], Clock], list[np.ndarray]]
"""From the windows, classes and folds of a subject to the logits of every fold's test rows."""


def ours(backend: str) -> Callable[[Case], Learn]:
    """Return the way of this repository: a learner that takes the folds in stacks, as a job of the workflow does."""
    from eeg import models
    from eeg.models import _backend
    from eeg.samples import Samples

    _backend.prepare(backend, "cpu")
    importlib.import_module("eeg.models._networks")
    importlib.import_module(f"eeg.models._{backend}")

    def make(case: Case) -> Learn:
        options = {"settings": case.settings, "training": case.training, "backend": backend, "device": "cpu"}
        learner = models.learner(case.name, case.shape, case.n_classes, **options)

        def learn(x: np.ndarray, y: np.ndarray, folds: list[Fold], clock: Clock) -> list[np.ndarray]:
            samples = Samples(x.__getitem__, y, np.arange(len(y)), case.shape)
            parts = [{role: samples.subset(rows) for role, rows in fold.items()} for fold in folds]
            results = []
            for stack in learner.stacks([models.Fold(**part, seed=1 + place) for place, part in enumerate(parts)]):
                results += learner.learn(stack, clock.epoch)
                clock.stack(len(stack))
            return [result.logits for result in results]

        return learn

    return make


def keras_fit() -> Callable[[Case], Learn]:
    """Return the way of every tutorial: a fresh model a fold, `compile`, `fit` on arrays, `predict`."""
    import keras

    def make(case: Case) -> Learn:
        build, training = importlib.import_module(f"eeg.models.{case.name}").build, case.training
        sizes = {"batch_size": training["batch"], "epochs": case.epochs, "verbose": 0}

        def one(x: np.ndarray, y: np.ndarray, fold: Fold, clock: Clock) -> np.ndarray:
            model = build(case.shape, case.n_classes, **case.settings)
            optimizer = keras.optimizers.Adam(training["learning_rate"], global_clipnorm=training["clip"])
            loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
            model.compile(optimizer, loss, metrics=["accuracy"])
            marks = keras.callbacks.LambdaCallback(on_epoch_begin=lambda place, logs: clock.next(place))
            (x_train, y_train), held = ((x[rows], y[rows]) for rows in (fold["train"], fold["validate"]))
            model.fit(x_train, y_train, validation_data=held, callbacks=[marks], **sizes)
            clock.epoch()
            return model.predict(x[fold["test"]], verbose=0)

        return lambda x, y, folds, clock: _each(lambda fold: one(x, y, fold, clock), folds, clock)

    return make


def pytorch() -> Callable[[Case], Learn]:
    """Return the way of a plain loop, all windows in memory as tensors."""
    import twins

    def learn(case: Case, x: np.ndarray, y: np.ndarray, folds: list[Fold], clock: Clock) -> list[np.ndarray]:
        placed = twins.tensors(x, y)
        return _each(lambda fold: twins.train(case, *placed, fold=fold, mark=clock.epoch), folds, clock)

    return lambda case: lambda *given: learn(case, *given)


def torcheeg() -> Callable[[Case], Learn]:
    """Return the way of TorchEEG: its CCNN in its trainer, without the logs and checkpoints it would write."""
    import torch
    import torcheeg.trainers  # noqa: F401 - imported here, used below
    import twins

    def learn(case: Case, x: np.ndarray, y: np.ndarray, folds: list[Fold], clock: Clock) -> list[np.ndarray]:
        dataset = torch.utils.data.TensorDataset(*twins.tensors(x, y))
        return _each(lambda fold: _by_torcheeg(case, dataset, fold, clock), folds, clock)

    return lambda case: lambda *given: learn(case, *given)


def _by_torcheeg(case: Case, dataset: Any, fold: Fold, clock: Clock) -> np.ndarray:
    import torch
    from pytorch_lightning.callbacks import LambdaCallback
    from torch.utils.data import DataLoader, Subset
    from torcheeg.models import CCNN
    from torcheeg.trainers import ClassifierTrainer

    size, (rows, columns, channels) = case.training["batch"], case.shape
    loaders = {
        role: DataLoader(Subset(dataset, index.tolist()), size, shuffle=role == "train") for role, index in fold.items()
    }
    model = CCNN(channels, (rows, columns), case.n_classes, case.settings["dropout"])
    options = {"lr": case.training["learning_rate"], "weight_decay": case.settings["l2"], "accelerator": "cpu"}
    trainer = ClassifierTrainer(model, case.n_classes, **options)
    quiet = dict.fromkeys(("enable_checkpointing", "enable_progress_bar", "enable_model_summary", "logger"), False)
    marks = LambdaCallback(on_train_epoch_start=lambda trainer, _: clock.next(trainer.current_epoch))
    trainer.fit(loaders["train"], loaders["validate"], max_epochs=case.epochs, callbacks=[marks], **quiet)
    clock.epoch()
    return torch.cat(trainer.predict(loaders["test"], **quiet)).numpy()


def _each(one: Callable[[Fold], np.ndarray], folds: list[Fold], clock: Clock) -> list[np.ndarray]:
    """Return the logits of folds learnt one after the other."""
    found = []
    for fold in folds:
        found.append(one(fold))
        clock.stack(1)
    return found


WAYS: dict[str, Callable[[], Callable[[Case], Learn]]] = {
    "tensorflow": lambda: ours("tensorflow"),
    "jax": lambda: ours("jax"),
    "keras": keras_fit,
    "pytorch": pytorch,
    "torcheeg": torcheeg,
}


def main() -> None:
    """Import, wait, train, and write what it took."""
    parser = argparse.ArgumentParser()
    parser.add_argument("way", choices=WAYS)
    parser.add_argument("network")
    parser.add_argument("--subjects", type=int, nargs="+", required=True)
    for name in ("threads", "folds", "epochs", "batch"):
        parser.add_argument(f"--{name}", type=int, required=True)
    parser.add_argument("--small", action="store_true")
    given = parser.parse_args()
    make = WAYS[given.way]()
    imports = perf_counter() - START
    if "torch" in sys.modules:
        sys.modules["torch"].set_num_threads(given.threads)
    asked = case(given.network, small=given.small, epochs=given.epochs, batch=given.batch)
    subjects = [windows(asked, subject) for subject in given.subjects]
    print("ready", flush=True)
    sys.stdin.readline()
    clock, hits, parts = Clock(), [], folds(asked, given.folds)
    learn = make(asked)
    for x, y in subjects:
        for fold, logits in zip(parts, learn(x, y, parts, clock), strict=True):
            hits.append(logits.argmax(axis=1) == y[fold["test"]])
    said = {"imports": imports, "accuracy": float(np.concatenate(hits).mean()), "samples": len(parts[0]["train"])}
    print(json.dumps({**said, "stacks": clock.stacks}))


if __name__ == "__main__":
    main()

"""What an experiment will cost, said before anything starts: `python -m eeg.estimate config.yaml [overlay]`.

Training is timed on this machine, each model for a few batches of noise, and multiplied out; epochs are counted as if
nothing stopped early. The rest are rules of thumb, so the hours are a guess to plan by, within a factor of two.
"""

import math
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from typing import Any

import numpy as np

from eeg import config as configs
from eeg import inputs, models, protocols, sizes
from eeg.channels import GENEVA
from eeg.features.grid import SIZE
from eeg.meter import SOURCES, Meter
from eeg.plan import Plan, planned
from eeg.samples import Samples
from eeg.schema import Model, Windows
from eeg.seeds import generator
from eeg.targets import classes

GAP = 10.0
"""Seconds of a recording between two trials."""

NATIVE = 512
"""Sampling rate of the recordings in Hz, as in DEAP."""

CHANNELS = 40
"""Channels that are read: EEG, eyes, muscles and the other sensors."""

PER_SUBJECT = "check trial_table downsample bandpass reference remove_eog segment subject_report".split()
"""The rules with one job a subject that starts from a recording."""

PER_RELEASED = "check trial_table segment_release subject_report".split()
"""The rules with one job a subject whose trials come from a release."""

MINUTE_OF_SIGNAL = 0.6
"""Seconds of work a minute of recording costs from the file to the trials, all steps together."""


@dataclass(frozen=True)
class Cost:
    """What all jobs of a kind cost together: CPU seconds of work, and the number of jobs."""

    jobs: int
    seconds: float


class Estimate:
    """Counts and sizes of a plan.

    Parameters
    ----------
    plan : Plan
        The experiment.
    """

    def __init__(self, plan: Plan) -> None:
        self.plan, self.config = plan, plan.config
        self.n_subjects = len(plan.subjects)
        known = plan.n_trials.values()
        self.n_trials = sum(known) / len(known)
        trial = self.config.trial
        self.seconds_of_signal = self.n_trials * (trial.baseline + trial.duration + GAP)

    def rows(self, model: Model, protocol: str) -> float:
        """Return the number of windows one fold trains on."""
        n_windows, _ = sizes.window_plan(self.config, self.config.branches[model.branch])
        subjects = self.n_subjects if protocol in protocols.ACROSS else 1
        split = self.config.split
        share = (1 - 1 / split.folds) * (1 - split.validation)
        return n_windows * self.n_trials * subjects * share ** len(protocols.APART[protocol])

    def fits(self) -> dict[str, Cost]:
        """Return the cost of each model over all its targets, protocols, parts and folds."""
        found = {}
        for name, model in self.config.models.items():
            start, per_row = self.timed(model)
            per_row *= 1 + self.tuned(model)
            jobs = seconds = 0.0
            for protocol in self.plan.protocols:
                folds = self.plan.folds(protocol)
                n = len(self.plan.parts[protocol]) * len(model.targets)
                epochs = model.training.epochs if model.training else 1
                jobs += n
                seconds += n * (start + folds * epochs * per_row * self.rows(model, protocol))
            found[name] = Cost(int(jobs), seconds)
        return found

    def tuned(self, model: Model) -> float:
        """Return how many times over the search for settings learns a fold's training rows."""
        tuning = self.plan.tuning(model)
        if tuning is None:
            return 0.0
        from eeg.models._tuning import rounds

        candidates = min(tuning["candidates"], math.prod(map(len, tuning["search"].values())))
        n = 3**6
        return (tuning["folds"] - 1) * sum(one * size for one, size in rounds(candidates, n, least=1)) / n

    def timed(self, model: Model) -> tuple[float, float]:
        """Return the seconds a job needs before it learns, and the seconds a training row costs, on this machine."""
        branch = self.config.branches[model.branch]
        _, window = sizes.window_plan(self.config, branch)
        channels = sizes.channels(branch)
        # time does not depend on which cells the channels have
        cells = dict(zip(channels, np.ndindex(SIZE, SIZE), strict=False))
        _, shape = inputs.arrangement(models.input_kind(model.network), channels, window, cells=cells)
        n_classes = len(classes(self.plan.target(model.targets[0])))
        batch = model.training.batch if model.training else 100
        small, large = (_noise(n * batch, shape, n_classes) for n in (2, 8))
        training = None if model.training is None else {**model.training.model_dump(), "epochs": 1, "patience": None}
        made: dict[str, Any] = {"settings": model.settings, "training": training, "backend": self.config.backend}
        start = time.perf_counter()
        learner = models.learner(model.network, shape, n_classes, **made)
        learner.learn([models.Fold(small, small, small, 0)])
        first = time.perf_counter()
        learner.learn([models.Fold(large, small, small, 0)])
        return first - start, (time.perf_counter() - first) / len(large)

    def counts(self) -> dict[str, int]:
        """Return the number of jobs of each kind."""
        parts = {protocol: len(named) for protocol, named in self.plan.parts.items()}
        used = {model.branch for model in self.config.models.values()}
        return {
            "simulate": self.n_subjects + 1 if self.config.source == "simulated" else 0,
            "signal": len(PER_RELEASED if self.plan.source.released else PER_SUBJECT) * self.n_subjects,
            "check": 2,
            "parity": len(self.plan.source.paired) + bool(self.plan.source.paired),
            "inputs": len(used) * self.n_subjects,
            "split and scale": 2 * len(used) * sum(parts.values()),
            "leak meter": len(self.plan.leaks.subjects) + bool(self.plan.leaks.subjects),
            "explanations": len(self.plan.explaining.parts) + bool(self.plan.explaining.parts),
            "numbers and pages": len(parts) + 8,
        }

    def metered(self) -> float:
        """Return the seconds of the leak meter: its model under every combination of leaks, and on noise."""
        if not self.plan.leaks.subjects:
            return 0.0
        meter, model = Meter(**self.plan.leaks.of_subject), self.config.models[self.config.leaks.model]
        start, per_row = self.timed(model)
        per_fold = (model.training.epochs if model.training else 1) * per_row * self.rows(model, "trial")
        fits = len(SOURCES) * len(meter.arms) * self.config.split.folds
        overlapping = (1 + 1 / (1 - self.config.leaks.overlap)) / 2
        return self.n_subjects * (start + fits * per_fold * overlapping)

    def explained(self) -> float:
        """Return the seconds of the explanations: each part's fit once more, and its tested windows over and over."""
        explain, seconds = self.config.explain, 0.0
        for name in explain.models if explain.enabled else ():
            model = self.config.models[name]
            branch = self.config.branches[model.branch]
            start, per_row = self.timed(model)
            n_windows, shape = sizes.window_plan(self.config, branch)
            channels, others = (shape[1], explain.stretches) if isinstance(branch, Windows) else shape
            swapped = channels + (0 if isinstance(branch, Windows) else others)
            copies = swapped * min(explain.draws, self.n_trials / self.config.split.folds) + channels * others
            perturbed = self.n_trials * min(n_windows, explain.windows or n_windows) * copies
            epochs = model.training.epochs if model.training else 1
            for protocol in explain.protocols:
                folds = self.config.split.folds if protocol not in protocols.ACROSS else 1
                n = len(self.plan.parts[protocol])
                fitted = n * (2 * start + folds * epochs * per_row * self.rows(model, protocol))
                # a window is given about three times as fast as it is learnt from; twice, once with randomised weights
                seconds += fitted + 2 * self.n_subjects * perturbed * per_row / 3
        return seconds

    def disk(self) -> float:
        """Return the gigabytes under results/ at the end."""
        sfreq, config = self.config.preprocess.downsample.sfreq, self.config
        seconds_of_trials = self.n_trials * (config.trial.baseline + config.trial.duration)
        cleaned = 0 if self.plan.source.released else self.seconds_of_signal * CHANNELS * sfreq * 4
        trials = seconds_of_trials * sfreq * len(GENEVA) * 4
        forms = config.simulated.forms if config.source == "simulated" else []
        written = {"original": self.seconds_of_signal * 49 * NATIVE * 3}
        simulated = sum(written.get(form, seconds_of_trials * sfreq * CHANNELS * 8) for form in forms)
        arrays = predictions = 0.0
        for branch in config.branches.values():
            n_windows, shape = sizes.window_plan(self.config, branch)
            raw = isinstance(branch, Windows)
            stored = config.trial.duration * sfreq * shape[1] if raw else n_windows * np.prod(shape)
            arrays += 4 * self.n_trials * stored
        for model in config.models.values():
            n_windows, _ = sizes.window_plan(self.config, config.branches[model.branch])
            predictions += self.n_trials * n_windows * len(model.targets) * len(self.plan.protocols) * 30
        return self.n_subjects * (simulated + cleaned + trials + arrays + predictions) / 1e9

    def memory(self) -> float:
        """Return the gigabytes of the largest job: reading one recording, or a fit with its windows."""
        reading = 0.3e9 + 2.5 * self.seconds_of_signal * NATIVE * CHANNELS * 8
        return max(reading / 1e9, sizes.largest_fit_mb(self.config, self.n_trials, self.n_subjects) / 1e3)


def report(plan: Plan) -> str:
    """Return the estimate as text."""
    estimate, cores = Estimate(plan), os.cpu_count() or 1
    counts, fits, light = estimate.counts(), estimate.fits(), _start_up()
    signal = estimate.n_subjects * estimate.seconds_of_signal / 60 * MINUTE_OF_SIGNAL
    learning = sum(cost.seconds for cost in fits.values()) + estimate.metered() + estimate.explained()
    seconds = sum(counts.values()) * light + signal + learning
    lines = [
        f"{len(plan.subjects)} subjects, {estimate.n_trials:g} trials each, {plan.config.split.folds} folds, "
        f"protocols {', '.join(plan.protocols)}",
        "",
        *(f"{name:<20}{jobs:>7} jobs" for name, jobs in counts.items() if jobs),
        *(f"fit {name:<16}{cost.jobs:>7} jobs {cost.seconds / 3600:9.2f} h of one core" for name, cost in fits.items()),
        "",
        f"jobs    {sum(counts.values()) + sum(cost.jobs for cost in fits.values())}",
        f"time    about {seconds / 3600 / cores:.1f} h on {cores} cores, at most: early stopping is not counted on",
        f"disk    about {estimate.disk():.1f} GB under results/",
        f"memory  about {estimate.memory():.1f} GB in the largest job, one job a core",
    ]
    return "\n".join(lines)


def _noise(n: int, shape: tuple[int, ...], n_classes: int) -> Samples:
    x = generator("noise").standard_normal((n, *shape), np.float32)
    return Samples(lambda index: x[index], np.arange(n) % n_classes, np.arange(n), shape)


def _start_up() -> float:
    """Return the seconds a job takes before it works: a fresh interpreter and the usual imports."""
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", "import mne.io, scipy.signal, eeg.statistics"], check=True)
    return time.perf_counter() - start


def main(*paths: str) -> None:
    """Print the estimate of the experiment that the config files describe; DATA names the folder."""
    config = configs.load(*paths)
    if os.environ.get("DATA"):
        config["folder"] = os.environ["DATA"]
    print(report(planned(config)))


if __name__ == "__main__":
    main(*sys.argv[1:])

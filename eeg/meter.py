"""The leak meter: one model of one subject under every combination of leaks, on its recording and on noise like it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

import numpy as np
import pandas as pd

from eeg import seeds
from eeg.features.branch import Branch, differential_entropy, raw_windows
from eeg.features.trials import Trials
from eeg.leaks import LEAKS
from eeg.models import Watch, unwatched
from eeg.protocols import LEAKY
from eeg.rehearsal import Asked, Rehearsal

MAKERS: Mapping[str, Callable[..., Branch]] = {"windows": raw_windows, "entropy": differential_entropy}

SOURCES = ("recordings", "noise")
"""What every combination is run on; the noise has the recording's shape, trials and labels, and nothing to find."""

LEAKY_PROTOCOL = "window"

Arm = dict[str, int]
"""By leak, whether it is on."""


@dataclass(frozen=True)
class Meter:
    """What is measured.

    Attributes
    ----------
    model, target : (name, mapping)
        The name and the settings of each; a model has `network, settings, training, branch`.
    kind : str
        Of the model's branch: `windows` or `entropy`.
    branch : mapping
        The branch's settings, as its maker takes them; its step and baseline are the arms'.
    overlap : float
        The share of a window that the next one repeats where windows overlap.
    scaler : str
    split : mapping
        As for `splits.make`.
    backend, device : str
    seed : int
    """

    model: tuple[str, Mapping[str, Any]]
    target: tuple[str, Mapping[str, Any]]
    kind: str
    branch: Mapping[str, Any]
    overlap: float
    scaler: str
    split: Mapping[str, Any]
    backend: str
    device: str
    seed: int

    @property
    def arms(self) -> list[Arm]:
        """Every combination of leaks; raw windows have no baseline to subtract, and some branches no scaler."""
        absent = {"baseline": self.kind != "entropy", "scaler": self.scaler == "none"}
        found = [leak for leak in LEAKS if not absent.get(leak)]
        return [dict(zip(found, states, strict=True)) for states in product((0, 1), repeat=len(found))]

    def measure(
        self,
        subject: str,
        trials: Trials,
        table: pd.DataFrame,
        *,
        watch: Watch = unwatched,
        sources: Sequence[str] = SOURCES,
    ) -> Iterator[pd.DataFrame]:
        """Yield the predictions of every source and arm; each is proven first to be of nothing it was learnt from.

        Parameters
        ----------
        subject : str
        trials : Trials
            The subject's, cleaned.
        table : DataFrame
            Its trial table.
        watch : callable
            Told of every arm.
        sources : sequence of str
            Out of `SOURCES`.

        Yields
        ------
        DataFrame
            `source`, a column per leak (0 or 1), `protocol, subject, trial, window, fold, label, logit_0, ...`
        """
        noise = noise_like(trials, seeds.generator(self.seed, "leaks", subject))
        every = [(source, arm) for source in sources for arm in self.arms]
        learner = None
        made: dict[tuple[str, Any, int], Branch] = {}
        for done, (source, arm) in enumerate(every):
            cut = (source, arm.get("baseline"), arm["overlap"])
            if cut not in made:
                made[cut] = self._made(noise if source == "noise" else trials, arm)
            rehearsal = Rehearsal(self._asked(arm), learner)
            found = rehearsal.predictions(subject, {subject: made[cut]}, {subject: table})
            learner = rehearsal.learner
            about = {"source": source, **arm, "protocol": protocol_of(arm["shuffle"])}
            yield pd.concat([pd.DataFrame(about, index=found.index), found], axis=1)
            watch(f"{source}, {done % len(self.arms) + 1} of {len(self.arms)} arms", (done + 1) / len(every))

    def _made(self, trials: Trials, arm: Arm) -> Branch:
        length = self.branch["length"]
        settings = {**self.branch, "step": length * (1 - self.overlap) if arm["overlap"] else length}
        if self.kind == "entropy":
            settings["baseline"] = "subtract" if arm["baseline"] else "keep"
        return MAKERS[self.kind](trials, **settings)

    def _asked(self, arm: Arm) -> Asked:
        protocol = protocol_of(arm["shuffle"])
        (model, settings), (target, asked) = self.model, self.target
        return Asked(
            cell=(protocol, target, model),
            target=asked,
            model=settings,
            tuning=None,
            split={**self.split, "gap": False, "repeats": 1, "leave_one_out": []},
            scaling={"scaler": self.scaler, "scope": "recording" if arm.get("scaler") else "fold"},
            seed=self.seed,
            backend=self.backend,
            device=self.device,
            # arms differ by their leaks alone: none starts from other values, or shuffles by another seed
            seeded=(LEAKY[LEAKY_PROTOCOL], target, model),
        )


def protocol_of(shuffled: int) -> str:
    """Return the protocol of an arm: the leaky one where windows are shuffled, otherwise its honest partner."""
    return LEAKY_PROTOCOL if shuffled else LEAKY[LEAKY_PROTOCOL]


def noise_like(trials: Trials, rng: np.random.Generator) -> Trials:
    """Return white Gaussian noise in the place of the signals, of each channel's standard deviation."""
    sd = trials.x.std(axis=(0, 2), keepdims=True)
    return replace(trials, x=rng.standard_normal(trials.x.shape) * sd)

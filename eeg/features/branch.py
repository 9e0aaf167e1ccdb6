"""From cleaned trials to a branch's stored model input, and what is written beside it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NotRequired, TypedDict, Unpack

import numpy as np
import pandas as pd

from eeg.features import definitions, windows
from eeg.features.filterbank import Precision
from eeg.features.grid import assign
from eeg.features.trials import Trials


@dataclass(frozen=True)
class Branch:
    """A branch's input: the array, the table of its windows, and what they are."""

    array: np.ndarray
    table: pd.DataFrame
    about: dict[str, Any]


def raw_windows(trials: Trials, *, channels: Literal["all"] | Sequence[str], length: float, step: float) -> Branch:
    """Return raw windows: array float32 (trial, time, channel) in microvolt; the windows are slices of it."""
    trials = trials.pick(channels)
    video = np.ascontiguousarray(trials.x[:, :, trials.n_baseline :].transpose(0, 2, 1), np.float32)
    plan = windows.plan(video.shape[1], trials.sfreq, length=length, step=step)
    return Branch(video, _table(plan, trials), _about("windows", trials, plan, step, units="microvolt"))


class EntropySettings(TypedDict):
    """What a branch of kind entropy is made by.

    `pass_band` is the data's, in Hz: all of it where none is given. `placed` is for the step: see `Plan.branch`.
    """

    channels: Literal["all"] | Sequence[str]
    definition: str
    precision: Precision
    bands: Mapping[str, Sequence[float]]
    grid: Literal["table", "positions"]
    baseline: definitions.Baseline
    length: float
    step: float
    pass_band: NotRequired[Sequence[float]]
    threads: NotRequired[int]
    placed: NotRequired[bool]


def differential_entropy(trials: Trials, /, **settings: Unpack[EntropySettings]) -> Branch:
    """Return differential entropy: array float32 (trial, window, channel, band) in the definition's unit."""
    trials, definition = trials.pick(settings["channels"]), definitions.definition(settings["definition"])
    cells = assign(trials.channels, grid=settings["grid"], electrodes=trials.electrodes)
    n_video = trials.x.shape[2] - trials.n_baseline
    plan = windows.plan(n_video, trials.sfreq, length=settings["length"], step=settings["step"])
    de = definition.features(
        trials,
        bands=_edges(settings),
        windows=(plan["start"].to_numpy(), int(plan["length"].iloc[0])),
        baseline=settings["baseline"],
        computing=definitions.Computing(settings["precision"], settings.get("threads", 1)),
    )
    about = _about("entropy", trials, plan, settings["step"], units=definition.UNITS)
    about |= _defined(settings, trials.sfreq)
    about |= {"grid": settings["grid"], "cells": {name: list(cell) for name, cell in cells.items()}}
    return Branch(np.ascontiguousarray(de, np.float32), _table(plan, trials), about)


def _edges(settings: EntropySettings) -> dict[str, tuple[float, float]]:
    return {name: (low, high) for name, (low, high) in settings["bands"].items()}


def _defined(settings: EntropySettings, sfreq: float) -> dict[str, Any]:
    """Return by whose definition features were made, and which of its bands reach beyond the data's pass-band."""
    low, high = settings.get("pass_band", (0.0, sfreq / 2))
    bands = _edges(settings)
    return {
        "definition": settings["definition"],
        "precision": settings["precision"],
        "bands": {name: list(edges) for name, edges in bands.items()},
        "beyond_pass_band": definitions.beyond(bands, (low, high)),
        "baseline": settings["baseline"],
    }


def _table(plan: pd.DataFrame, trials: Trials) -> pd.DataFrame:
    numbers = pd.DataFrame({"trial": list(trials.numbers)})
    return numbers.merge(plan, how="cross")[["trial", "window", "start", "length", "onset"]]


def _about(kind: str, trials: Trials, plan: pd.DataFrame, step: float, *, units: str) -> dict[str, Any]:
    return {
        "kind": kind,
        "channels": list(trials.channels),
        "sfreq": trials.sfreq,
        "units": units,
        "length": int(plan["length"].iloc[0]) / trials.sfreq,
        "step": round(step * trials.sfreq) / trials.sfreq,
    }

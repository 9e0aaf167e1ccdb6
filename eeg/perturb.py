"""Tested windows with a part of them put out of action: groups of features, and what stands in their place.

A feature group is a mask over one window as the model reads it, got by arranging an indicator of the group the way the
window is arranged; so the same code serves grids, rows of features and raw series.

Two things can stand in a group's place. What *another trial* has there (permutation): all windows of a trial take the
group from one other trial, since the trial and not the window is the sample. Trials are moved on in a circle, and as
many steps are taken as there are other trials, or `draws` of them: with all of them every trial has met every other
once, and the mean is exact (the model reliance of Fisher, Rudin & Dominici 2019, "All models are wrong, but many are
useful", equation 3), no draw of it. Or what training windows have there on average (occlusion).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd

from eeg.inputs import Inputs
from eeg.samples import Samples

ROWS_AT_ONCE = 4096


class Group(NamedTuple):
    """Some features of a window.

    Attributes
    ----------
    group : str
        `channel`, `band`, `channel_band` or `channel_time`.
    channel, band, time : str
        Which; empty where the group is of all of them.
    mask : array of bool
        Over a window as the model reads it.
    """

    group: str
    channel: str
    band: str
    time: str
    mask: np.ndarray


@dataclass(frozen=True)
class Change:
    """A group and what stands in its place: that of the rows `donors`, or where there are none the training mean."""

    mask: np.ndarray
    donors: np.ndarray | None = None


def whole(inputs: Inputs, arrange: Callable, *, bands: Sequence[str]) -> list[Group]:
    """Return the groups that are permuted: every channel and, of differential entropy, every band.

    Parameters
    ----------
    inputs : Inputs
    arrange : callable
        From `inputs.arrangement`.
    bands : sequence of str
        Names along the band axis; none for raw windows.
    """
    mask = _masks(inputs, arrange)
    every = slice(None)
    channels = [Group("channel", name, "", "", mask(at, every)) for at, name in enumerate(inputs.channels)]
    return channels + [Group("band", "", name, "", mask(every, at)) for at, name in enumerate(bands)]


def pieces(inputs: Inputs, arrange: Callable, *, bands: Sequence[str], stretches: int, seconds: float) -> list[Group]:
    """Return the groups that are occluded: every channel in every band, or in every stretch of a raw window.

    `seconds` is the length of a window, `stretches` into how many it is cut; the other arguments are those of `whole`.
    """
    mask, named = _masks(inputs, arrange), list(enumerate(inputs.channels))
    if bands:
        return [
            Group("channel_band", channel, band, "", mask(at, place))
            for place, band in enumerate(bands)
            for at, channel in named
        ]
    n_times = inputs.shape[0]
    edges = np.linspace(0, n_times, min(stretches, n_times) + 1).round().astype(int)
    return [
        Group("channel_time", channel, "", _stretch(start, stop, seconds / n_times), mask(at, slice(start, stop)))
        for start, stop in zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True)
        for at, channel in named
    ]


def _masks(inputs: Inputs, arrange: Callable) -> Callable[[int | slice, int | slice], np.ndarray]:
    """Return what gives the mask of a channel and a band, or a stretch of raw samples."""

    def mask(channel: int | slice, other: int | slice) -> np.ndarray:
        indicator = np.zeros((1, *inputs.shape), np.float32)
        indicator[(0, other, channel) if inputs.kind == "windows" else (0, channel, other)] = 1
        found: np.ndarray = arrange(indicator)[0] > 0
        return found

    return mask


def _stretch(start: int, stop: int, step: float) -> str:
    return f"{1000 * start * step:.0f}-{1000 * stop * step:.0f} ms"


def donors(table: pd.DataFrame, *, draws: int, rng: np.random.Generator) -> np.ndarray:
    """Return the row whose features every row takes over, in every draw: of another trial of the same subject.

    A window takes that of the same place in the other trial, in proportion where the trials have unequal numbers of
    windows. A trial that is its subject's only one keeps its own.

    Parameters
    ----------
    table : DataFrame
        `subject, trial`, one row per window, those of a trial in their order.
    draws : int
        At most so many; fewer where a subject has no more other trials.
    rng : Generator
        Chooses among them where `draws` are fewer.

    Returns
    -------
    array of int, shape (n_draws, n_rows)
    """
    table = table.reset_index(drop=True)
    trials = [
        [rows.index.to_numpy() for _, rows in own.groupby("trial", sort=True)] for _, own in table.groupby("subject")
    ]
    n_draws = max(1, min(draws, max(map(len, trials)) - 1))
    found = np.empty((n_draws, len(table)), np.intp)
    for every in trials:
        steps = rng.permutation(np.arange(1, len(every))) if len(every) > 1 else np.zeros(1, int)
        for draw, step in enumerate(np.resize(steps, n_draws)):
            for place, own in enumerate(every):
                other = every[(place + step) % len(every)]
                found[draw, own] = other[np.arange(len(own)) * len(other) // len(own)]
    return found


def mean(samples: Samples) -> np.ndarray:
    """Return the mean window, float32, gathered a few thousand windows at a time."""
    total = np.zeros(samples.shape)
    for start in range(0, len(samples), ROWS_AT_ONCE):
        rows = np.arange(start, min(start + ROWS_AT_ONCE, len(samples)))
        total += samples.batch(rows)[0].sum(axis=0, dtype=np.float64)
    return (total / max(len(samples), 1)).astype(np.float32)


def perturbed(samples: Samples, changes: Sequence[Change], fill: np.ndarray) -> Samples:
    """Return all rows of `samples` under the first change, then under the second, and so on.

    The rows themselves are held; changed ones are made when they are asked for.

    Parameters
    ----------
    samples : Samples
        Of n rows.
    changes : sequence of Change
    fill : array
        The window that stands in place where a change has no donors.

    Returns
    -------
    Samples
        Of n rows times the number of changes.
    """
    x, n = samples.all(), len(samples)

    def take(index: np.ndarray) -> np.ndarray:
        number, row = np.divmod(np.asarray(index), n)
        out = x[row]
        for one in np.unique(number):
            at, change = np.flatnonzero(number == one), changes[one]
            source = fill if change.donors is None else x[change.donors[row[at]]]
            out[at] = np.where(change.mask, source, out[at])
        return out

    labels, trials, groups = (
        np.concatenate([getattr(samples, name)] * len(changes)) for name in ("labels", "trials", "groups")
    )
    return Samples(take, labels, trials, samples.shape, groups)

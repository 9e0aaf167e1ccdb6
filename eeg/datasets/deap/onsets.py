"""Where the trials of a DEAP recording start, by its triggers.

The t-th code 4 starts trial t. Where codes are missing, the start times beside the ratings say which (`placing`).
Codes: https://www.eecs.qmul.ac.uk/mmv/datasets/deap/.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from eeg.datasets import bdf
from eeg.datasets.deap import placing
from eeg.errors import InputError

VIDEO = 4
"""Trigger code at the start of a video."""

LEAST = 2 / 3
"""Share of the rated trials whose trigger must be there so that the others can be placed."""

MOST = 3 / 4
"""Share of the triggers at some trial's start time from which on both clocks are one, and the others wrong."""

LATE = 10.0
"""Seconds by which one trigger between two good ones may miss its start time before it is called a wrong one."""

REMEDY = "Take recording and ratings from the same release, or leave the subject out (`subjects:` in the config)."


@dataclass(frozen=True)
class Triggers:
    """The triggers of a recording.

    Attributes
    ----------
    events : ndarray of int64, shape (n_events, 2)
        Sample and code.
    onsets : dict of int to int
        Sample at which the video of each trial starts.
    placed : tuple of int
        Trials whose trigger is missing and which were placed by their start times.
    spread : float or None
        Seconds by which a trigger misses its start time at most; None where there are no start times.
    sfreq : float
        Samples per second.
    """

    events: np.ndarray
    onsets: dict[int, int]
    placed: tuple[int, ...]
    spread: float | None
    sfreq: float


def triggers(path: Path | str, *, starts: pd.Series | None, n_trials: int) -> Triggers:
    """Return the triggers of a recording and what they say of its trials, without reading a signal.

    Parameters
    ----------
    path : path
        A BDF file.
    starts : Series or None
        Start time in seconds of every rated trial, indexed by trial.
    n_trials : int
        Number of rated trials.

    Raises
    ------
    InputError
        `unreadable` or `truncated`: the file. `triggers_extra`: more videos than rated trials. `triggers_missing`:
        fewer, and too few, or no start times that say which. `triggers_times`: triggers that contradict the start
        times. `trials_cut`: a recording without an end that stops in a video.
    """
    path = Path(path)
    header = bdf.header(path)
    bdf.check_size(path, header)
    sfreq = header.sfreq
    found = events(bdf.codes(path, header))
    if header.n_records == -1 and len(found) and found[-1, 1] == VIDEO:
        raise InputError(
            "the whole last video",
            "a recording that stops during it",
            "Copy the recording again.",
            file=path,
            code="trials_cut",
        )
    samples = found[found[:, 1] == VIDEO, 0]
    seconds = None if starts is None else starts.reindex(range(1, n_trials + 1)).to_numpy(float)
    onsets, placed, spread = _onsets(samples, seconds, n_trials, sfreq=sfreq, path=path)
    return Triggers(found, dict(enumerate(onsets.tolist(), 1)), placed, spread, sfreq)


def events(status: np.ndarray) -> np.ndarray:
    """Return where the trigger code changes, whatever offset the status channel carries.

    Parameters
    ----------
    status : ndarray, shape (n_times,)
        Values of the status channel, or their lowest eight bits.

    Returns
    -------
    ndarray of int64, shape (n_events, 2)
        Sample and code (the lowest eight bits) of every change to a code other than 0.
    """
    codes = np.asarray(status).astype(np.int64) & 0xFF
    samples = np.flatnonzero(np.diff(codes)) + 1
    samples = samples[codes[samples] != 0]
    return np.column_stack([samples, codes[samples]])


def _onsets(
    samples: np.ndarray, starts: np.ndarray | None, n_trials: int, *, sfreq: float, path: Path
) -> tuple[np.ndarray, tuple[int, ...], float | None]:
    """Return the sample of every trial, the trials placed by their start times, and the largest distance to those."""
    if len(samples) > n_trials:
        raise _wrong(n_trials, f"{len(samples)}", "triggers_extra", path)
    if len(samples) < n_trials:
        return _placed(samples, starts, n_trials, sfreq=sfreq, path=path)
    if starts is None or not np.isfinite(starts).any():
        return samples, (), None
    misses = placing.in_order(samples / sfreq, starts)
    spread = float(np.nanmax(misses))
    if spread > placing.tolerance(starts) and _contradicted(samples / sfreq, starts, misses):
        raise _wrong(n_trials, f"some that miss theirs, by up to {spread:.2f} s", "triggers_times", path)
    return samples, (), spread


def _contradicted(found: np.ndarray, starts: np.ndarray, misses: np.ndarray) -> bool:
    """Tell whether start times, confirmed by most triggers, say that others start another trial or none.

    A pause, or a video a little late, leaves the order as it is; start times that fit hardly any trigger mean something
    else.
    """
    if not np.isfinite(starts).all() or (np.diff(starts) <= 0).any():
        return False
    best, _ = placing.match(found, starts)
    known = best.trials >= 0
    if known.sum() < MOST * len(starts):
        return False
    beside = np.concatenate([[False], known[:-1]]) & np.concatenate([known[1:], [False]])
    alone = ~known & beside & (misses > LATE)
    return bool((best.trials != np.arange(len(found)))[known].any() or alone.any())


def _placed(
    samples: np.ndarray, starts: np.ndarray | None, n_trials: int, *, sfreq: float, path: Path
) -> tuple[np.ndarray, tuple[int, ...], float | None]:
    """Return the same where triggers are missing."""
    if starts is None or not np.isfinite(starts).all():
        raise _wrong(n_trials, f"{len(samples)}, and no Start_time that says which", "triggers_missing", path)
    if (np.diff(starts) <= 0).any():
        raise _wrong(n_trials, "start times that do not rise from trial to trial", "triggers_times", path)
    if len(samples) < LEAST * n_trials:
        raise _wrong(n_trials, f"{len(samples)}, too few to place the others", "triggers_missing", path)
    best, only = placing.match(samples / sfreq, starts)
    if (best.trials < 0).any():
        raise _wrong(n_trials, f"{len(samples)}, {(best.trials < 0).sum()} at no start time", "triggers_times", path)
    if not only:
        raise _wrong(n_trials, f"{len(samples)}, and start times that fit several trials", "triggers_missing", path)
    onsets = np.rint(best.expected * sfreq).astype(np.int64)
    onsets[best.trials] = samples
    return onsets, tuple((np.setdiff1d(np.arange(n_trials), best.trials) + 1).tolist()), best.spread


def _wrong(n_trials: int, received: str, code: str, path: Path) -> InputError:
    expected = f"{n_trials} video starts (code {VIDEO}), one for each rated trial"
    if code == "triggers_times":
        expected += ", at its Start_time"
    return InputError(expected, received, REMEDY, file=path, code=code)

"""What the doctor finds in triggers and in the times of trials."""

from collections.abc import Mapping, Sequence
from typing import Protocol

import numpy as np
from scipy.signal import kaiserord

from eeg.doctor import Finding, finding, passed
from eeg.preprocess.bandpass import TRANSITION
from eeg.preprocess.downsample import ATTENUATION, PASS

CODES = (1, 2, 3, 4, 5, 6, 7)
"""Trigger codes of DEAP; 6 is undocumented and was seen once."""


CLOCKS = 2.0
"""Seconds: triggers that miss their start times by more do not share their clock."""


class Triggers(Protocol):
    """The triggers of a recording.

    Attributes
    ----------
    events : ndarray of int, shape (n_events, 2)
        Sample and code.
    placed : sequence of int
        Trials whose trigger is missing and that were placed by their start times.
    spread : float or None
        Largest distance in seconds of a found trigger from its start time.
    """

    events: np.ndarray
    placed: Sequence[int]
    spread: float | None


def examine(triggers: Triggers, n_trials: int) -> list[Finding]:
    """Return what is good or odd about the triggers of a recording that has them."""
    found = []
    if triggers.placed:
        where = ", ".join(f"trial {trial}" for trial in triggers.placed)
        message = f"No video trigger for {where}: placed by start times, which the others meet within "
        remedy = "Nothing need be done; the other trials kept their own triggers."
        found.append(finding("triggers_placed", f"{message}{triggers.spread or 0:.3f} s.", where=where, remedy=remedy))
    elif triggers.spread is not None and triggers.spread > CLOCKS:
        message = f"Start times and triggers are up to {triggers.spread:.0f} s apart in most trials: they run on "
        remedy = "Trials are taken in the order of their triggers; compare them with the release, if you have it."
        found.append(finding("triggers_clock", f"{message}different clocks.", remedy=remedy))
    codes = triggers.events[:, 1]
    if unknown := sorted({int(code) for code in codes} - set(CODES)):
        where = ", ".join(f"code {code}" for code in unknown)
        message = f"Trigger codes that DEAP does not use: {where}."
        remedy = "They are left alone; if they are many, the status channel may be damaged."
        found.append(finding("trigger_codes", message, where=where, remedy=remedy))
    return found or [passed("triggers", f"All {n_trials} videos have a trigger, every code is one of DEAP's.")]


def spans(
    onsets: Mapping[int, float], *, seconds: float, baseline: float, duration: float, sfreq: float
) -> list[Finding]:
    """Return the trials that the recording does not hold from baseline to end.

    Parameters
    ----------
    onsets : mapping of int to float
        Start of every trial in seconds from the start of the recording.
    seconds : float
        Length of the recording.
    baseline, duration : float
        Seconds that a trial needs before and after its start.
    sfreq : float
        Sampling rate in Hz; half a sample does not count.
    """
    tolerance = 0.5 / sfreq
    cut = [
        trial
        for trial, onset in onsets.items()
        if onset + duration > seconds + tolerance or onset - baseline < -tolerance
    ]
    if not cut:
        return [
            passed(
                "trials_whole", f"The recording ({seconds:.0f} s) holds all {len(onsets)} trials from baseline to end."
            )
        ]
    where = ", ".join(f"trial {trial}" for trial in cut)
    remedy = "Get the whole recording, shorten `trial.baseline` or `trial.duration`, or leave the subject out."
    return [finding("trials_cut", f"The recording does not hold all of {where}.", where=where, remedy=remedy)]


def reach(low: float, *, native: float, sfreq: float) -> float:
    """Return the seconds from a recording's ends within which its cleaned signals depend on them.

    Half the length of the band-pass from `low` Hz on and, where the rate is lowered, of the low-pass of down-sampling.

    Parameters
    ----------
    low : float
        Lower edge of the band-pass in Hz.
    native, sfreq : float
        Rates in Hz of the recording and of the experiment.
    """
    band = 3.3 / min(low / 2, TRANSITION)
    n_taps, _ = kaiserord(ATTENUATION, 1 - PASS)
    return (band + ((n_taps - 1) / sfreq if native > sfreq else 0.0)) / 2


def near_ends(
    onsets: Mapping[int, float], edges: Sequence[float], *, baseline: float, duration: float, within: float
) -> list[Finding]:
    """Return the trials that stand so near an end of their recording that filters reach beyond it.

    Parameters
    ----------
    onsets : mapping of int to float
        Start of every trial in seconds from the start of the recording.
    edges : sequence of float
        Where recordings start or end, in the same seconds: where files were joined, inside too.
    baseline, duration : float
        Seconds of a trial before and after its start.
    within : float
        Seconds that the filters `reach`.
    """
    near = [
        trial
        for trial, onset in onsets.items()
        if any(onset - baseline - within < edge < onset + duration + within for edge in edges)
    ]
    if not near:
        return [passed("trials_inside", f"No trial stands within {within:.2f} s of an end of its recording.")]
    where = ", ".join(f"trial {trial}" for trial in near)
    message = (
        f"Within {within:.2f} s of an end of its recording, where the filters must guess what lies beyond: {where}."
    )
    remedy = (
        "Take recordings that run on around their trials, shorten `trial.baseline` or `trial.duration`, or leave these "
        "trials out; otherwise mind their ends."
    )
    return [finding("trials_near_end", message, where=where, remedy=remedy)]

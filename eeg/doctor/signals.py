"""What the doctor finds in signals: dead, clipped and noisy channels, other orders, amplitudes, bands, repetitions."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from eeg.channels import GENEVA
from eeg.doctor import Finding, finding, passed
from eeg.doctor.measures import Measures, correlation, likeness_of_neighbours, other_orders, rereferenced

MOSTLY = 0.1
"""A channel that is flat in more than this share of the trials is bad."""

REST = 0.5
"""Seconds without any change in which a channel records nothing."""

PLATEAU = 0.002
"""Share of samples at rest at a trial's extremes above which a channel is clipped; undisturbed EEG has under 0.0001."""

LOUD = 5.0
"""A noisy channel is this many times as strong as the median channel ..."""

ALIKE = 0.3
"""... and correlates with no other by this much; the least alike channel of twelve real recordings reaches 0.33."""

NEAR = 0.25
"""Mean correlation with the nearest channels; twelve real recordings have 0.41 to 0.58, shuffled ones below 0.20."""

BETTER = 0.1
"""By how much another order must fit neighbours better than the names do; it must also fit by `NEAR`."""

FEWEST = 8
"""Good channels that a statement on neighbours needs."""

FRONTAL = ("Fp1", "Fp2", "AF3", "AF4")
BLINK = 0.2
"""Least mean correlation of the frontal channels with vEOG below 6 Hz."""

AMPLITUDE = (0.3, 300.0)
"""Microvolt: the median channel's root mean square in 4-45 Hz lies within; real recordings have 3 to 7."""

LOWER_EDGE, UPPER_EDGE = -20.0, -28.0
"""dB below the middle of the band at which its first and last 2 Hz count as filtered away; real EEG has 0 and -18."""

BELOW, ABOVE = 0.5, 0.3
"""What a 4-45 Hz release may hold in 1-3 Hz beside 5-8 Hz, and in 50-58 Hz beside 40-44 Hz."""


@dataclass(frozen=True)
class Heard:
    """What was found in the signals, and the channels that are bad."""

    findings: list[Finding]
    bads: list[str]


def examine(measures: Measures, trials: Sequence[int], *, low: float, high: float, released: bool) -> Heard:
    """Return what is good or wrong about a subject's signals.

    Parameters
    ----------
    measures : Measures
        Numbers of the trials.
    trials : sequence of int
        Trial numbers in the same order.
    low, high : float
        The pass-band the experiment asks for in Hz.
    released : bool
        Whether these are trials that DEAP's makers have filtered to 4-45 Hz.

    Returns
    -------
    Heard
    """
    repeated = _repeated(measures.hashes, trials)
    if measures.broken.any():
        broken = [name for name, count in zip(measures.names, measures.broken, strict=True) if count]
        remedy = "Get the file anew from its source; no step can do with such values."
        return Heard([_listed("channels_finite", "Values that are no numbers in", broken, remedy), *repeated], broken)
    if wrong := _units(measures):
        return Heard([wrong, *repeated], [])
    findings, good = _bads(measures)
    findings += _stretches(measures, good, trials)
    if good.sum() > len(good) / 2:
        findings += _band(measures, good, low=low, high=high, released=released)
        findings += _places(measures, good)
    return Heard(findings + repeated, [name for name, fine in zip(measures.names, good, strict=True) if not fine])


def _bads(measures: Measures) -> tuple[list[Finding], np.ndarray]:
    """Return what is wrong with single channels, and which ones are good."""
    bad = {"channels_flat": measures.flat > MOSTLY, "channels_clipped": measures.clipped > PLATEAU}
    bad["channels_noisy"] = _noisy(measures, ~(bad["channels_flat"] | bad["channels_clipped"]))
    good = ~np.any(list(bad.values()), axis=0)
    names = np.array(measures.names)
    findings = [_listed(code, SAID[code], names[mask].tolist(), TREAT) for code, mask in bad.items() if mask.any()]
    if good.sum() <= len(good) / 2:
        message = f"Only {good.sum()} of {len(good)} EEG channels recorded a usable signal."
        remedy = "Get the file anew from its source, or leave the subject out (`subjects:` in the config)."
        findings.append(finding("channels_bad", message, remedy=remedy))
    return findings or [passed("channels", f"All {len(good)} EEG channels hold finite, varying values.")], good


SAID = {
    "channels_flat": "No signal (under 0.1 microvolt) in",
    "channels_clipped": "Standing at the end of its range:",
    "channels_noisy": f"More than {LOUD:g} times as strong as the median channel and unlike all others:",
}
LOST = "Samples were lost, or the file was padded: get it anew, or cut the trials shorter (`trial.duration`)."
TREAT = "`check.bads` in the config says what is done with them: keep, interpolate or drop."


def _stretches(measures: Measures, good: np.ndarray, trials: Sequence[int]) -> list[Finding]:
    """Return the trials in which channels that are otherwise good stand still, as where samples were lost."""
    still = (measures.still > REST) & good
    lost = still.sum(axis=1) > good.sum() / 2
    found = []
    if lost.any():
        where = [f"trial {trial}" for trial, gone in zip(trials, lost, strict=True) if gone]
        message = f"Most channels stand still for over {REST:g} s at once in"
        found.append(_listed("trials_flat", message, where, LOST))
    some = np.argwhere(still & ~lost[:, None]).tolist()
    if some:
        where = [f"trial {trials[row]} {measures.names[column]}" for row, column in some]
        found.append(_listed("stretches_flat", f"Standing still for over {REST:g} s:", where, "Look at these trials."))
    return found


def _noisy(measures: Measures, good: np.ndarray) -> np.ndarray:
    """Return the noisy ones among the good channels; the loudest is taken away first, as it stains the reference."""
    noisy = np.zeros_like(good)
    while (left := good & ~noisy).sum() >= FEWEST:
        covariance = rereferenced(measures.covariance, left)
        spread = np.sqrt(np.diag(covariance))
        alike = correlation(covariance) - 2 * np.eye(len(spread))
        loudest = int(np.argmax(np.where(left, spread, -1.0)))
        if spread[loudest] < LOUD * np.median(spread[left]) or alike[loudest, left].max() > ALIKE:
            break
        noisy[loudest] = True
    return noisy


def _units(measures: Measures) -> Finding | None:
    """Return the finding that the amplitudes are of another unit; nothing recorded at all is not a matter of units."""
    spread = np.sqrt(np.maximum(np.diag(rereferenced(measures.covariance, measures.flat <= MOSTLY)), 0.0))
    typical = float(np.median(spread))
    if typical == 0 or AMPLITUDE[0] <= typical <= AMPLITUDE[1]:
        return None
    message = (
        f"The median channel has {typical:.3g} microvolt root mean square in 4-45 Hz; EEG has {AMPLITUDE[0]:g} to "
    )
    likely = " These may be volts." if typical < 1e-3 else ""
    remedy = f"Get the file anew from its source, or bring it to microvolt.{likely}"
    return finding("units", f"{message}{AMPLITUDE[1]:g}.", remedy=remedy)


def _band(measures: Measures, good: np.ndarray, *, low: float, high: float, released: bool) -> list[Finding]:
    density = measures.density[good].mean(axis=0)

    def power(first: float, last: float) -> float:
        return float(density[int(first) : max(int(last), int(first) + 1)].mean())

    middle = max(float(np.median(density[int(low) + 4 : max(int(high) - 14, int(low) + 6)])), 1e-30)
    edges = {"lower": (low, low + 2, LOWER_EDGE), "upper": (high - 4, high - 2, UPPER_EDGE)}
    found = []
    for edge, (first, last, least) in edges.items():
        level = 10 * np.log10(max(power(first, last), 1e-30) / middle)
        if level < least:
            text = f"A filter took the band's {edge} edge: {first:g}-{last:g} Hz lie {-level:.0f} dB below its middle."
            remedy = "Narrow `preprocess.bandpass` and the bands that need it, or get data that hold the band."
            found.append(finding("pass_band_narrow", text, remedy=remedy))
    if released:
        pairs = {"below 4": ((1, 3), (5, 8), BELOW), "above 45": ((50, 58), (40, 44), ABOVE)}
        wide = [side for side, (out, inside, most) in pairs.items() if power(*out) > most * power(*inside)]
        if wide:
            remedy = "This is not the release as its makers filtered it (4-45 Hz): take it from DEAP."
            found.append(finding("pass_band_wide", f"There is signal {' and '.join(wide)} Hz.", remedy=remedy))
    return found or [passed("pass_band", f"The signals hold the whole band from {low:g} to {high:g} Hz.")]


def _places(measures: Measures, good: np.ndarray) -> list[Finding]:
    """Compare the names with where the signals come from: neighbours are alike, blinks are frontal."""
    if good.sum() < FEWEST:
        return []
    own = correlation(rereferenced(measures.covariance, good))
    fit = likeness_of_neighbours(own, measures.places, good)
    better = _other_order(measures, own, good)
    if better and better[0] > max(fit + BETTER, NEAR):
        text = f"The signals fit {better[1]}: neighbours correlate by {better[0]:.2f}, by {fit:.2f} as named."
        remedy = "Take the file from its source; do not use channels by position."
        return [finding("channel_order", text, remedy=remedy)]
    found = []
    if fit < NEAR:
        text = f"Neighbouring channels correlate by {fit:.2f} only (0.4 and more is usual): their names may be wrong."
        found.append(finding("neighbours", text, remedy="Compare the channels with those of another copy."))
    found += _blinks(measures, good)
    return found or [passed("channel_order", f"Neighbouring channels correlate by {fit:.2f}, as their names promise.")]


def _other_order(measures: Measures, own: np.ndarray, good: np.ndarray) -> tuple[float, str] | None:
    """Return the best of the known mistakes and how well neighbours correlate under it."""
    if list(measures.names) != list(GENEVA):
        return None
    fits = []
    for said, order in other_orders().items():
        places = measures.places[[GENEVA.index(name) for name in order]]
        fits.append((likeness_of_neighbours(own, places, good), said))
    return max(fits)


def _blinks(measures: Measures, good: np.ndarray) -> list[Finding]:
    frontal = [measures.names.index(name) for name in FRONTAL if name in measures.names]
    frontal = [index for index in frontal if good[index]]
    if measures.blinks is None or not frontal:
        return []
    spread = np.sqrt(np.diag(rereferenced(measures.slow, good)))
    blinks = measures.blinks - measures.blinks[good].mean()
    strength = float(np.abs(blinks[frontal] / np.maximum(spread[frontal], 1e-12)).mean())
    if strength >= BLINK:
        return []
    text = f"Below 6 Hz the frontal channels correlate with vEOG by {strength:.2f} only: blinks belong there."
    remedy = "Compare the channels with those of another copy; EXG3 and EXG4 are above and below the right eye."
    return [finding("blinks", text, remedy=remedy)]


def _repeated(hashes: Sequence[str], trials: Sequence[int]) -> list[Finding]:
    same: dict[str, list[int]] = {}
    for trial, digest in zip(trials, hashes, strict=True):
        same.setdefault(digest, []).append(trial)
    groups = [" = ".join(map(str, group)) for group in same.values() if len(group) > 1]
    if not groups:
        return [passed("trials", f"All {len(hashes)} trials hold signals of their own.")]
    remedy = "The copy is damaged: get it anew from its source, or leave the subject out."
    return [_listed("trials_repeated", "The same signals stand in trials", groups, remedy)]


def _listed(code: str, message: str, names: Sequence[str], remedy: str) -> Finding:
    where = ", ".join(names)
    return finding(code, f"{message} {where}.", where=where, remedy=remedy)

"""Our cleaned trials beside DEAP's release of the same recording: order of trials, channels and triggers at once."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from eeg.channels import GENEVA, TWENTE
from eeg.doctor import Finding, finding, likeness, passed, verdict
from eeg.doctor.likeness import Side
from eeg.doctor.matching import FOUND, Match, match, places

ALIKE = 0.9
"""Median correlation to be expected. Two ways of removing eye movements and two band-passes do not leave the same
signal, and trials that start between the release's samples lose likeness in the fast frequencies."""

LOUDER = 6.0
"""dB: where the power of most channels differs by more, one side is in other units or lacks a part of the band."""

SHIFTED = 1.0
"""Samples: a recording further from the release is shifted."""

SHOWN = 3
"""Examples in a message."""

ANEW = "Get both copies anew, or take the release out of the folder to go on without this comparison."

UNLIKE = (
    "Look at the page of the comparison: artefacts removed in two ways explain it, other filters, or a damaged file."
)


def compare(
    ours: np.ndarray, theirs: np.ndarray, trials: pd.DataFrame, *, channels: Sequence[str], sfreq: float
) -> dict[str, Any]:
    """Return how one subject's cleaned trials fit the release: `results/parity/{subject}.json` but for its names.

    Parameters
    ----------
    ours : ndarray, shape (n_trials, n_channels, n_times)
        Microvolt, in the order of the trial table.
    theirs : ndarray of float32, shape (n_videos, 32, n_times)
        Microvolt; row k is video k + 1, channels in the order GENEVA. Of unequal lengths the common part is compared.
    trials : DataFrame
        `trial, video`.
    channels : sequence of str
        Names of our channels; those the release does not have are left out.
    sfreq : float
        Of both, in Hz.

    Returns
    -------
    dict
        `verdict, findings`; `lag` (`samples` and `seconds`, positive where ours comes later, and samples for each of
        the `trials`); `correlation` in 5-40 Hz at that lag with the trial and channel found (`trials`: median over
        channels, `channels`: median over trials, `lowest`, `median`); `best_match` (video by trial), `channel_match`
        (name in the release by name), `spectrum` (dB by channel), `n_trials`, `n_placed` (those at their video),
        `n_usable` (channels of trials compared).
    """
    known = [name for name in channels if name in GENEVA]
    settings: dict[str, Any] = {"kept": places(known, channels), "sfreq": sfreq}
    found = match(*_sides(ours, theirs, 0, **settings), trials, channels=known)
    shift = round(found.common)
    first, second = _sides(ours, theirs, shift, **settings)
    first, second = first.earlier(found.lag - shift), second.rows(found.row).channels(places(found.source, GENEVA))
    values = np.where(found.blank[:, None], np.nan, likeness.correlations(first, second))
    compared = np.flatnonzero(~found.blank)
    difference = likeness.spectral_difference(first.rows(compared), second.rows(compared))
    findings = _findings(found, values, difference)
    return {
        "verdict": verdict(findings),
        "findings": findings,
        "lag": _lag(found, sfreq),
        "correlation": _correlation(found, values),
        "best_match": {str(trial): video for trial, video in zip(found.trials, _videos(found), strict=True)},
        "channel_match": dict(zip(found.channels, found.source, strict=True)),
        "spectrum": _by(known, difference),
        "n_trials": len(found.trials),
        "n_placed": int((found.found & ~found.moved).sum()),
        "n_usable": int(np.isfinite(values).sum()),
    }


def _sides(ours: np.ndarray, theirs: np.ndarray, shift: int, *, kept: np.ndarray, sfreq: float) -> tuple[Side, Side]:
    """Return both sides, ours with the kept channels, where they overlap once ours is `shift` samples earlier."""
    ours, theirs = ours[:, :, max(shift, 0) :], theirs[:, :, max(-shift, 0) :]
    n_times = min(ours.shape[2], theirs.shape[2])
    first, second = (likeness.side(one, n_times, sfreq=sfreq) for one in (ours, theirs))
    return first.channels(kept), second


def _lag(found: Match, sfreq: float) -> dict[str, Any]:
    trials = _by(found.trials, np.where(found.found, found.lag, np.nan))
    return {"samples": found.common, "seconds": round(found.common / sfreq, 6), "trials": trials}


def _correlation(found: Match, values: np.ndarray) -> dict[str, Any]:
    return {
        "trials": _by(found.trials, map(_median, values)),
        "channels": _by(found.channels, map(_median, values.T)),
        "lowest": _lowest(found, values),
        "median": _number(_median(values)),
    }


def _lowest(found: Match, values: np.ndarray) -> dict[str, Any] | None:
    if not np.isfinite(values).any():
        return None
    trial, channel = np.unravel_index(np.nanargmin(values), values.shape)
    value = _number(values[trial, channel])
    return {"trial": int(found.trials[trial]), "channel": found.channels[channel], "value": value}


def _videos(found: Match) -> list[int | None]:
    return [int(row) + 1 if known else None for row, known in zip(found.row, found.found, strict=True)]


def _median(values: np.ndarray) -> float:
    finite = values[np.isfinite(values)]
    return float(np.median(finite)) if len(finite) else float("nan")


def _number(value: float) -> float | None:
    return round(float(value), 4) if np.isfinite(value) else None


def _by(names: Iterable[Any], values: Iterable[float]) -> dict[str, float | None]:
    return {str(name): _number(value) for name, value in zip(names, values, strict=True)}


def _findings(found: Match, values: np.ndarray, difference: np.ndarray) -> list[Finding]:
    if not np.isfinite(values).any():
        message = "There is nothing to compare: every channel is flat or holds values that are no numbers."
        return [finding("parity_signal", message, remedy=ANEW)]
    if found.lost.sum() > found.found.sum():
        return [_stranger(found)]
    return [_order(found), _names(found, values), _shift(found), *_unlike(found, values, _median(difference))]


def _stranger(found: Match) -> Finding:
    message = (
        f"{found.lost.sum()} of {len(found.trials)} trials are like no trial of the release (correlation "
        f"{found.value[found.lost].max():.2f} at best): it is another subject's, or cut elsewhere."
    )
    return finding("parity_trials", message, where=_listed(found.trials[found.lost]), remedy=ANEW)


def _order(found: Match) -> Finding:
    moved = found.moved
    if not moved.any():
        blank = f"; there is nothing to compare in {_listed(found.trials[found.blank])}" if found.blank.any() else ""
        return passed("trials", f"{found.found.sum()} of {len(moved)} trials stand at their video{blank}.")
    if (found.row + 1 == found.trials)[found.found].all():
        start = "The rows of the release stand in the order of presentation, not in that of the videos"
    else:
        start = f"{moved.sum()} of {len(moved)} trials are other videos in the signals than in the table"
    places = zip(found.trials[moved], found.videos[moved], found.row[moved] + 1, strict=True)
    said = [
        f"trial {trial} is video {video} in the table and video {row} in the signals" for trial, video, row in places
    ]
    message = f"{start}: {_some(said)}."
    return finding("parity_trials", message, where=_listed(found.trials[moved]), remedy=ANEW)


def _names(found: Match, values: np.ndarray) -> Finding:
    pairs = {name: other for name, other in zip(found.channels, found.source, strict=True) if name != other}
    if not pairs:
        blank = [name for name, column in zip(found.channels, values.T, strict=True) if not np.isfinite(column).any()]
        missing = f"; there is nothing to compare in {', '.join(blank)}" if blank else ""
        return passed("channels", f"{len(found.channels) - len(blank)} channels are where their names say{missing}.")
    if _is_twente(pairs):
        start = "The channels of one side stand in Twente's order under the names of Geneva's, or the reverse"
    else:
        start = f"{len(pairs)} of {len(found.channels)} channels are others in the release"
    message = f"{start}: {_some([f'{name} of the recording is {other} there' for name, other in pairs.items()])}."
    return finding("parity_channels", message, where=", ".join(pairs), remedy=ANEW)


def _is_twente(pairs: Mapping[str, str]) -> bool:
    """Tell whether most channels bear other names, those that follow from taking one site's order for the other's."""
    swaps = (dict(zip(TWENTE, GENEVA, strict=True)), dict(zip(GENEVA, TWENTE, strict=True)))
    return len(pairs) > len(GENEVA) / 2 and any(pairs.items() <= swap.items() for swap in swaps)


def _shift(found: Match) -> Finding:
    said = f"{abs(found.common):g} samples"
    if abs(found.common) <= SHIFTED:
        return passed("lag", f"Recording and release lie {said} apart.")
    earlier, later = ("release", "recording") if found.common > 0 else ("recording", "release")
    message = f"Trials of the {later} come {said} later than those of the {earlier}."
    remedy = f"Look at the triggers: one side's trials do not start where the video does. {ANEW}"
    return finding("parity_lag", message, remedy=remedy)


def _unlike(found: Match, values: np.ndarray, decibel: float) -> list[Finding]:
    median, lowest = _median(values), _lowest(found, values) or {}
    low, high = likeness.BAND
    said = (
        f"Median correlation {median:.3f} in {low:g}-{high:g} Hz "
        f"(lowest {lowest['value']:.3f}: trial {lowest['trial']}, {lowest['channel']})"
    )
    weak = [name for name, column in zip(found.channels, values.T, strict=True) if _median(column) < FOUND]
    lost, jumped = found.trials[found.lost], np.abs(found.lag - found.common) > SHIFTED
    jumps = zip(found.trials[jumped], found.lag[jumped] - found.common, strict=True)
    looks = [
        (median < ALIKE, f"{said}, less than {ALIKE:g}", ""),
        (decibel > LOUDER, f"The power of the channels differs by {decibel:.0f} dB", ""),
        (len(lost), "Like no trial of the release", _listed(lost)),
        (len(weak), "Unlike the release in most trials", ", ".join(weak)),
        (jumped.any(), "Later than the other trials", ", ".join(f"trial {t} by {lag:g} samples" for t, lag in jumps)),
    ]
    bad = [
        finding("parity_signal", f"{message}{': ' * bool(where)}{where}.", where=where, remedy=UNLIKE)
        for true, message, where in looks
        if true
    ]
    return bad or [passed("likeness", f"{said}.")]


def _listed(trials: np.ndarray) -> str:
    return ", ".join(f"trial {trial}" for trial in trials)


def _some(said: Sequence[str]) -> str:
    return "; ".join(said[:SHOWN]) + ", and so on" * (len(said) > SHOWN)

"""EOG removal by regression or independent components, with evidence of what is left and of what was lost."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import mne
import numpy as np

from eeg.preprocess.eog import ica, regression
from eeg.preprocess.eog.evidence import NO_BLINKS, Fitted, gather
from eeg.preprocess.eog.piece import Piece, names, usable_eog, whole
from eeg.preprocess.eog.truth import Truth, known

__all__ = ["Settings", "Truth", "done_by_others", "keep", "known", "remove"]

EVIDENCE = (
    "Correlations, blinks, alpha and the error, where the truth is known, come from each half of the recording with "
    "what was fitted on the other; weights, components and how much they removed are those of the whole recording."
)
"""Ends the statement wherever something was removed."""

NO_CHANNELS = (
    "The source has no usable EOG channels, that is, none that vary in both halves of the recording: nothing was "
    "removed, what eye movements there are remain."
)
"""The statement where there is nothing to remove with."""

NO_PAUSES = "Trials follow each other without a baseline or pause to fit on: nothing was removed."
"""The statement where `outside_trials` leaves nothing."""


@dataclass(frozen=True)
class Settings:
    """How eye movements are removed.

    Attributes
    ----------
    method : {"regression", "ica"}
        By weights on the EOG channels, or by independent components.
    fit : {"recording", "outside_trials"}
        The samples that are fitted on.
    weights : {"events", "samples"}
        Regression: from averages around blinks and saccades, or from every sample.
    shrink : bool
        Regression: whether weights are shrunk to the eyes' share of an EOG channel's power in the pass-band.
    ica : mapping
        See `ica.fit`.
    """

    method: str
    fit: str
    weights: str
    shrink: bool
    ica: Mapping[str, Any] = field(default_factory=dict)


def remove(
    band: mne.io.BaseRaw,
    wide: mne.io.BaseRaw,
    settings: Settings,
    *,
    duration: float | None = None,
    truth: Truth | None = None,
) -> tuple[mne.io.BaseRaw, dict[str, Any]]:
    """Return the recording with the eyes taken out of its EEG channels, and the evidence.

    Parameters
    ----------
    band : Raw
        The signal to clean (4-45 Hz).
    wide : Raw
        The same recording in 1-45 Hz, same reference: weights or components come from it.
    settings : Settings
    duration : float or None
        Seconds from the onset of a trial (annotation `trial/{n}`) to its end, for `fit: outside_trials`.
    truth : Truth or None
        What is known of a simulated recording.

    Returns
    -------
    cleaned : Raw
        EOG channels untouched. A plain copy where there are none, or where no eyes stand out in them.
    evidence : dict
        JSON-able: `method, applied, statement, fit, weights, eog_channels, shrink, components`, and what `gather`
        returns. In `channels`, `weights` are those fitted on the whole recording before they are shrunk. "After" is
        scored on each half of the recording with what was fitted on the other half; `removed` is that of `cleaned`.
    """
    piece = whole(band, wide, trials=duration if settings.fit == "outside_trials" else None)
    first, second = (half.fitted_on() for half in piece.halves())
    eog, left_out = usable_eog((first, second))
    if not eog:
        why = " ".join([NO_CHANNELS, *left_out]) if piece.usable.any() else NO_PAUSES
        return band.copy(), {**_nothing(), "statement": why}
    fitted = _fitted(piece.fitted_on(), eog, settings)
    others = [_fitted(half, eog, settings) if fitted.applied else fitted for half in (second, first)]
    cleaned = fitted.cleaner(piece)(band)
    found = gather(piece, eog, others=others, removed=_distance(band, cleaned), truth=truth)
    weights = fitted.by_channel()
    channels = {name: {"weights": weights.get(name, {}), **one} for name, one in found["channels"].items()}
    where = "the whole recording" if settings.fit == "recording" else "the baselines and pauses"
    said = [fitted.statement(where), *left_out, EVIDENCE if fitted.applied else "", truth.why if truth else ""]
    about = {"method": settings.method, "applied": fitted.applied, "statement": " ".join(filter(None, said))}
    about |= {"fit": settings.fit, "eog_channels": eog}
    return cleaned, {**_nothing(), **about, **fitted.facts(), **found, "channels": channels}


def keep(band: mne.io.BaseRaw) -> tuple[mne.io.BaseRaw, dict[str, Any]]:
    """Return a copy of the recording with nothing removed, and the evidence that says so."""
    said = "EOG removal was switched off in the config: nothing was removed here."
    return band.copy(), {**_nothing(), "statement": said}


def done_by_others() -> dict[str, Any]:
    """Return the evidence of trials that DEAP's makers have cleaned: what they did, and that it is not done again."""
    said = (
        "These trials come from the preprocessed release: its makers removed the eye movements by blind source "
        "separation, and nothing was removed again. How well they did it cannot be shown from the release."
    )
    return {**_nothing(), "statement": said}


def _nothing() -> dict[str, Any]:
    return {
        "method": "none",
        "applied": False,
        "statement": NO_CHANNELS,
        "fit": None,
        "weights": None,
        "eog_channels": [],
        "channels": {},
        "blinks": NO_BLINKS,
        "shrink": {},
        "components": None,
        "alpha": None,
        "truth": None,
    }


def _distance(before: mne.io.BaseRaw, after: mne.io.BaseRaw) -> np.ndarray:
    """Return the root mean square of the difference of each EEG channel, in the signals' unit."""
    x, y = (raw.get_data(names(before, "eeg")) for raw in (before, after))
    return np.sqrt(np.mean((x - y) ** 2, axis=1))


def _fitted(piece: Piece, eog: list[str], settings: Settings) -> Fitted:
    if settings.method == "ica":
        return ica.fit(piece, eog, settings.ica)
    return regression.fit(piece, eog, kind=settings.weights, shrink=settings.shrink)

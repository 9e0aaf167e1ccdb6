"""EOG removal by regression on hEOG and vEOG, with evidence that was not fitted on what it is scored on.

Blinks live below 4 Hz. Weights fitted on 4-45 Hz would mirror the brain activity in the EOG channels, so they come
from a 1-45 Hz copy and are applied to the 4-45 Hz signal (Gratton, Coles & Donchin 1983; MNE's EOGRegression).
"""

from typing import Any

import mne
import numpy as np
from scipy.signal import find_peaks

from eeg.preprocess.stretches import spans

FRONTAL = ("Fp1", "Fp2", "AF3", "AF4")
"""Channels whose blink-locked averages are shown, where they exist."""

AROUND = (-0.5, 0.8)
"""Seconds around a blink's peak."""

SMALLEST = 60e-6
"""A blink's smallest peak in vEOG, in volts; beside it five robust standard deviations are asked for."""


def remove(clean_band: mne.io.BaseRaw, wide: mne.io.BaseRaw) -> tuple[mne.io.BaseRaw, dict[str, Any]]:
    """Return the recording with EOG regressed out of its EEG channels, and the evidence.

    Parameters
    ----------
    clean_band : Raw
        The signal to clean (4-45 Hz), average reference.
    wide : Raw
        The same recording in 1-45 Hz, average reference: weights and evidence come from it.

    Returns
    -------
    cleaned : Raw
        EOG channels untouched. A plain copy where there are none.
    evidence : dict
        JSON-able: `method`, `applied`, `statement`, `eog_channels`, `channels` (weights of the whole recording,
        size of the correlations before and after) and `blinks` (averages in microvolt before and after). "After" is
        scored on each half of the recording with the weights of the other half, all in the wide copy; correlations
        are averaged over the halves without their sign, so that opposite ones do not cancel.
    """
    names = _alive(wide)
    if not names:
        return clean_band.copy(), _nothing()
    model = _fit(wide, names)
    return model.apply(clean_band), _evidence(wide, names, model.coef_)


def keep(clean_band: mne.io.BaseRaw) -> tuple[mne.io.BaseRaw, dict[str, Any]]:
    """Return a copy of the recording with nothing removed, and the evidence that says so."""
    said = "EOG removal was switched off in the config: nothing was removed here."
    return clean_band.copy(), {**_nothing(), "statement": said}


def done_by_others() -> dict[str, Any]:
    """Return the evidence of trials that DEAP's makers have cleaned: what they did, and that it is not done again."""
    said = (
        "These trials come from the preprocessed release: its makers removed the eye movements by blind source "
        "separation, and nothing was removed again. How well they did it cannot be shown from the release."
    )
    return {**_nothing(), "statement": said}


def _fit(raw: mne.io.BaseRaw, eog: list[str]) -> mne.preprocessing.EOGRegression:
    return mne.preprocessing.EOGRegression(picks="eeg", picks_artifact=eog, exclude=(), proj=False).fit(raw)


def _names(raw: mne.io.BaseRaw, kind: str) -> list[str]:
    return [raw.ch_names[index] for index in mne.pick_types(raw.info, exclude=(), **{kind: True})]


def _alive(raw: mne.io.BaseRaw) -> list[str]:
    """Return the EOG channels that vary in both halves; a dead one has no weights."""
    middle = raw.n_times // 2
    x = {name: raw.get_data([name])[0] for name in _names(raw, "eog")}
    return [name for name, row in x.items() if min(np.ptp(row[:middle]), np.ptp(row[middle:])) > 0]


def _nothing() -> dict[str, Any]:
    return {
        "method": "none",
        "applied": False,
        "statement": "The source has no usable EOG channels: nothing was removed, what eye movements there are remain.",
        "eog_channels": [],
        "channels": {},
        "blinks": {"n": 0, "times": [], "seconds": [], "before": {}, "after": {}},
    }


def _evidence(wide: mne.io.BaseRaw, eog: list[str], weights: np.ndarray) -> dict[str, Any]:
    middle = wide.n_times // 2
    halves = [_part(wide, 0, middle), _part(wide, middle, wide.n_times)]
    after = [_fit(other, eog).apply(half) for half, other in zip(halves, halves[::-1], strict=True)]
    channels = _names(wide, "eeg")
    correlations = [np.mean([np.abs(_correlations(part, eog)) for part in parts], axis=0) for parts in (halves, after)]
    rows = zip(channels, weights, *correlations, strict=True)
    blinks = _blinks(wide, after) if "vEOG" in eog else _nothing()["blinks"]
    return {
        "method": "regression",
        "applied": True,
        "statement": (
            f"Regression on {' and '.join(eog)} was applied to {len(channels)} EEG channels; weights from a wider "
            f"copy of the whole recording, evidence ({blinks['n']} blinks) from each half with the other's weights."
        ),
        "eog_channels": eog,
        "channels": {
            name: {
                "weights": _named(eog, row),
                "correlation_before": _named(eog, before),
                "correlation_after": _named(eog, later),
            }
            for name, row, before, later in rows
        },
        "blinks": blinks,
    }


def _part(raw: mne.io.BaseRaw, start: int, stop: int) -> mne.io.RawArray:
    return mne.io.RawArray(raw.get_data(start=start, stop=stop), raw.info, verbose="error")


def _named(names: list[str], values: np.ndarray) -> dict[str, float]:
    return {name: round(float(value), 5) for name, value in zip(names, values, strict=True)}


def _correlations(raw: mne.io.BaseRaw, eog: list[str]) -> np.ndarray:
    """Return the correlation of every EEG with every EOG channel, (n_eeg, n_eog); 0 for a flat channel."""
    x, y = (raw.get_data(names) for names in (_names(raw, "eeg"), eog))
    x, y = (signal - signal.mean(axis=1, keepdims=True) for signal in (x, y))
    scale = np.outer(np.linalg.norm(x, axis=1), np.linalg.norm(y, axis=1))
    return np.divide(x @ y.T, scale, out=np.zeros_like(scale), where=scale > 0)


def _blinks(wide: mne.io.BaseRaw, after: list[mne.io.BaseRaw]) -> dict[str, Any]:
    """Return number, times and the frontal averages around blinks before and after removal."""
    sfreq = wide.info["sfreq"]
    window = np.arange(round(AROUND[0] * sfreq), round(AROUND[1] * sfreq) + 1)
    peaks = _inside(_peaks(wide), wide, window)
    frontal = [name for name in FRONTAL if name in wide.ch_names] if len(peaks) else []
    both = np.concatenate([part.get_data(frontal) for part in after], axis=1) if frontal else np.empty((0, 0))
    return {
        "n": len(peaks),
        "times": [round(float(peak / sfreq), 3) for peak in peaks],
        "seconds": [round(float(second), 4) for second in window / sfreq],
        "before": _averages(wide.get_data(frontal), frontal, peaks, window) if frontal else {},
        "after": _averages(both, frontal, peaks, window),
    }


def _peaks(wide: mne.io.BaseRaw) -> np.ndarray:
    """Return the samples of blinks: large peaks of vEOG, of the sign its largest values have."""
    veog = wide.get_data(["vEOG"])[0]
    veog = veog - np.median(veog)
    veog = veog * (1.0 if np.mean(veog**3) >= 0 else -1.0)
    spread = 1.4826 * np.median(np.abs(veog))
    height = max(SMALLEST, 5 * spread)
    return find_peaks(veog, height=height, distance=max(1, round(0.4 * wide.info["sfreq"])))[0]


def _inside(peaks: np.ndarray, raw: mne.io.BaseRaw, window: np.ndarray) -> np.ndarray:
    """Return the peaks whose surroundings lie in one uninterrupted stretch."""
    kept = [peaks[(peaks + window[0] >= start) & (peaks + window[-1] < stop)] for start, stop in spans(raw)]
    return np.concatenate(kept)


def _averages(x: np.ndarray, names: list[str], peaks: np.ndarray, window: np.ndarray) -> dict[str, list[float]]:
    """Return the mean of each channel of `x` (volts) around the peaks, in microvolt."""
    averages = {name: 1e6 * row[peaks[:, None] + window].mean(axis=0) for name, row in zip(names, x, strict=True)}
    return {name: [round(float(value), 3) for value in mean] for name, mean in averages.items()}

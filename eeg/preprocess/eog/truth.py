"""The error of cleaned recordings against a known clean signal, beside what the true mixing weights would reach."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import mne
import numpy as np

from eeg.preprocess.bandpass import bandpass
from eeg.preprocess.eog.piece import names
from eeg.preprocess.reference import average

FRONTAL = ("Fp1", "Fp2", "AF3", "AF4")
"""Channels whose error is taken, and whose blink-locked averages are shown, where they exist."""


@dataclass(frozen=True)
class Truth:
    """What is known of a recording.

    Attributes
    ----------
    clean : Raw or None
        The brain alone, sample by sample the recording's, in the pass-band and average reference; None where it
        cannot be compared.
    weights : dict
        By EOG channel, then EEG channel: volt per volt before the average reference.
    why : str
        The reason why it cannot be compared, a sentence; empty where it can.
    """

    clean: mne.io.BaseRaw | None
    weights: Mapping[str, Mapping[str, float]]
    why: str = ""


def known(
    clean: mne.io.BaseRaw,
    weights: Mapping[str, Mapping[str, float]],
    *,
    like: mne.io.BaseRaw,
    band: Mapping[str, float],
    reference: str,
) -> Truth:
    """Return what is known of a simulated recording, brought to the form of the recording.

    Parameters
    ----------
    clean : Raw
        The brain alone, all frequencies, average reference.
    weights : mapping
        By EOG channel, then EEG channel.
    like : Raw
        The recording in the pass-band.
    band : mapping
        `low` and `high` of the pass-band in Hz.
    reference : str
        The recording's.
    """
    rates = clean.info["sfreq"], like.info["sfreq"]
    if reference != "average":
        why = "the known clean signal has the average reference and the recording has not"
    elif rates[0] != rates[1]:
        why = f"the known clean signal has {rates[0]:g} samples a second and the recording {rates[1]:g}"
    elif clean.n_times != like.n_times:
        why = f"the known clean signal has {clean.n_times} samples and the recording {like.n_times}"
    else:
        return Truth(average(bandpass(clean, **band)), weights)
    return Truth(None, weights, f"The error against the truth is not given: {why}.")


def score(truth: Truth, band: mne.io.BaseRaw, after: np.ndarray, eog: list[str]) -> dict[str, Any] | None:
    """Return the frontal error before and after, and with the true weights.

    Parameters
    ----------
    truth : Truth
    band : Raw
        The recording in the pass-band.
    after : ndarray, shape (n_eeg, n_times)
        Its EEG channels, cleaned, in volts.
    eog : list of str
        EOG channels that the true weights may use.

    Returns
    -------
    dict or None
        `channels`; `before`, `after` and `weights` (the error with the true weights): root mean square of signal less
        clean signal over that of the clean signal, muscle, mains and noise in it; `share`, the error taken away over
        that which the true weights take away, None where they take none away. None if there is nothing to compare.
    """
    eeg = names(band, "eeg")
    chosen = [name for name in FRONTAL if name in eeg and truth.clean is not None and name in truth.clean.ch_names]
    if truth.clean is None or not chosen or not set(eeg) <= set(truth.weights[eog[0]]):
        return None
    rows = [eeg.index(name) for name in chosen]
    weights = np.array([[truth.weights[one][name] for one in eog] for name in eeg])
    weights -= weights.mean(axis=0)
    before, clean = band.get_data(chosen), truth.clean.get_data(chosen)
    signals = (before, after[rows], before - weights[rows] @ band.get_data(eog))
    errors = [float(np.sqrt(np.mean((x - clean) ** 2) / np.mean(clean**2))) for x in signals]
    possible = errors[0] - errors[2]
    return {
        "channels": chosen,
        **{name: round(error, 5) for name, error in zip(("before", "after", "weights"), errors, strict=True)},
        "share": round((errors[0] - errors[1]) / possible, 4) if possible > 0 else None,
    }

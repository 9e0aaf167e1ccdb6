"""Simulated recordings laid out as the DEAP originals, with known truth beside them."""

from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import mne
import numpy as np
import pandas as pd
from scipy.signal import resample_poly

from eeg import storage
from eeg.channels import EOG, GENEVA
from eeg.datasets import bdf
from eeg.datasets.deap import files, rated, read
from eeg.datasets.simulated import artefacts, brain
from eeg.datasets.simulated.artefacts import Clock
from eeg.datasets.simulated.cohort import SFREQ, Settings, felt, number, ratings, timeline, video_onsets
from eeg.seeds import generator

__all__ = ["Settings", "collect_ratings", "files", "ratings", "read", "subjects", "table_file", "trial_table", "write"]

TRUTH_SFREQ = 128
"""Sampling rate of the stored clean signals in Hz; sample k lies at sample 4 k of the recording."""

REFERENCE = ("C3", "Cz", "P3", "Pz")
"""Electrodes between which the reference of the recording lies."""

RAMP = 0.5
"""Seconds in which the emotion effect sets in after the start of a video."""


def subjects(n_subjects: int) -> list[str]:
    """Return the ids of a cohort: s01, s02, ..."""
    return [f"s{number:02d}" for number in range(1, n_subjects + 1)]


def table_file(folder: Path | str, subject: str) -> Path:
    """Return a subject's own ratings, so that nothing of hers depends on how many others there are."""
    return Path(folder) / "ratings" / f"{subject}.csv"


def trial_table(folder: Path | str, subject: str) -> pd.DataFrame:
    """Return the trials of a subject, as `deap.trial_table` does from everyone's ratings."""
    return rated(table_file(folder, subject), subject)


def collect_ratings(tables: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """Return the ratings of all subjects as one table, ordered by participant and trial."""
    return pd.concat(list(tables)).sort_values(["Participant_id", "Trial"], ignore_index=True)


def write(folder: Path | str, subject: str, settings: Settings, seed: int) -> None:
    """Write a subject's recording, ratings, clean signal and truth.

    Parameters
    ----------
    folder : path
        Gets `data_original/{subject}.bdf`, `ratings/{subject}.csv`, `truth/{subject}_raw.fif` (the brain alone, volts,
        average reference, 128 Hz, trials marked) and `truth/{subject}.json` (see `truth`).
    subject : str
        Subject id; its number decides the form of the file (`eeg.datasets.bdf.FORMS`).
    settings : Settings
        Sizes and effects.
    seed : int
        Seed of the experiment.
    """
    folder = Path(folder)
    events = timeline(subject, settings, seed)
    clock = Clock(int(np.ceil(events[-1, 0] / SFREQ + 1.0)) * SFREQ, SFREQ)
    sources = brain.person(generator(seed, "simulate", subject, "person"))
    knots, log_power = states(subject, settings, seed, sources=sources)
    rng = generator(seed, "simulate", subject, "brain")
    clean = brain.activity(sources, knots, log_power, shape=(clock.n_times, SFREQ), rng=rng)
    _write_clean(folder / "truth" / f"{subject}_raw.fif", clean, events)
    channels, eyes = recorded(clean, subject, settings, seed=seed, leak=brain.covariance(sources))
    form = bdf.FORMS[(number(subject) - 1) % len(bdf.FORMS)]
    path = folder / "data_original" / f"{subject}.bdf"
    bdf.write(path, channels, _codes(events, clock), form=form, sfreq=SFREQ)
    storage.write_csv(folder / "ratings" / f"{subject}.csv", ratings(subject, settings, seed))
    known = {**truth(subject, settings, seed, sources=sources), **eyes}
    storage.write_json(folder / "truth" / f"{subject}.json", known)


def states(subject: str, settings: Settings, seed: int, *, sources: brain.Brain) -> tuple[np.ndarray, np.ndarray]:
    """Return how the log power of the sources goes through the trials.

    A trial's own offset holds from the start of its baseline to the end of its video; emotion and the response to the
    video set in with the video.

    Returns
    -------
    knots : ndarray, shape (4 * n_trials,)
        Seconds, four per trial.
    log_power : ndarray, shape (n_sources, 4 * n_trials)
        Change of log power at the knots.
    """
    trials = felt(subject, settings, seed)
    onsets = video_onsets(timeline(subject, settings, seed)) / SFREQ
    knots = onsets[:, None] + np.array([-settings.baseline, 0.0, min(RAMP, settings.duration / 2), settings.duration])
    n_sources = len(sources.names)
    rng = generator(seed, "simulate", subject, "offsets")
    offsets = settings.trial_offset * rng.standard_normal((len(trials), n_sources))
    emotion = np.outer(trials["valence"], sources.valence) + np.outer(trials["arousal"], sources.arousal)
    responses = [
        generator(seed, "video", int(video), "response").standard_normal(n_sources) for video in trials["video"]
    ]
    during = settings.effect * emotion + settings.video_response * np.array(responses)
    log_power = offsets.T[:, :, None] + during.T[:, :, None] * np.array([0.0, 0.0, 1.0, 1.0])
    period, phase = rng.uniform(300.0, 900.0, (n_sources, 1)), rng.uniform(0, 2 * np.pi, (n_sources, 1))
    wandering = settings.drift * np.sqrt(2) * np.sin(2 * np.pi * knots.ravel() / period + phase)
    return knots.ravel(), log_power.reshape(n_sources, -1) + wandering


def recorded(
    clean: np.ndarray, subject: str, settings: Settings, *, seed: int, leak: np.ndarray
) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
    """Return the channels of a recording in microvolt by name, and what is known of the eyes in it.

    Parameters
    ----------
    clean : ndarray of float32, shape (32, n_times)
        The brain at the EEG electrodes, microvolt, average reference.
    subject, settings, seed
        Whose recording it is, its sizes, and the seed of the experiment.
    leak : ndarray, shape (32, 32)
        Expected covariance of `clean`, from which the share of the brain in the eye electrodes follows.
    """
    clock = Clock(clean.shape[1], SFREQ)
    rng = {word: generator(seed, "simulate", subject, word) for word in ("eyes", "muscle", "mains", "drift", "noise")}
    weights = artefacts.eye_weights(rng["eyes"])
    times = artefacts.blink_times(settings.blinks, clock, rng["eyes"])
    eyes = artefacts.saccades(settings.saccades, clock, rng["eyes"])
    eyes[1] += artefacts.blinks(times, clock, rng["eyes"])
    external = np.zeros((len(bdf.EXTERNAL), clock.n_times), np.float32)
    external[:4] = brain.mix(artefacts.eye_electrodes(leak), clean) + brain.mix(artefacts.EYE_POLES, eyes)
    for row in external[4:]:
        row[:] = settings.muscle * artefacts.muscle_noise(clock, rng["muscle"])
    signals = np.vstack([clean - clean[[GENEVA.index(name) for name in REFERENCE]].mean(axis=0), external])
    signals[: len(GENEVA)] += brain.mix(weights.T, eyes)
    artefacts.add_muscle(signals[: len(GENEVA)], settings.muscle, settings.bursts, clock=clock, rng=rng["muscle"])
    artefacts.add_mains(signals, settings.mains, clock, rng["mains"])
    artefacts.add_drift(signals, settings.wander, clock, rng["drift"])
    artefacts.add_noise(signals, settings.noise, rng["noise"])
    channels = dict(zip((*GENEVA, *bdf.EXTERNAL), signals, strict=True))
    channels |= artefacts.peripheral(clock, generator(seed, "simulate", subject, "peripheral"))
    known = {name: dict(zip(GENEVA, row, strict=True)) for name, row in zip(EOG, weights.tolist(), strict=True)}
    return channels, {"eog_weights": known, "blinks": times.tolist()}


def truth(subject: str, settings: Settings, seed: int, *, sources: brain.Brain) -> dict[str, Any]:
    """Return what is true of a subject: felt emotion and onset of every trial, and the effects on every source."""
    onsets = video_onsets(timeline(subject, settings, seed)).tolist()
    pairs = zip(settings.effect * sources.valence, settings.effect * sources.arousal, strict=True)
    effects = [{"valence": float(v), "arousal": float(a)} for v, a in pairs]
    return {
        "subject": subject,
        "seed": seed,
        "settings": asdict(settings),
        "sfreq": SFREQ,
        "trials": felt(subject, settings, seed).assign(onset=onsets).to_dict("records"),
        "effects": dict(zip(sources.names, effects, strict=True)),
    }


def _write_clean(path: Path, clean: np.ndarray, events: np.ndarray) -> None:
    signals = resample_poly(clean, 1, SFREQ // TRUTH_SFREQ, axis=1)
    signals *= 1e-6
    info = mne.create_info(GENEVA, TRUTH_SFREQ, "eeg").set_montage("biosemi32")
    raw = mne.io.RawArray(signals.astype(np.float64), info, verbose="ERROR")
    onsets = video_onsets(events) / SFREQ
    raw.set_annotations(mne.Annotations(onsets, 0.0, [f"trial/{trial}" for trial in range(1, len(onsets) + 1)]))
    with storage.writing(path) as temporary:
        raw.save(temporary, fmt="single", overwrite=True, verbose="ERROR")


def _codes(events: np.ndarray, clock: Clock) -> np.ndarray:
    """Return the code at every sample: each is held for a tenth of a second."""
    codes = np.zeros(clock.n_times, np.int32)
    for sample, code in events:
        codes[sample : sample + SFREQ // 10] = code
    return codes

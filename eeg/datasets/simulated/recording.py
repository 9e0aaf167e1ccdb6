"""One subject's session: what the electrodes record of brain and artefacts, when, and what is true of it."""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from eeg.channels import EOG, GENEVA
from eeg.datasets import bdf
from eeg.datasets.simulated import artefacts, brain
from eeg.datasets.simulated.artefacts import Clock
from eeg.datasets.simulated.cohort import SFREQ, Settings, felt, quadrants, ratings, timeline, video_onsets
from eeg.seeds import generator

REFERENCE = ("C3", "Cz", "P3", "Pz")
"""Electrodes between which the reference of the recording lies."""

RAMP = 0.5
"""Seconds in which the emotion effect sets in after the start of a video."""


@dataclass(frozen=True)
class Eyes:
    """What the eyes do, and what of it reaches the electrodes.

    Attributes
    ----------
    weights : ndarray, shape (2, 32)
        Microvolt at each electrode (order GENEVA) per microvolt of hEOG and vEOG.
    signals : ndarray of float32, shape (2, n_times)
        hEOG and vEOG in microvolt, as the eyes alone make them.
    blinks : ndarray
        Seconds at which blinks begin.
    """

    weights: np.ndarray
    signals: np.ndarray
    blinks: np.ndarray


@dataclass(frozen=True)
class Recording:
    """A subject's session at `SFREQ`.

    Attributes
    ----------
    events : ndarray of int, shape (n_events, 2)
        Sample and trigger code.
    videos : ndarray of int, shape (n_trials,)
        The video of each trial.
    clean : ndarray of float32, shape (32, n_times)
        The brain at the EEG electrodes, microvolt, average reference, order GENEVA.
    channels : dict of ndarray, each of shape (n_times,)
        All signals of the recording by name, in microvolt or the unit of `bdf.UNITS`.
    eyes : Eyes
        What of the channels is the eyes'.
    sources : Brain
        The brain's sources.
    """

    events: np.ndarray
    videos: np.ndarray
    clean: np.ndarray
    channels: dict[str, np.ndarray]
    eyes: Eyes
    sources: brain.Brain

    @property
    def onsets(self) -> np.ndarray:
        """Samples at which the videos start, shape (n_trials,)."""
        return video_onsets(self.events)

    @property
    def codes(self) -> np.ndarray:
        """The trigger code at every sample, shape (n_times,): each is held for a tenth of a second."""
        codes = np.zeros(self.clean.shape[1], np.int32)
        for sample, code in self.events:
            codes[sample : sample + SFREQ // 10] = code
        return codes


def record(subject: str, settings: Settings, seed: int) -> Recording:
    """Return a subject's session; it is the same whatever the other subjects and the forms that are written."""
    events = timeline(subject, settings, seed)
    clock = Clock(int(np.ceil(events[-1, 0] / SFREQ + 1.0)) * SFREQ, SFREQ)
    sources = brain.person(generator(seed, "simulate", subject, "person"))
    knots, log_power = states(subject, settings, seed, sources=sources)
    rng = generator(seed, "simulate", subject, "brain")
    clean = brain.activity(sources, knots, log_power, shape=(clock.n_times, SFREQ), rng=rng)
    seen = eyes(clock, subject, settings, seed)
    channels = recorded(clean, subject, settings, seed=seed, eyes=seen, leak=brain.covariance(sources))
    videos = felt(subject, settings, seed)["video"].to_numpy(int)
    return Recording(events, videos, clean, channels, seen, sources)


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


def eyes(clock: Clock, subject: str, settings: Settings, seed: int) -> Eyes:
    """Return a subject's blinks and saccades."""
    rng = generator(seed, "simulate", subject, "eyes")
    weights = artefacts.eye_weights(rng)
    times = artefacts.blink_times(settings.blinks, clock, rng)
    signals = artefacts.saccades(settings.saccades, clock, rng)
    signals[1] += artefacts.blinks(times, clock, rng)
    signals *= settings.artefacts
    return Eyes(weights, signals, times if settings.artefacts else times[:0])


def recorded(
    clean: np.ndarray, subject: str, settings: Settings, *, seed: int, eyes: Eyes, leak: np.ndarray
) -> dict[str, np.ndarray]:
    """Return the channels of a recording in microvolt by name.

    Parameters
    ----------
    clean : ndarray of float32, shape (32, n_times)
        The brain at the EEG electrodes, microvolt, average reference.
    subject, settings, seed
        Whose recording it is, its sizes, and the seed of the experiment.
    eyes : Eyes
        What the eyes do.
    leak : ndarray, shape (32, 32)
        Expected covariance of `clean`, from which the share of the brain in the eye electrodes follows.
    """
    clock, factor = Clock(clean.shape[1], SFREQ), settings.artefacts
    rng = {word: generator(seed, "simulate", subject, word) for word in ("muscle", "mains", "drift", "noise")}
    external = np.zeros((len(bdf.EXTERNAL), clock.n_times), np.float32)
    external[:4] = brain.mix(artefacts.eye_electrodes(leak), clean) + brain.mix(artefacts.EYE_POLES, eyes.signals)
    for row in external[4:]:
        row[:] = factor * settings.muscle * artefacts.muscle_noise(clock, rng["muscle"])
    signals = np.vstack([clean - clean[[GENEVA.index(name) for name in REFERENCE]].mean(axis=0), external])
    scalp = signals[: len(GENEVA)]
    scalp += brain.mix(eyes.weights.T, eyes.signals)
    artefacts.add_muscle(scalp, factor * settings.muscle, settings.bursts, clock=clock, rng=rng["muscle"])
    artefacts.add_mains(signals, factor * settings.mains, clock, rng["mains"])
    offset = factor * artefacts.OFFSET
    artefacts.add_drift(signals, factor * settings.wander, clock, rng["drift"], offset=offset)
    artefacts.add_noise(signals, factor * settings.noise, rng["noise"])
    channels = dict(zip((*GENEVA, *bdf.EXTERNAL), signals, strict=True))
    return channels | artefacts.peripheral(clock, generator(seed, "simulate", subject, "peripheral"))


def truth(subject: str, settings: Settings, seed: int, *, sources: brain.Brain) -> dict[str, Any]:
    """Return what is true of a subject: felt emotion and onset of every trial, effects on every source, quadrants."""
    onsets = video_onsets(timeline(subject, settings, seed)).tolist()
    pairs = zip(settings.effect * sources.valence, settings.effect * sources.arousal, strict=True)
    effects = [{"valence": float(v), "arousal": float(a)} for v, a in pairs]
    # Which files were written is no truth of the subject: it is the same beside any of them.
    sizes = {name: value for name, value in asdict(settings).items() if name != "forms"}
    return {
        "subject": subject,
        "seed": seed,
        "settings": sizes,
        "sfreq": SFREQ,
        "trials": felt(subject, settings, seed).assign(onset=onsets).to_dict("records"),
        "effects": dict(zip(sources.names, effects, strict=True)),
        "quadrants": quadrants(ratings(subject, settings, seed)),
    }


def eyes_known(eyes: Eyes) -> dict[str, Any]:
    """Return what is true of a subject's eyes: weights by channel and electrode, and when blinks begin."""
    weights = {name: dict(zip(GENEVA, row, strict=True)) for name, row in zip(EOG, eyes.weights.tolist(), strict=True)}
    return {"eog_weights": weights, "blinks": eyes.blinks.tolist()}

"""The simulated people: what they are shown and when, what they feel, and how they rate it.

Every ingredient of a subject has a random generator named by the seed, the subject and the ingredient, and every video
one named by the seed and the video: a subject is the same whatever the number of subjects.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from eeg.errors import InputError
from eeg.seeds import generator

SFREQ = 512
"""Sampling rate of the recordings in Hz, that of the originals."""

FELT = ("valence", "arousal", "dominance", "liking")
"""What a person feels in a trial, in standard deviations."""

NO_FAMILIARITY = (2, 15, 23)
"""Participants whose familiarity is blank in the original table."""

PLACES = {
    "original": "data_original/{subject}.bdf",
    "python": "data_preprocessed_python/{subject}.dat",
    "matlab": "data_preprocessed_matlab/{subject}.mat",
}
"""Where a subject's file lies in each of DEAP's forms."""


@dataclass(frozen=True)
class Settings:
    """How large, how long and how clear the simulated recordings are.

    Attributes
    ----------
    n_trials : int
        Trials of a subject; each shows another of as many videos.
    baseline, duration, gap : float
        Seconds before a video, of a video, and at least between a video and the next baseline.
    effect : float
        Size of the valence and arousal effects on band power; 0 is pure noise.
    rating_noise : float
        Standard deviation of the noise on a rating, in rating points.
    video_rating : float
        Share of the variance of the felt emotion that people share for a video, 0 to 1.
    video_response : float
        Standard deviation, in log power, of a response to the video that people share and that is no emotion.
    trial_offset : float
        Standard deviation, in log power, of each source's own offset in each trial.
    drift : float
        Standard deviation, in log power, of each source's slow wandering over the recording.
    blinks, saccades, bursts : float
        Blinks, saccades and muscle bursts per minute.
    mains, muscle, noise, wander : float
        Amplitude of the mains, and root mean square of a muscle burst, of the electrode noise and of the electrodes'
        drift below 0.5 Hz, in microvolt.
    artefacts : float
        Factor on all of these amplitudes and on those of the eyes: the same artefacts, so many times as strong.
        0: the electrodes record the brain alone, and so do those around the eyes.
    forms : sequence of str
        The files that are written: `original`, `python`, `matlab`. They hold the same trials, whichever are written.
    """

    n_trials: int = 24
    baseline: float = 3.0
    duration: float = 20.0
    gap: float = 1.5
    effect: float = 1.0
    rating_noise: float = 0.5
    video_rating: float = 0.5
    video_response: float = 0.0
    trial_offset: float = 0.5
    drift: float = 0.2
    blinks: float = 15.0
    saccades: float = 40.0
    bursts: float = 4.0
    mains: float = 3.0
    muscle: float = 10.0
    noise: float = 1.0
    wander: float = 20.0
    artefacts: float = 1.0
    forms: Sequence[str] = ("original",)


def number(subject: str) -> int:
    """Return the number in a subject id: 1 for s01."""
    return int(subject.removeprefix("s"))


def file_of(folder: Path | str, subject: str, form: str) -> Path:
    """Return where a subject's file in one of the forms lies.

    Raises
    ------
    InputError
        DEAP has no such form.
    """
    if form not in PLACES:
        raise InputError(
            f"one of the forms {', '.join(PLACES)}", f"{form!r}", "Correct `simulated.forms` in the config."
        )
    return Path(folder) / PLACES[form].format(subject=subject)


def felt(subject: str, settings: Settings, seed: int) -> pd.DataFrame:
    """Return what a subject truly feels.

    Returns
    -------
    DataFrame
        `trial, video` in the subject's own order of presentation, and the columns of `FELT`, each of unit variance:
        a share `video_rating` of it belongs to the video, the rest to subject and trial.
    """
    videos = generator(seed, "simulate", subject, "order").permutation(settings.n_trials) + 1
    shared = np.array([generator(seed, "video", int(video), "felt").standard_normal(len(FELT)) for video in videos])
    own = generator(seed, "simulate", subject, "felt").standard_normal(shared.shape)
    valence, arousal, dominance, liking = (
        np.sqrt(settings.video_rating) * shared + np.sqrt(1 - settings.video_rating) * own
    ).T
    latent = np.column_stack([valence, arousal, 0.4 * valence + 0.9165 * dominance, 0.6 * valence + 0.8 * liking])
    table = pd.DataFrame({"trial": np.arange(1, settings.n_trials + 1), "video": videos})
    return table.assign(**dict(zip(FELT, latent.T, strict=True)))


def ratings(subject: str, settings: Settings, seed: int) -> pd.DataFrame:
    """Return a subject's ratings in the columns of the original `participant_ratings.csv`, one row per trial."""
    table = felt(subject, settings, seed)
    rng = generator(seed, "simulate", subject, "ratings")
    noise = rng.normal(0.0, settings.rating_noise, (len(table), len(FELT)))
    scores = np.clip(5.0 + 2.0 * table[list(FELT)].to_numpy() + noise, 1.0, 9.0).round(2)
    familiarity = rng.integers(1, 6, len(table)).astype(float)
    result = pd.DataFrame({"Participant_id": number(subject), "Trial": table["trial"], "Experiment_id": table["video"]})
    result["Start_time"] = (video_onsets(timeline(subject, settings, seed)) / SFREQ * 1e4).round().astype(int)
    result = result.assign(**{name.capitalize(): column for name, column in zip(FELT, scores.T, strict=True)})
    return result.assign(Familiarity=np.nan if number(subject) in NO_FAMILIARITY else familiarity)


def labels(table: pd.DataFrame) -> np.ndarray:
    """Return a subject's ratings in the release's form, shape (n_trials, 4): row k is video k + 1, columns `FELT`."""
    return table.sort_values("Experiment_id")[[name.capitalize() for name in FELT]].to_numpy(np.float64)


def quadrants(table: pd.DataFrame) -> dict[str, list[int]]:
    """Return how many of a table's trials are HVHA, HVLA, LVHA and LVLA.

    Returns
    -------
    dict
        `low`: a rating of exactly 5 counts as low; `high`: as high.
    """
    pair = table[["Valence", "Arousal"]].to_numpy(float)
    rules = {"low": pair > 5.0, "high": pair >= 5.0}
    return {tie: np.bincount(2 * ~high[:, 0] + ~high[:, 1], minlength=4).tolist() for tie, high in rules.items()}


def timeline(subject: str, settings: Settings, seed: int) -> np.ndarray:
    """Return the trigger codes of a recording, shape (n_events, 2): sample and code, in the originals' sequence.

    Code 1 twice, 2 around the first and the second half, and per trial 3 (fixation), 4 (video), 5 (after it) and
    1 (rating); 7 ends the recording.
    """
    rng = generator(seed, "simulate", subject, "timeline")
    third = settings.gap / 3
    second, found = 2.0, [(0.8, 1), (1.2, 1), (1.6, 2)]
    for trial in range(settings.n_trials):
        if trial == settings.n_trials // 2 and trial > 0:
            found += [(second, 2), (second + 1.0, 2)]
            second += 1.4
        video = second + third + settings.baseline
        end = video + settings.duration
        found += [(second, 3), (video, 4), (end, 5), (end + third, 1)]
        second = end + third + rng.uniform(1.0, 1.5) * third
    found += [(second, 2), (second + 0.4, 7)]
    return np.array([(round(time * SFREQ), code) for time, code in found])


def video_onsets(events: np.ndarray) -> np.ndarray:
    """Return the samples at which the videos start."""
    return events[events[:, 1] == 4, 0]

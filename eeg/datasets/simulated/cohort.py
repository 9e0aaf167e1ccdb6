"""The simulated people: what they are shown and when, what they feel, and how they rate it.

Every ingredient of a subject has a random generator named by the seed, the subject and the ingredient, and every video
one named by the seed and the video: a subject is the same whatever the number of subjects.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from eeg.seeds import generator

SFREQ = 512
"""Sampling rate of the recordings in Hz, that of the originals."""

FELT = ("valence", "arousal", "dominance", "liking")
"""What a person feels in a trial, in standard deviations."""

NO_FAMILIARITY = (2, 15, 23)
"""Participants whose familiarity is blank in the original table."""


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


def number(subject: str) -> int:
    """Return the number in a subject id: 1 for s01."""
    return int(subject.removeprefix("s"))


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

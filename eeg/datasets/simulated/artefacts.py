"""What a recording holds besides the brain: eyes, muscles, mains, drifting electrodes, and the other sensors."""

from dataclasses import dataclass

import numpy as np
from scipy import fft

from eeg.channels import GENEVA
from eeg.datasets.simulated.brain import electrodes, mix, shaped_noise

BLINK_SECONDS = 0.35
"""Length of a blink."""

BLINK_MICROVOLT = (100.0, 200.0)
"""Range of a blink's amplitude in vEOG."""

GAZE_MICROVOLT = 50.0
"""Standard deviation of hEOG over gaze positions; about 10 microvolt per degree."""

LEAKAGE = 0.3
"""Brain activity in the bipolar EOG channels as a share of the frontal EEG channels' amplitude."""

EYE_POLES = np.array([[0.5, 0.2], [-0.5, 0.2], [0.0, 0.6], [0.0, -0.4]])
"""EXG1 to EXG4 per microvolt of hEOG and vEOG; the pairs' differences are exactly one and nothing of the other."""

MAINS_HERTZ = 50.0
"""Frequency of the mains."""

OFFSET = 2000.0
"""Standard deviation of the electrodes' offsets in microvolt."""

BURST_BAND = (20.0, 100.0)
"""Hz: where muscle bursts have their power."""


@dataclass(frozen=True)
class Clock:
    """Number of samples of a recording and their rate in Hz."""

    n_times: int
    sfreq: float

    @property
    def times(self) -> np.ndarray:
        """Seconds of the samples."""
        return np.arange(self.n_times) / self.sfreq

    @property
    def seconds(self) -> float:
        """Length in seconds."""
        return self.n_times / self.sfreq


def eye_weights(rng: np.random.Generator) -> np.ndarray:
    """Return the microvolt at each electrode per microvolt of hEOG and of vEOG, shape (2, 32), order GENEVA.

    They fall off with the distance to the eyes; looking to the left is positive in hEOG and at the left electrodes.
    """
    places = electrodes()
    eyes = np.array([[-0.033, 0.085, -0.02], [0.033, 0.085, -0.02]])
    left, right = np.exp(-np.linalg.norm(places[None] - eyes[:, None], axis=2) / 0.035)
    horizontal, vertical = left - right, left + right
    frontal = [GENEVA.index("Fp1"), GENEVA.index("Fp2")]
    vertical *= 0.5 * rng.uniform(0.85, 1.15) / vertical[frontal].mean()
    horizontal *= 0.35 * rng.uniform(0.85, 1.15) / np.abs(horizontal).max()
    return np.vstack([horizontal, vertical])


def blink_times(per_minute: float, clock: Clock, rng: np.random.Generator) -> np.ndarray:
    """Return the seconds at which blinks begin, at least 0.6 s apart."""
    return _random_times(per_minute, clock, rng, apart=0.6)


def blinks(times: np.ndarray, clock: Clock, rng: np.random.Generator) -> np.ndarray:
    """Return the blinks in vEOG in microvolt, shape (n_times,): up within 0.13 s, down within 0.22 s."""
    result = np.zeros(clock.n_times, np.float32)
    length = int(BLINK_SECONDS * clock.sfreq)
    shape = np.sin(np.pi * np.linspace(0.0, 1.0, length) ** 0.7) ** 2
    for first in (times * clock.sfreq).astype(int):
        result[first : first + length] += (rng.uniform(*BLINK_MICROVOLT) * shape).astype(np.float32)
    return result


def saccades(per_minute: float, clock: Clock, rng: np.random.Generator) -> np.ndarray:
    """Return the gaze in hEOG and vEOG in microvolt, shape (2, n_times): steps of 40 ms between positions."""
    times = _random_times(per_minute, clock, rng, apart=0.15)
    result = np.zeros((2, clock.n_times), np.float32)
    knots = np.column_stack([times, times + 0.04]).ravel()
    for row, size in zip(result, (GAZE_MICROVOLT, 0.2 * GAZE_MICROVOLT), strict=True):
        gaze = size * rng.standard_normal(len(times) + 1)
        steps = np.column_stack([gaze[:-1], gaze[1:]]).ravel()
        row[:] = np.interp(clock.times, knots, steps) if len(times) else 0.0
    return result


def eye_electrodes(brain_covariance: np.ndarray) -> np.ndarray:
    """Return how EXG1 to EXG4 see the EEG electrodes' brain activity, shape (4, 32): `LEAKAGE` once bipolar."""
    rms = np.sqrt(np.diag(brain_covariance))
    frontal = np.mean([rms[GENEVA.index(name)] for name in ("Fp1", "Fp2", "AF3", "AF4")])
    weights = np.zeros((4, len(GENEVA)))
    weights[0, GENEVA.index("F7")] = weights[1, GENEVA.index("F8")] = 1.0
    weights[2, GENEVA.index("Fp2")], weights[3, GENEVA.index("Fp2")] = 1.0, 0.25
    for pair in (slice(0, 2), slice(2, 4)):
        bipolar = weights[pair][0] - weights[pair][1]
        weights[pair] *= LEAKAGE * frontal / np.sqrt(bipolar @ brain_covariance @ bipolar)
    return weights


def add_mains(signals: np.ndarray, microvolt: float, clock: Clock, rng: np.random.Generator) -> None:
    """Add mains of amplitude about `microvolt` to every row of `signals`, its size and phase varying between rows."""
    angle = 2 * np.pi * MAINS_HERTZ * clock.times
    waves = np.array([np.sin(angle), np.cos(angle)], np.float32)
    size = microvolt * rng.lognormal(0.0, 0.4, len(signals))
    phase = rng.uniform(0, 2 * np.pi) + rng.normal(0.0, 0.4, len(signals))
    signals += mix(np.column_stack([size * np.cos(phase), size * np.sin(phase)]), waves)


def add_drift(
    signals: np.ndarray, microvolt: float, clock: Clock, rng: np.random.Generator, *, offset: float = OFFSET
) -> None:
    """Add a drift below 0.5 Hz to every row, and an offset; root mean squares `microvolt` and `offset`."""
    knots = np.arange(0.0, clock.seconds + 10.0, 5.0)
    keep = np.exp(-5.0 / 60.0)
    for row in signals:
        walk = rng.standard_normal(len(knots))
        for k in range(1, len(walk)):
            walk[k] = keep * walk[k - 1] + np.sqrt(1 - keep**2) * walk[k]
        row += (np.interp(clock.times, knots, microvolt * walk) + rng.normal(0.0, offset)).astype(np.float32)


def add_noise(signals: np.ndarray, microvolt: float, rng: np.random.Generator) -> None:
    """Add white noise of root mean square `microvolt` to every row."""
    for row in signals:
        row += np.float32(microvolt) * rng.standard_normal(len(row), dtype=np.float32)


def add_muscle(
    signals: np.ndarray, microvolt: float, per_minute: float, *, clock: Clock, rng: np.random.Generator
) -> None:
    """Add bursts of muscle activity of root mean square about `microvolt` at T7 or T8 to the EEG, in order GENEVA."""
    noise = muscle_noise(clock, rng)
    places = electrodes()
    for start in _random_times(per_minute, clock, rng, apart=0.0):
        side = GENEVA.index(rng.choice(["T7", "T8"]))
        topography = np.exp(-np.linalg.norm(places - places[side], axis=1) / 0.04)
        length = int(rng.uniform(0.3, 1.5) * clock.sfreq)
        span = slice(int(start * clock.sfreq), int(start * clock.sfreq) + length)
        burst = noise[span] * np.hanning(len(noise[span])).astype(np.float32)
        size = microvolt * rng.lognormal(0.0, 0.4) * topography
        signals[:, span] += size.astype(np.float32)[:, None] * burst


def muscle_noise(clock: Clock, rng: np.random.Generator) -> np.ndarray:
    """Return noise of unit variance between 20 and 100 Hz, shape (n_times,)."""
    n_fft = fft.next_fast_len(clock.n_times, real=True)
    frequencies = fft.rfftfreq(n_fft, 1 / clock.sfreq)
    inside = (frequencies >= BURST_BAND[0]) & (frequencies <= BURST_BAND[1])
    return shaped_noise(inside / np.sqrt(2 * inside.sum()), n_fft, rng)[: clock.n_times]


def peripheral(clock: Clock, rng: np.random.Generator) -> dict[str, np.ndarray]:
    """Return simple but plausible signals of the other sensors by name, each of shape (n_times,)."""
    times = clock.times
    breath = 2 * np.pi * rng.uniform(0.22, 0.3) * times + np.sin(2 * np.pi * 0.02 * times)
    pulse = 2 * np.pi * rng.uniform(1.0, 1.3) * times + 0.4 * np.sin(breath)
    level = np.cumsum(np.histogram(_random_times(4.0, clock, rng, apart=1.0), np.append(times, clock.seconds))[0])
    signals = {
        "GSR1": 5000.0 + 300.0 * (level - level.mean()) * np.exp(-times / 600.0),
        "GSR2": np.zeros(clock.n_times),
        "Erg1": np.zeros(clock.n_times),
        "Erg2": np.zeros(clock.n_times),
        "Resp": 500.0 * np.sin(breath),
        "Plet": 800.0 * (np.sin(pulse) + 0.4 * np.sin(2 * pulse + 0.8)),
        "Temp": 33.0 + 0.3 * np.sin(2 * np.pi * times / 900.0 + rng.uniform(0, 2 * np.pi)),
    }
    return {name: x + rng.normal(0.0, 0.05, clock.n_times) for name, x in signals.items()}


def _random_times(per_minute: float, clock: Clock, rng: np.random.Generator, *, apart: float) -> np.ndarray:
    """Return seconds of a Poisson-like train that keeps `apart` seconds between events, none in the last second."""
    if per_minute <= 0:
        return np.empty(0)
    mean = max(60.0 / per_minute - apart, 1e-3)
    intervals = apart + rng.exponential(mean, int(2 * clock.seconds / (mean + apart)) + 20)
    times = np.cumsum(intervals)
    return times[times < clock.seconds - 1.0]

"""The simulated brain: sources in a spherical head, their spectra, and how felt emotion changes their power.

Every source is Gaussian noise with a spectrum of its own, seen by the electrodes through a three-layer spherical
forward model. Thirty-two broad patches make the 1/f background; the rhythms of `RHYTHMS` lie under named electrodes.
The logarithm of a source's power follows the trials, so that every effect is a factor on band power.
"""

from dataclasses import dataclass
from functools import cache

import mne
import numpy as np
from scipy import fft

from eeg.channels import GENEVA

BAND = (4.0, 45.0)
"""Hz: where the amplitudes below are measured, the pass-band of the later steps."""

AMPLITUDE = 10.0
"""Typical root mean square of an EEG channel in `BAND`, average reference, in microvolt."""

BACKGROUND = 5.0
"""Root mean square of the 1/f background in `BAND`, in microvolt before the whole is brought to `AMPLITUDE`."""

INDIVIDUAL = 0.25
"""Standard deviation, in log power per unit of felt emotion, of what is a person's own in the effects."""

RHYTHMS = (
    # band, electrode above, microvolt there, log power per unit of felt valence, and of felt arousal
    *[("theta", place, 3.0, 0.0, 0.0) for place in ("Fz", "Cz")],
    *[("alpha", place, 9.0, 0.0, -0.6) for place in ("O1", "O2", "P3", "P4", "Pz")],
    *[("alpha", place, 4.0, -1.3, 0.0) for place in ("AF3", "F3", "F7")],
    *[("alpha", place, 4.0, 1.3, 0.0) for place in ("AF4", "F4", "F8")],
    *[("beta", place, 3.5, 0.0, 0.6) for place in ("F3", "F4", "Cz", "C3", "C4", "T7", "T8", "P7", "P8")],
    *[("gamma", place, 3.0, 1.1, 0.2) for place in ("T7", "T8", "P7", "P8")],
    *[("gamma", place, 2.5, 0.0, 0.6) for place in ("FC5", "FC6", "C3", "C4", "CP5", "CP6")],
)
"""Rhythms and what emotion does to them: more valence, less left and more right frontal alpha and more temporal
gamma; more arousal, more beta and gamma and less posterior alpha."""

SPECTRA = {"theta": (6.0, 1.0), "alpha": (10.0, 0.8), "beta": (20.0, 4.0), "gamma": (38.0, 7.0)}
"""Centre and width (standard deviation) of the rhythms' power spectra in Hz; the alpha peak differs most between
people (9 to 11 Hz)."""


@dataclass(frozen=True)
class Brain:
    """The sources of one person.

    Attributes
    ----------
    names : tuple of str
        `background/1` ... `background/32`, then `band/electrode`.
    mixing : ndarray, shape (32, n_sources)
        Microvolt at each electrode (order GENEVA) for a source of unit variance in `BAND`.
    spectra : ndarray, shape (n_sources, 2)
        Centre and width in Hz of a rhythm; exponent of the 1/f slope and NaN of a background patch.
    valence, arousal : ndarray, shape (n_sources,)
        Change of log power per unit of felt emotion at effect 1.
    """

    names: tuple[str, ...]
    mixing: np.ndarray
    spectra: np.ndarray
    valence: np.ndarray
    arousal: np.ndarray


def planted(target: str, band: str, sign: int) -> set[str]:
    """Return the electrodes under which an effect of a sign was planted, the weaker half of mixed ones left out.

    Parameters
    ----------
    target : str
        `valence` or `arousal`.
    band : str
    sign : int
        1: more power with more of it; -1: less.
    """
    sizes = {
        place: sign * (valence if target == "valence" else arousal)
        for name, place, _, valence, arousal in RHYTHMS
        if name == band
    }
    return {place for place, size in sizes.items() if size > 0.5 * max(sizes.values())}


@cache
def electrodes() -> np.ndarray:
    """Return the electrodes' positions in metres relative to the centre of the head, shape (32, 3), order GENEVA."""
    info, sphere = _head()
    return np.array([channel["loc"][:3] for channel in info["chs"]]) - sphere["r0"]


def leadfield(positions: np.ndarray, directions: np.ndarray) -> np.ndarray:
    """Return the potentials of unit dipoles, shape (32, n_dipoles), average reference.

    Parameters
    ----------
    positions, directions : ndarray, shape (n_dipoles, 3)
        Metres from the centre of the head, and unit vectors.
    """
    info, sphere = _head()
    n = len(positions)
    times = np.arange(n, dtype=float)
    dipoles = mne.Dipole(times, positions + sphere["r0"], np.full(n, 1e-8), directions, np.ones(n), verbose="ERROR")
    forward, _ = mne.make_forward_dipole(dipoles, sphere, info, verbose="ERROR")
    gain = forward["sol"]["data"].astype(float)
    return gain - gain.mean(axis=0)


def person(rng: np.random.Generator) -> Brain:
    """Return the sources of a person drawn from `rng`."""
    background = _background(rng)
    places = np.array([GENEVA.index(place) for _, place, *_ in RHYTHMS])
    rhythms = _patches(electrodes()[places], rng)
    amplitudes = np.array([row[2] for row in RHYTHMS]) * rng.lognormal(0.0, 0.15, len(RHYTHMS))
    rhythms *= amplitudes / np.abs(rhythms[places, np.arange(len(RHYTHMS))])
    mixing = np.hstack([background, rhythms])
    mixing *= AMPLITUDE * rng.lognormal(0.0, 0.1) / np.sqrt((mixing**2).sum(axis=1).mean())
    own = rng.normal(0.0, INDIVIDUAL, (2, len(RHYTHMS)))
    own[:, [row[0] == "theta" for row in RHYTHMS]] = 0.0
    common = np.array([row[3:] for row in RHYTHMS]).T
    none = np.zeros((2, len(GENEVA)))
    valence, arousal = np.hstack([none, common + own])
    return Brain(_names(), mixing, _spectra(rng), valence, arousal)


def covariance(brain: Brain) -> np.ndarray:
    """Return the expected covariance of the electrodes in `BAND` without any effect, in microvolt squared."""
    return brain.mixing @ brain.mixing.T


def activity(
    brain: Brain, knots: np.ndarray, log_power: np.ndarray, *, shape: tuple[int, float], rng: np.random.Generator
) -> np.ndarray:
    """Return what the electrodes record of the brain and nothing else.

    Parameters
    ----------
    brain : Brain
        The sources.
    knots : ndarray, shape (n_knots,)
        Seconds at which the sources' log power is given; it is linear between them.
    log_power : ndarray, shape (n_sources, n_knots)
        Change of each source's log power.
    shape : (int, float)
        Number of samples, and sampling rate in Hz.
    rng : Generator
        Source of the noise.

    Returns
    -------
    ndarray of float32, shape (32, n_times)
        Microvolt, average reference.
    """
    n_times, sfreq = shape
    n_fft = fft.next_fast_len(n_times, real=True)
    frequencies = fft.rfftfreq(n_fft, 1 / sfreq)
    times = np.arange(n_times) / sfreq
    result = np.zeros((len(GENEVA), n_times), np.float32)
    for block in np.array_split(np.arange(len(brain.names)), 8):
        sources = np.empty((len(block), n_times), np.float32)
        for row, source in zip(sources, block, strict=True):
            row[:] = shaped_noise(amplitude(brain.spectra[source], frequencies), n_fft, rng)[:n_times]
            row *= np.exp(0.5 * np.interp(times, knots, log_power[source])).astype(np.float32)
        result += mix(brain.mixing[:, block], sources)
    return result


def amplitude(spectrum: np.ndarray, frequencies: np.ndarray) -> np.ndarray:
    """Return a source's amplitude spectrum at the bins of a real FFT, scaled to unit variance in `BAND`."""
    centre, width = spectrum
    if np.isnan(width):
        power = np.maximum(frequencies, 0.5) ** -centre * (frequencies > 0)
    else:
        power = np.exp(-0.5 * ((frequencies - centre) / width) ** 2)
    inside = (frequencies >= BAND[0]) & (frequencies <= BAND[1])
    return np.sqrt(power / (2 * power[inside].sum()))


def mix(weights: np.ndarray, x: np.ndarray) -> np.ndarray:
    """Return `weights @ x` in float32, the same to the last bit whatever the number of threads."""
    return np.einsum("cs,st->ct", weights.astype(np.float32), x, optimize=False)


def shaped_noise(spectrum: np.ndarray, n_fft: int, rng: np.random.Generator) -> np.ndarray:
    """Return Gaussian noise, float32, whose variance is twice the sum of the squared amplitude `spectrum`."""
    draws = rng.standard_normal(2 * len(spectrum), dtype=np.float32).view(np.complex64)
    draws *= (spectrum * (n_fft / np.sqrt(2))).astype(np.float32)
    return fft.irfft(draws, n_fft)


@cache
def _head() -> tuple[mne.Info, mne.bem.ConductorModel]:
    info = mne.create_info(GENEVA, 512.0, "eeg").set_montage("biosemi32")
    return info, mne.make_sphere_model("auto", "auto", info, verbose="ERROR")


def _background(rng: np.random.Generator) -> np.ndarray:
    """Return the symmetric root of the covariance of 300 dipoles all over the cortex: 32 smooth patches."""
    directions = rng.standard_normal((300, 3))
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    directions[:, 2] = np.maximum(directions[:, 2], -0.3)
    orientations = rng.standard_normal((300, 3))
    orientations /= np.linalg.norm(orientations, axis=1, keepdims=True)
    gain = leadfield(directions * rng.uniform(0.055, 0.078, (300, 1)), orientations)
    spread = np.einsum("cd,ed->ce", gain, gain, optimize=False)
    values, vectors = np.linalg.eigh(spread / np.trace(spread) * len(GENEVA))
    return BACKGROUND * (vectors * np.sqrt(np.maximum(values, 0.0))) @ vectors.T


def _patches(places: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return the potentials of cortical sources near `places`, each a bit displaced and tilted."""
    radial = places / np.linalg.norm(places, axis=1, keepdims=True)
    moved = radial + rng.normal(0.0, 0.05, places.shape)
    positions = 0.072 * moved / np.linalg.norm(moved, axis=1, keepdims=True)
    tilted = radial + rng.normal(0.0, 0.2, places.shape)
    return leadfield(positions, tilted / np.linalg.norm(tilted, axis=1, keepdims=True))


def _names() -> tuple[str, ...]:
    patches = [f"background/{number}" for number in range(1, len(GENEVA) + 1)]
    return (*patches, *[f"{band}/{place}" for band, place, *_ in RHYTHMS])


def _spectra(rng: np.random.Generator) -> np.ndarray:
    exponent = rng.normal(1.2, 0.1)
    shift = {"theta": 0.0, "alpha": rng.uniform(-1.0, 1.0), "beta": rng.normal(0.0, 1.0), "gamma": rng.normal(0.0, 1.0)}
    rhythms = [(SPECTRA[band][0] + shift[band], SPECTRA[band][1]) for band, *_ in RHYTHMS]
    return np.array([(exponent, np.nan)] * len(GENEVA) + rhythms)

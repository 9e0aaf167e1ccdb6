"""Blinks and saccades are found where they are, and what is none is not taken for one."""

import mne
import numpy as np
import pytest

from eeg.preprocess.eog import events
from eeg.preprocess.eog.events import Events
from eeg.preprocess.eog.piece import whole

SFREQ = 128.0
SECONDS = 100
TIMES = np.arange(round(SECONDS * SFREQ)) / SFREQ
BLINKS = np.arange(5.0, 95.0, 6.0)
STEPS = np.arange(8.0, 95.0, 6.0)


def found(h=0.0, v=0.0, *, noise=4e-6, joined=()):
    """Return the events in noise of 4 microvolt with these signals added to hEOG and vEOG."""
    x = noise * np.random.default_rng(3).standard_normal((3, len(TIMES)))
    x[1:] += np.stack([h + 0 * TIMES, v + 0 * TIMES])
    info = mne.create_info(["Cz", "hEOG", "vEOG"], SFREQ, ["eeg", "eog", "eog"])
    raw = mne.io.RawArray(x, info, verbose="error")
    raw.set_annotations(mne.Annotations(list(joined), 0.0, ["EDGE boundary"] * len(joined)))
    piece = whole(raw, raw, trials=None)
    return events.find(piece, ["hEOG", "vEOG"]), piece


def blinks(size=60e-6):
    return size * np.exp(-0.5 * ((TIMES[:, None] - BLINKS) / 0.08) ** 2).sum(axis=1)


def steps(size=40e-6):
    """A gaze that jumps to and fro."""
    return size * (np.searchsorted(STEPS, TIMES) % 2)


@pytest.mark.parametrize("sign", [1, -1])
def test_blinks_are_found_whichever_way_the_electrodes_were_connected(sign):
    of, _ = found(v=sign * blinks())
    np.testing.assert_allclose(of["vEOG"].samples / SFREQ, BLINKS, atol=0.05)
    assert len(of["hEOG"].samples) == 0


def test_saccades_are_found_with_their_direction():
    of, _ = found(h=steps())
    # a step lies between two samples, and the means that look for it are a tenth of a second long
    np.testing.assert_allclose(of["hEOG"].samples / SFREQ, STEPS, atol=0.1)
    np.testing.assert_array_equal(of["hEOG"].signs, [1.0, -1.0] * (len(STEPS) // 2) + [1.0] * (len(STEPS) % 2))
    assert len(of["vEOG"].samples) == 0


def test_bursts_of_alpha_are_neither():
    """Alpha that swells to 60 microvolt within twelve seconds, as frontal rhythms can leave it in the EOG channels."""
    alpha = 60e-6 * np.sin(2 * np.pi * 9.3 * TIMES) * np.sin(np.pi * np.clip((TIMES - 40) / 25, 0, 1)) ** 2
    of, _ = found(h=alpha, v=alpha)
    assert len(of["hEOG"].samples) + len(of["vEOG"].samples) == 0


def test_nothing_is_found_in_silence():
    of, piece = found(noise=0.0)
    assert len(of["hEOG"].samples) + len(of["vEOG"].samples) == 0
    assert events.quiet(piece, of).all()


def test_events_beside_a_seam_between_recordings_are_left_out():
    of, _ = found(v=blinks(), joined=[BLINKS[3] + 0.1])
    assert len(of["vEOG"].samples) == len(BLINKS) - 1


def test_quiet_samples_are_those_away_from_every_event():
    of, piece = found(h=steps(), v=blinks())
    quiet = events.quiet(piece, of)
    every = np.concatenate([one.samples for one in of.values()])
    distance = np.abs(np.arange(len(quiet))[:, None] - every).min(axis=1)
    np.testing.assert_array_equal(quiet, distance > round(events.REACH * SFREQ))


def test_averages_make_signs_equal():
    x = np.zeros((1, 60))
    x[0, [20, 40]] = 3.0, -5.0
    window = np.arange(-2, 3)
    mean = events.averages(x, Events(np.array([20, 40]), np.array([1.0, -1.0])), window)
    np.testing.assert_allclose(mean, [[0, 0, 4.0, 0, 0]])


def test_the_error_of_an_average_is_its_standard_error_over_events():
    x = np.zeros((1, 60))
    x[0, [20, 40]] = 3.0, -5.0
    error = events.errors(x, Events(np.array([20, 40]), np.array([1.0, -1.0])), np.arange(-2, 3))
    np.testing.assert_allclose(error, [[0, 0, 1.0, 0, 0]])  # 3 and 5: a deviation of the root of 2, over that root

"""The eyes' share of an EOG channel's power: known mixtures of noise, eyes and loud stretches."""

import numpy as np
import pytest

from eeg.preprocess.eog.shares import around, share

SFREQ = 128.0
N_TIMES = round(600 * SFREQ)
PERIOD, LENGTH = round(4 * SFREQ), round(0.8 * SFREQ)
QUIET = np.arange(N_TIMES) % PERIOD >= LENGTH
EVENTFUL = 1 - QUIET.mean()


def power(*, eyes, loud=1.0):
    """Return the power of unit noise, `loud` times as strong in the second half, with eyes of that power in events."""
    rng = np.random.default_rng(4)
    level = np.where(np.arange(N_TIMES) < N_TIMES // 2, 1.0, loud)
    signal = np.sqrt(level) * rng.standard_normal(N_TIMES) + np.sqrt(eyes) * ~QUIET * rng.standard_normal(N_TIMES)
    return signal**2


@pytest.mark.parametrize("eyes", [1.0, 9.0, 100.0])
def test_share_is_the_eyes_part_of_the_power(eyes):
    part, still = share(power(eyes=eyes), QUIET, SFREQ)
    spread = EVENTFUL * eyes
    # 15,000 eventful samples: their power is known to about one per cent
    assert part == pytest.approx(spread / (1 + spread), rel=0.05)
    assert still == pytest.approx(1.0, rel=0.02)


def test_there_is_none_without_eyes_or_without_quiet():
    noise = power(eyes=0.0)
    assert share(noise, QUIET, SFREQ)[0] == 0.0
    assert share(noise, np.ones(N_TIMES, bool), SFREQ) == (0.0, 0.0)
    assert share(noise, np.zeros(N_TIMES, bool), SFREQ) == (0.0, 0.0)


def test_power_that_rises_no_more_than_it_varies_by_itself_is_not_the_eyes():
    """Bursts of noise, one of which happens to lie on the only few events."""
    rng = np.random.default_rng(7)
    signal = (
        np.repeat(rng.lognormal(0.0, 1.5, N_TIMES // round(SFREQ)), round(SFREQ)) * rng.standard_normal(N_TIMES) ** 2
    )
    quiet = np.ones(N_TIMES, bool)
    loudest = np.argsort(-signal.reshape(-1, round(SFREQ)).mean(axis=1))[30]
    quiet[loudest * round(SFREQ) : (loudest + 1) * round(SFREQ)] = False
    assert signal[~quiet].mean() > 3 * signal[quiet].mean()
    assert share(signal, quiet, SFREQ)[0] == 0.0


def test_a_loud_stretch_does_not_hide_the_eyes_and_does_not_count_as_usual():
    part, still = share(power(eyes=9.0, loud=16.0), QUIET, SFREQ)
    usual = 1 / np.mean([1.0, 1 / 16])
    assert still == pytest.approx(usual, rel=0.05)
    assert part == pytest.approx(EVENTFUL * 9 / (usual + EVENTFUL * 9), rel=0.1)


def test_around_is_the_mean_of_what_is_quiet_within_ten_seconds():
    x = np.where(QUIET, 2.0, 1e6)
    np.testing.assert_allclose(around(x, QUIET, SFREQ), 2.0, rtol=1e-6)  # sums of millions, less sums of millions
    none = QUIET & (np.arange(N_TIMES) > 60 * SFREQ)
    assert around(x, none, SFREQ)[: round(40 * SFREQ)].max() == 0.0

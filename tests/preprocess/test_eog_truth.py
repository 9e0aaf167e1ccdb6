"""The error against a known clean signal: zero where it should be, and never of signals that do not belong together."""

import mne
import numpy as np
import pytest

from eeg.preprocess import eog
from eeg.preprocess.eog.truth import score
from eeg.preprocess.reference import average

NAMES = ["Fp1", "Fp2", "Cz", "Pz"]
WEIGHTS = {"vEOG": dict(zip(NAMES, [0.5, 0.4, 0.1, 0.0], strict=True))}
BAND = {"low": 4.0, "high": 45.0}


def signals(sfreq=128.0, seconds=20, factor=1.0):
    """Return noise of 10 microvolt at the scalp with `factor` times the eyes in it, and the noise alone."""
    rng = np.random.default_rng(2)
    n_times = round(seconds * sfreq)
    clean, eyes = 1e-5 * rng.standard_normal((4, n_times)), 1e-5 * rng.standard_normal(n_times)
    mixed = clean + factor * np.outer(list(WEIGHTS["vEOG"].values()), eyes)
    info = mne.create_info([*NAMES, "vEOG"], sfreq, ["eeg"] * 4 + ["eog"])
    recorded = mne.io.RawArray(np.vstack([mixed, factor * eyes]), info, verbose="error")
    alone = mne.io.RawArray(clean, mne.create_info(NAMES, sfreq, "eeg"), verbose="error")
    return average(recorded), average(alone)


def test_true_weights_reach_the_clean_signal_where_the_eog_channel_holds_eyes_alone():
    recorded, clean = signals()
    found = score(eog.Truth(clean, WEIGHTS), recorded, clean.get_data(), ["vEOG"])
    assert found["channels"] == ["Fp1", "Fp2"]
    assert found["after"] == found["weights"] == 0.0
    assert found["share"] == 1.0
    # independent signals of one size: after the average reference the weights are 0.25 and 0.15, and of the clean
    # signal's variance three quarters are left; 2,560 samples
    assert found["before"] == pytest.approx(np.sqrt((0.25**2 + 0.15**2) / 2 / 0.75), rel=0.05)


def test_half_of_it_taken_away_is_a_share_of_a_half():
    (recorded, clean), (halved, _) = signals(), signals(factor=0.5)
    assert score(eog.Truth(clean, WEIGHTS), recorded, halved.get_data("eeg"), ["vEOG"])["share"] == 0.5


def test_there_is_no_share_where_true_weights_take_nothing_away():
    recorded, clean = signals(factor=0.0)
    recorded._data[-1] = 1e-5
    found = score(eog.Truth(clean, WEIGHTS), recorded, recorded.get_data("eeg"), ["vEOG"])
    assert found["weights"] > found["before"] == 0.0
    assert found["share"] is None


def test_the_clean_signal_gets_the_recording_s_band():
    recorded, clean = signals()
    known = eog.known(clean, WEIGHTS, like=recorded, band=BAND, reference="average")
    power = known.clean.compute_psd(verbose="error")
    slow = power.get_data(fmax=1.5).mean() / power.get_data(fmin=5, fmax=44).mean()
    assert slow < 1e-4  # 40 dB in amplitude would be 1e-4 in power
    assert known.why == ""


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"sfreq": 256.0}, "128 samples a second and the recording 256"),
        ({"seconds": 19}, "2560 samples and the recording 2432"),
        ({"reference": "none"}, "average reference and the recording has not"),
    ],
)
def test_what_does_not_belong_together_is_not_compared(changes, why):
    reference = changes.pop("reference", "average")
    recorded, _ = signals(**changes)
    known = eog.known(signals()[1], WEIGHTS, like=recorded, band=BAND, reference=reference)
    assert known.clean is None
    assert why in known.why
    assert score(known, recorded, recorded.get_data("eeg"), ["vEOG"]) is None
    settings = eog.Settings("regression", "recording", "events", True)
    evidence = eog.remove(recorded, recorded, settings, truth=known)[1]
    assert evidence["truth"] is None
    assert known.why in evidence["statement"]

"""Independent components: those of the eyes are taken away, and nothing where no eyes show."""

import json

import mne
import numpy as np
import pytest

from eeg.preprocess import eog
from eeg.preprocess.bandpass import bandpass
from eeg.preprocess.reference import average

SFREQ = 128.0
NAMES = ["Fp1", "Fp2", "F7", "F8", "Fz", "Cz", "Pz", "O1"]
VERTICAL = np.array([0.45, 0.4, 0.15, 0.15, 0.25, 0.05, 0.02, 0.01])
# of seven scores, one alone can lie 2.27 standard deviations from their mean, and of the six others one 2.04
ICA = {"algorithm": "picard", "components": 20, "threshold": 2.1, "most": 4}


def mixture(amplitude):
    """Return six sources that are no Gaussian noise with blinks, seven in eight channels of rank seven, and without."""
    rng = np.random.default_rng(8)
    times = np.arange(round(180 * SFREQ)) / SFREQ
    sources = 4e-6 * rng.laplace(size=(6, len(times)))
    clean = rng.standard_normal((len(NAMES), 6)) @ sources
    peaks = np.arange(3.0, 178.0, 3.5)
    blinks = amplitude * np.exp(-0.5 * ((times[:, None] - peaks) / 0.05) ** 2).sum(axis=1)
    rows = np.vstack([clean + np.outer(VERTICAL, blinks), blinks + 2e-6 * rng.standard_normal(len(times))])
    info = mne.create_info([*NAMES, "vEOG"], SFREQ, ["eeg"] * len(NAMES) + ["eog"])
    mixed = mne.io.RawArray(rows, info, verbose="error")
    alone = mne.io.RawArray(np.vstack([clean, 0 * times]), info, verbose="error")
    return mixed, alone


def steps(raw):
    return average(bandpass(raw, low=4, high=45)), average(bandpass(raw, low=1, high=45))


def unmix(amplitude, **changes):
    mixed, clean = mixture(amplitude)
    band, wide = steps(mixed)
    settings = eog.Settings("ica", "recording", "events", True, {**ICA, **changes})
    cleaned, evidence = eog.remove(band, wide, settings)
    return band, cleaned, steps(clean)[0], evidence


def error(raw, clean):
    return np.sqrt(np.mean((raw.get_data("eeg") - clean.get_data("eeg")) ** 2))


@pytest.mark.parametrize("algorithm", ["picard", "fastica"])
def test_blinks_among_fewer_sources_than_channels_are_taken_away(algorithm):
    band, cleaned, clean, evidence = unmix(150e-6, algorithm=algorithm)
    # seven sources in eight channels can be told apart; the noise of the estimated mixing matrix remains
    assert error(cleaned, clean) < 0.3 * error(band, clean)
    assert evidence["applied"]
    found = evidence["components"]
    assert (found["algorithm"], found["limit"]) == (algorithm, 4)
    assert found["fitted"] == 7
    assert len(found["removed"]) == 1
    assert abs(found["removed"][0]["scores"]["vEOG"]) > 0.9
    assert evidence["weights"] is None
    assert evidence["shrink"] == evidence["channels"]["Fp1"]["weights"] == {}
    assert f"Of 7 independent components ({algorithm})" in evidence["statement"]
    json.dumps(evidence, allow_nan=False)


def test_the_blink_is_gone_from_each_half_by_components_of_the_other():
    evidence = unmix(150e-6)[-1]
    before, after = (np.abs(evidence["blinks"][when]["Fp1"]).max() for when in ("before", "after"))
    # an average over 51 blinks keeps a seventh of the brain's amplitude
    assert before > 20
    assert after < 0.2 * before


def test_twice_the_same_is_the_same_to_the_last_bit():
    first, second = (unmix(150e-6) for _ in range(2))
    np.testing.assert_array_equal(first[1].get_data(), second[1].get_data())
    assert first[-1] == second[-1]


def test_without_eye_movements_nothing_is_fitted_or_removed():
    band, cleaned, _, evidence = unmix(0.0)
    np.testing.assert_array_equal(cleaned.get_data(), band.get_data())
    assert not evidence["applied"]
    assert evidence["components"] == {"algorithm": "picard", "fitted": 0, "limit": 4, "removed": []}
    assert "No eye movements stand out" in evidence["statement"]


def test_where_no_component_stands_out_nothing_is_removed():
    band, cleaned, _, evidence = unmix(150e-6, threshold=50.0)
    np.testing.assert_array_equal(cleaned.get_data(), band.get_data())
    assert not evidence["applied"]
    assert evidence["components"]["fitted"] == 7
    assert "stands out by its correlation with vEOG: nothing was removed" in evidence["statement"]


def test_no_more_components_are_removed_than_allowed():
    # with next to no threshold about half of the components stand out
    removed = unmix(150e-6, threshold=0.1, most=2)[-1]["components"]["removed"]
    assert len(removed) == 2

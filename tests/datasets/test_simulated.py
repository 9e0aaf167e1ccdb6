import hashlib
import json

import mne
import numpy as np
import pandas as pd
import pytest
from scipy.signal import butter, sosfiltfilt, welch

from eeg.channels import GENEVA
from eeg.datasets import simulated
from eeg.datasets.simulated import brain
from eeg.seeds import generator

SMALL = simulated.Settings(n_trials=4, duration=12.0)
TINY = simulated.Settings(n_trials=2, baseline=1.0, duration=2.0)
QUIET = {"blinks": 0.0, "saccades": 0.0, "bursts": 0.0, "mains": 0.0, "muscle": 0.0, "noise": 0.0, "wander": 0.0}


FRONT = ("Fp1", "Fp2", "AF3", "AF4")
GROUPS = {
    "front": ("Fp1", "Fp2"),
    "frontal": ("F3", "Fz", "F4"),
    "central": ("C3", "Cz", "C4"),
    "back": ("O1", "Oz", "O2"),
}
"""Electrodes from front to back."""


def cohort_folder(folder, names, settings, seed=1):
    for subject in names:
        simulated.write(folder, subject, settings, seed)
    table = simulated.collect_ratings([simulated.ratings(subject, settings, seed) for subject in names])
    (folder / "metadata_csv").mkdir()
    table.to_csv(folder / "metadata_csv" / "participant_ratings.csv", index=False)
    return folder


def clean_signal(folder, subject):
    return mne.io.read_raw_fif(folder / "truth" / f"{subject}_raw.fif", preload=True, verbose="ERROR")


def truth_of(folder, subject):
    return json.loads((folder / "truth" / f"{subject}.json").read_text())


def indices(names):
    return [GENEVA.index(name) for name in names]


def in_band(x, sfreq, low=4.0, high=45.0):
    return sosfiltfilt(butter(4, [low, high], "band", fs=sfreq, output="sos"), x)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return cohort_folder(tmp_path_factory.mktemp("cohort"), ["s01", "s03", "s04"], SMALL)


@pytest.fixture(scope="module")
def raw(folder):
    return simulated.read(folder, "s01", simulated.trial_table(folder, "s01"))


@pytest.fixture(scope="module")
def clean(folder):
    """The brain of s01, microvolt, shape (32, n_times), 128 Hz."""
    return clean_signal(folder, "s01").get_data() * 1e6


@pytest.fixture(scope="module")
def strong(tmp_path_factory):
    folder = tmp_path_factory.mktemp("strong")
    settings = simulated.Settings(n_trials=12, baseline=1.0, duration=6.0, effect=1.5, trial_offset=0.0, drift=0.0)
    simulated.write(folder, "s01", settings, 1)
    return folder


@pytest.mark.parametrize("subject", ["s01", "s03", "s04"])
def test_recording_is_read_with_every_trial_at_its_sample(folder, subject):
    trials = simulated.trial_table(folder, subject)
    found = simulated.read(folder, subject, trials)
    onsets = [trial["onset"] for trial in truth_of(folder, subject)["trials"]]
    np.testing.assert_allclose(found.annotations.onset * 512, onsets, atol=1e-6)
    assert trials["video"].tolist() == [trial["video"] for trial in truth_of(folder, subject)["trials"]]
    np.testing.assert_allclose(clean_signal(folder, subject).annotations.onset * 512, onsets, atol=1e-3)


def test_ratings_have_the_originals_columns(folder):
    table = pd.read_csv(folder / "metadata_csv" / "participant_ratings.csv")
    expected = "Participant_id Trial Experiment_id Start_time Valence Arousal Dominance Liking Familiarity"
    assert list(table) == expected.split()
    assert table["Participant_id"].tolist() == [1] * 4 + [3] * 4 + [4] * 4
    assert (table.groupby("Participant_id")["Experiment_id"].apply(sorted).map(tuple) == (1, 2, 3, 4)).all()
    assert table[["Valence", "Arousal", "Dominance", "Liking"]].stack().between(1, 9).all()
    pd.testing.assert_frame_equal(table[:4], pd.read_csv(folder / "ratings" / "s01.csv"))


def test_a_subject_is_the_same_in_any_cohort(tmp_path):
    for place, names in (("alone", ["s02"]), ("together", ["s01", "s02", "s03"])):
        for subject in names:
            simulated.write(tmp_path / place, subject, TINY, 7)
    for name in ("data_original/s02.bdf", "ratings/s02.csv", "truth/s02.json"):
        alone, together = ((tmp_path / place / name).read_bytes() for place in ("alone", "together"))
        assert hashlib.sha256(alone).hexdigest() == hashlib.sha256(together).hexdigest(), name
    signals = [clean_signal(tmp_path / place, "s02").get_data() for place in ("alone", "together")]
    np.testing.assert_array_equal(*signals)


def test_another_seed_is_another_recording(tmp_path):
    for seed in (1, 2):
        simulated.write(tmp_path / str(seed), "s01", TINY, seed)
    one, other = ((tmp_path / str(seed) / "data_original" / "s01.bdf").read_bytes() for seed in (1, 2))
    assert one != other


def test_without_artefacts_the_recording_is_the_brain(tmp_path):
    place = cohort_folder(tmp_path, ["s01"], simulated.Settings(n_trials=2, duration=4.0, artefacts=0.0))
    recorded = simulated.read(place, "s01", simulated.trial_table(place, "s01")).get_data("eeg") * 1e6
    recorded -= recorded.mean(axis=0)
    known = clean_signal(place, "s01").get_data() * 1e6
    difference = in_band(recorded, 512.0)[:, ::4] - in_band(known, 128.0)
    middle = slice(128, -128)
    # The two filters differ by a little near 45 Hz at the lower rate; the digital step adds 0.01 microvolt.
    assert difference[:, middle].std() < 0.05 * known[:, middle].std()


def test_eeg_is_about_ten_microvolt(clean):
    rms = in_band(clean, 128.0).std(axis=1)
    assert 7 < rms.mean() < 15
    assert rms.min() > 3
    np.testing.assert_allclose(clean.mean(axis=0), 0, atol=1e-3)


def test_background_falls_as_one_over_f():
    person = brain.person(generator(1, "test"))
    exponents = person.spectra[:32, 0]
    assert np.ptp(exponents) == 0
    frequencies = np.arange(1, 200.0)
    power = brain.amplitude(person.spectra[0], frequencies) ** 2
    slope = np.polyfit(np.log(frequencies), np.log(power), 1)[0]
    np.testing.assert_allclose(slope, -exponents[0])
    assert 0.8 < exponents[0] < 1.6


def test_measured_slope_between_rhythms(clean):
    frequencies, power = welch(clean, 128.0, nperseg=512)
    inside = ((frequencies >= 1) & (frequencies <= 4)) | ((frequencies > 52) & (frequencies < 58))
    slope = np.polyfit(np.log(frequencies[inside]), np.log(power[:, inside]).mean(axis=0), 1)[0]
    assert -1.7 < slope < -0.8


def test_alpha_peaks_at_the_back(clean):
    frequencies, power = welch(clean, 128.0, nperseg=512)
    alpha = (frequencies >= 8) & (frequencies <= 12)
    back, front = (power[indices(names)].mean(axis=0) for names in (("O1", "O2", "Pz"), FRONT))
    assert back[alpha].sum() > 1.5 * front[alpha].sum()
    wide = (frequencies >= 6) & (frequencies <= 16)
    peak = frequencies[wide][back[wide].argmax()]
    assert 8.5 <= peak <= 11.5


def test_neighbours_are_more_alike_than_distant_electrodes():
    person = brain.person(generator(1, "test"))
    correlation = brain.covariance(person)
    scale = np.sqrt(np.diag(correlation))
    correlation = correlation / np.outer(scale, scale)
    places = brain.electrodes()
    distance = np.linalg.norm(places[:, None] - places[None], axis=2)
    near, far = correlation[(distance > 0) & (distance < 0.05)], correlation[distance > 0.12]
    assert near.mean() > far.mean() + 0.3


def test_people_differ():
    one, other = (brain.person(generator(1, "test", k)) for k in (1, 2))
    assert not np.allclose(one.spectra[32:], other.spectra[32:])
    assert 0.3 < np.corrcoef(one.valence, other.valence)[0, 1] < 0.95


def test_mains_stand_out(raw):
    frequencies, power = welch(raw.get_data("eeg") * 1e6, 512.0, nperseg=1024)
    line, beside = (power[:, np.isin(frequencies, which)].mean() for which in ([50.0], [47.0, 53.0]))
    assert line > 5 * beside
    assert 0.5 < np.sqrt(np.median(power[:, frequencies == 50.0]) * 0.75) < 8  # microvolt rms; Hann: 1.5 bins of 0.5 Hz


def test_blinks_and_their_topography(folder, raw):
    starts = np.array(truth_of(folder, "s01")["blinks"])
    vertical = raw.get_data("vEOG")[0] * 1e6
    heights = []
    for start in starts:
        first, peak = int((start - 0.1) * 512), int((start + 0.13) * 512)
        heights.append(vertical[peak - 10 : peak + 10].mean() - vertical[first : first + 30].mean())
    assert len(starts) > 5
    assert 80 < np.mean(heights) < 220
    weights = truth_of(folder, "s01")["eog_weights"]
    rows = {group: np.mean([weights["vEOG"][name] for name in names]) for group, names in GROUPS.items()}
    assert rows["front"] > 2 * rows["frontal"] > 4 * rows["central"] > 4 * rows["back"] > 0
    assert 0.3 < rows["front"] < 0.7


def test_saccades_have_opposite_signs_left_and_right(folder, raw):
    weights = truth_of(folder, "s01")["eog_weights"]["hEOG"]
    assert weights["F7"] > 0.1
    assert weights["F8"] < -0.1
    assert abs(weights["Fz"]) < 0.05
    assert abs(weights["O1"]) < 0.05
    assert 10 < np.std(raw.get_data("hEOG")) * 1e6 < 200


def test_regression_on_the_eyes_finds_the_true_weights(tmp_path):
    settings = simulated.Settings(n_trials=3, duration=15.0, **QUIET | {"blinks": 20.0, "saccades": 60.0})
    place = cohort_folder(tmp_path, ["s01"], settings)
    found = simulated.read(place, "s01", simulated.trial_table(place, "s01"))
    x = found.get_data(["eeg", "eog"]) * 1e6
    x[:32] -= x[:32].mean(axis=0)
    x = in_band(x, 512.0, 0.5, 4.0)
    estimate = np.linalg.lstsq(x[32:].T, x[:32].T, rcond=None)[0]
    known = np.array([list(truth_of(place, "s01")["eog_weights"][name].values()) for name in ("hEOG", "vEOG")])
    known -= known.mean(axis=1, keepdims=True)
    assert np.corrcoef(estimate.ravel(), known.ravel())[0, 1] > 0.95


def test_eog_channels_hold_brain_activity(tmp_path):
    place = cohort_folder(tmp_path, ["s01"], simulated.Settings(n_trials=2, duration=10.0, artefacts=0.0))
    found = in_band(
        simulated.read(place, "s01", simulated.trial_table(place, "s01")).get_data(["eeg", "eog"]) * 1e6, 512.0
    )
    found[:32] -= found[:32].mean(axis=0)
    front = found[indices(FRONT)].std(axis=1).mean()
    np.testing.assert_allclose(found[32:].std(axis=1) / front, 0.3, atol=0.1)


def test_muscle_is_strongest_at_the_temples(tmp_path):
    settings = simulated.Settings(n_trials=2, duration=10.0, **QUIET | {"bursts": 60.0, "muscle": 10.0})
    place = cohort_folder(tmp_path, ["s01"], settings)
    found = simulated.read(place, "s01", simulated.trial_table(place, "s01")).get_data("eeg")
    power = in_band(found, 512.0, 60.0, 100.0).var(axis=1)
    assert {GENEVA[k] for k in power.argsort()[-2:]} == {"T7", "T8"}


@pytest.mark.parametrize(("source", "band"), [("gamma/T7", (30, 45)), ("alpha/Pz", (8, 12)), ("alpha/F4", (8, 12))])
def test_effect_is_recovered_from_the_clean_signal(strong, source, band):
    truth = truth_of(strong, "s01")
    raw = clean_signal(strong, "s01")
    x = in_band(raw.get_data([source.split("/")[1]])[0], 128.0, *band)
    onsets = (raw.annotations.onset * 128).astype(int)
    measured = [np.log(x[onset + 64 : onset + 6 * 128].var()) for onset in onsets]
    effect = truth["effects"][source]
    expected = [sum(effect[name] * trial[name] for name in effect) for trial in truth["trials"]]
    assert np.corrcoef(measured, expected)[0, 1] > 0.7


def test_common_effects_have_the_published_directions():
    people = [brain.person(generator(1, "test", k)) for k in range(20)]
    valence = dict(zip(people[0].names, np.mean([person.valence for person in people], axis=0), strict=True))
    arousal = dict(zip(people[0].names, np.mean([person.arousal for person in people], axis=0), strict=True))
    assert valence["alpha/F3"] < -0.5 < 0.5 < valence["alpha/F4"]
    assert valence["gamma/T7"] > 0.3
    assert arousal["beta/Cz"] > 0.2
    assert arousal["alpha/Pz"] < -0.2
    assert valence["background/1"] == arousal["theta/Fz"] == 0

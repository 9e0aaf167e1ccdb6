"""The release's files made from a simulated recording: the same trials, labels and signals as in the recording."""

import pickle
import pickletools
import shutil

import numpy as np
import pandas as pd
import pytest
from scipy.io import loadmat
from scipy.signal import butter, sosfiltfilt, welch

from eeg.channels import GENEVA
from eeg.datasets import bdf, simulated
from eeg.datasets.deap import release as reader
from eeg.datasets.simulated import artefacts, brain, release, release_files
from eeg.datasets.simulated.cohort import SFREQ
from eeg.datasets.simulated.recording import record
from eeg.errors import InputError
from eeg.preprocess.bandpass import bandpass
from eeg.preprocess.downsample import downsample
from eeg.preprocess.reference import average
from eeg.preprocess.segment import segment
from eeg.storage import read_json

ALL = ("original", "python", "matlab")
SUBJECTS = ["s01", "s02", "s03", "s04"]
BRAIN = simulated.Settings(n_trials=4, duration=5.0, artefacts=0.0, forms=ALL)
SMALL = simulated.Settings(n_trials=3, baseline=1.0, duration=3.0, forms=ALL)
SCALES = ["valence", "arousal", "dominance", "liking"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A cohort with every form of the status channel and both orders of the channels, brain alone."""
    place = tmp_path_factory.mktemp("cohort")
    for subject in SUBJECTS:
        simulated.write(place, subject, BRAIN, 1)
    return place


@pytest.fixture(scope="module")
def recording():
    return record("s01", SMALL, 1)


@pytest.fixture(scope="module")
def trials(recording):
    """The trials of s01 with all artefacts, shape (3, 40, 512)."""
    return release.trials(recording, SMALL)


def held(folder, subject, form):
    """What a release file holds, as other people's tools read it."""
    if form == "matlab":
        return loadmat(folder / "data_preprocessed_matlab" / f"{subject}.mat")
    with (folder / "data_preprocessed_python" / f"{subject}.dat").open("rb") as file:
        return pickle.load(file, encoding="latin1")  # noqa: S301  how DEAP's own readme reads it; we wrote the file


def in_band(x, low=5.0, high=40.0):
    return sosfiltfilt(butter(4, [low, high], "band", fs=128.0, output="sos"), x)


def correlations(x, y):
    x, y = (signal - signal.mean(axis=-1, keepdims=True) for signal in (x, y))
    return (x * y).sum(axis=-1) / np.sqrt((x**2).sum(axis=-1) * (y**2).sum(axis=-1))


@pytest.mark.parametrize("form", ["python", "matlab"])
@pytest.mark.parametrize("subject", SUBJECTS)
def test_a_recording_after_our_preprocessing_is_the_release(folder, subject, form):
    table = simulated.trial_table(folder, subject)
    clean = average(bandpass(downsample(simulated.read(folder, subject, table), sfreq=128), low=4, high=45))
    ours = segment(clean, table, baseline=BRAIN.baseline, duration=BRAIN.duration).get_data("eeg") * 1e6
    theirs = held(folder, subject, form)["data"][table["video"] - 1, : len(GENEVA)]
    alike = correlations(in_band(ours), in_band(theirs))
    assert alike.shape == (4, 32)
    # Asked for is 0.99; two different filters of the same band leave 0.9998.
    assert alike.min() > 0.999
    np.testing.assert_allclose(in_band(theirs).std(), in_band(ours).std(), rtol=0.01)


@pytest.mark.parametrize("subject", SUBJECTS)
def test_all_forms_have_one_trial_table_and_its_labels(folder, subject):
    tables = [simulated.trial_table(folder, subject, form=form, baseline=3.0) for form in ALL]
    assert list(tables[0]) == ["subject", "trial", "video", *SCALES, "order"]
    for form, table in zip(ALL[1:], tables[1:], strict=True):
        pd.testing.assert_frame_equal(table, tables[0])
        labels = simulated.release_labels(folder, subject, form=form)
        assert labels["video"].tolist() == [1, 2, 3, 4]
        pd.testing.assert_frame_equal(labels.set_index("video"), table.sort_values("video").set_index("video")[SCALES])
        np.testing.assert_array_equal(held(folder, subject, form)["labels"], labels[SCALES])
    assert simulated.release_labels(folder, subject) is None


def test_a_release_has_the_shapes_and_types_of_deaps(folder):
    for form in ALL[1:]:
        found = held(folder, "s01", form)
        assert (found["data"].shape, found["data"].dtype) == ((4, 40, 8 * 128), np.float64)
        assert (found["labels"].shape, found["labels"].dtype) == ((4, 4), np.float64)


def test_both_kinds_of_release_file_hold_the_same_numbers(folder):
    python, matlab = (held(folder, "s03", form) for form in ALL[1:])
    np.testing.assert_array_equal(python["data"], matlab["data"])
    for suffix, kind in (("python/s03.dat", python), ("matlab/s03.mat", matlab)):
        found = release_files.read(folder / f"data_preprocessed_{suffix}")
        assert set(found) == {"data", "labels"}
        for name in found:
            np.testing.assert_array_equal(found[name], kind[name])


@pytest.mark.parametrize("form", ["python", "matlab"])
def test_trials_are_read_in_volts_in_the_order_of_presentation(folder, form):
    table = simulated.trial_table(folder, "s02", form=form)
    epochs = simulated.read_trials(folder, "s02", table, form=form, baseline=3.0)
    assert epochs.ch_names[:32] == GENEVA
    np.testing.assert_allclose((epochs.tmin, epochs.tmax), (-3.0, 5.0 - 1 / 128))
    expected = held(folder, "s02", form)["data"][table["video"] - 1, :32]
    # The reader keeps 32 bits of the 64.
    np.testing.assert_allclose(epochs.get_data("eeg") * 1e6, expected, rtol=1e-6)


def test_the_eeg_of_a_release_is_4_to_45_hertz_against_the_average(trials):
    eeg = trials[:, : len(GENEVA)]
    frequencies, power = (values if values.ndim == 1 else values.mean(axis=(0, 1)) for values in welch(eeg, 128.0))
    inside = power[(frequencies >= 5) & (frequencies <= 40)].mean()
    assert power[frequencies > 47].max() < 1e-4 * inside
    assert power[frequencies < 3].max() < 0.1 * inside  # a Hann window of two seconds sees the edge at 4 Hz
    assert power[(frequencies >= 4.5) & (frequencies <= 44.5)].min() > 0.05 * inside
    np.testing.assert_allclose(eeg.mean(axis=1), 0.0, atol=1e-12)


def test_the_eyes_are_removed_from_a_release_exactly():
    quiet = {"bursts": 0.0, "mains": 0.0, "muscle": 0.0, "noise": 0.0, "wander": 0.0}
    settings = simulated.Settings(n_trials=2, baseline=1.0, duration=3.0, blinks=40.0, saccades=80.0, **quiet)
    brain_alone = simulated.Settings(n_trials=2, baseline=1.0, duration=3.0, artefacts=0.0)
    seen, clean = (release.trials(record("s01", each, 1), each) for each in (settings, brain_alone))
    assert np.abs(seen[:, 33] - seen[:, 33].mean(axis=-1, keepdims=True)).max() > 50  # vEOG keeps them
    # Electrode offsets of some millivolt in 32 bits leave 0.0001 microvolt.
    np.testing.assert_allclose(seen[:, :32], clean[:, :32], atol=0.005)


def test_the_other_channels_are_neither_filtered_nor_moved(folder):
    table = simulated.trial_table(folder, "s01")
    raw = downsample(simulated.read(folder, "s01", table), sfreq=128)
    names = list(release.OTHERS)
    x = raw.get_data(names) * np.array([1e6] * 4 + [1.0] * 4)[:, None]
    first = np.round((raw.annotations.onset - 3.0) * 128).astype(int)
    below_45 = butter(6, 45.0, fs=128.0, output="sos")
    theirs = held(folder, "s01", "python")["data"][table["video"] - 1, 32:]
    for name, row in zip(names, range(8), strict=True):
        ours = np.stack([x[row, start : start + 8 * 128] for start in first])
        # The two anti-alias filters differ above 51 Hz and by a thousandth below; the file has steps of 0.03.
        difference = sosfiltfilt(below_45, theirs[:, row] - ours)[:, 64:-64]
        np.testing.assert_allclose(difference, 0.0, atol=0.05 + 1e-3 * np.ptp(ours), err_msg=name)
    assert theirs[:, 4].mean() > 1000  # the level of the skin's conductance is there


def test_without_artefacts_the_electrodes_record_the_brain_and_nothing_else():
    made = record("s01", BRAIN, 1)
    place = [GENEVA.index(name) for name in ("C3", "Cz", "P3", "Pz")]
    signals = np.array([made.channels[name] for name in GENEVA])
    np.testing.assert_array_equal(signals, made.clean - made.clean[place].mean(axis=0))
    leak = brain.mix(artefacts.eye_electrodes(brain.covariance(made.sources)), made.clean)
    np.testing.assert_array_equal([made.channels[name] for name in bdf.EXTERNAL[:4]], leak)
    assert not np.any([made.channels[name] for name in bdf.EXTERNAL[4:]])
    assert made.eyes.blinks.size == 0


def test_artefacts_is_a_factor_on_the_same_artefacts():
    sizes = {"n_trials": 2, "baseline": 1.0, "duration": 3.0}
    none, once, twice = (record("s02", simulated.Settings(**sizes, artefacts=factor), 1) for factor in (0.0, 1.0, 2.0))
    for name in ("Fp1", "T8", "Oz", "EXG1", "EXG4", "EXG7"):
        single, double = (made.channels[name] - none.channels[name] for made in (once, twice))
        assert single.std() > 1
        # Millivolts in 32 bits are known to 0.0005 microvolt.
        np.testing.assert_allclose(double, 2 * single, atol=0.005)
    np.testing.assert_array_equal(once.channels["Resp"], twice.channels["Resp"])


def test_a_filter_of_another_band_and_a_later_cut_can_be_asked_for(recording, trials):
    later = release.trials(recording, SMALL, shift=0.5)
    np.testing.assert_array_equal(later[:, :, :-64], trials[:, :, 64:])
    narrow = release.trials(recording, SMALL, band=(8.0, 30.0))[:, :32]
    frequencies, power = welch(narrow, 128.0)
    inside = (frequencies >= 9) & (frequencies <= 29)
    assert power[..., frequencies > 33].max() < 0.01 * power[..., inside].mean()


def test_adding_a_form_changes_nothing_in_the_others(tmp_path):
    for name, forms in (("one", ["original"]), ("two", ["matlab", "original"]), ("all", ALL), ("again", ALL)):
        sizes = {"n_trials": 2, "baseline": 1.0, "duration": 2.0}
        simulated.write(tmp_path / name, "s03", simulated.Settings(**sizes, forms=forms), 5)
    files = {name: set(map(str, _below(tmp_path / name))) for name in ("one", "two", "all", "again")}
    assert files["all"] - files["one"] == {"data_preprocessed_matlab/s03.mat", "data_preprocessed_python/s03.dat"}
    assert files["all"] - files["two"] == {"data_preprocessed_python/s03.dat"}
    for name in ("one", "two", "again"):
        for file in files[name] - {"truth/s03_raw.fif"}:  # MNE writes the time of day
            assert (tmp_path / name / file).read_bytes() == (tmp_path / "all" / file).read_bytes(), file


def _below(folder):
    return [path.relative_to(folder) for path in folder.rglob("*") if path.is_file()]


def test_a_form_deap_does_not_have_is_refused_before_anything_is_written(tmp_path):
    wrong = simulated.Settings(n_trials=2, baseline=1.0, duration=2.0, forms=["original", "numpy"])
    with pytest.raises(InputError, match="one of the forms original, python, matlab. Received 'numpy'"):
        simulated.write(tmp_path, "s01", wrong, 1)
    assert not _below(tmp_path)


def test_a_dat_file_is_a_pickle_of_python_2(folder):
    content = (folder / "data_preprocessed_python" / "s01.dat").read_bytes()
    opcodes = [(opcode.name, argument) for opcode, argument, _ in pickletools.genops(content)]
    assert opcodes[0] == ("PROTO", 2)
    names = [argument for name, argument in opcodes if name == "GLOBAL"]
    assert names == ["numpy.core.multiarray _reconstruct", "numpy ndarray", "numpy dtype"]
    words = [argument for name, argument in opcodes if name == "SHORT_BINSTRING"]
    assert [word for word in words if word.isascii() and len(word) < 8] == ["labels", "b", "f8", "<", "data"]
    sizes = [len(argument) for name, argument in opcodes if name == "BINSTRING"]
    assert sizes == [4 * 40 * 1024 * 8]
    assert not any("UNICODE" in name or "BINBYTES" in name for name, _ in opcodes)


@pytest.mark.parametrize("shape", [(2, 40, 256), (300, 2, 3), (1, 1, 70_000)])
@pytest.mark.parametrize("kind", ["f8", "f4", "i2"])
def test_arrays_of_any_size_and_type_come_back_from_a_pickle(tmp_path, shape, kind):
    x = (1000 * np.random.default_rng(3).standard_normal(shape)).astype(kind)
    labels = np.arange(shape[0] * 4.0).reshape(-1, 4)
    path = tmp_path / "x.dat"
    release_files.write_dat(path, x, labels)
    with path.open("rb") as file:
        unpickled = pickle.load(file, encoding="latin1")  # noqa: S301  the independent reader of what we wrote
    for found in (unpickled, release_files.read(path)):
        assert list(found) == ["labels", "data"]
        assert found["data"].dtype == x.dtype
        np.testing.assert_array_equal(found["data"], x)
        np.testing.assert_array_equal(found["labels"], labels)


def test_the_safe_reader_reads_what_is_written(folder):
    found = reader.load(folder / "data_preprocessed_python" / "s04.dat")
    expected = held(folder, "s04", "python")
    np.testing.assert_array_equal(found.eeg, expected["data"][:, :32].astype(np.float32))
    np.testing.assert_array_equal(found.labels, expected["labels"])


def test_the_reader_says_what_is_there(folder):
    for form in ALL:
        assert simulated.form(folder, form=form, baseline=3.0) == form
        assert simulated.subjects(folder, form=form) == SUBJECTS
        (path,) = simulated.files(folder, "s02", form=form)
        assert path.is_file()
    assert simulated.table_file(folder, "s02", form="python") == folder / "ratings" / "s02.csv"
    everyone = simulated.everyone(folder, SUBJECTS, form="python", baseline=3.0)
    assert everyone["subject"].tolist() == np.repeat(SUBJECTS, 4).tolist()
    pd.testing.assert_frame_equal(everyone[4:8].reset_index(drop=True), simulated.trial_table(folder, "s02"))


def test_the_reader_finds_the_triggers(folder):
    found = simulated.triggers(folder, "s03")
    onsets = [trial["onset"] for trial in read_json(folder / "truth" / "s03.json")["trials"]]
    assert list(found.onsets.values()) == onsets
    assert found.placed == ()
    assert found.spread < 1 / SFREQ


def test_quadrants_are_known_as_long_as_every_truth_is_there(folder, tmp_path):
    known = simulated.known(folder, SUBJECTS)
    table = simulated.everyone(folder, SUBJECTS)
    high = table[["valence", "arousal"]] > 5
    expected = [((high["valence"] == v) & (high["arousal"] == a)).sum() for v in (True, False) for a in (True, False)]
    assert known["low"] == expected
    assert sum(known["high"]) == len(table)
    shutil.copytree(folder / "truth", tmp_path / "truth")
    (tmp_path / "truth" / "s02.json").unlink()
    assert simulated.known(tmp_path, ["s01", "s03"]) is not None
    assert simulated.known(tmp_path, SUBJECTS) is None


def test_a_subject_without_a_file_is_missing(folder, tmp_path):
    shutil.copytree(folder / "ratings", tmp_path / "ratings")
    simulated.write(tmp_path, "s01", SMALL, 1)
    with pytest.raises(InputError, match="s02") as error:
        simulated.files(tmp_path, "s02", form="python")
    assert error.value.code == "file_missing"

import io
import os
import subprocess
import sys
import warnings
import zipfile
from contextlib import contextmanager

import h5py
import numpy as np
import pytest
import scipy.io

from eeg.datasets.deap import release
from eeg.errors import InputError
from tests.datasets.pickles import array, array_of, arrays, dict_of, python2, python3, whole

FULL = (40, 40, 8064)
EEG_BYTES = 40 * 32 * 8064 * 4


def mat(values, **options):
    file = io.BytesIO()
    scipy.io.savemat(file, values, **options)
    return file.getvalue()


FORMS = {
    "s01.dat": python2,
    "from Python 3.dat": python3,
    "s01.mat": mat,
    "compressed.mat": lambda values: mat(values, do_compression=True),
    "a .mat named.dat": mat,
    "a pickle named.mat": python2,
}


def save(folder, content, name="s01.dat"):
    path = folder / name
    path.write_bytes(content)
    return path


def sparse(path, shape):
    """Write a whole release file of zeros that takes no room on the disk."""
    n_bytes = 8 * int(np.prod(shape))
    raw = b"\x8e" + n_bytes.to_bytes(8, "little")
    labels = np.arange(4.0 * shape[0]).reshape(shape[0], 4)
    content = whole(dict_of({"labels": array(labels), "data": array_of(raw=raw, shape=shape)}))
    end = content.index(raw) + len(raw)
    with path.open("wb") as file:
        file.write(content[:end])
        file.seek(n_bytes, os.SEEK_CUR)
        file.write(content[end:])
    return labels


@contextmanager
def somebody_else():
    """Act without the right to read everything, which tests may well be run with."""
    everything = os.geteuid() == 0
    if everything:
        os.seteuid(65534)
    try:
        yield
    finally:
        if everything:
            os.seteuid(0)


@pytest.mark.parametrize("name", FORMS)
@pytest.mark.parametrize("form", [np.ascontiguousarray, np.asfortranarray, lambda x: x.astype("f4")])
def test_load_gives_what_was_written(name, form, tmp_path):
    written = {key: form(values) for key, values in arrays(n_trials=5, n_times=70).items()}
    loaded = release.load(save(tmp_path, FORMS[name](written), name))
    # Rounding to float32 is the only change.
    np.testing.assert_array_equal(loaded.eeg, written["data"][:, :32].astype("f4"))
    np.testing.assert_array_equal(loaded.others, written["data"][:, 32:].astype("f4"))
    np.testing.assert_array_equal(loaded.labels, written["labels"])
    assert (loaded.eeg.shape, loaded.others.shape) == ((5, 32, 70), (5, 8, 70))
    assert (loaded.eeg.dtype, loaded.others.dtype, loaded.labels.dtype) == (np.float32, np.float32, np.float64)
    assert loaded.eeg.flags.c_contiguous
    assert loaded.eeg.flags.writeable


@pytest.mark.parametrize("name", FORMS)
def test_labels_alone(name, tmp_path):
    found = release.labels(save(tmp_path, FORMS[name](arrays()), name), n_trials=3)
    np.testing.assert_array_equal(found, arrays()["labels"])
    assert found.flags.writeable


def test_a_big_endian_release(tmp_path):
    written = arrays(kind=">f8")
    loaded = release.load(save(tmp_path, python2(written)))
    np.testing.assert_array_equal(loaded.eeg, written["data"][:, :32].astype("f4"))
    np.testing.assert_array_equal(loaded.labels, written["labels"])
    assert loaded.labels.dtype == np.dtype("=f8")


def test_numbers_beyond_float32_become_infinite_without_a_warning(tmp_path):
    written = arrays()
    written["data"][1, 2, 3], written["data"][1, 2, 4], written["data"][1, 33, 3] = 1e300, 1e-300, np.nan
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        loaded = release.load(save(tmp_path, python2(written)))
    assert loaded.eeg[1, 2, 3] == np.inf
    assert loaded.eeg[1, 2, 4] == 0
    assert np.isnan(loaded.others[1, 1, 3])


@pytest.mark.parametrize("write", [python2, mat])
@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"data": np.zeros((3, 39, 10))}, "`data` to be any x 40 x any floats. Received float64 3 x 39 x 10"),
        ({"data": np.zeros((3, 40))}, "`data` to be any x 40 x any floats. Received float64 3 x 40"),
        ({"data": np.zeros((3, 40, 10), "i2")}, "Received int16 3 x 40 x 10"),
        ({"labels": np.zeros((3, 5))}, "`labels` to be 3 x 4 floats. Received float64 3 x 5"),
        ({"labels": np.zeros((2, 4))}, "`labels` to be 3 x 4 floats. Received float64 2 x 4"),
    ],
)
def test_other_arrays_are_refused(write, change, message, tmp_path):
    path = save(tmp_path, write({**arrays(), **change}))
    with pytest.raises(InputError, match=message) as refused:
        release.load(path)
    assert (refused.value.code, refused.value.file) == ("shape", path)


def test_expected_numbers_of_trials_and_samples(tmp_path):
    path = save(tmp_path, python2(arrays()))
    assert release.load(path, n_trials=3, n_times=10).eeg.shape == (3, 32, 10)
    with pytest.raises(InputError, match="`data` to be 40 x 40 x any floats. Received float64 3 x 40 x 10"):
        release.load(path, n_trials=40)
    with pytest.raises(InputError, match="`data` to be any x 40 x 8064 floats. Received float64 3 x 40 x 10"):
        release.load(path, n_times=8064)
    with pytest.raises(InputError, match="`labels` to be 40 x 4 floats. Received float64 3 x 4"):
        release.labels(path, n_trials=40)


def archive():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as packed:
        packed.writestr("s01.dat", python2(arrays()))
    return file.getvalue()


def hdf5():
    file = io.BytesIO()
    with h5py.File(file, "w", userblock_size=512) as written:
        written["data"] = arrays()["data"]
    return b"MATLAB 7.3 MAT-file".ljust(124) + b"\x00\x02IM" + file.getvalue()[128:]


@pytest.mark.parametrize("name", ["s01.dat", "s01.mat"])
@pytest.mark.parametrize(
    ("content", "code", "message"),
    [
        (archive(), "packed", "an unpacked file. Received a zip archive. Unpack it"),
        (b"\x1f\x8b\x08" + bytes(300), "packed", "Received a gzip archive"),
        (bytes(257) + b"ustar" + bytes(250), "packed", "Received a tar archive"),
        (b"\n <!DOCTYPE html><html>", "unreadable", "Received a page of the web"),
        (hdf5(), "unreadable", "v7.3 file, which is HDF5"),
        (hdf5()[512:], "unreadable", "an HDF5 file"),
        (mat({"x": 1.0}, format="4"), "unreadable", "(v4 file, or none|unknown step)"),
        (b"participant,trial\n1,2\n", "unreadable", "begins with b'participant,trial|a step that lacks"),
        (b"MATLAB 5.0 MAT-file Platform", "truncated", "the first 28 bytes"),
        (b"", "truncated", "0 bytes"),
    ],
)
def test_other_files_under_these_names(name, content, code, message, tmp_path):
    path = save(tmp_path, content, name)
    with pytest.raises(InputError, match=message) as refused:
        release.load(path)
    assert (refused.value.code, refused.value.file) == (code, path)


def test_missing_files_and_folders(tmp_path):
    with pytest.raises(InputError, match=r"s02\.dat: .*no such file") as refused:
        release.load(tmp_path / "s02.dat")
    assert refused.value.code == "file_missing"
    with pytest.raises(InputError, match="a folder of that name"):
        release.labels(tmp_path)


def test_a_file_that_may_not_be_read(tmp_path):
    path = save(tmp_path, python2(arrays()))
    path.chmod(0)
    with somebody_else(), pytest.raises(InputError, match=r"s01\.dat: .* no permission\. .*chmod") as refused:
        release.load(path)
    assert refused.value.code == "unreadable"


def test_loading_leaves_the_file_free(tmp_path):
    path = save(tmp_path, python2(arrays()))
    loaded = release.load(path)
    path.write_bytes(bytes(path.stat().st_size))
    np.testing.assert_array_equal(loaded.labels, arrays()["labels"])
    np.testing.assert_array_equal(loaded.eeg, arrays()["data"][:, :32].astype("f4"))


def peak(path, call):
    """Return by how many bytes a fresh process grew at most, file pages counted, while it made a call."""
    code = f"""
from eeg.datasets.deap import release
from pathlib import Path
def kilobytes(name):
    return int(Path("/proc/self/status").read_text().split(name + ":")[1].split()[0])
before = kilobytes("VmRSS")
release.{call}({str(path)!r})
print(1024 * (kilobytes("VmHWM") - before))
"""
    return int(subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout)


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_memory_stays_below_two_float32_copies_and_the_file(tmp_path):
    sparse(tmp_path / "s01.dat", FULL)
    used = peak(tmp_path / "s01.dat", "load")
    # The EEG and the other channels in float32 at least, else the measure is wrong.
    assert EEG_BYTES * 40 / 32 < used < 2 * EEG_BYTES + (tmp_path / "s01.dat").stat().st_size


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_labels_alone_do_not_touch_the_signals(tmp_path):
    labels = sparse(tmp_path / "s01.dat", FULL)
    np.testing.assert_array_equal(release.labels(tmp_path / "s01.dat"), labels)
    assert peak(tmp_path / "s01.dat", "labels") < EEG_BYTES / 10  # reading the file would take thirty times that

import io
import random
import struct
import tracemalloc
import zlib

import numpy as np
import pytest
import scipy.io
import scipy.sparse

from eeg.datasets.deap import matfile, release
from eeg.errors import InputError
from tests.datasets.pickles import arrays

DOUBLE, SINGLE, TEXT = 6, 7, 4
"""MATLAB's classes."""

NUMBERS = {"i1": 1, "u1": 2, "i2": 3, "u2": 4, "i4": 5, "u4": 6, "f4": 7, "f8": 9}
"""MATLAB's types of stored numbers."""


def element(kind, content, order="<"):
    return struct.pack(f"{order}II", kind, len(content)) + content + bytes(-len(content) % 8)


def variable(name, values, *, shape=None, mclass=DOUBLE, order="<", flags=0, numbers=None):
    """Return an array as MATLAB stores it; `shape` and `numbers` may contradict it."""
    values = np.asarray(values)
    parts = element(6, struct.pack(f"{order}II", mclass | flags, 0), order)
    dimensions = values.shape if shape is None else shape
    parts += element(5, struct.pack(f"{order}{len(dimensions)}i", *dimensions), order)
    parts += element(1, name, order)
    stored = values.astype(values.dtype.newbyteorder(order)).tobytes("F")
    parts += element(NUMBERS[values.dtype.str[1:]], stored, order) if numbers is None else numbers
    return element(14, parts, order)


def mat(*variables, order="<"):
    version = b"\x00\x01IM" if order == "<" else b"\x01\x00MI"
    return b"MATLAB 5.0 MAT-file".ljust(124) + version + b"".join(variables)


def compressed(variable):
    packed = zlib.compress(variable)
    return struct.pack("<II", 15, len(packed)) + packed


def release_mat(order="<", **options):
    parts = [variable(name.encode(), values, order=order, **options) for name, values in arrays().items()]
    return mat(*parts, order=order)


def saved(values, **options):
    file = io.BytesIO()
    scipy.io.savemat(file, values, **options)
    return file.getvalue()


@pytest.fixture
def write(tmp_path):
    def write(content):
        path = tmp_path / "s01.mat"
        path.write_bytes(content)
        return path

    return write


@pytest.mark.parametrize("order", ["<", ">"])
def test_either_order_of_bytes(order, write):
    loaded = release.load(write(release_mat(order)))
    np.testing.assert_array_equal(loaded.labels, arrays()["labels"])
    np.testing.assert_array_equal(loaded.eeg, arrays()["data"][:, :32].astype("f4"))


def test_whole_numbers_that_matlab_stores_in_a_byte(write):
    labels = np.arange(1, 13, dtype="u1").reshape(3, 4)
    path = write(mat(variable(b"labels", labels), compressed(variable(b"data", arrays()["data"]))))
    assert matfile.variables(path)["labels"] == matfile.Variable("float64", (3, 4))
    np.testing.assert_array_equal(release.load(path).labels, labels)


def test_other_variables_are_passed_over(write):
    others = {"names": np.array([["a"], ["b"]], object), "s": {"x": 1.0}, "t": "text", "empty": np.zeros((0, 0))}
    path = write(saved({**others, **arrays(), "sparse": scipy.sparse.eye_array(3, format="csc")}))
    assert {name: found.kind for name, found in matfile.variables(path).items()} == {
        "names": "cell array",
        "s": "struct",
        "t": "text",
        "empty": "float64",
        "labels": "float64",
        "data": "float64",
        "sparse": "sparse array",
    }
    np.testing.assert_array_equal(release.load(path).labels, arrays()["labels"])


@pytest.mark.parametrize(
    ("values", "received"),
    [
        (np.array([[1.0], ["x"]], object), "cell array 2 x 1"),
        ({"x": arrays()["data"]}, "struct 1 x 1"),
        ("text", "text 1"),
        (scipy.sparse.eye_array(3, format="csc"), "sparse array 3 x 3"),
        (arrays()["data"] * 1j, "complex float64 3 x 40 x 10"),
        (arrays()["data"].astype("u1"), "uint8 3 x 40 x 10"),
    ],
    ids=["cell", "struct", "text", "sparse", "complex", "uint8"],
)
@pytest.mark.parametrize("do_compression", [True, False])
def test_other_classes_are_refused_by_name(values, received, do_compression, write):
    path = write(saved({**arrays(), "data": values}, do_compression=do_compression))
    with pytest.raises(
        InputError, match=f"expected `data` to be any x 40 x any floats. Received {received}"
    ) as refused:
        release.load(path)
    assert refused.value.code == "shape"


ONE = np.ones((1, 1))

HOSTILE = {
    "shape beyond the numbers": (
        variable(b"data", np.zeros(4), shape=(2**30, 40, 2**30)),
        "unreadable",
        "1073741824 x",
    ),
    "huge shape, well compressed": (
        compressed(
            variable(b"data", ONE, shape=(3, 40, 2**21), numbers=struct.pack("<II", 9, 8 * 3 * 40 * 2**21))
            + bytes(10**7)
        ),
        "shape",
        "3 x 40 x 2097152",
    ),
    "huge name, well compressed": (compressed(variable(b"n" * 10**7, ONE)), "unreadable", "no plain array"),
    "negative shape": (variable(b"data", np.zeros(4), shape=(-2, -2)), "unreadable", "no plain array"),
    "function": (variable(b"data", ONE, mclass=16), "unreadable", "no plain array"),
    "opaque object": (variable(b"data", ONE, mclass=17), "unreadable", "no plain array"),
    "unknown type of numbers": (variable(b"data", ONE, numbers=element(77, bytes(8))), "unreadable", "numbers than"),
    "numbers of another type": (variable(b"data", ONE, numbers=element(14, bytes(8))), "unreadable", "numbers than"),
    "no array": (element(9, bytes(16)), "unreadable", "something else than an array at byte 288"),
    "name twice": (variable(b"labels", arrays()["labels"]), "unreadable", "the variable 'labels' twice"),
    "zlib": (struct.pack("<II", 15, 64) + b"\xff" * 64, "unreadable", "a damaged variable"),
    "zeros at the end": (bytes(64), "unreadable", "something else than an array"),
    "half a tag": (b"\x0e\x00\x00", "truncated", "end within a variable"),
    "length beyond the file": (struct.pack("<II", 14, 2**32 - 1), "truncated", "end within a variable"),
}
"""A variable beside the labels, and what the file is refused for."""


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_variables_are_refused_before_they_are_inflated(name, write):
    content, code, message = HOSTILE[name]
    path = write(mat(variable(b"labels", arrays()["labels"]), content))
    tracemalloc.start()
    with pytest.raises(InputError, match=message) as refused:
        release.load(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (refused.value.code, refused.value.file) == (code, path)
    assert peak < 4 * 10**6  # catching the error itself may take a million; the compressed ones inflate to ten


@pytest.mark.parametrize("cut", range(5, 100, 5))
@pytest.mark.parametrize("do_compression", [True, False])
def test_truncated_files_say_so(cut, do_compression, write):
    whole = saved(arrays(), do_compression=do_compression)
    path = write(whole[: len(whole) * cut // 100])
    with pytest.raises(InputError, match="expected a whole MATLAB file.*compare the sizes") as refused:
        release.load(path)
    assert refused.value.code == "truncated"


@pytest.mark.parametrize("do_compression", [True, False])
@pytest.mark.parametrize("seed", range(3))
def test_any_damage_gives_an_error_or_a_release(do_compression, seed, write):
    rng, codes = random.Random(seed), set()
    content = saved({**arrays(), "c": np.array([["x"]], object)}, do_compression=do_compression)
    for _ in range(100):
        damaged = bytearray(content)
        for _ in range(rng.choice([1, 2, 4])):
            damaged[rng.randrange(rng.choice([400, len(content)]))] = rng.randrange(256)
        try:
            release.load(write(damaged))
        except InputError as error:
            codes.add(error.code)
    assert {"unreadable"} <= codes <= {"unreadable", "shape", "truncated", "unsafe"}

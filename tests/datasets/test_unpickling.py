"""What a pickle may hold, and what strangers put into one: each of HOSTILE runs nothing, stays small, has its error."""

import mmap
import pickle
import random
import time
import tracemalloc
from contextlib import suppress

import numpy as np
import pytest

from eeg.datasets.deap import release, unpickling
from eeg.errors import InputError
from tests.datasets.hostile import HOSTILE
from tests.datasets.pickles import arrays, python2, python3


@pytest.fixture
def attacked(tmp_path):
    """Return a function that writes a hostile file; the command in it would make `ran` beside it."""

    def write(case):
        path, ran = tmp_path / "s01.dat", tmp_path / "ran"
        path.write_bytes(case.content(f"touch {ran}".encode()))
        return path, ran

    return write


@pytest.mark.parametrize("case", HOSTILE, ids=lambda case: case.name)
def test_hostile_pickles_are_refused_before_anything_runs(case, attacked):
    path, ran = attacked(case)
    started = time.perf_counter()
    tracemalloc.start()
    with pytest.raises(InputError) as refused:
        release.load(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (refused.value.code, refused.value.file) == (case.code, path)
    assert case.message in refused.value.received
    assert not ran.exists()
    # Catching the error may take a million bytes; twice the file's size is for text that has to be rewritten.
    assert peak < 4 * 10**6 + 2 * path.stat().st_size
    assert time.perf_counter() - started < 5  # it takes milliseconds; whoever visits every item never ends


@pytest.mark.parametrize("case", [case for case in HOSTILE if case.runs], ids=lambda case: case.name)
def test_the_same_pickles_run_in_pickle_load(case, attacked):
    path, ran = attacked(case)
    with suppress(TypeError):  # what the command returns is not what the rest of the pickle expects
        pickle.loads(path.read_bytes(), encoding="latin1")  # noqa: S301 - shows that the command is real
    assert ran.exists()


@pytest.mark.parametrize("protocol", range(3))
@pytest.mark.parametrize("cut", range(1, 100, 3))
def test_truncated_pickles_say_so(protocol, cut, tmp_path):
    whole_file = python2(arrays(), protocol)
    path = tmp_path / "s01.dat"
    path.write_bytes(whole_file[: len(whole_file) * cut // 100])
    with pytest.raises(InputError, match="expected a whole pickle.*compare the sizes") as refused:
        release.load(path)
    assert refused.value.code == "truncated"


WAYS = {f"Python 2, protocol {n}": lambda values, n=n: python2(values, n) for n in range(3)}
WAYS |= {f"Python 3, protocol {n}": lambda values, n=n: python3(values, n) for n in range(6)}
FORMS = {
    "plain": lambda x: x,
    "Fortran": np.asfortranarray,
    "big-endian": lambda x: x.astype(">f8"),
    "float32": lambda x: x.astype("f4"),
    "axes exchanged": lambda x: np.ascontiguousarray(x.swapaxes(0, 1)).swapaxes(0, 1),
}


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_arrays_come_back_as_they_were(way, form):
    written = {name: form(values) for name, values in arrays().items()}
    read = unpickling.read(way(written))
    assert list(read) == ["labels", "data"]
    for name, values in written.items():
        np.testing.assert_array_equal(read[name].values, values)
        assert read[name].values.dtype == values.dtype
        assert not read[name].values.flags.writeable


@pytest.mark.parametrize(
    "content", [python2(arrays(), 1), python2(arrays()), python3(arrays(), 3), python3(arrays(), 5)]
)
def test_numbers_stay_in_the_file(content, tmp_path):
    path = tmp_path / "s01.dat"
    path.write_bytes(content)
    with path.open("rb") as file:
        mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    assert np.shares_memory(unpickling.read(mapped)["data"].values, np.frombuffer(mapped, np.uint8))


@pytest.mark.parametrize("protocol", range(6))
def test_plain_values_and_single_numbers(protocol):
    written = {
        "a": [1, -2, 2**40, True, False, None, 0.5],
        "b": ((), (1,), {}),
        "c": np.float64(1.25),
        "d": "\u00e9\\n",
    }
    read = unpickling.read(python3(written, protocol))
    assert (read["a"], read["b"]) == (written["a"], written["b"])
    assert read["c"].values == 1.25
    assert read["d"].name() == written["d"]


@pytest.mark.parametrize("protocol", range(6))
def test_any_damage_gives_an_error_or_a_release(protocol, tmp_path):
    rng, content = random.Random(protocol), python3(arrays(), protocol)
    content = python2(arrays(), protocol) if protocol < 3 else content
    path, codes = tmp_path / "s01.dat", set()
    for _ in range(100):
        damaged = bytearray(content)
        for _ in range(rng.choice([1, 2, 4])):
            damaged[rng.randrange(rng.choice([400, len(content)]))] = rng.randrange(256)
        path.write_bytes(damaged)
        try:
            release.load(path)
        except InputError as error:
            codes.add(error.code)
    assert {"unreadable", "unsafe"} <= codes <= {"unreadable", "unsafe", "shape", "truncated", "packed"}

import numpy as np
import pytest

from eeg.models import Outcome, Result
from eeg.steps.shelf import Shelf

HISTORY = [{"epoch": 1, "loss": 0.1 + 0.2, "accuracy": 1.0}]
RESULTS = [
    Result(
        Outcome("ok", epochs=1, best_epoch=1, history=HISTORY, parameters={"trainable": 3}),
        np.array([[0.1, -0.1]], np.float32),
        [np.arange(3.0), np.array(7, np.uint32)],
    ),
    Result(
        Outcome("class_missing: 1", rows=np.array([2, 5]), searched=np.array([0])),
        np.zeros((2, 2), np.float32),
        held=np.ones((3, 2), "f4"),
    ),
]


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "windows.csv"
    path.write_text("one")
    return path


@pytest.fixture
def shelf(tmp_path, file):
    return Shelf(tmp_path / "unfinished", {"seed": 1}, [str(file)])


def test_what_was_put_is_taken_to_the_bit(shelf):
    shelf.put(3, RESULTS, 1.5)
    results, seconds = shelf.take(3)
    assert seconds == 1.5
    for one, other in zip(results, RESULTS, strict=True):
        assert one.outcome.history == other.outcome.history
        assert (one.outcome.status, one.outcome.parameters) == (other.outcome.status, other.outcome.parameters)
        assert np.array_equal(one.logits, other.logits)
        assert one.logits.dtype == np.float32
        assert [value.dtype for value in one.values] == [value.dtype for value in other.values]
        assert all(np.array_equal(*pair) for pair in zip(one.values, other.values, strict=True))
    assert results[0].held is None
    assert np.array_equal(results[1].held, RESULTS[1].held)
    assert results[0].outcome.rows is results[0].outcome.searched is None
    assert (results[1].outcome.rows.tolist(), results[1].outcome.searched.tolist()) == ([2, 5], [0])


def test_a_stack_that_is_not_finished_is_not_there(shelf):
    shelf.put(0, RESULTS, 1.0)
    assert shelf.take(1) is None


def test_other_settings_and_other_files_find_nothing(shelf, tmp_path, file):
    shelf.put(0, RESULTS, 1.0)
    assert Shelf(shelf.folder, {"seed": 1}, [str(file)]).take(0) is not None
    assert Shelf(shelf.folder, {"seed": 2}, [str(file)]).take(0) is None
    file.write_text("two")
    assert Shelf(shelf.folder, {"seed": 1}, [str(file)]).take(0) is None


def test_clearing_leaves_nothing(shelf):
    shelf.clear()
    shelf.put(0, RESULTS, 1.0)
    shelf.clear()
    assert not shelf.folder.exists()

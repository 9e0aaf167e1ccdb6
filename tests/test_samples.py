import numpy as np
import pytest

from eeg.samples import Samples, joined


def make(n=10, asked=None):
    x = np.arange(n * 3, dtype=np.float64).reshape(n, 3)

    def take(index):
        if asked is not None:
            asked.append(np.asarray(index))
        return x[index]

    return Samples(take, np.arange(n) % 2, np.arange(n) // 5, (3,))


def test_a_batch_is_float32_rows_with_their_labels():
    x, y = make().batch(np.array([4, 1]))
    assert x.dtype == np.float32
    assert x[:, 0].tolist() == [12, 3]
    assert y.tolist() == [0, 1]


def test_subsets_of_subsets_name_the_same_rows():
    outer = make().subset(np.array([9, 7, 5, 3]))
    inner = outer.subset(np.array([2, 0]))
    assert inner.all()[:, 0].tolist() == [15, 27]
    assert (inner.labels.tolist(), inner.trials.tolist(), len(inner)) == ([1, 1], [1, 1], 2)


def test_nothing_is_gathered_before_it_is_asked_for():
    asked = []
    part = make(asked=asked).subset(np.arange(6))
    assert asked == []
    part.batch(np.array([5]))
    assert [index.tolist() for index in asked] == [[5]]


@pytest.mark.parametrize("index", [[0, 12, 3, 15], [], [11]])
def test_joined_rows_follow_each_other(index):
    both = joined(make(10), make(6))
    expected = np.concatenate([make(10).all(), make(6).all()])
    index = np.array(index, dtype=np.int64)
    assert np.array_equal(both.batch(index)[0], expected[index])
    assert len(both) == 16
    assert both.labels.tolist() == [*(np.arange(10) % 2), *(np.arange(6) % 2)]

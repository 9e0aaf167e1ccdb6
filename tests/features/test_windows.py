"""Windows: the plan's samples and seconds, and views instead of copies."""

import numpy as np
import pytest

from eeg.errors import InputError
from eeg.features.windows import cut, plan


def test_one_second_windows_tile_a_minute():
    table = plan(60 * 128, 128, length=1, step=1)
    assert list(table.columns) == ["window", "start", "length", "onset"]
    assert len(table) == 60
    assert table["window"].tolist() == list(range(60))
    assert table["start"].tolist() == [128 * second for second in range(60)]
    assert (table["length"] == 128).all()
    assert table["onset"].tolist() == list(range(60))


def test_overlapping_windows_and_a_rest_that_is_left_out():
    table = plan(1000, 128, length=2, step=0.125)
    assert table["start"].diff().dropna().unique().tolist() == [16]
    assert table["start"].iloc[-1] + 256 <= 1000 < table["start"].iloc[-1] + 256 + 16


def test_a_window_as_long_as_the_trial_is_one_window():
    assert len(plan(1280, 128, length=10, step=1)) == 1


@pytest.mark.parametrize(
    ("length", "step", "text"),
    [
        (11, 1, r"no longer than the trial \(10 s\). Received a length of 11 s"),
        (1, 0.001, r"at least one sample at 128 Hz. Received length 1 s and step 0.001 s"),
        (0.001, 1, r"at least one sample at 128 Hz. Received length 0.001 s"),
    ],
)
def test_windows_that_do_not_fit_are_errors(length, step, text):
    with pytest.raises(InputError, match=text):
        plan(1280, 128, length=length, step=step)


@pytest.mark.parametrize("starts", [[0, 16, 32], [5], [0, 16, 40], [32, 16, 0], [3, 3]])
def test_windows_hold_the_samples_of_the_plan(starts):
    x = np.random.default_rng(7).standard_normal((2, 100, 3))
    windows = cut(x, np.array(starts), 20)
    assert windows.shape == (2, len(starts), 20, 3)
    for window, start in enumerate(starts):
        np.testing.assert_array_equal(windows[:, window], x[:, start : start + 20])


def test_evenly_spaced_windows_are_read_only_views_also_of_a_memory_map(tmp_path):
    np.save(tmp_path / "x.npy", np.arange(600.0).reshape(2, 100, 3), allow_pickle=False)
    x = np.load(tmp_path / "x.npy", mmap_mode="r")
    windows = cut(x, np.arange(0, 81, 16), 20)
    assert np.shares_memory(windows, x)
    assert not windows.flags.writeable


@pytest.mark.parametrize("start", [-1, 90])
def test_a_window_beyond_the_trial_is_an_error(start):
    with pytest.raises(InputError, match="windows within the 100 samples of a trial"):
        cut(np.zeros((1, 100, 1)), np.array([start]), 20)

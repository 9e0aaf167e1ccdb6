"""Windows: the plan's samples and seconds, and that trials are stored but once."""

import numpy as np
import pytest

from eeg.errors import InputError
from eeg.features.branch import raw_windows
from eeg.features.trials import Trials
from eeg.features.windows import plan


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


def test_a_branch_of_overlapping_windows_stores_its_trials_once():
    x = np.random.default_rng(7).standard_normal((3, 4, 63 * 128))
    made = raw_windows(Trials(x, [1, 2, 3], list("abcd"), 128, 3 * 128), channels="all", length=2, step=0.125)
    assert len(made.table) == 3 * 465
    assert made.array.shape == (3, 60 * 128, 4)
    np.testing.assert_array_equal(made.array, x[:, :, 3 * 128 :].transpose(0, 2, 1).astype(np.float32))

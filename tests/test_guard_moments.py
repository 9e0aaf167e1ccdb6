"""The moments scalers are computed from: those of the trials they are named after, or an error that names the trial."""

import numpy as np
import pytest

from eeg.errors import InputError
from eeg.guard import moments as guard
from eeg.preprocess.scale import moments


@pytest.fixture(params=[(5, 40, 3), (5, 7, 3, 2)], ids=["windows", "entropy"])
def array(request):
    return np.random.default_rng(1).normal(size=request.param).astype(np.float32)


def stored(array):
    return {"trial": np.arange(11, 16), **moments(array)}


def test_moments_of_the_input_pass(array):
    guard.check(stored(array), array, file="s01.moments.npz")


def test_a_trial_s_moments_under_another_s_name_are_found(array):
    swapped = stored(array)
    for name in ("count", "mean", "m2", "min", "max"):
        swapped[name][1] = swapped[name][3]
    text = r"s01.moments.npz: expected the moments of the trials .* Received others for trial 12\. Delete s01"
    with pytest.raises(InputError, match=text):
        guard.check(swapped, array, file="s01.moments.npz")


@pytest.mark.parametrize("name", ["count", "mean", "m2", "min", "max"])
def test_one_bit_of_one_moment_is_enough(array, name):
    changed = stored(array)
    changed[name] = changed[name].copy()
    changed[name].flat[-1] = np.nextafter(changed[name].flat[-1], np.inf)
    with pytest.raises(InputError, match="others for trial 15"):
        guard.check(changed, array, file="s01.moments.npz")

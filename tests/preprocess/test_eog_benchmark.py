"""What benchmarks/eog.py measures on eight people, on one of each site: near the best there is, and never worse."""

from dataclasses import replace

import numpy as np
import pytest

from benchmarks.eog import FRONTAL, SIZES, measured, scene
from eeg.channels import GENEVA, TWENTE
from eeg.preprocess import eog
from eeg.preprocess.reference import average

SITES = {"s02": TWENTE, "s03": GENEVA}
DEFAULT = eog.Settings("regression", "recording", "events", True)


@pytest.fixture(scope="module")
def scenes():
    return {subject: scene(subject, replace(SIZES, n_trials=9)) for subject in SITES}


@pytest.mark.parametrize("subject", SITES)
def test_at_realistic_amplitude_it_does_nearly_what_the_true_weights_would_do(scenes, subject):
    found = measured(scenes[subject], 1.0, DEFAULT)
    assert scenes[subject].info.ch_names[:32] == list(SITES[subject])
    assert found["share"] >= 0.8
    assert found["weights"] < found["before"]
    assert abs(found["alpha"]) < 0.05
    assert found["correlation_after"] < found["correlation_before"]


@pytest.mark.parametrize("subject", SITES)
@pytest.mark.parametrize("amplitude", [0.0, 0.1, 0.2, 0.4])
def test_the_frontal_error_never_rises(scenes, subject, amplitude):
    found = measured(scenes[subject], amplitude, DEFAULT)
    # no tolerance: where the eyes do not stand out nothing is removed, to the last bit
    assert found["rise"] <= 0
    assert found["after"] <= found["before"]


def test_plain_weights_from_every_sample_would_do_harm_at_small_amplitudes(scenes):
    """The trap that the default avoids: the brain in the EOG channels decides the weights."""
    plain = replace(DEFAULT, weights="samples", shrink=False)
    found = measured(scenes["s02"], 0.1, plain)
    assert found["after"] > 2 * found["before"]
    assert found["correlation_after"] < 0.5 * found["correlation_before"]


def test_the_parts_of_a_scene_add_up_to_what_the_steps_make(scenes):
    part = scenes["s03"]
    band, wide = part.at(1.0)
    for raw in (band, wide):
        # the average reference, so the parts were added in one reference
        np.testing.assert_allclose(average(raw).get_data(), raw.get_data(), atol=1e-11)
    brain = part.clean.get_data(list(FRONTAL))
    still = part.at(0.0)[0].get_data(list(FRONTAL))
    # without the eyes only muscle and noise of about a microvolt lie between the recording and the clean signal
    assert 0 < np.sqrt(np.mean((still - brain) ** 2)) < 1e-6

"""Bad channels: interpolated from their neighbours, left out, or kept; nobody else's signal changes."""

import mne
import numpy as np
import pandas as pd
import pytest

from eeg.channels import GENEVA
from eeg.errors import InputError
from eeg.preprocess.bads import treat
from eeg.preprocess.reference import average
from eeg.preprocess.segment import recut, segment

SFREQ = 64.0


def smooth_field(n_times=640):
    """Return a recording whose potentials vary smoothly over the head, so that neighbours tell a channel's value."""
    info = mne.create_info([*GENEVA, "vEOG"], SFREQ, ["eeg"] * 32 + ["eog"]).set_montage("biosemi32")
    places = np.array([channel["loc"][:3] for channel in info["chs"][:32]])
    sources = np.random.default_rng(21).standard_normal((3, n_times))
    x = 1e-4 * places @ sources
    raw = mne.io.RawArray(np.vstack([x, 1e-4 * sources[:1]]), info, verbose="error")
    return raw.set_annotations(mne.Annotations([2.0, 6.0], 0.0, ["trial/1", "trial/2"]))


def spoilt(raw, *names):
    """Return the recording with noise in place of some channels."""
    raw = raw.copy()
    rng = np.random.default_rng(22)
    for name in names:
        raw._data[raw.ch_names.index(name)] = 1e-3 * rng.standard_normal(raw.n_times)
    return raw


def correlation(one, other, name):
    return np.corrcoef(one.get_data([name])[0], other.get_data([name])[0])[0, 1]


@pytest.mark.parametrize("names", [["Cz"], ["T7", "PO4"]])
def test_interpolated_channels_come_back_from_their_neighbours(names):
    truth = smooth_field()
    treated = treat(spoilt(truth, *names), names, "interpolate")
    assert all(correlation(treated, truth, name) > 0.95 for name in names)
    assert treated.info["bads"] == []
    others = [name for name in truth.ch_names if name not in names]
    np.testing.assert_array_equal(treated.get_data(others), truth.get_data(others))


def test_trials_can_be_interpolated_too():
    table = pd.DataFrame({"subject": "s01", "trial": [1, 2], "video": [1, 2]})
    truth = segment(smooth_field(), table, baseline=1, duration=2)
    raw = spoilt(smooth_field(), "Fz")
    treated = treat(segment(raw, table, baseline=1, duration=2), ["Fz"], "interpolate")
    found = [epochs.get_data(["Fz"]).ravel() for epochs in (treated, truth)]
    assert np.corrcoef(*found)[0, 1] > 0.95


def test_dropped_channels_stay_out_of_the_average_and_are_constant_in_the_trials():
    truth, table = smooth_field(), pd.DataFrame({"subject": "s01", "trial": [1, 2], "video": [1, 2]})
    dropped = average(treat(spoilt(truth, "Oz"), ["Oz"], "drop"))
    others = [name for name in GENEVA if name != "Oz"]
    expected = truth.get_data(others) - truth.get_data(others).mean(axis=0)
    np.testing.assert_allclose(dropped.get_data(others), expected, atol=1e-12)
    epochs = segment(dropped, table, baseline=1, duration=2)
    assert epochs.ch_names == GENEVA
    assert not epochs.get_data(["Oz"]).any()
    assert epochs.get_data(["O1"]).std() > 1e-6
    assert epochs.info["bads"] == ["Oz"]
    again = recut(epochs, baseline=1, duration=1)
    assert not again.get_data(["Oz"]).any()


@pytest.mark.parametrize(("bads", "how"), [(["Oz"], "keep"), ([], "interpolate"), (["vEOG"], "drop"), ([], "drop")])
def test_otherwise_nothing_is_done(bads, how):
    raw = smooth_field()
    treated = treat(raw, bads, how)
    np.testing.assert_array_equal(treated.get_data(), raw.get_data())
    assert treated.info["bads"] == []


def test_too_few_good_channels_cannot_stand_in_for_the_others():
    with pytest.raises(InputError, match="at least 4 good EEG channels .* Received 3 of 32"):
        treat(smooth_field(), GENEVA[:29], "interpolate")

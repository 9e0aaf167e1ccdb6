"""Flaws of the preprocessed release change what they say and nothing else, in both kinds of file."""

import pickletools

import numpy as np
import pytest

from eeg.channels import GENEVA, TWENTE
from eeg.datasets import simulated
from eeg.datasets.simulated import release, release_files
from eeg.datasets.simulated.cohort import file_of
from eeg.datasets.simulated.recording import record
from tests.datasets.conftest import SEED, SETTINGS


def arrays(folder, form="python", subject="s01"):
    return release_files.read(file_of(folder, subject, form))


def changed(before, after, axis):
    """Where along an axis two arrays differ."""
    others = tuple(other for other in range(before.ndim) if other != axis)
    return np.flatnonzero((before != after).any(axis=others))


def test_a_pickle_that_runs_a_command_holds_the_same_beside_it(cohort, spoilt):
    before, after = (file_of(place, "s01", "python").read_bytes() for place in (cohort, spoilt("unsafe", "python")))
    assert len(after) - len(before) < 32
    assert after.endswith(before[2:])
    opcodes = [(opcode.name, argument) for opcode, argument, _ in pickletools.genops(after)]
    assert opcodes[1:6] == [
        ("GLOBAL", "posix system"),
        ("SHORT_BINSTRING", "true"),
        ("TUPLE1", None),
        ("REDUCE", None),
        ("POP", None),
    ]


@pytest.mark.parametrize("form", ["python", "matlab"])
class TestReleases:
    """Each flaw of the arrays, in both kinds of file."""

    @pytest.fixture
    def pair(self, cohort, spoilt, form):
        """Return the arrays before and after."""
        return lambda name: (arrays(cohort, form), arrays(spoilt(name, form, place=name), form))

    def test_absent_parts(self, pair):
        before, after = pair("trial_absent")
        assert (after["data"].shape, after["labels"].shape) == ((7, 40, 768), (7, 4))
        assert {row.tobytes() for row in after["data"]} < {row.tobytes() for row in before["data"]}
        before, after = pair("samples_absent")
        np.testing.assert_array_equal(after["data"], before["data"][:, :, 256:])
        np.testing.assert_array_equal(after["labels"], before["labels"])

    def test_keys_and_types(self, pair):
        before, after = pair("keys")
        assert set(after) != {"data", "labels"}
        assert {array.tobytes() for array in after.values()} == {array.tobytes() for array in before.values()}
        before, after = pair("integers")
        assert after["data"].dtype == np.int16
        assert np.abs(after["data"][:, :32] - before["data"][:, :32]).max() <= 0.5

    @pytest.mark.parametrize("name", ["channel_nan", "channel_flat", "channel_clipped", "channel_noisy"])
    def test_one_channel_is_bad(self, pair, name):
        before, after = pair(name)
        np.testing.assert_array_equal(after["labels"], before["labels"])
        (index,) = changed(before["data"], after["data"], axis=1)
        assert index < 32
        x, y = before["data"][:, index], after["data"][:, index]
        if name == "channel_nan":
            assert np.isnan(y).sum() == 76
            assert np.isnan(y).any(axis=1).sum() == 1
            np.testing.assert_array_equal(y[~np.isnan(y)], x[~np.isnan(y)])
        elif name == "channel_flat":
            assert not y.any()
        elif name == "channel_clipped":
            assert 0.02 < ((y == y.min()) | (y == y.max())).mean() < 0.15
            np.testing.assert_array_equal(y, np.clip(x, y.min(), y.max()))
        else:
            np.testing.assert_allclose((y - x).std() / x.std(), 30, rtol=0.05)

    def test_orders(self, cohort, pair):
        video = simulated.trial_table(cohort, "s01")["video"].to_numpy()
        before, after = pair("rows_order")
        np.testing.assert_array_equal(after["data"], before["data"][video - 1])
        np.testing.assert_array_equal(after["labels"], before["labels"])
        before, after = pair("labels_order")
        np.testing.assert_array_equal(after["labels"], before["labels"][video - 1])
        np.testing.assert_array_equal(after["data"], before["data"])
        before, after = pair("site_order")
        fz = TWENTE.index("Fz"), GENEVA.index("Fz")
        np.testing.assert_array_equal(after["data"][:, fz[0]], before["data"][:, fz[1]])
        np.testing.assert_array_equal(after["data"][:, 32:], before["data"][:, 32:])
        before, after = pair("channels_shuffled")
        channels = [{row.tobytes() for row in one["data"][0]} for one in (before, after)]
        assert channels[0] == channels[1]
        assert len(changed(before["data"], after["data"], axis=1)) > 24
        np.testing.assert_array_equal(after["data"][:, 32:], before["data"][:, 32:])

    def test_labels(self, pair):
        before, after = pair("labels_inverted")
        high = (before["labels"][:, :2] > 5).all(axis=1)
        assert high.any()
        np.testing.assert_allclose(after["labels"][high, :2], 9 - before["labels"][high, :2])
        np.testing.assert_array_equal(after["labels"][~high], before["labels"][~high])
        np.testing.assert_array_equal(after["labels"][:, 2:], before["labels"][:, 2:])
        before, after = pair("labels_columns")
        np.testing.assert_array_equal(after["labels"], before["labels"][:, [1, 0, 2, 3]])
        before, after = pair("labels_changed")
        difference = np.abs(after["labels"] - before["labels"])
        assert np.argwhere(difference)[:, 1].tolist() == [0, 0, 0]
        assert 0.99 < difference[difference > 0].min() <= difference.max() < 3.01
        assert ((after["labels"] >= 1) & (after["labels"] <= 9)).all()

    def test_volts_and_repetition(self, pair):
        before, after = pair("volts")
        np.testing.assert_array_equal(after["data"], before["data"] * 1e-6)
        before, after = pair("trial_repeated")
        (row,) = changed(before["data"], after["data"], axis=0)
        assert sum(np.array_equal(after["data"][row], other) for other in before["data"]) == 1

    def test_other_filters_and_cuts(self, pair):
        recording = record("s01", SETTINGS, SEED)
        for name, how in (("shifted", {"shift": 1.0}), ("wide", {"band": (0.5, 60)}), ("narrow", {"band": (8, 30)})):
            before, after = pair(name)
            np.testing.assert_array_equal(after["data"], release.trials(recording, SETTINGS, **how))
            np.testing.assert_array_equal(after["labels"], before["labels"])
            assert changed(before["data"], after["data"], axis=1)[-1] == (39 if name == "shifted" else 31)

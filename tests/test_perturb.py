"""What is put out of action, and what stands in its place."""

import numpy as np
import pandas as pd
import pytest

from eeg.inputs import Inputs, arrangement
from eeg.perturb import Change, donors, mean, perturbed, pieces, whole
from eeg.samples import Samples
from eeg.seeds import generator

CHANNELS = ["Fz", "Cz", "Pz"]
BANDS = ["theta", "beta"]


def inputs(kind):
    shape = (4, 80, 3) if kind == "windows" else (4, 5, 3, 2)
    table = pd.DataFrame({"subject": "s01", "trial": [1], "window": [0], "start": [0], "length": [16]})
    return Inputs(kind, CHANNELS, {"s01": np.zeros(shape, np.float32)}, table)


def groups(kind, input_kind, stretches=4):
    given = inputs(kind)
    arrange, shape = arrangement(input_kind, CHANNELS, given.shape)
    bands = BANDS if kind == "entropy" else []
    cut = pieces(given, arrange, bands=bands, stretches=stretches, seconds=0.125)
    return whole(given, arrange, bands=bands), cut, shape


@pytest.mark.parametrize("input_kind", ["flat", "grid"])
def test_groups_of_entropy_are_channels_bands_and_each_with_each(input_kind):
    swapped, cut, shape = groups("entropy", input_kind)
    assert [(one.group, one.channel or one.band) for one in swapped] == [
        *(("channel", name) for name in CHANNELS),
        *(("band", name) for name in BANDS),
    ]
    assert [one.mask.sum() for one in swapped] == [2, 2, 2, 3, 3]
    assert all(one.mask.shape == shape for one in [*swapped, *cut])
    assert len(cut) == 6
    assert sum(one.mask.astype(int) for one in cut).max() == 1  # no feature twice
    (pz_beta,) = [one for one in cut if (one.channel, one.band) == ("Pz", "beta")]
    np.testing.assert_array_equal(pz_beta.mask, swapped[2].mask & swapped[4].mask)


def test_groups_of_raw_windows_are_channels_and_stretches_of_time():
    swapped, cut, _ = groups("windows", "series", stretches=4)
    assert [one.channel for one in swapped] == CHANNELS
    assert [one.time for one in cut[::3]] == ["0-31 ms", "31-62 ms", "62-94 ms", "94-125 ms"]
    assert cut[4].mask[4:8, 1].all()
    assert cut[4].mask.sum() == 4
    assert len(groups("windows", "series", stretches=99)[1]) == 3 * 16  # no stretch is shorter than a sample


def test_every_trial_meets_every_other_of_its_subject_once_and_its_windows_stay_together():
    trial, window = np.divmod(np.arange(20), 4)
    table = pd.DataFrame({"subject": "s01", "trial": trial, "window": window})
    table = pd.concat([table, table.iloc[:8].assign(subject="s02")], ignore_index=True)
    found = donors(table, draws=20, rng=generator("donors"))
    assert found.shape == (4, 28)
    for rows in found:
        other = table.iloc[rows].reset_index(drop=True)
        assert (other["subject"] == table["subject"]).all()
        assert (other["window"] == table["window"]).all()
        assert (other["trial"] != table["trial"]).all()
        assert (other.groupby([table["subject"], table["trial"]])["trial"].nunique() == 1).all()
    met = {
        (own, other) for rows in found for own, other in zip(trial, table["trial"].to_numpy()[rows[:20]], strict=True)
    }
    assert len(met) == 5 * 4
    assert len(donors(table, draws=2, rng=generator("donors"))) == 2


def test_windows_are_taken_in_proportion_and_a_lonely_trial_keeps_its_own():
    table = pd.DataFrame({"subject": ["s01"] * 6 + ["s02"], "trial": [1] * 4 + [2] * 2 + [1]})
    (found,) = donors(table, draws=5, rng=generator("donors"))
    assert found.tolist() == [4, 4, 5, 5, 0, 2, 6]


def samples():
    x = np.arange(24, dtype=np.float32).reshape(4, 6)
    return Samples(lambda index: x[index], np.array([0, 1, 0, 1]), np.arange(4), (6,))


def test_copies_follow_change_by_change_and_differ_in_the_group_alone():
    given, mask = samples(), np.arange(6) < 2
    copies = perturbed(given, [Change(mask, np.array([1, 0, 3, 2])), Change(mask)], np.full(6, -1, np.float32))
    assert len(copies) == 8
    assert copies.labels.tolist() == [0, 1, 0, 1] * 2
    x = copies.all()
    np.testing.assert_array_equal(x[:, 2:], np.tile(given.all()[:, 2:], (2, 1)))
    np.testing.assert_array_equal(x[:4, :2], given.all()[[1, 0, 3, 2], :2])
    assert (x[4:, :2] == -1).all()
    np.testing.assert_array_equal(copies.batch(np.array([5, 2]))[0], x[[5, 2]])


def test_the_mean_is_that_of_all_rows(monkeypatch):
    monkeypatch.setattr("eeg.perturb.ROWS_AT_ONCE", 3)
    np.testing.assert_allclose(mean(samples()), samples().all().mean(axis=0))

import numpy as np
import pandas as pd
import pytest
from sklearn.preprocessing import MinMaxScaler, StandardScaler

from eeg import scalers
from eeg.errors import InputError
from eeg.scalers import Key
from eeg.seeds import generator
from tests.scaling import BOTH, OVERLAPPING, SUBJECTS, Data


def read_back(fitted):
    """Return scalers as a fit reads them from their file."""
    return scalers.from_arrays(scalers.to_arrays(fitted))


def by_scikit_learn(fitted_on, x):
    """Scale `x` (n, ..., features) by both steps, fitted on (n, features)."""
    flat = x.reshape(-1, fitted_on.shape[1]).astype(np.float64)
    first = StandardScaler().fit(fitted_on.astype(np.float64))
    second = MinMaxScaler().fit(first.transform(fitted_on.astype(np.float64)))
    return second.transform(first.transform(flat)).reshape(x.shape)


CASES = [
    ("trial", ("s01",), {}),
    ("trial", ("s01",), OVERLAPPING),
    ("window", ("s01",), {}),
    ("window", ("s01",), OVERLAPPING),
    ("subject", SUBJECTS, {}),
]


@pytest.mark.parametrize("scope", ["fold", "trial", "recording"])
@pytest.mark.parametrize("kind", ["windows", "entropy"])
@pytest.mark.parametrize(("protocol", "subjects", "shape"), CASES)
def test_every_window_is_scaled_as_scikit_learn_does_on_the_samples_it_may(protocol, subjects, shape, kind, scope):
    data = Data(kind, subjects, **shape)
    split, x, table = data.split(protocol), data.gathered(), data.windows
    fitted = read_back(data.fit(split, BOTH | {"scope": scope}))
    for fold in split["fold"].unique()[: None if scope == "fold" else 1]:
        found = scalers.scaling(fitted, table, fold)(x, np.arange(len(x)))
        assert found.dtype == np.float32
        whole = split.loc[split["fold"] == fold, ["subject", "trial"]].drop_duplicates().assign(window=-1)
        if scope == "fold":
            rows = split[(split["fold"] == fold) & (split["role"] == "train")]
            expected = by_scikit_learn(data.samples(rows), x)
        else:
            by = ["subject", "trial"] if scope == "trial" else ["subject"]
            expected = np.empty_like(x, dtype=np.float64)
            for key, rows in whole.groupby(by):
                own = (table[by] == list(key)).all(axis=1)
                expected[own] = by_scikit_learn(data.samples(rows), x[own])
        # values lie near 0 to 1, where float32 has 7 digits
        np.testing.assert_allclose(found, expected, atol=1e-6)


def under(data, rows):
    """Return by subject which samples (or windows of entropy) lie under rows of a split, shape (trial, time)."""
    found = {subject: np.zeros(array.shape[:2], bool) for subject, array in data.arrays.items()}
    starts = data.windows.drop_duplicates("window").set_index("window")["start"]
    for subject, trial, window in zip(rows["subject"], rows["trial"], rows["window"], strict=True):
        of_window = slice(starts[window], starts[window] + 16) if data.kind == "windows" and window >= 0 else window
        found[subject][trial - 1, slice(None) if window == -1 else of_window] = True
    return found


def louder(data, where):
    """Return the arrays with the chosen samples a thousand times as large."""
    return {
        subject: np.where(where[subject].reshape(*where[subject].shape, *[1] * (array.ndim - 2)), 1000 * array, array)
        for subject, array in data.arrays.items()
    }


@pytest.mark.parametrize("kind", ["windows", "entropy"])
@pytest.mark.parametrize(("protocol", "subjects", "shape"), CASES)
def test_changed_test_and_validation_rows_change_no_bit_of_any_scaler(protocol, subjects, shape, kind):
    data = Data(kind, subjects, **shape)
    split = data.split(protocol)
    for row, one in enumerate(data.fit(split)):
        own = split[split["fold"] == one.key.fold]
        train, others = (under(data, own[(own["role"] == "train") == trains]) for trains in (True, False))
        # what a test window shares with a training window, that one may see
        others = {subject: others[subject] & ~train[subject] for subject in others}
        assert any(mask.any() for mask in others.values())
        after = data.fit(split, arrays=louder(data, others))[row]
        for name in scalers.STATISTICS:
            np.testing.assert_array_equal(getattr(after.scaler, name), getattr(one.scaler, name))
        moved = data.fit(split, arrays=louder(data, train))[row]
        assert (moved.scaler.mean != one.scaler.mean).all()


@pytest.mark.parametrize("scope", ["fold", "trial", "recording"])
def test_a_scaler_lists_the_ids_it_was_fitted_on(scope):
    data = Data("windows", SUBJECTS)
    split = data.split("subject")
    fitted = data.fit(split, BOTH | {"scope": scope})
    assert {one.key.scope for one in fitted} == {scope}
    for one in fitted:
        ids = set(zip(one.ids["subject"], one.ids["trial"], strict=True))
        expected = {
            "fold": set(split[split["role"] == "train"].groupby(["subject", "trial"]).groups),
            "trial": {(one.key.subject, one.key.trial)},
            "recording": {(one.key.subject, trial) for trial in range(1, 13)},
        }
        assert ids == expected[scope]
        assert len(one.ids) == len(ids)
        assert (one.ids[["start", "stop"]] == -1).all(axis=None)
    assert len(fitted) == {"fold": 1, "trial": 48, "recording": 4}[scope]


def test_shuffled_windows_are_listed_as_runs():
    data = Data("windows", **OVERLAPPING)
    split = data.split("window")
    for one in data.fit(split):
        seen = [
            (trial, window)
            for trial, start, stop in zip(one.ids["trial"], one.ids["start"], one.ids["stop"], strict=True)
            for window in range(start, stop)
        ]
        train = split[(split["fold"] == one.key.fold) & (split["role"] == "train")]
        assert sorted(seen) == sorted(zip(train["trial"], train["window"], strict=True))
        assert len(one.ids) < len(seen)


def test_no_scaler_changes_nothing_and_lists_nothing():
    data = Data("entropy")
    fitted = read_back(data.fit(data.split(), {"scaler": "none", "scope": "recording"}))
    assert [one.key for one in fitted] == [Key()]
    assert fitted[0].ids.empty
    x = data.gathered()
    np.testing.assert_array_equal(scalers.scaling(fitted, data.windows, 2)(x, np.arange(len(x))), x)


@pytest.mark.parametrize("scope", ["fold", "trial", "recording"])
def test_any_rows_in_any_order_take_their_own_scalers(scope):
    data = Data("windows", SUBJECTS)
    split, x = data.split("subject"), data.gathered()
    scale = scalers.scaling(data.fit(split, BOTH | {"scope": scope}), data.windows, 1)
    index = generator("order").permutation(len(x))[:50]
    np.testing.assert_array_equal(scale(x[index], index), scale(x, np.arange(len(x)))[index])
    assert scale(x[:0], np.arange(0)).shape == (0, 16, 3)


def test_what_is_written_is_read_and_holds_no_objects():
    data = Data("windows")
    fitted = data.fit(data.split())
    content = scalers.to_arrays(fitted)
    assert content["fold"].tolist() == [0, 1, 2, 3]
    assert set(content["subject"]) == {""}
    assert set(content["trial"]) == {-1}
    assert content["mean"].shape == (4, 3)
    assert len(content["id_fold"]) == (data.split()["role"] == "train").sum()
    assert all(values.dtype != object for values in content.values())
    for one, again in zip(fitted, scalers.from_arrays(content), strict=True):
        assert one.key == again.key
        pd.testing.assert_frame_equal(one.ids, again.ids)
        np.testing.assert_array_equal(one.scaler.line(), again.scaler.line())


@pytest.mark.parametrize(
    ("scope", "what"), [("fold", "fold 9"), ("trial", "s02 trial 1"), ("recording", "s02 trial 1")]
)
def test_a_window_without_a_scaler_is_named(scope, what):
    data = Data("windows")
    fitted = data.fit(data.split(), BOTH | {"scope": scope})
    table = data.windows.assign(subject="s02")
    with pytest.raises(InputError, match=what):
        scalers.scaling(fitted, table, 9)

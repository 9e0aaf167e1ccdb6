from itertools import permutations, product

import numpy as np
import pandas as pd
import pytest

from eeg import leaks
from eeg.method import Method
from eeg.seeds import generator

METHOD = Method(seed=1)


def random_scores(n_leaks, n_subjects=5):
    return generator("leaks", n_leaks).random((*(2,) * n_leaks, n_subjects))


def by_orders(scores):
    """What each leak adds, by going through every order one by one."""
    n_leaks = scores.ndim - 1
    found = np.zeros((n_leaks, scores.shape[-1]))
    orders = list(permutations(range(n_leaks)))
    for order in orders:
        states = [0] * n_leaks
        for leak in order:
            before = scores[tuple(states)]
            states[leak] = 1
            found[leak] += (scores[tuple(states)] - before) / len(orders)
    return found


@pytest.mark.parametrize("n_leaks", [1, 2, 3, 4])
def test_shares_are_the_mean_over_all_orders_and_add_up_to_the_whole_leak(n_leaks):
    scores = random_scores(n_leaks)
    found = leaks.shares(scores)
    np.testing.assert_allclose(found, by_orders(scores), atol=1e-12)
    np.testing.assert_allclose(found.sum(axis=0), scores[(1,) * n_leaks] - scores[(0,) * n_leaks], atol=1e-12)


def test_two_leaks_by_hand():
    # honest 0.50; the shuffle alone 0.60, the baseline alone 0.50, both 0.90
    scores = np.array([[0.5, 0.5], [0.6, 0.9]])[..., None]
    np.testing.assert_allclose(leaks.shares(scores)[:, 0], [(0.1 + 0.4) / 2, (0.0 + 0.3) / 2])
    np.testing.assert_allclose(leaks.interactions(scores)[:, :, 0], [[0, 0.3], [0.3, 0]], atol=1e-12)


def test_leaks_that_add_up_do_not_interact_and_are_worth_what_they_add():
    worth = np.array([0.1, 0.05, 0.2, 0.0])
    scores = np.zeros((2, 2, 2, 2, 1))
    for states in product((0, 1), repeat=4):
        scores[states] = 0.5 + np.dot(states, worth)
    np.testing.assert_allclose(leaks.shares(scores)[:, 0], worth, atol=1e-12)
    np.testing.assert_allclose(leaks.interactions(scores), 0, atol=1e-12)


def test_three_leaks_that_open_the_door_for_each_other():
    # nothing unless the first two are on; the third adds nothing: both share the gain, and only they interact
    scores = np.zeros((2, 2, 2, 1))
    scores[1, 1] = 0.4
    np.testing.assert_allclose(leaks.shares(scores)[:, 0], [0.2, 0.2, 0], atol=1e-12)
    expected = np.zeros((3, 3))
    expected[0, 1] = expected[1, 0] = 0.4
    np.testing.assert_allclose(leaks.interactions(scores)[:, :, 0], expected, atol=1e-12)


def test_a_subject_without_a_score_has_no_shares_and_changes_no_other():
    scores = random_scores(3)
    whole = leaks.shares(scores)
    scores[1, 0, 1, 2] = np.nan
    found = leaks.shares(scores)
    assert np.isnan(found[:, 2]).all()
    np.testing.assert_array_equal(np.delete(found, 2, axis=1), np.delete(whole, 2, axis=1))


def arm_scores(value_of, subjects=("s01", "s02", "s03", "s04", "s05", "s06")):
    """A table as `score` gives it: two leaks, one unit, a value by subject's number and the states."""
    rows = [
        {"source": "recordings", "shuffle": a, "overlap": b, "subject": subject, "unit": "window"}
        | {"metric": "balanced_accuracy", "value": value_of(number, a, b)}
        for number, subject in enumerate(subjects)
        for a, b in product((0, 1), repeat=2)
    ]
    return pd.DataFrame(rows)


def test_worth_names_leaks_and_pairs_for_every_subject():
    found = leaks.worth(arm_scores(lambda number, a, b: 0.5 + 0.1 * number * a + 0.2 * a * b))
    one = found[found["subject"] == "s03"].set_index(["kind", "leak", "partner"])["value"]
    assert one["share", "shuffle", ""] == pytest.approx(0.2 + 0.1)
    assert one["share", "overlap", ""] == pytest.approx(0.1)
    assert one["interaction", "shuffle", "overlap"] == pytest.approx(0.2)
    assert one["total", "total", ""] == pytest.approx(0.4)


def test_the_summary_tests_every_leak_over_the_subjects():
    found = leaks.summarise(
        leaks.worth(arm_scores(lambda number, a, b: 0.5 + (0.1 + 0.01 * number) * a)), method=METHOD
    )
    shares = found[found["kind"] == "share"].set_index("leak")
    assert shares.loc["shuffle", "mean"] == pytest.approx(0.125)
    assert shares.loc["shuffle", "effect"] == 1
    assert shares.loc["shuffle", "p"] == pytest.approx(2 / 2**6)
    assert shares.loc["shuffle", "p_holm"] == pytest.approx(2 * 2 / 2**6)
    assert shares.loc["overlap", "p"] == 1
    assert shares.loc["shuffle", "low"] < 0.125 < shares.loc["shuffle", "high"]

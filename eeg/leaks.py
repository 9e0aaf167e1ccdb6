"""How many points each leak is worth, from the scores of every combination of leaks.

Reference: Shapley 1953, "A value for n-person games"; Grabisch & Roubens 1999, "An axiomatic approach to the concept of
interaction among players in cooperative games".
"""

from collections.abc import Iterator
from itertools import product
from math import factorial

import numpy as np


def shares(scores: np.ndarray) -> np.ndarray:
    """Return what each leak adds to a score, averaged over all orders in which leaks can be switched on.

    The shares add up to the score with all leaks less the score with none.

    Parameters
    ----------
    scores : ndarray, shape (2, ..., 2, n_subjects)
        One axis per leak, off and on, then the subjects.

    Returns
    -------
    ndarray, shape (n_leaks, n_subjects)
        In the scores' unit.
    """
    n_leaks = scores.ndim - 1
    found = np.zeros((n_leaks, scores.shape[-1]))
    for leak in range(n_leaks):
        for others, weight in _subsets(n_leaks - 1):
            off, on = (scores[(*others[:leak], state, *others[leak:])] for state in (0, 1))
            found[leak] += weight * (on - off)
    return found


def interactions(scores: np.ndarray) -> np.ndarray:
    """Return what each pair of leaks adds together beyond what either adds alone, shape (n_leaks, n_leaks, n_subjects).

    The Shapley interaction index: 0 for a pair whose effects add up, positive where one leak opens the door for the
    other; symmetric, 0 on the diagonal. `scores` as for `shares`.
    """
    n_leaks = scores.ndim - 1
    found = np.zeros((n_leaks, n_leaks, scores.shape[-1]))
    for first in range(n_leaks):
        for second in range(first + 1, n_leaks):
            for others, weight in _subsets(n_leaks - 2):
                corner = {
                    states: scores[_with(others, (first, states[0]), (second, states[1]))]
                    for states in product((0, 1), repeat=2)
                }
                joint = corner[1, 1] - corner[1, 0] - corner[0, 1] + corner[0, 0]
                found[first, second] += weight * joint
            found[second, first] = found[first, second]
    return found


def _subsets(n: int) -> Iterator[tuple[tuple[int, ...], float]]:
    """Yield every state of n leaks, off or on, and how large a share of all orders of one more leak begins with it."""
    for states in product((0, 1), repeat=n):
        on = sum(states)
        yield states, factorial(on) * factorial(n - on) / factorial(n + 1)


def _with(others: tuple[int, ...], first: tuple[int, int], second: tuple[int, int]) -> tuple[int, ...]:
    """Return the states of all leaks from those of the others and of two at their places, the first one before."""
    states = list(others)
    states.insert(*first)
    states.insert(*second)
    return tuple(states)

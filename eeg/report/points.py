"""Where the dots of subjects stand beside each other, and which of them are named."""

import numpy as np
import pandas as pd

FEWEST_FOR_FAR = 5
NEAR = 0.1
"""Subjects are called far from the others from this distance on, and where there are enough others."""

NAME_WIDTH = 0.22
"""Scores that lie nearer to each other have no room for two names of eight letters in a panel of the main figure."""


def spread(count: int) -> np.ndarray:
    """Return small offsets that keep neighbouring dots apart, the same for the same count."""
    return (np.arange(count) * 0.618034 % 1 - 0.5) * 0.3


def far(values: np.ndarray) -> np.ndarray:
    """Return which values lie further from the middle half than one and a half times its width, and than `NEAR`."""
    if len(values) < FEWEST_FOR_FAR:
        return np.zeros(len(values), bool)
    low, high = np.percentile(values, [25, 75])
    reach = max(1.5 * (high - low), NEAR)
    return (values < low - reach) | (values > high + reach)


def together(values: pd.Series, heights: np.ndarray) -> list[tuple[list[str], float, float]]:
    """Return names with their place; those that would run into each other have one, above the highest of them."""
    groups: list[list[int]] = []
    for place in np.argsort(values.to_numpy(), kind="stable").tolist():
        gap = values.iloc[place] - values.iloc[groups[-1][-1]] if groups else np.inf
        if gap < NAME_WIDTH:
            groups[-1].append(place)
        else:
            groups.append([place])
    return [
        (values.index[group].tolist(), float(values.iloc[group].mean()), float(min(heights[group]))) for group in groups
    ]

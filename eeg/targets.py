"""What is predicted: class codes from the label columns of a trial table."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from eeg.errors import InputError

QUADRANTS = ("HVHA", "HVLA", "LVHA", "LVLA")
"""Class names of a quadrant target in the order of their codes."""

BINARY = ("low", "high")
"""Class names of a rating target in the order of their codes."""


def classes(target: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the class names of a target in the order of their codes 0, 1, ..."""
    if "ratings" in target:
        return QUADRANTS
    return BINARY if "rating" in target else tuple(target["classes"])


def columns(target: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the label columns a target is made from."""
    if "ratings" in target:
        return tuple(target["ratings"])
    return (target["rating"],) if "rating" in target else (target["column"],)


def rule(target: Mapping[str, Any]) -> str:
    """Return the labelling rule in words, to stand beside every number."""
    if "column" in target:
        return f"column {target['column']}: {', '.join(target['classes'])}"
    sign = ">=" if target["tie"] == "high" else ">"
    return "high means " + " and ".join(f"{name} {sign} {target['threshold']:g}" for name in columns(target))


def labels(trials: pd.DataFrame, target: Mapping[str, Any]) -> np.ndarray:
    """Return the class code of every trial.

    Parameters
    ----------
    trials : DataFrame
        Trial table (one row per trial) with the target's label columns.
    target : mapping
        `{ratings: [valence, arousal], threshold, tie}`, `{rating, threshold, tie}` or `{column, classes}`.

    Returns
    -------
    ndarray of int64, shape (n_trials,)

    Raises
    ------
    InputError
        A label column is missing, a rating is not a number, or a class is not among the target's.
    """
    for name in columns(target):
        if name not in trials:
            raise InputError(
                f"a label column {name!r} in the trial table",
                f"the columns {', '.join(trials.columns)}",
                "Correct the target in the config or the table.",
            )
    if "column" in target:
        return _listed(trials[target["column"]], target["classes"])
    high = [_high(trials, name, target["threshold"], target["tie"]) for name in columns(target)]
    if len(high) == 1:
        return high[0].astype(np.int64)
    return (2 * ~high[0] + ~high[1]).astype(np.int64)


def _high(trials: pd.DataFrame, name: str, threshold: float, tie: str) -> np.ndarray:
    ratings = pd.to_numeric(trials[name], errors="coerce").to_numpy(float)
    if np.isnan(ratings).any():
        unrated = trials["trial"].to_numpy()[np.isnan(ratings)].tolist()
        raise InputError(
            f"a {name} rating for every trial of {trials['subject'].iloc[0]}",
            f"none for trial {', '.join(map(str, unrated))}",
            "Complete the ratings table or leave the subject out (`subjects:` in the config).",
        )
    return ratings >= threshold if tie == "high" else ratings > threshold


def _listed(column: pd.Series, names: Sequence[str]) -> np.ndarray:
    codes = {str(name): code for code, name in enumerate(names)}
    unknown = sorted(set(column.astype(str)) - set(codes))
    if unknown:
        raise InputError(
            f"classes {', '.join(codes)} in the column {column.name!r}",
            f"also {', '.join(unknown)}",
            "List every class of the column in the target's `classes`.",
        )
    return column.astype(str).map(codes).to_numpy(np.int64)

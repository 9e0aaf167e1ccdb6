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

NO_CLASS = -1
"""The code of a trial that belongs to no class: its rating is too close to the threshold."""

MEDIAN = "subject_median"
"""The threshold that is learnt: the median rating of each subject's training trials."""


def classes(target: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the class names of a target in the order of their codes 0, 1, ..."""
    if "ratings" in target:
        return QUADRANTS
    return BINARY if "rating" in target else tuple(target["classes"])


MEDIAN_RULE = "the subject's median over its training trials (of all training trials where none is the subject's)"


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
    learnt = is_learnt(target)
    limit = MEDIAN_RULE if learnt else f"{target['threshold']:g}"
    text = "high means " + " and ".join(f"{name} {sign} {limit}" for name in columns(target))
    exclude = target.get("exclude", 0.0)
    return text + f"; a rating less than {exclude:g} from it has no class" * bool(exclude)


UNDECIDED = (
    "The threshold is learnt in each fold, and the folds put the trial on different sides: take a fixed threshold, "
    "shorter windows or fewer folds, or leave the protocol out."
)
"""What to do where a learnt threshold gives windows of one trial two labels."""


def is_learnt(target: Mapping[str, Any]) -> bool:
    """Return whether a target's threshold is learnt from training trials."""
    return target.get("threshold") == MEDIAN


def thresholds(training: pd.DataFrame, target: Mapping[str, Any]) -> pd.DataFrame:
    """Return what is learnt from training trials: each subject's median of every rating, a row per subject."""
    return training.groupby("subject", sort=True)[list(columns(target))].median()


def counts(trials: Sequence[pd.DataFrame], target: Mapping[str, Any]) -> dict[str, int]:
    """Return the number of trials of every class, and of none where there are such."""
    codes = np.concatenate([labels(table, target) for table in trials])
    found = {name: int((codes == code).sum()) for code, name in enumerate(classes(target))}
    without = int((codes == NO_CLASS).sum())
    return found | ({"no class": without} if without else {})


def labels(trials: pd.DataFrame, target: Mapping[str, Any], *, training: pd.DataFrame | None = None) -> np.ndarray:
    """Return the class code of every trial, -1 where its rating is too close to the threshold.

    Parameters
    ----------
    trials : DataFrame
        Trial table (one row per trial) with the target's label columns.
    target : mapping
        `{ratings: [valence, arousal], threshold, tie, exclude}`, `{rating, threshold, tie, exclude}` or
        `{column, classes}`. A rating less than `exclude` from the threshold has no class.
    training : DataFrame, optional
        The trials that a learnt threshold (`subject_median`) is learnt from: each subject's median over its own, or
        over all of them for a subject that has none. Without, over `trials` themselves, which is for splits alone.

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
    rated = [_ratings(trials, name) for name in columns(target)]
    limits = [_limits(trials, name, target, trials if training is None else training) for name in columns(target)]
    high = [own >= limit if target["tie"] == "high" else own > limit for own, limit in zip(rated, limits, strict=True)]
    codes = high[0].astype(np.int64) if len(high) == 1 else (2 * ~high[0] + ~high[1]).astype(np.int64)
    # 5.1 is as far from 5 as 4.9, which floats do not see
    near = [np.abs(own - limit).round(9) < target.get("exclude", 0.0) for own, limit in zip(rated, limits, strict=True)]
    return np.where(np.any(near, axis=0), NO_CLASS, codes)


def labels_if_rated(trials: pd.DataFrame, target: Mapping[str, Any]) -> np.ndarray:
    """Return the class code of every trial, -1 where its label is blank or the table has no such column."""
    rated = trials.reindex(columns=list(columns(target))).notna().all(axis=1).to_numpy()
    codes = np.full(len(trials), NO_CLASS, np.int64)
    if rated.any():
        codes[rated] = labels(trials[rated], target)
    return codes


def _limits(trials: pd.DataFrame, name: str, target: Mapping[str, Any], training: pd.DataFrame) -> np.ndarray:
    """Return the threshold of every trial."""
    if not is_learnt(target):
        return np.full(len(trials), float(target["threshold"]))
    own = trials["subject"].map(thresholds(training, target)[name])
    return own.fillna(training[name].median()).to_numpy(float)


def _ratings(trials: pd.DataFrame, name: str) -> np.ndarray:
    ratings = pd.to_numeric(trials[name], errors="coerce").to_numpy(float)
    if np.isnan(ratings).any():
        unrated = trials["trial"].to_numpy()[np.isnan(ratings)].tolist()
        raise InputError(
            f"a {name} rating for every trial of {trials['subject'].iloc[0]}",
            f"none for trial {', '.join(map(str, unrated))}",
            "Complete the ratings table or leave the subject out (`subjects:` in the config).",
        )
    return ratings


def _listed(column: pd.Series, names: Sequence[str]) -> np.ndarray:
    codes = {str(name): code for code, name in enumerate(names)}
    given = column.astype(str).fillna("blank cells")
    unknown = sorted(set(given) - set(codes))
    if unknown:
        raise InputError(
            f"classes {', '.join(codes)} in the column {column.name!r}",
            f"also {', '.join(unknown)}",
            "List every class of the column in the target's `classes`.",
        )
    return given.map(codes).to_numpy(np.int64)

"""What the doctor finds in labels: blanks, impossible values, altered copies, wrong orders."""

from collections.abc import Mapping, Sequence
from itertools import permutations
from typing import Any

import numpy as np
import pandas as pd

from eeg.doctor import Finding, finding, passed
from eeg.targets import BINARY, NO_CLASS, QUADRANTS, classes, labels

SCALES = ("valence", "arousal", "dominance", "liking")
"""The four scales in the order in which a release holds them."""

STEP = 0.01
"""Ratings were given on a continuous scale and are kept in hundredths."""

EQUAL = 0.006
"""Half a step and a little: what rounding may make of a rating."""

MANY = 8
"""Ratings from which on whole numbers alone, or an empty quadrant, are no accident."""

PLENTY = 20
"""Trials from which on the most frequent quadrant of DEAP, a third of all trials, cannot well be empty."""

MIDDLE = 5.0
"""The threshold of the quadrants; above it is high."""

FEW = 0.5
"""Share of trials up to which labels that differ are single mistakes, and the rows in their places."""

REPAIR = "Get the release anew, or set `check.repair: ratings` in the config to use the table of ratings instead."
ANEW = "Get the ratings anew from the source: copies with altered ratings circulate."


def ratings(trials: pd.DataFrame, columns: Sequence[str], limits: tuple[float, float] | None) -> list[Finding]:
    """Return what is wrong with a subject's ratings as they stand in the trial table.

    Parameters
    ----------
    trials : DataFrame
        Trial table.
    columns : sequence of str
        Rating columns.
    limits : (float, float) or None
        Smallest and largest rating, in steps of hundredths; None where the scale is not known.
    """
    found = []
    if limits and (inverted := _inverted_by_itself(trials, limits)):
        return [inverted]
    for column in columns:
        if column not in trials:
            remedy = "Add the column or change the target."
            found.append(finding("ratings_missing", f"The trial table has no column {column}.", remedy=remedy))
            continue
        found += _column(trials, column, limits)
    if limits and not found and (empty := _no_hvha(trials)):
        found.append(empty)
    inside = f" lie in {limits[0]:g} to {limits[1]:g}" if limits else " are there"
    return found or [passed("ratings", f"All ratings of {len(trials)} trials{inside}.")]


def _column(trials: pd.DataFrame, column: str, limits: tuple[float, float] | None) -> list[Finding]:
    values = pd.to_numeric(trials[column], errors="coerce").to_numpy(float)
    if blank := _where(trials, np.isnan(values)):
        remedy = "Complete the ratings or leave the subject out."
        return [finding("ratings_missing", f"No {column} rating for {blank}.", where=blank, remedy=remedy)]
    if limits is None:
        return []
    low, high = limits
    if outside := _where(trials, (values < low) | (values > high)):
        message = f"A {column} rating outside {low:g} to {high:g} for {outside}."
        return [finding("ratings_range", message, where=outside, remedy=ANEW)]
    if np.abs(values / STEP - np.round(values / STEP)).max() > 0.1:
        said = f"The {column} ratings have more than two decimals"
    elif len(values) >= MANY and np.all(values == np.round(values)):
        said = f"The {column} ratings are whole numbers"
    else:
        return []
    return [finding("ratings_step", f"{said}; they were given in hundredths.", where=column, remedy=ANEW)]


def _where(trials: pd.DataFrame, chosen: Any) -> str:
    """Return the chosen trials in words, empty where there are none."""
    return ", ".join(f"trial {trial}" for trial in sorted(trials["trial"].to_numpy()[chosen]))


def _no_hvha(trials: pd.DataFrame) -> Finding | None:
    """Return a warning where a third of the trials should be of high valence and high arousal and none is."""
    if not {"valence", "arousal"} <= set(trials) or len(trials) < PLENTY or quadrants(trials, "low")[0] > 0:
        return None
    message = f"None of {len(trials)} trials has high valence and high arousal, as in the copy with 9 - rating."
    return finding("quadrant_empty", message, where=QUADRANTS[0], remedy=ANEW)


def _inverted_by_itself(trials: pd.DataFrame, limits: tuple[float, float]) -> Finding | None:
    """Recognise the circulating copy without a second table: ratings below the scale and no HVHA trial."""
    if not {"valence", "arousal"} <= set(trials):
        return None
    pair = trials[["valence", "arousal"]].to_numpy(float)
    below = (pair < limits[0]).any(axis=1)
    if len(pair) < MANY or not below.any() or (pair > MIDDLE).all(axis=1).any() or (pair > limits[1]).any():
        return None
    where = _where(trials, below)
    message = (
        f"No trial has high valence and high arousal, and there are ratings below {limits[0]:g} ({where}): this is "
        "the circulating copy in which such trials are stored as 9 - rating."
    )
    return finding("labels_inverted", message, where=where, remedy=ANEW)


def stored(release: pd.DataFrame, trials: pd.DataFrame) -> tuple[Finding, bool]:
    """Compare the labels inside a release with those of the table of ratings, through all four scales.

    Parameters
    ----------
    release : DataFrame
        `video` and the four scales as the release holds them.
    trials : DataFrame
        Trial table from the table of ratings.

    Returns
    -------
    finding : dict
        One of `labels_inverted`, `labels_order`, `labels_columns`, `labels_differ`, or that all is well.
    repairable : bool
        Whether the labels of the table of ratings would be right for these signals: most rows agree with it, or all
        differ in one known way that leaves every row at its trial.
    """
    theirs = release.set_index("video")[list(SCALES)]
    table = trials[trials["video"].isin(theirs.index)].set_index("video")
    true, held = table[list(SCALES)].to_numpy(float), theirs.loc[table.index].to_numpy(float)
    wrong = ~(_same(held, true) | np.isnan(true)).all(axis=1)  # a blank in the table is a finding of its own
    if not wrong.any():
        return passed("labels", f"The labels of {len(table)} trials agree in all four scales."), False
    where = _where(table, wrong)
    some = f"{wrong.sum()} of {len(table)} trials"
    if _same(true, _turned(held)).all():
        message = f"The table of ratings holds 9 - rating for trials with high valence and high arousal ({some})."
        return finding("labels_inverted", message, where=where, remedy=ANEW), False
    code, message = _mistake(held, true, trials, theirs)
    if code in ("labels_inverted", "labels_columns") or wrong.mean() <= FEW:
        return finding(code, message.format(some=some), where=where, remedy=REPAIR), True
    # where rows may belong to other trials, or another person, the table's labels would be as wrong as these
    message += " The signals may be those of other trials, or of another subject."
    return finding(code, message.format(some=some), where=where, remedy="Get the release anew from its source."), False


def beside(release: pd.DataFrame, trials: pd.DataFrame) -> Finding:
    """Return whether a release that lies beside the recordings holds the same labels; they are not those in use."""
    compared, repairable = stored(release, trials)
    if compared["severity"] == "ok" or not repairable:
        return compared
    remedy = "Nothing need be done: labels come from the table of ratings. Other programs may use those of the release."
    return finding("parity_labels", compared["message"], where=compared["where"], remedy=remedy)


def _mistake(held: np.ndarray, true: np.ndarray, trials: pd.DataFrame, theirs: pd.DataFrame) -> tuple[str, str]:
    """Return code and message of the first known mistake that explains every difference."""
    if _same(held, _turned(true)).all():
        message = "The release holds 9 - rating for trials with high valence and high arousal ({some} differ)"
        return "labels_inverted", f"{message}: it is the copy that circulates."
    presented = trials.sort_values("trial")[list(SCALES)].to_numpy(float)
    if len(presented) == len(theirs) and _same(theirs.sort_index().to_numpy(float), presented).all():
        return "labels_order", "The labels stand in the order of presentation, not in that of the videos."
    for columns in permutations(range(len(SCALES))):
        if _same(held, true[:, columns]).all():
            return "labels_columns", f"The scales stand in the order {', '.join(SCALES[one] for one in columns)}."
    return "labels_differ", "The labels of {some} contradict the table of ratings."


def _turned(ratings: np.ndarray) -> np.ndarray:
    """Return ratings with 9 - rating for valence and arousal where both are high, as the circulating copy has them."""
    turned = ratings.copy()
    high = (ratings[:, :2] > MIDDLE).all(axis=1)
    turned[high, :2] = 9.0 - ratings[high, :2]
    return turned


def _same(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    return np.abs(first - second) <= EQUAL


def quadrants(table: pd.DataFrame, tie: str) -> list[int]:
    """Return the number of trials in HVHA, HVLA, LVHA, LVLA; `tie` is what a rating of exactly 5 counts as."""
    target = {"ratings": ["valence", "arousal"], "threshold": MIDDLE, "tie": tie}
    return np.bincount(labels(table, target), minlength=len(QUADRANTS)).tolist()


def counts(table: pd.DataFrame, known: Mapping[str, Sequence[int]] | None) -> list[Finding]:
    """Compare a cohort's quadrants with the known ones, for both rules of a rating of exactly 5.

    Parameters
    ----------
    table : DataFrame
        Trial tables of the whole cohort.
    known : mapping of {"low", "high"} to sequence of int, or None
        Counts of a true copy; None where they are not known.
    """
    if table.empty or table[["valence", "arousal"]].isna().any(axis=None):
        return []
    found = {tie: quadrants(table, tie) for tie in BINARY}
    text = ", ".join(f"{name} {count}" for name, count in zip(QUADRANTS, found["low"], strict=True))
    if len(table) >= 5 * MANY and found["low"][0] == 0:
        message = f"No trial of the cohort has high valence and high arousal ({text}): the copy with 9 - rating."
        return [finding("labels_inverted", message, remedy=ANEW)]
    for tie, expected in (known or {}).items():
        if list(expected) != found[tie]:
            rule = ">" if tie == "low" else ">="
            pair = (", ".join(map(str, counted)) for counted in (found[tie], expected))
            message = "Trials per quadrant (high means {} 5): {} in {}; a true copy has {}.".format(
                rule, next(pair), ", ".join(QUADRANTS), next(pair)
            )
            return [finding("quadrant_counts", message, remedy=ANEW)]
    known_too = ", as in a true copy for both rules of a rating of exactly 5" if known else ""
    return [passed("quadrant_counts", f"Trials per quadrant (high means > 5): {text}{known_too}.")]


def rare(trials: pd.DataFrame, targets: Mapping[str, Mapping], n_folds: int) -> list[Finding]:
    """Return a warning for every class with fewer trials than folds, and for a target that gives no trial a class."""
    subject, found = trials["subject"].iloc[0], []
    for target, settings in targets.items():
        codes = labels(trials, settings)
        if (codes == NO_CLASS).all():
            message = f"{subject} has no trial with a class of {target}: no model is scored on it there."
            remedy = "Nothing need be done: its scores are empty. A narrower `exclude` of the target would give some."
            found.append(finding("rare_class", message, where=f"{target}: all", remedy=remedy))
            continue
        for code, name in enumerate(classes(settings)):
            count = int(np.sum(codes == code))
            if count < n_folds:
                number = f"{count} trial{'s' * (count != 1)}"
                message = f"{subject} has {number} of {name} ({target}) for {n_folds} folds."
                remedy = "Nothing need be done: folds without it are scored without it. Fewer folds would hold it."
                found.append(finding("rare_class", message, where=f"{target}: {name}", remedy=remedy))
    return found

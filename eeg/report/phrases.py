"""Names, settings and folds as parts of a sentence."""

from collections.abc import Iterable, Mapping
from typing import Any


def listed(names: Iterable[object]) -> str:
    """Return names as "a, b and c"."""
    *first, last = [str(name) for name in names] or ["none"]
    return f"{', '.join(first)} and {last}" if first else last


def settings(values: Mapping[str, Any]) -> str:
    """Return settings as "name value, name value", lists with hyphens between their members."""
    return ", ".join(f"{name} {_value(value)}" for name, value in values.items())


def folds(split: Mapping[str, Any]) -> str:
    """Return how many folds there were, in words."""
    text = str(split["folds"])
    text += f", dealt {split['repeats']} times" * (split["repeats"] > 1)
    alone = ", ".join(split["leave_one_out"])
    what = "trial (or, across subjects, one subject)"
    return f"{text}, but one {what} at a time held out once under {alone}" if alone else text


def spread(split: Mapping[str, Any]) -> str:
    """Return how classes lie over the folds, in words."""
    text = f"within subjects the classes of {split['stratify']} were spread over the folds as evenly as they divide"
    return text + ", but under trial, where a fold tests one" * ("trial" in split["leave_one_out"])


def _value(value: object) -> str:
    if isinstance(value, list | tuple):
        return "-".join(map(str, value))
    return "none" if value is None else str(value)

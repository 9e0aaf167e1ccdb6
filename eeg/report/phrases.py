"""Names and settings as parts of a sentence."""

from collections.abc import Iterable, Mapping
from typing import Any


def listed(names: Iterable[object]) -> str:
    """Return names as "a, b and c"."""
    *first, last = [str(name) for name in names] or ["none"]
    return f"{', '.join(first)} and {last}" if first else last


def settings(values: Mapping[str, Any]) -> str:
    """Return settings as "name value, name value", lists with hyphens between their members."""
    return ", ".join(f"{name} {_value(value)}" for name, value in values.items())


def _value(value: object) -> str:
    if isinstance(value, list | tuple):
        return "-".join(map(str, value))
    return "none" if value is None else str(value)

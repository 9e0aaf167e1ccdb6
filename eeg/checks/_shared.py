"""What the checks share: an error that names its place in the config, and choices with the nearest named."""

import difflib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from eeg.errors import InputError


def choose(name: str, choices: Iterable[str], place: str) -> None:
    """Refuse a name that is not among the choices, with the nearest one."""
    known = list(choices)
    if name not in known:
        near = difflib.get_close_matches(name, known, n=1)
        hint = f"Did you mean {near[0]!r}?" if near else f"Correct `{place}` in the config."
        raise InputError(f"{place}: one of {', '.join(known)}", repr(name), hint, file="config")


@contextmanager
def named(place: str) -> Iterator[None]:
    """Say in which part of the config an error lies."""
    try:
        yield
    except InputError as error:
        raise InputError(f"{place}: {error.expected}", error.received, error.remedy, file="config") from None

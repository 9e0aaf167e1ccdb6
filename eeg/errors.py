"""The one error a user is meant to read."""

import difflib
from collections.abc import Sequence
from pathlib import Path


class InputError(Exception):
    """Something handed in from outside is not usable.

    Parameters
    ----------
    expected : str
        What should have been there, without a full stop.
    received : str
        What was there instead, without a full stop.
    remedy : str
        The next step for the reader, a whole sentence.
    file : path, optional
        The file or folder at fault.
    code : str
        A word for this kind of fault, by which the doctor lists it.
    """

    def __init__(
        self, expected: str, received: str, remedy: str, *, file: Path | str | None = None, code: str = "unreadable"
    ) -> None:
        self.expected, self.received, self.remedy, self.file, self.code = expected, received, remedy, file, code
        place = "" if file is None else f"{file}: "
        super().__init__(f"{place}expected {expected}. Received {received}. {remedy}")


def unknown(what: str, given: str, known: Sequence[str], *, file: Path | str | None = None) -> InputError:
    """Return the error about a name that is not among the known ones, with the nearest of them."""
    near = difflib.get_close_matches(given, known, n=1)
    suggestion = f"Did you mean {near[0]}?" if near else "Choose one of them."
    return InputError(f"{what} out of {', '.join(known)}", repr(given), suggestion, file=file)

"""The one error a user is meant to read."""

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

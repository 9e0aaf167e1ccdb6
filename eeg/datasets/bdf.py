"""BioSemi BDF files: what the header says, and writing one in each form the originals have."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
from edfio import Bdf, BdfSignal

from eeg.channels import GENEVA, TWENTE
from eeg.errors import InputError
from eeg.storage import writing

EXTERNAL = tuple(f"EXG{number}" for number in range(1, 9))
"""The eight external electrodes: around the eyes (1-4), on the zygomaticus (5, 6) and trapezius (7, 8)."""

PERIPHERAL = ("GSR1", "GSR2", "Erg1", "Erg2", "Resp", "Plet", "Temp")
"""The seven other sensors of the originals, after the external electrodes."""

RANGE = (-262144, 262143)
"""Physical range of a signal, in its unit."""

DIGITAL = (-8388608, 8388607)
"""Range of a 24-bit sample."""

UNITS = {"GSR1": "nS", "GSR2": "nS", "Resp": "ohm", "Plet": "ohm", "Temp": "degC"}
"""Units of the signals that are no potentials; the others are in uV."""

INITIAL = 65536
"""What the offset status channels show in addition before the first event."""


@dataclass(frozen=True)
class Header:
    """The part of a BDF header that says what must be in the file.

    Attributes
    ----------
    labels : tuple of str
        Channel labels in the order of the file, blanks stripped; may be empty or repeated.
    n_records : int
        Number of records, -1 where the recording program did not fill it in.
    header_bytes, record_bytes : int
        Size of the header and of one record.
    n_status : int
        Samples of the last channel, the status, in a record.
    sfreq : float
        Samples per second of the last channel.
    """

    labels: tuple[str, ...]
    n_records: int
    header_bytes: int
    record_bytes: int
    n_status: int
    sfreq: float


@dataclass(frozen=True)
class Form:
    """One of the forms the originals have: order of the EEG channels, labels and offset of the status channel."""

    order: tuple[str, ...]
    tail: tuple[str, ...]
    offset: int


FORMS = (
    Form(tuple(TWENTE), ("Status",), 0),
    Form(tuple(TWENTE), ("Status",), 0),
    Form(tuple(GENEVA), ("",), 1638144),
    Form(tuple(GENEVA), ("-0", "-1"), 1638144),
)
"""The forms of the simulated subjects 1, 2, 3, 4, which then repeat."""


def header(path: Path) -> Header:
    """Return the checked header of a BDF file.

    Raises
    ------
    InputError
        The file is no BDF file.
    """
    with path.open("rb") as file:
        try:
            return _parse(file)
        except ValueError as error:
            raise InputError(
                "a BioSemi BDF header", f"one that cannot be read ({error})", "Copy the recording again.", file=path
            ) from error


def check_size(path: Path, found: Header) -> None:
    """Raise InputError unless the size of the file is the one its header announces."""
    size = path.stat().st_size - found.header_bytes
    records = size / found.record_bytes
    if found.n_records == -1 and size > 0 and records.is_integer():
        return
    if records != found.n_records or size <= 0:
        expected = "a whole number of records" if found.n_records < 1 else f"{found.n_records} records"
        raise InputError(
            f"{expected} of {found.record_bytes} bytes after the header",
            f"{records:.2f}",
            "The recording is truncated or damaged: copy it again.",
            file=path,
            code="truncated",
        )


def codes(path: Path, found: Header) -> np.ndarray:
    """Return the trigger code at every sample: the lowest eight bits of the last channel, whatever it is called.

    Parameters
    ----------
    path : path
        A file whose size is the one its header announces.
    found : Header

    Returns
    -------
    ndarray of uint8, shape (n_times,)
    """
    records = np.memmap(path, np.uint8, "r", offset=found.header_bytes).reshape(-1, found.record_bytes)
    # a sample is three bytes, the lowest first; of each record only the end is read
    return records[:, -3 * found.n_status :: 3].ravel()


def write(path: Path, channels: dict[str, np.ndarray], codes: np.ndarray, *, form: Form, sfreq: int) -> None:
    """Write channels and trigger codes as one of the originals' BDF files.

    Parameters
    ----------
    path : path
        File to write; appears whole or not at all.
    channels : dict of ndarray, each of shape (n_times,)
        Signals by name, in microvolt or the unit of `UNITS`; n_times is a whole number of seconds.
    codes : ndarray of int, shape (n_times,)
        Trigger code at every sample, 0 where there is none.
    form : Form
        Order of the EEG channels and form of the status channel.
    sfreq : int
        Sampling rate in Hz.
    """
    names = (*form.order, *EXTERNAL, *PERIPHERAL)
    signals = [_signal(channels[name], name, sfreq) for name in names]
    idle = np.zeros(len(codes), np.int32)
    signals += [_status(idle, label, sfreq) for label in form.tail[:-1]]
    signals.append(_status(_offset(codes, form.offset), form.tail[-1], sfreq))
    with writing(path) as temporary:
        Bdf(signals, data_record_duration=1).write(temporary)


def _offset(codes: np.ndarray, offset: int) -> np.ndarray:
    status = codes.astype(np.int32) + np.int32(offset)
    if offset:
        first = int(np.flatnonzero(codes)[0])
        status[: first // 2] += INITIAL
    return status


def _signal(x: np.ndarray, name: str, sfreq: int) -> BdfSignal:
    unit = UNITS.get(name, "uV")
    return BdfSignal(x, sfreq, label=name, physical_dimension=unit, physical_range=RANGE, digital_range=DIGITAL)


def _status(values: np.ndarray, label: str, sfreq: int) -> BdfSignal:
    return BdfSignal.from_digital(
        values, sfreq, label=label, physical_dimension="Boolean", physical_range=DIGITAL, digital_range=DIGITAL
    )


def _parse(file: BinaryIO) -> Header:
    first = file.read(256)
    if first[:8] != b"\xffBIOSEMI":
        raise ValueError("it does not begin with BIOSEMI")
    n_channels = int(first[252:256])
    labels = tuple(file.read(16).decode("latin-1").strip() for _ in range(n_channels))
    file.seek(256 + 216 * n_channels)
    samples = _integers(file.read(8) for _ in range(n_channels))
    seconds = float(first[244:252])
    if n_channels < 1 or min(samples) < 1 or seconds <= 0:
        raise ValueError("it announces no samples")
    return Header(
        labels, int(first[236:244]), int(first[184:192]), 3 * sum(samples), samples[-1], samples[-1] / seconds
    )


def _integers(fields: Iterable[bytes]) -> list[int]:
    return [int(field) for field in fields]

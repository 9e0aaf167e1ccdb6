"""The bytes of a BDF file as header fields, triggers and samples that can be changed in place."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from eeg.channels import GENEVA, standard_name
from eeg.storage import writing


class Records:
    """The content of a BDF file; what is changed here is all that changes.

    Attributes
    ----------
    content : bytearray
        All bytes.
    n_channels : int
        Number of channels; the last one is the status.
    samples : ndarray of uint8, shape (n_records, n_channels, n_samples, 3)
        The samples' bytes, the lowest first: a view of `content`.
    """

    def __init__(self, content: bytes) -> None:
        self.content = bytearray(content)
        self.n_channels = int(self.content[252:256])
        n_samples = int(self.content[self._place(216) : self._place(216) + 8])
        samples = np.frombuffer(self.content, np.uint8, offset=256 * (self.n_channels + 1))
        self.samples = samples.reshape(-1, self.n_channels, n_samples, 3)

    @property
    def labels(self) -> list[str]:
        """The channels' labels, blanks stripped."""
        return [self.field(index, 0, 16).strip() for index in range(self.n_channels)]

    @property
    def eeg(self) -> dict[str, int]:
        """Where each EEG channel lies, by its standard name, in the order of the file."""
        names = [standard_name(label) for label in self.labels]
        return {name: index for index, name in enumerate(names) if name in GENEVA}

    @property
    def sfreq(self) -> int:
        """Samples per second."""
        return self.samples.shape[2]

    @property
    def codes(self) -> np.ndarray:
        """The trigger code at every sample, shape (n_times,): a copy."""
        return self.samples[:, -1, :, 0].ravel()

    def set_codes(self, codes: np.ndarray) -> None:
        """Replace the trigger codes; what else the status channel carries stays."""
        self.samples[:, -1, :, 0] = codes.reshape(len(self.samples), -1)

    def signal(self, index: int) -> np.ndarray:
        """Return a channel's digital values, shape (n_times,)."""
        low, middle, high = self.samples[:, index].reshape(-1, 3).astype(np.int32).T
        values = low | middle << 8 | high << 16
        return values - ((values & 0x800000) << 1)

    def set_signal(self, index: int, values: np.ndarray) -> None:
        """Replace a channel's digital values; they end where 24 bits end."""
        whole = np.clip(np.rint(values), -(2**23), 2**23 - 1).astype("<i4")
        self.samples[:, index] = whole.view(np.uint8).reshape(len(self.samples), -1, 4)[..., :3]

    def field(self, index: int, before: int, length: int) -> str:
        """Return a channel's field of the header; `before`: how long the earlier fields of a channel are."""
        place = self._place(before) + index * length
        return self.content[place : place + length].decode("latin-1")

    def set_field(self, index: int, before: int, text: str, *, length: int = 8) -> None:
        """Replace a channel's field of the header."""
        place = self._place(before) + index * length
        self.content[place : place + length] = text.ljust(length)[:length].encode("latin-1")

    def set_label(self, index: int, text: str) -> None:
        """Replace a channel's label."""
        self.set_field(index, 0, text, length=16)

    def set_number(self, n_records: int) -> None:
        """Replace the number of records in the header."""
        self.content[236:244] = str(n_records).ljust(8).encode("ascii")

    def replace(self, samples: np.ndarray) -> None:
        """Replace all samples by others of perhaps another number; the header stays."""
        header = bytes(self.content[: 256 * (self.n_channels + 1)])
        self.content, self.samples = bytearray(header + samples.tobytes()), samples

    def _place(self, before: int) -> int:
        return 256 + before * self.n_channels


@contextmanager
def edited(path: Path) -> Iterator[Records]:
    """Yield the content of a BDF file, and write it when the block succeeds."""
    records = Records(path.read_bytes())
    yield records
    with writing(path) as temporary:
        temporary.write_bytes(records.content)

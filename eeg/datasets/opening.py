"""One recording file of any format MNE reads: whole or not at all, channels under standard names."""

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TypedDict

import mne
import numpy as np

from eeg.channels import EOG, GENEVA, standard_name
from eeg.errors import InputError


class Settings(TypedDict, total=False):
    """The keyword settings of a source of recordings; `eeg.datasets.recordings` explains them."""

    trials: str
    prefixes: Sequence[str]
    rename: Mapping[str, str]
    drop: Sequence[str]
    eog: Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Layout:
    """The settings of a source with their defaults."""

    trials: str = "trials.csv"
    prefixes: Sequence[str] = ()
    rename: Mapping[str, str] = field(default_factory=dict)
    drop: Sequence[str] = ()
    eog: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def names(self, original: str) -> tuple[str, ...]:
        """Return the names a channel of the file may be called by in the config, the standard one last."""
        bare = original.strip()
        for prefix in self.prefixes:
            bare = bare.removeprefix(prefix).strip()
        renamed = next((self.rename[name] for name in (original, original.strip(), bare) if name in self.rename), None)
        final = standard_name(original, tuple(self.prefixes)) if renamed is None else renamed
        return original, original.strip(), bare, _cased().get(final.upper(), final)


def opened(path: Path) -> mne.io.BaseRaw:
    """Return the file read into memory.

    Raises
    ------
    InputError
        The file is missing, MNE cannot read it, or it is shorter than its header says.
    """
    if not path.is_file():
        raise InputError("a recording", "no such file", "Correct the column `recording` or add the file.", file=path)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            raw = mne.io.read_raw(path, preload=True, verbose="warning")
        # readers of forty formats fail in as many ways, and each means the same to the user
        except Exception as error:
            raise InputError(
                "a whole recording in a format MNE reads",
                f"an error while reading it ({type(error).__name__}: {error})",
                "Copy the file anew from its source and compare the sizes.",
                file=path,
            ) from error
    if any("Number of records" in str(warning.message) for warning in caught) and not _open_ended(path):
        raise InputError(
            "as many records as the header says",
            f"a file cut off or padded, {path.stat().st_size} bytes long",
            "Copy the file anew from its source and compare the sizes.",
            file=path,
        )
    return raw


def standard(raw: mne.io.BaseRaw, layout: Layout, path: Path) -> mne.io.RawArray:
    """Return EEG channels under standard names with their montage, then bipolar EOG; everything else is dropped.

    Raises
    ------
    InputError
        A channel has no standard position, two get the same name, none is left, or an EOG electrode is missing.
    """
    electrodes = {name: _electrodes(raw, layout, name, path) for name in EOG if name in layout.eog}
    eeg = _eeg(raw, layout, {index for pair in electrodes.values() for index in pair})
    _check_eeg([name for name, _ in eeg], path)
    x = [raw.get_data([index for _, index in eeg])]
    for pair in electrodes.values():
        both = raw.get_data(pair)
        x.append(both[:1] - both[1:] if len(pair) == 2 else both)
    names = [name for name, _ in eeg] + list(electrodes)
    info = mne.create_info(names, raw.info["sfreq"], ["eeg"] * len(eeg) + ["eog"] * len(electrodes))
    arranged = mne.io.RawArray(np.concatenate(x), info, verbose="error")
    return arranged.set_montage("colin27_1020", verbose="error")


def _open_ended(path: Path) -> bool:
    """Tell whether the header leaves the number of records open, as BioSemi's recorder does."""
    with path.open("rb") as file:
        return file.read(244)[236:].strip() == b"-1"


@cache
def _cased() -> dict[str, str]:
    """Return the names of the standard montage by their upper-case form."""
    return {name.upper(): name for name in mne.channels.make_standard_montage("colin27_1020").ch_names}


def _electrodes(raw: mne.io.BaseRaw, layout: Layout, name: str, path: Path) -> list[int]:
    """Return the indices of the one or two electrodes of an EOG channel."""
    found = []
    for wanted in layout.eog[name]:
        indices = [index for index, channel in enumerate(raw.ch_names) if wanted in layout.names(channel)]
        if not indices:
            raise InputError(
                f"the electrode {wanted} of {name}",
                f"only the channels {', '.join(raw.ch_names)}",
                "Correct `eog`, or leave it empty where there is none.",
                file=path,
            )
        found.append(indices[0])
    return found


def _eeg(raw: mne.io.BaseRaw, layout: Layout, electrodes: set[int]) -> list[tuple[str, int]]:
    """Return standard name and index of every EEG channel, in DEAP's order where all 32 are there."""
    eeg = []
    for index, (channel, kind) in enumerate(zip(raw.ch_names, raw.get_channel_types(), strict=True)):
        names = layout.names(channel)
        placed = names[-1].upper() in _cased()
        if kind == "eeg" and not set(names) & set(layout.drop) and (placed or index not in electrodes):
            eeg.append((names[-1], index))
    order = {name: rank for rank, name in enumerate(GENEVA)}
    if order.keys() <= {name for name, _ in eeg}:
        eeg.sort(key=lambda channel: order.get(channel[0], len(order)))
    return eeg


def _check_eeg(names: list[str], path: Path) -> None:
    unplaced = [name for name in names if name.upper() not in _cased()]
    twice = sorted({name for name in names if names.count(name) > 1})
    if unplaced or twice or not names:
        received = f"{', '.join(unplaced)} without one" if unplaced else f"{', '.join(twice)} twice"
        raise InputError(
            "EEG channels, each with a standard 10-20 position of its own",
            received if names else "no EEG channel",
            "Leave channels out with `drop`, or name them with `rename` or `prefixes`.",
            file=path,
        )

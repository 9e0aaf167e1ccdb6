"""Where the files of a finished run are, found by the names of what they hold, and which of them it has."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from eeg import storage
from eeg.errors import InputError, unknown

CELL = ("protocol", "target", "model")
READ = {".parquet": storage.read_parquet, ".csv": storage.read_csv, ".json": storage.read_json}

REMEDY = "Run `make run` to the end first."


@dataclass(frozen=True)
class Stored:
    """The files of a run.

    Parameters
    ----------
    folder : Path
    """

    folder: Path

    @cached_property
    def provenance(self) -> dict[str, Any]:
        """Git state, config, versions and the like; empty where the run has not written them."""
        file = self.folder / "provenance.json"
        return storage.read_json(file) if file.is_file() else {}

    def table(self, name: str) -> pd.DataFrame:
        """Return a table that lies in the folder itself, or in the one its name begins with."""
        file = self.folder / name
        if not file.is_file():
            raise InputError(f"a file {name}", "none", REMEDY, file=self.folder)
        return storage.read_csv(file)

    def file(self, kind: str, *, ending: str, **names: str) -> Path:
        """Return a file of one kind; `names` are those of the folders on the way, and its own."""
        *levels, (what, name) = names.items()
        place = self._place(kind, dict(levels))
        _check(f"a {what} with {kind}", name, _within(place, ending), place)
        return place / f"{name}{ending}"

    def parts(self, kind: str, *cell: str, ending: str) -> dict[str, Any]:
        """Return the contents of a cell's files by part: those of the run, not what an earlier one left there."""
        place = self._place(kind, dict(zip(CELL, cell, strict=True)))
        asked = self.provenance.get("parts", {}).get(cell[0])
        found = [part for part in _within(place, ending) if asked is None or part in asked]
        if not found:
            raise InputError(f"{kind} of {'/'.join(cell)}", "none", REMEDY, file=place)
        return {part: READ[ending](place / f"{part}{ending}") for part in found}

    def _place(self, kind: str, levels: dict[str, str]) -> Path:
        place = self.folder / kind
        for what, name in levels.items():
            _check(f"a {what} with {kind}", name, _within(place, ""), place)
            place /= name
        return place


def _within(place: Path, ending: str) -> list[str]:
    """Return the names of the files with an ending in a folder, without it; of the folders for no ending."""
    found = [path.name for path in place.glob(f"*{ending}") if not path.name.startswith(".")]
    return sorted(name.removesuffix(ending) for name in found if (place / name).is_dir() == (ending == ""))


def _check(what: str, name: str, known: Sequence[str], place: Path) -> None:
    if not known:
        raise InputError(f"{what}: {name}", "none at all", REMEDY, file=place)
    if name not in known:
        raise unknown(what, name, known, file=place)

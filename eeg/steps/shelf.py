"""Results of folds that are done, kept while the job they belong to is not: a killed job goes on where it was."""

import dataclasses
import hashlib
import json
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

from eeg.models import Outcome, Result
from eeg.storage import read_arrays, sha256, write_arrays

PLACES = ("rows", "searched")
"""What an outcome has as arrays."""


class Shelf:
    """A folder with one file for each stack of folds, read again only by a job that would learn the very same.

    Parameters
    ----------
    folder : path
        Gone once the job is done.
    settings : any JSON
        All that results depend on besides files: settings, code, seeds.
    files : iterable of path
        The files they depend on, by their content.
    """

    def __init__(self, folder: Path | str, settings: Any, files: Iterable[str]) -> None:
        self.folder = Path(folder)
        text = json.dumps([settings, [sha256(path) for path in files]], sort_keys=True)
        self.key = hashlib.sha256(text.encode()).hexdigest()[:16]

    def take(self, place: int) -> tuple[list[Result], float] | None:
        """Return the results of a stack and the seconds each fold took, None where it is not finished."""
        path = self._path(place)
        if not path.exists():
            return None
        arrays = read_arrays(path)
        outcomes = [json.loads(str(text)) for text in arrays["outcomes"]]
        return [_result(row, one, arrays) for row, one in enumerate(outcomes)], float(arrays["seconds"])

    def put(self, place: int, results: list[Result], seconds: float) -> None:
        """Keep the results of a stack."""
        arrays = {"outcomes": np.array([_text(one.outcome) for one in results]), "seconds": np.array(seconds)}
        for row, one in enumerate(results):
            arrays[f"{row}_logits"] = one.logits
            places = {name: getattr(one.outcome, name) for name in PLACES}
            arrays |= {f"{row}_{name}": found for name, found in places.items() if found is not None}
            if one.held is not None:
                arrays[f"{row}_held"] = one.held
            arrays |= {f"{row}_value_{number}": value for number, value in enumerate(one.values)}
        write_arrays(self._path(place), arrays)

    def clear(self) -> None:
        """Remove the folder, with what other settings may have left there."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def _path(self, place: int) -> Path:
        return self.folder / f"{self.key}-{place}.npz"


def _text(outcome: Outcome) -> str:
    return json.dumps(dataclasses.asdict(dataclasses.replace(outcome, rows=None, searched=None)))


def _result(row: int, outcome: dict[str, Any], arrays: dict[str, np.ndarray]) -> Result:
    n_values = sum(name.startswith(f"{row}_value_") for name in arrays)
    outcome |= {name: arrays.get(f"{row}_{name}") for name in PLACES}
    values = [arrays[f"{row}_value_{number}"] for number in range(n_values)]
    return Result(Outcome(**outcome), arrays[f"{row}_logits"], values, arrays.get(f"{row}_held"))

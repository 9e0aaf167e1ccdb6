"""What every scaler of a part was fitted on, held against the split and against its numbers.

A scaler's file lists the ids its numbers were computed from. Those ids are held against the split, and the numbers
against the ids: they are computed again from the stored moments of what is listed, and must be equal to the last bit. A
number that other trials went into than are listed is found like an id that should not be there. The stored moments
themselves are held against the model input by `eeg.guard.moments`.

Leaky protocols are held to the same: their scalers of scope `fold`, too, may see training windows alone.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from eeg.errors import InputError
from eeg.guard.culprit import culprit, unequal
from eeg.guard.parts import WINDOW, Part, check_roles, named, with_roles
from eeg.preprocess.scale import Scaler
from eeg.protocols import WHOLE
from eeg.scalers import Fitted, Key, expand, from_arrays, merged

MAY_SEE = {
    "fold": "the training rows of its fold",
    "trial": "the trial it is for",
    "recording": "the trials of the subject it is for",
    "none": "nothing",
}


@dataclass(frozen=True)
class File:
    """The scalers of a part as they lie on disk: where, their arrays, and the hash of the file."""

    path: str
    content: Mapping[str, np.ndarray]
    sha256: str

    def error(self, part: Part, expected: str, received: str, *, key: Key | None = None) -> InputError:
        """Return the error about these scalers, or about the one of a key."""
        whose = f"{part.name}, {_whose(key)}" if key else part.name
        remedy = f"Delete {self.path} and run again; what was fitted with it is made again."
        return InputError(f"{expected} ({whose})", received, remedy, file=self.path)


def check(file: File, part: Part) -> dict[str, Any]:
    """Return what was checked: protocol, branch, scaler, scope, path, hash, and the number of scalers and of ids.

    Raises
    ------
    InputError
        The split gives something two roles, a scaler is missing or not the config's, it lists what it may not have
        seen or not all it should, or its numbers are not those of what it lists.
    """
    check_roles(part)
    fitted = from_arrays(file.content)
    _check_keys(fitted, file, part)
    _check_ids(fitted, file, part)
    for one in fitted:
        _check_numbers(one, file, part)
    n_ids = sum(len(one.ids) for one in fitted)
    about = {"protocol": part.protocol, "branch": part.branch, **part.settings}
    return {**about, "path": file.path, "sha256": file.sha256, "n_scalers": len(fitted), "n_ids": n_ids}


def summary(checked: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return what was checked by protocol and branch: numbers of scalers and ids, and the hash of every file."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for one in checked:
        about = {name: one[name] for name in ("protocol", "branch", "scaler", "scope")}
        empty = {"verdict": "ok", "n_scalers": 0, "n_ids": 0, "sha256": {}}
        entry = found.setdefault((one["protocol"], one["branch"]), about | empty)
        entry["n_scalers"] += one["n_scalers"]
        entry["n_ids"] += one["n_ids"]
        entry["sha256"][one["path"]] = one["sha256"]
    return list(found.values())


def _check_keys(fitted: list[Fitted], file: File, part: Part) -> None:
    """Refuse scalers that are not the config's, one for each fold, trial or subject, and ids that are no scaler's."""
    kind = part.settings["scaler"]
    asked = (kind, "none" if kind == "none" else part.settings["scope"])
    found = {(one.scaler.kind, one.key.scope) for one in fitted}
    if found != {asked}:
        received = ", ".join(f"{one} of scope {scope}" for one, scope in sorted(found))
        raise file.error(part, f"scalers {kind} of scope {asked[1]}, as the config says", received or "none")
    keys, expected = Counter(one.key for one in fitted), _expected_keys(asked[1], part.split)
    for key in sorted({*keys, *expected}):
        if keys[key] != (key in expected):
            raise file.error(part, "one scaler for each fold, trial or subject", f"{keys[key]}", key=key)
    listed = sum(len(one.ids) for one in fitted)
    if listed != len(file.content["id_subject"]):
        raise file.error(part, "every id to be one scaler's", f"{listed} of {len(file.content['id_subject'])} that are")


def _expected_keys(scope: str, split: pd.DataFrame) -> set[Key]:
    if scope == "fold":
        return {Key(fold=fold) for fold in split["fold"].unique().tolist()}
    if scope == "recording":
        return {Key(subject=subject) for subject in split["subject"].unique().tolist()}
    trials = zip(split["subject"].tolist(), split["trial"].tolist(), strict=True)
    return {Key(subject=subject, trial=trial) for subject, trial in trials} if scope == "trial" else {Key()}


def _check_ids(fitted: list[Fitted], file: File, part: Part) -> None:
    """Refuse ids that are not exactly what a scaler may see, each once."""
    listed = _listed(fitted, part)
    sides = listed.merge(_allowed(fitted, part), how="outer", on=["row", *WINDOW], indicator="side")
    wrong = {
        "and nothing else": (sides[sides["side"] == "left_only"], "{}"),
        "and all of it": (sides[sides["side"] == "right_only"], "one without {}"),
        "and each once": (listed[listed.duplicated()], "twice {}"),
    }
    for how, (rows, received) in wrong.items():
        if len(rows):
            first = rows["row"].min()
            key, found = fitted[first].key, rows.loc[rows["row"] == first, WINDOW]
            found = with_roles(found, part, key.fold) if key.scope == "fold" else found
            expected = f"a scaler that lists {MAY_SEE[key.scope]}, {how}"
            raise file.error(part, expected, received.format(named(found)), key=key)


def _listed(fitted: list[Fitted], part: Part) -> pd.DataFrame:
    """Return what scalers list: `row, subject, trial, window`; where windows were shuffled, a fold's one by one."""
    by_window = fitted[0].key.scope == "fold" and not part.of_trials
    ids = [expand(one.ids, part.windows) if by_window else one.ids.assign(window=one.ids["start"]) for one in fitted]
    return pd.concat([one.assign(row=row) for row, one in enumerate(ids)], ignore_index=True)[["row", *WINDOW]]


def _allowed(fitted: list[Fitted], part: Part) -> pd.DataFrame:
    """Return what scalers may see, in the form of `_listed`."""
    keys, scope = pd.DataFrame([one.key for one in fitted], columns=Key._fields), fitted[0].key.scope
    if scope == "fold":
        by, rows = ["fold"], part.split[part.split["role"] == "train"]
    else:
        by = ["subject", "trial"] if scope == "trial" else ["subject"]
        rows = part.split[["subject", "trial"]].drop_duplicates().assign(window=WHOLE)
    return keys[by].assign(row=range(len(keys))).merge(rows, on=by)[["row", *WINDOW]]


def _check_numbers(one: Fitted, file: File, part: Part) -> None:
    """Refuse numbers that are not those of the listed ids, to the last bit."""
    if one.scaler.kind == "none":
        again = Scaler.identity(one.scaler.mean.shape)
    else:
        numbers = merged(one.ids, part.windows, stored=part.stored, arrays=part.arrays)
        again = Scaler.fit(numbers, kind=one.scaler.kind)
    if differ := unequal(one.scaler, again):
        received = f"another {', '.join(differ)}" + ("" if one.scaler.kind == "none" else culprit(one, part))
        raise file.error(part, "the numbers of what the scaler lists, to the last bit", received, key=one.key)


def _whose(key: Key) -> str:
    """Return what a scaler is for, in words."""
    return {
        "fold": f"fold {key.fold}",
        "trial": f"subject {key.subject}, trial {key.trial}",
        "recording": f"subject {key.subject}",
        "none": "all folds",
    }[key.scope]

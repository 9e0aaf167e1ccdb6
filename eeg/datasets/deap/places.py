"""Where DEAP's files lie in a user's folder: three forms and the table of ratings, or what is in their place."""

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

from eeg.datasets.deap.folders import GIVE, entries, packed_file, reading, subfolders
from eeg.datasets.deap.tables import SUFFIXES
from eeg.errors import InputError

FORMS = {
    "original": ("data_original", ".bdf"),
    "python": ("data_preprocessed_python", ".dat"),
    "matlab": ("data_preprocessed_matlab", ".mat"),
}
"""DEAP's folder of each form and the ending of its files, the preferred form first."""

METADATA = ("metadata_csv", "metadata_xls", "metadata_ods", "metadata")
"""Folders in which the table of ratings may lie."""

TABLE = "participant_ratings"


class Settings(TypedDict, total=False):
    """The keyword settings of the source; `Places` explains them."""

    form: str
    original: str | None
    python: str | None
    matlab: str | None
    ratings: str | None


@dataclass(frozen=True)
class Places:
    """The files of DEAP in a folder.

    Parameters
    ----------
    folder : path
        Holds `data_original/`, `data_preprocessed_python/`, `data_preprocessed_matlab/` and the metadata, or all files
        beside each other, or is one of these folders.
    form : str
        `original`, `python`, `matlab`, or `auto`: the first of them that is there.
    original, python, matlab : str or None
        The folder of a form, from `folder` on, where it is none of the usual ones.
    ratings : str or None
        The table of ratings, likewise.
    """

    folder: Path
    form: str = "auto"
    original: str | None = None
    python: str | None = None
    matlab: str | None = None
    ratings: str | None = None

    def present(self) -> list[str]:
        """Return the forms that are there, at least one.

        Raises
        ------
        InputError
            There is none, or a configured place is not there.
        """
        found = [form for form in FORMS if self.files(form)]
        if not found:
            raise self._nothing()
        return found

    def chosen(self) -> str:
        """Return the form that is read, which is there."""
        found = self.present()
        if self.form == "auto":
            return found[0]
        if self.form not in found:
            raise self._absent(found)
        return self.form

    def files(self, form: str) -> dict[str, Path]:
        """Return the files of a form by subject, sorted; empty where neither the form nor a setting for it is there."""
        suffix = FORMS[form][1]
        for place in self._folders(form):
            matching = [path for path in entries(place) if _subject(path, suffix)]
            found = {_subject(path, suffix): path for path in matching}
            if len(found) < len(matching):
                raise InputError(
                    "one file a subject",
                    ", ".join(path.name for path in matching if found[_subject(path, suffix)] != path) + " twice",
                    "Keep one of those whose names differ in capitals alone.",
                    file=place,
                    code="subjects_repeated",
                )
            if found:
                return dict(sorted(found.items()))
        if getattr(self, form) is not None:
            raise self._empty(form)
        return {}

    def file(self, subject: str, form: str) -> Path:
        """Return the file of a subject, which is listed in its folder; `check_file` says whether it can be read."""
        found = self.files(form)
        if subject not in found:
            raise self._lacking(subject, form, list(found))
        return found[subject]

    def tables(self) -> list[Path]:
        """Return the tables of ratings: csv before xls before ods, or the configured one; the first is read."""
        if self.ratings is not None:
            return [self._configured("ratings", folder=False)]
        there = [path for place in self._metadata() for path in entries(place)]
        return [path for suffix in SUFFIXES for path in there if path.name.lower() == TABLE + suffix]

    def table(self) -> Path | None:
        """Return the table of ratings that is read, None where there is none."""
        return next(iter(self.tables()), None)

    def needed_table(self) -> Path:
        """Return the table of ratings, which is there."""
        found = self.table()
        if found is not None:
            return found
        packed = packed_file(self._metadata(), rf"(?:metadata|{TABLE}).*")
        received = f"no such file there, nor in {', '.join(f'{name}/' for name in METADATA)}"
        remedy = "Unpack DEAP's metadata_csv.zip beside the recordings, or set `deap.ratings` in the config."
        raise InputError(
            f"the ratings in {TABLE}.csv, .xls or .ods",
            f"{packed.name}, still packed" if packed else received,
            "Unpack it there." if packed else remedy,
            file=packed or self.folder,
            code="packed" if packed else "file_missing",
        )

    def _folders(self, form: str) -> list[Path]:
        """Return where a form is looked for."""
        if getattr(self, form) is not None:
            return [self._configured(form, folder=True)]
        return [*subfolders(self.folder, [FORMS[form][0]]), self.folder]

    def _configured(self, key: str, *, folder: bool) -> Path:
        path = self.folder / str(getattr(self, key))
        with reading(path):
            if path.is_dir() if folder else path.is_file():
                return path
            received = f"a {'file' if folder else 'folder'}" if path.exists() else "nothing there"
        raise InputError(
            f"a {'folder' if folder else 'file'}, as `deap.{key}` in the config says",
            received,
            f"Correct `deap.{key}`, which starts at the folder {self.folder}, or set it to null.",
            file=path,
            code="file_missing",
        )

    def _metadata(self) -> list[Path]:
        """Return the folders in which a table of ratings may lie: those given, their parents, `METADATA` in them."""
        given = [self.folder, *(place for form in FORMS for place in self._folders(form))]
        parents = [Path(os.path.abspath(place)).parent for place in given if _is_form(place)]
        roots = [*given, *(parent for parent in parents if os.access(parent, os.R_OK | os.X_OK))]
        found: dict[str, Path] = {}
        for place in (place for root in roots for place in (root, *subfolders(root, METADATA))):
            found.setdefault(os.path.abspath(place), place)
        return list(found.values())

    def _nothing(self) -> InputError:
        names = [path.name for path in entries(self.folder)]
        inside = [path for path in entries(self.folder) if path.is_dir() and _holds_form(path)]
        packed = packed_file([self.folder, *subfolders(self.folder, [name for name, _ in FORMS.values()])], ".*")
        received, remedy, code = f"only {', '.join(names[:3])}{', ...' * (len(names) > 3)}", GIVE, "file_missing"
        if not names:
            received = "an empty folder"
        elif inside:
            received, remedy = f"one deeper, in {inside[0].name}/", f"Give the folder {inside[0]} (make run DATA=...)."
        elif packed:
            received, remedy, code = f"{packed.name}, still packed", "Unpack it there.", "packed"
        expected = "recordings named s01.bdf, s02.bdf, ... (or .dat, or .mat)"
        return InputError(expected, received, remedy, file=self.folder, code=code)

    def _empty(self, form: str) -> InputError:
        (place,), suffix = self._folders(form), FORMS[form][1]
        packed = packed_file([place], ".*")
        return InputError(
            f"files s01{suffix}, ... in the folder that `deap.{form}` in the config names",
            f"{packed.name}, still packed" if packed else "none",
            "Unpack it there." if packed else f"Correct `deap.{form}` or set it to null.",
            file=packed or place,
            code="packed" if packed else "file_missing",
        )

    def _absent(self, found: list[str]) -> InputError:
        name, suffix = FORMS[self.form]
        packed = packed_file(self._folders(self.form), rf"(?:{name}.*|s\d+(?:{suffix})?)")
        others = " and ".join(f"{form} (s01{FORMS[form][1]}, ...)" for form in found)
        return InputError(
            f"s01{suffix}, ..., since the config says `deap.form: {self.form}`",
            f"{packed.name}, still packed" if packed else f"only the form {others}",
            "Unpack it there." if packed else f"Set `deap.form` to {found[0]} or auto, or add {name}/.",
            file=packed or self.folder,
            code="packed" if packed else "file_missing",
        )

    def _lacking(self, subject: str, form: str, there: list[str]) -> InputError:
        suffix = FORMS[form][1]
        packed = packed_file(self._folders(form), rf"{subject}(?:{suffix})?")
        return InputError(
            f"a recording {subject}{suffix}",
            f"{packed.name}, still packed" if packed else f"the subjects {', '.join(there) or 'none'}",
            "Unpack it there." if packed else "Correct `subjects:` in the config or add the recording.",
            file=packed or self.folder,
            code="packed" if packed else "file_missing",
        )


def _subject(path: Path, suffix: str) -> str:
    """Return the subject whose file of that ending a path is, else an empty string."""
    named = re.fullmatch(rf"(s\d\d+){re.escape(suffix)}", path.name.lower())
    return named[1] if named else ""


def _is_form(folder: Path) -> bool:
    return Path(os.path.abspath(folder)).name.lower() in [name for name, _ in FORMS.values()]


def _holds_form(folder: Path) -> bool:
    try:
        return any(Places(folder).files(form) for form in FORMS)
    except InputError:
        return False

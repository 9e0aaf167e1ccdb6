"""Spoiling a simulated subject's files, so that what reads and checks them is tested against a known answer."""

import difflib
from collections.abc import Sequence
from pathlib import Path

from eeg.datasets.simulated.flaws.case import Case
from eeg.datasets.simulated.flaws.table import FLAWS, Flaw
from eeg.errors import InputError
from eeg.seeds import generator
from eeg.storage import sha256

__all__ = ["FLAWS", "Flaw", "form_of", "spoil"]


def spoil(folder: Path | str, subject: str, name: str, *, form: str, seed: int) -> None:
    """Put a flaw into a simulated subject's files, in place; each file changes wholly or not at all.

    Parameters
    ----------
    folder : path
        What `simulated.write` filled.
    subject : str
        Subject id.
    name : str
        A key of `FLAWS`.
    form : str
        Which of the subject's files: `original`, `python` or `matlab`. Flaws of the ratings are in the tables whatever
        the form; those that repeat a subject are in the files of all forms.
    seed : int
        Seed of the experiment; it draws the channel, the trial and the values for this flaw and subject.

    Raises
    ------
    InputError
        There is no such flaw, it cannot be in this form, or this subject's files have nothing it could change.
    """
    form_of(name, [form])
    case = Case(Path(folder), subject, form, generator(seed, "flaw", name, subject))
    before = _contents(case)
    FLAWS[name].spoil(case)
    if _contents(case) == before:
        raise InputError(
            f"files of {subject} in which {name} changes something ({FLAWS[name].said})",
            "files in which it finds nothing to change",
            "Choose another subject under `simulated.flaws` in the config, or another seed.",
            file=case.path,
        )


def form_of(name: str, forms: Sequence[str]) -> str:
    """Return the first of the written forms in which a flaw can be.

    Raises
    ------
    InputError
        There is no such flaw, or it can be in none of these forms.
    """
    if name not in FLAWS:
        near = difflib.get_close_matches(name, FLAWS, n=1)
        hint = f"Did you mean {near[0]}?" if near else "Correct `simulated.flaws` in the config."
        raise InputError(f"one of the flaws {', '.join(FLAWS)}", f"{name!r}", hint)
    for form in forms:
        if form in FLAWS[name].forms:
            return form
    possible = [other for other, flaw in FLAWS.items() if set(forms) & set(flaw.forms)]
    raise InputError(
        f"{name} in one of the forms {', '.join(FLAWS[name].forms)}",
        f"the form {' and '.join(forms)}",
        f"Change `simulated.forms` in the config, or choose one of the flaws {', '.join(possible)}.",
    )


def _contents(case: Case) -> dict[Path, str]:
    return {path: sha256(path) for path in (*case.paths.values(), *case.tables)}

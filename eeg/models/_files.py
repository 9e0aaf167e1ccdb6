"""The files of models, read without running them: what a model is, what it reads, and which settings it asks for."""

import ast
import hashlib
import importlib
import sys
from contextlib import suppress
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any, Literal

from eeg import kinds
from eeg.errors import InputError, unknown

FOLDER = Path(__file__).parent

ENDING = ".py"

KNOWN = {"Literal": Literal, **vars(kinds)}
"""What annotations of settings may name."""

LEARNT = ("network", "estimator")
"""The kinds of models that learn from EEG."""


def names(*kinds: str) -> list[str]:
    """Return the models' names, sorted; of the given kinds only where any are given."""
    found = sorted(path.stem for path in FOLDER.glob(f"*{ENDING}") if not path.stem.startswith("_"))
    return [name for name in found if not kinds or kind(name) in kinds]


def is_own(name: str) -> bool:
    """Return whether a model is the user's own: a path that ends in .py."""
    return name.endswith(ENDING)


def source(name: str) -> str:
    """Return the module of a model, or the path of one's own, as `fingerprint` takes either."""
    return name if is_own(name) else f"eeg.models.{name}"


def kind(name: str) -> str:
    """Return `network`, `estimator` or `yardstick`, without importing the model."""
    return _literal(name, "KIND")


def input_kind(name: str) -> str:
    """Return what the model reads, without importing it.

    `series`: (n_times, n_channels); `grid`: (n_rows, n_columns, n_bands); `flat`: (n_features,); `none`: no EEG.
    """
    return _literal(name, "INPUT")


def check_learnt(name: str) -> None:
    """Raise an InputError unless a model learns: a network or an estimator, which offers `build`."""
    if kind(name) not in LEARNT:
        choices = ", ".join(names(*LEARNT))
        raise InputError(f"a network or estimator ({choices})", f"the {kind(name)} {name}", "Name one of them.")
    if _build(name) is None:
        raise InputError(
            "a function `build(input_shape, n_classes, *, settings...)` in the model file",
            "none",
            "Let it return the untrained model.",
            file=_file(name),
        )


def setting_names(name: str) -> list[str]:
    """Return the settings the model's `build` asks for, without importing it."""
    return [argument.arg for argument in _settings(name)]


def setting_kinds(name: str) -> dict[str, Any]:
    """Return what the model's `build` says its settings are, without importing it.

    Builtin types, `Literal`, those of `eeg.kinds` and unions and lists of them are understood; a setting said to be
    anything else is left out.
    """
    found = {}
    for argument in _settings(name):
        if argument.annotation is not None:
            with suppress(NameError, TypeError):
                found[argument.arg] = eval(ast.unparse(argument.annotation), KNOWN)  # noqa: S307 - a fit runs that file
    return found


def module(name: str) -> ModuleType:
    """Return a model's module, imported."""
    return _own_module(_file(name)) if is_own(name) else importlib.import_module(source(name))


def classes(name: str) -> dict[str, type]:
    """Return the classes that a model's module defines itself: layers of one's own among them."""
    found = module(name)
    return {key: one for key, one in vars(found).items() if isinstance(one, type) and one.__module__ == found.__name__}


def _own_module(path: Path) -> ModuleType:
    text = path.read_bytes()
    # named by its text, so that two files of one name do not meet and an edited one is read again
    name = f"own_{path.stem}_{hashlib.sha256(text).hexdigest()[:8]}"
    if name not in sys.modules:
        made = ModuleType(name)
        exec(compile(text, str(path), "exec"), made.__dict__)
        sys.modules[name] = made
    return sys.modules[name]


def _file(name: str) -> Path:
    """Return a model's file; the path of one's own starts, unless it is absolute, where the folder `eeg` lies."""
    if not is_own(name):
        if name not in names():
            raise unknown("a model", name, names())
        return FOLDER / f"{name}{ENDING}"
    path = FOLDER.parents[1] / name
    if not path.is_file():
        raise InputError("a file with a model of your own", "no such file", "Correct its path.", file=path)
    return path


def _settings(name: str) -> list[ast.arg]:
    build = _build(name)
    return [] if build is None else build.args.kwonlyargs


def _build(name: str) -> ast.FunctionDef | None:
    found = (node for node in _tree(name).body if isinstance(node, ast.FunctionDef) and node.name == "build")
    return next(found, None)


def _tree(name: str) -> ast.Module:
    path = _file(name)
    return _parsed(path, path.read_bytes())


@cache
def _parsed(path: Path, text: bytes) -> ast.Module:
    try:
        return ast.parse(text)
    except SyntaxError as error:
        received = f"line {error.lineno}: {error.msg}"
        raise InputError("a model in Python", received, "Correct that line.", file=path) from error


def _literal(name: str, constant: str) -> str:
    for node in _tree(name).body:
        if isinstance(node, ast.Assign) and [target.id for target in node.targets if isinstance(target, ast.Name)] == [
            constant
        ]:
            return ast.literal_eval(node.value)
    raise InputError(
        f'a line {constant} = "..." in the model file', "none", "Add it below the imports.", file=_file(name)
    )

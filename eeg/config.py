"""Reading config.yaml and its overlays, and saying in one sentence what is wrong with them."""

import difflib
from collections.abc import Mapping
from typing import Annotated, Any, get_args, get_origin

import yaml
from pydantic import ValidationError

from eeg.errors import InputError
from eeg.schema import TAGGED, Branch, Config, Section, Target


def load(*paths: str) -> dict[str, Any]:
    """Return the config of the first file, changed by those that follow it as Snakemake would."""
    merged: dict[str, Any] = {}
    for path in paths:
        with open(path, encoding="utf-8") as file:
            merged = _merge(merged, yaml.safe_load(file) or {})
    return merged


def _merge(under: Any, over: Any) -> Any:
    if not (isinstance(under, Mapping) and isinstance(over, Mapping)):
        return over
    return {**under, **{key: _merge(under.get(key), value) for key, value in over.items()}}


NAMED = ("targets", "bands", "branches", "models", "apply")
"""Sections whose entries an overlay can take away by setting them to null."""


def check(config: Mapping[str, Any]) -> Config:
    """Return the typed config.

    Raises
    ------
    InputError
        The first thing wrong: an unknown key (with the nearest known one), a missing key, or a value of the wrong
        kind, named by its path in the config.
    """
    whole = {
        key: {name: entry for name, entry in value.items() if entry is not None}
        if key in NAMED and isinstance(value, Mapping)
        else value
        for key, value in config.items()
    }
    try:
        return Config.model_validate(whole)
    except ValidationError as error:
        raise _readable(error) from None


def _readable(error: ValidationError) -> InputError:
    found = sorted(error.errors(), key=lambda one: one["type"] != "extra_forbidden")[0]
    location = [part for part in found["loc"] if not str(part).startswith(("literal[", "list["))]
    tagged = location[0] in ("targets", "branches") and len(location) > 2
    place = ".".join(str(part) for part in (location[:2] + location[3:] if tagged else location))
    if found["type"] == "extra_forbidden":
        known = _known_keys(location[:-1])
        near = difflib.get_close_matches(str(location[-1]), known, n=1)
        hint = f"Did you mean {near[0]!r}?" if near else "Remove it."
        return InputError(f"one of the keys {', '.join(known)}", f"the unknown key {place!r}", hint, file="config")
    if found["type"] == "missing":
        return InputError(f"the key {place!r}", "a config without it", "Copy it from config.yaml.", file="config")
    return InputError(
        f"in {place!r}: {found['msg'][0].lower()}{found['msg'][1:]}",
        repr(found["input"]),
        "config.yaml has a comment on each key's values.",
        file="config",
    )


def _known_keys(location: list[int | str]) -> list[str]:
    kind: Any = Config
    for part in location:
        kind = TAGGED.get(str(part)) if kind in (Target, Branch) else _inside(kind, part)
    return sorted(_section(kind).model_fields)


def _inside(kind: Any, part: int | str) -> Any:
    while get_origin(kind) is Annotated and kind not in (Target, Branch):
        kind = get_args(kind)[0]
    if get_origin(kind) is dict:
        return get_args(kind)[1]
    return _section(kind).model_fields[str(part)].annotation


def _section(kind: Any) -> type[Section]:
    return next(one for one in (kind, *get_args(kind)) if isinstance(one, type) and issubclass(one, Section))

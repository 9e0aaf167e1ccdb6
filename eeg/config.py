"""The typed form of config.yaml: every key required, none unknown, each value of the right kind."""

import difflib
from collections.abc import Mapping
from typing import Annotated, Any, Literal, get_args, get_origin

import yaml
from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag, ValidationError

from eeg.errors import InputError

Positive = Annotated[float, Field(gt=0)]
Share = Annotated[float, Field(ge=0, le=1)]
Name = Annotated[str, Field(pattern=r"^[a-zA-Z][a-zA-Z0-9_]*$")]
"""A name that becomes a path: letters, digits and underscores."""


class Section(BaseModel):
    """A part of the config: complete, nothing unknown, nothing changed later."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=False)


class Trial(Section):
    """Times of a trial in seconds."""

    baseline: Annotated[float, Field(ge=0)]
    duration: Positive


class Simulated(Section):
    """The simulated cohort."""

    n_subjects: Annotated[int, Field(ge=1, le=99)]
    n_trials: Annotated[int, Field(ge=1)]
    effect: Annotated[float, Field(ge=0)]
    rating_noise: Annotated[float, Field(ge=0)]
    video_rating: Share
    video_response: Annotated[float, Field(ge=0)]
    trial_offset: Annotated[float, Field(ge=0)]


class Recordings(Section):
    """Any recordings MNE reads, with a trial table."""

    trials: str
    prefixes: list[str]
    rename: dict[str, str]
    drop: list[str]
    eog: dict[Literal["hEOG", "vEOG"], Annotated[list[str], Field(min_length=1, max_length=2)]]
    independent_blocks: bool


class Quadrant(Section):
    """Four classes from two ratings."""

    ratings: tuple[Literal["valence"], Literal["arousal"]]
    threshold: float
    tie: Literal["low", "high"]


class Rating(Section):
    """Two classes from one rating."""

    rating: str
    threshold: float
    tie: Literal["low", "high"]


class Column(Section):
    """The classes of a column."""

    column: str
    classes: Annotated[list[str], Field(min_length=2)]


def _kind_of_target(target: Any) -> str:
    given = target if isinstance(target, Mapping) else vars(target)
    return next((key for key in ("ratings", "column") if key in given), "rating")


Target = Annotated[
    Annotated[Quadrant, Tag("ratings")] | Annotated[Rating, Tag("rating")] | Annotated[Column, Tag("column")],
    Discriminator(_kind_of_target),
]


class Downsample(Section):
    """Down-sampling."""

    sfreq: Positive


class Band(Section):
    """A frequency band in Hz."""

    low: Positive
    high: Positive


class Eog(Section):
    """EOG removal; low and high bound the copy its weights are fitted on."""

    method: Literal["regression", "none"]
    low: Positive
    high: Positive


class Preprocess(Section):
    """The cleaning of a recording."""

    downsample: Downsample
    bandpass: Band
    reference: Literal["average", "none"]
    eog: Eog


class Windows(Section):
    """A branch of raw windows."""

    kind: Literal["windows"]
    channels: Literal["all"] | list[str]
    length: Positive
    step: Positive
    scaler: Literal["zscore_minmax", "zscore"]


class Entropy(Section):
    """A branch of differential entropy."""

    kind: Literal["entropy"]
    channels: Literal["all"] | list[str]
    bands: str
    baseline: Literal["keep", "subtract"]
    length: Positive
    step: Positive
    scaler: Literal["zscore_minmax", "zscore"]


Branch = Annotated[Windows | Entropy, Field(discriminator="kind")]

TAGGED: dict[str, type[Section]] = {
    "ratings": Quadrant,
    "rating": Rating,
    "column": Column,
    "windows": Windows,
    "entropy": Entropy,
}
"""The kinds of target and branch, by the word pydantic puts into an error's location after the entry's name."""


class Training(Section):
    """How a network is trained."""

    epochs: Annotated[int, Field(ge=1)]
    batch: Annotated[int, Field(ge=1)]
    learning_rate: Positive
    patience: Annotated[int, Field(ge=1)] | None
    clip: Positive | None
    class_weight: Literal["balanced"] | None


class Model(Section):
    """One row of the final table: a network or estimator, what it reads and what it predicts."""

    network: str
    branch: str
    targets: Annotated[list[str], Field(min_length=1)]
    settings: dict[str, Any]
    training: Training | None


class Split(Section):
    """How folds are made."""

    folds: Annotated[int, Field(ge=2)]
    stratify: str
    validation: Annotated[float, Field(gt=0, lt=1)]


class Scores(Section):
    """How predictions are scored."""

    draws: Annotated[int, Field(ge=1)]
    confidence: Annotated[float, Field(gt=0, lt=1)]


class Config(Section):
    """The whole experiment."""

    seed: Annotated[int, Field(ge=0)]
    source: Literal["simulated", "deap", "recordings"]
    folder: str | None
    subjects: Literal["all"] | list[str]
    trial: Trial
    simulated: Simulated
    recordings: Recordings
    targets: Annotated[dict[Name, Target], Field(min_length=1)]
    preprocess: Preprocess
    bands: dict[Name, dict[Name, tuple[Positive, Positive]]]
    branches: Annotated[dict[Name, Branch], Field(min_length=1)]
    backend: Literal["tensorflow", "jax"]
    models: Annotated[dict[Name, Model], Field(min_length=1)]
    yardsticks: list[Literal["majority"]]
    protocols: Annotated[list[Literal["window", "trial", "subject"]], Field(min_length=1)]
    split: Split
    scores: Scores


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


NAMED = ("targets", "bands", "branches", "models")
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

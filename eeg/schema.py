"""The keys of config.yaml and the kinds of their values: every key required, none unknown."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag

from eeg.kinds import Count, NotNegative, Positive, Share

Protocol = Literal["window", "trial", "subject", "subject_video", "pooled_window", "pooled_trial"]
Yardstick = Literal["majority", "stratified", "subject_prior", "video_prior"]
Name = Annotated[str, Field(pattern=r"^[a-zA-Z][a-zA-Z0-9_]*$")]
"""A name that becomes a path: letters, digits and underscores."""


class Section(BaseModel):
    """A part of the config: complete, nothing unknown, nothing changed later."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=False)


class Trial(Section):
    """Times of a trial in seconds."""

    baseline: NotNegative
    duration: Positive


class Deap(Section):
    """Which of DEAP's forms is read, and where they lie."""

    form: Literal["auto", "original", "python", "matlab"]
    original: str | None
    python: str | None
    matlab: str | None
    ratings: str | None


class Simulated(Section):
    """The simulated cohort."""

    forms: Annotated[list[Literal["original", "python", "matlab"]], Field(min_length=1)]
    n_subjects: Annotated[int, Field(ge=1, le=99)]
    n_trials: Count
    effect: NotNegative
    rating_noise: NotNegative
    video_rating: Share
    video_response: NotNegative
    artefacts: NotNegative
    flaws: dict[str, list[str]]
    trial_offset: NotNegative


class Recordings(Section):
    """Any recordings MNE reads, with a trial table."""

    trials: str
    prefixes: list[str]
    rename: dict[str, str]
    drop: list[str]
    eog: dict[Literal["hEOG", "vEOG"], Annotated[list[str], Field(min_length=1, max_length=2)]]
    independent_blocks: bool


class Check(Section):
    """What the check of the recordings may do about what it finds."""

    bads: Literal["keep", "interpolate", "drop"]
    repair: Literal["ratings"] | None


class Quadrant(Section):
    """Four classes from two ratings."""

    ratings: tuple[Literal["valence"], Literal["arousal"]]
    threshold: float | Literal["subject_median"]
    tie: Literal["low", "high"]
    exclude: NotNegative


class Rating(Section):
    """Two classes from one rating."""

    rating: str
    threshold: float | Literal["subject_median"]
    tie: Literal["low", "high"]
    exclude: NotNegative


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


class Ica(Section):
    """Independent component analysis: how it is fitted, and which components count as eyes."""

    algorithm: Literal["picard", "fastica"]
    components: Annotated[int, Field(ge=2)]
    threshold: Positive
    most: Count


class Eog(Section):
    """EOG removal; low and high bound the copy its weights or components are fitted on."""

    method: Literal["regression", "ica", "none"]
    fit: Literal["recording", "outside_trials"]
    low: Positive
    high: Positive
    weights: Literal["events", "samples"]
    shrink: bool
    ica: Ica


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
    scaler: Literal["zscore_minmax", "zscore", "none"]
    scope: Literal["fold", "trial", "recording"]


class Entropy(Section):
    """A branch of differential entropy."""

    kind: Literal["entropy"]
    channels: Literal["all"] | list[str]
    definition: str
    precision: Literal["float64", "float32"]
    bands: str
    grid: Literal["table", "positions"]
    baseline: Literal["keep", "subtract"]
    length: Positive
    step: Positive
    scaler: Literal["zscore_minmax", "zscore", "none"]
    scope: Literal["fold", "trial", "recording"]


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

    epochs: Count
    batch: Count
    learning_rate: Positive
    patience: Count | None
    clip: Positive | None
    balance: Literal["weights", "batches"] | None
    precision: Literal["float32", "mixed"]


class Tuning(Section):
    """How settings are chosen inside every fold."""

    enabled: bool
    candidates: Annotated[int, Field(ge=2)]
    folds: Annotated[int, Field(ge=2)]


class Model(Section):
    """One row of the final table: a network or estimator, what it reads and what it predicts."""

    network: str
    branch: str
    targets: Annotated[list[str], Field(min_length=1)]
    settings: dict[str, Any]
    training: Training | None
    search: dict[str, Annotated[list[Any], Field(min_length=1)]]


class Application(Section):
    """Kept models of one part, and the recordings they are applied to."""

    protocol: str
    target: str
    model: str
    part: str
    subjects: Annotated[list[str], Field(min_length=1)]


class Split(Section):
    """How folds are made."""

    folds: Annotated[int, Field(ge=2)]
    repeats: Count
    leave_one_out: list[Literal["trial", "subject", "subject_video", "pooled_trial"]]
    stratify: str
    validation: Annotated[float, Field(gt=0, lt=1)]
    gap: bool


class Leaks(Section):
    """The leak meter."""

    enabled: bool
    model: str
    target: str
    settings: dict[str, Any]
    overlap: Annotated[float, Field(gt=0, lt=1)]


class Explain(Section):
    """What models go by."""

    enabled: bool
    models: Annotated[list[str], Field(min_length=1)]
    target: str
    protocols: Annotated[list[str], Field(min_length=1)]
    draws: Count
    windows: Count | None
    stretches: Count


class Scores(Section):
    """How predictions are scored."""

    draws: Count
    refits: Annotated[int, Field(ge=0)]
    confidence: Annotated[float, Field(gt=0, lt=1)]


class Config(Section):
    """The whole experiment."""

    seed: Annotated[int, Field(ge=0)]
    source: str
    folder: str | None
    subjects: Literal["all"] | list[str]
    trial: Trial
    deap: Deap
    simulated: Simulated
    recordings: Recordings
    check: Check
    targets: Annotated[dict[Name, Target], Field(min_length=1)]
    preprocess: Preprocess
    bands: dict[Name, dict[Name, tuple[Positive, Positive]]]
    branches: Annotated[dict[Name, Branch], Field(min_length=1)]
    backend: Literal["tensorflow", "jax"]
    device: Literal["auto", "cpu", "gpu"]
    tuning: Tuning
    parts_per_fit: Count
    keep_models: bool
    apply: dict[Name, Application]
    models: Annotated[dict[Name, Model], Field(min_length=1)]
    yardsticks: list[Yardstick]
    protocols: Annotated[list[Protocol], Field(min_length=1)]
    split: Split
    leaks: Leaks
    explain: Explain
    scores: Scores

"""Whether the recordings that a config names can make its experiment."""

import os
from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from eeg import protocols
from eeg.checks._shared import choose, named
from eeg.datasets.recordings import blocks_share_recording, overlapping
from eeg.errors import InputError
from eeg.schema import Config
from eeg.targets import labels

RELEASE = {"sfreq": 128.0, "low": 4.0, "high": 45.0, "baseline": 3.0}
"""What DEAP's makers made of the recordings: rate and pass-band in Hz, seconds before the video."""


def folder(config: Config) -> None:
    """Refuse a source of files without a folder; what is wrong with the folder is for the source to say."""
    if config.source != "simulated" and config.folder is None:
        raise InputError(
            f"the folder of the {config.source} recordings", "none", "Name it: make run CONFIG=... DATA=/the/folder"
        )


def results(place: Path) -> None:
    """Refuse a folder for the results that nothing can be written to."""
    if not os.access(place, os.W_OK):
        remedy = "Give another folder for the results: make run OUT=/a/folder/of/yours"
        raise InputError("a folder in which results/ can be made", "one that is read-only", remedy, file=place)


def subjects(config: Config, present: list[str]) -> list[str]:
    """Return the configured subjects, all of which must be present."""
    if config.subjects == "all":
        return present
    for subject in config.subjects:
        choose(subject, present, "subjects")
    return sorted(set(config.subjects))


def blocks(config: Config, tables: Iterable[pd.DataFrame]) -> None:
    """Refuse trials of a `recordings` source that share samples or that are no trials of their own."""
    tables, trial = list(tables), config.trial
    for table in tables:
        longest = float(table["duration"].iloc[0])
        if trial.duration > longest:
            raise InputError(
                f"trial.duration of at most the trial table's {longest:g} s",
                f"{trial.duration:g} s",
                "Shorten it.",
                file="config",
            )
        if pairs := overlapping(table, baseline=trial.baseline, duration=trial.duration):
            raise InputError(
                f"trials of {table['subject'].iloc[0]} without shared samples ({trial.baseline:g} s of baseline)",
                f"{len(pairs)} that do, the first in {pairs[0]}",
                "Shorten trial.baseline or trial.duration, or correct the onsets.",
                file="config",
            )
    _independent(config, tables)


def videos(config: Config, *, known: bool) -> None:
    """Refuse what needs to know the stimulus of every trial where the trial table does not say it."""
    needing = {"protocols": "subject_video", "yardsticks": "video_prior"}
    for key, name in needing.items():
        if name in getattr(config, key) and not known:
            raise InputError(
                f"the stimulus of every trial (a column video of the trial table) for {name}",
                "a table without it",
                f"Add the column, or take {name} out of `{key}`.",
                file="config",
            )


def _independent(config: Config, tables: list[pd.DataFrame]) -> None:
    """Refuse blocks of one uninterrupted recording within subjects, unless the config calls them independent."""
    within = [f"the protocol {protocol}" for protocol in config.protocols if protocol not in protocols.UNSEEN]
    within += ["the leak meter"] * config.leaks.enabled
    if not within or config.recordings.independent_blocks:
        return
    for table in tables:
        for name, target in config.targets.items():
            if blocks_share_recording(table.assign(label=labels(table, target.model_dump())), "label"):
                raise InputError(
                    f"independent trials of {table['subject'].iloc[0]} for {within[0]}",
                    f"blocks cut from one uninterrupted recording of each class of {name}",
                    "Use the protocol subject alone and set leaks.enabled to false, or set "
                    "recordings.independent_blocks to true and say why.",
                    file="config",
                )


def flaws(config: Config, names: list[str]) -> None:
    """Refuse flaws that the simulator does not know, that its files cannot have, or of subjects that are not there."""
    from eeg.datasets.simulated.flaws import FLAWS, form_of

    simulated = config.simulated
    for name, spoilt in simulated.flaws.items():
        with named(f"simulated.flaws.{name}"):
            form_of(name, simulated.forms)
        for subject in spoilt:
            choose(subject, names, f"simulated.flaws.{name}")
        if FLAWS[name].code == "file_missing":
            raise InputError(
                f"simulated.flaws.{name}: a flaw that leaves the file there, since later steps are planned on it",
                repr(name),
                "Leave the subject out (`subjects:`) instead.",
                file="config",
            )


def release(config: Config) -> None:
    """Refuse preprocessing that trials cleaned by DEAP's makers cannot have: none of it is done to them again."""
    steps = config.preprocess
    given = {
        "preprocess.downsample.sfreq": (steps.downsample.sfreq, RELEASE["sfreq"]),
        "preprocess.bandpass.low": (steps.bandpass.low, RELEASE["low"]),
        "preprocess.bandpass.high": (steps.bandpass.high, RELEASE["high"]),
        "preprocess.reference": (steps.reference, "average"),
    }
    stored = stored_baseline(config)
    wrong = {place: pair for place, pair in given.items() if pair[0] != pair[1]}
    if config.trial.baseline > stored:
        wrong["trial.baseline"] = (config.trial.baseline, f"at most {stored:g}")
    for place, (received, expected) in wrong.items():
        raise InputError(
            f"{place}: {_plain(expected)}, which DEAP's makers have already done to the preprocessed release",
            _plain(received),
            "Change it, or read the original recordings (`deap.form: original`).",
            file="config",
        )


def stored_baseline(config: Config) -> float:
    """Return the seconds before the video in a release: DEAP's, or those the simulator was asked for."""
    return RELEASE["baseline"] if config.source == "deap" else config.trial.baseline


def _plain(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)

"""One subject's examination: every look at the files, in the order of the report."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any, Literal

import numpy as np
import pandas as pd

from eeg.doctor import Finding, finding, from_error, labels, passed, signals, triggers, verdict
from eeg.doctor.measures import measure
from eeg.errors import InputError
from eeg.preprocess.stretches import spans
from eeg.targets import columns

Report = dict[str, Any]

RELEASES = ("python", "matlab")
"""The forms in which trials come as DEAP's makers cleaned them."""

RELEASED = 8064
"""Samples of a trial in DEAP's release: 3 s before the video and 60 s of it at 128 Hz."""

VIDEOS = 40
"""Trials of a subject in DEAP's release."""


@dataclass(frozen=True)
class Asked:
    """What the experiment needs of a recording.

    Attributes
    ----------
    settings : mapping
        Keywords of the source's reader.
    sfreq : float
        The rate to which recordings are lowered, in Hz.
    baseline, duration : float
        Seconds of a trial before and after its start.
    low, high : float
        Edges of the band-pass in Hz.
    targets : mapping of str to mapping
        What is predicted, by name (`eeg.targets`).
    folds : int
        Number of folds, which no class should be rarer than.
    bads : {"keep", "interpolate", "drop"}
        What is done with flat, clipped and noisy channels.
    repair : {"ratings"} or None
        Whether wrong labels inside a release may be replaced by the ratings table's.
    rating_range : (float, float) or None
        Smallest and largest rating; None where the scale is not known.
    chosen : bool
        Whether the config names the subjects, so that others are not missed.
    rated : bool
        Whether every trial must be rated: not where kept models alone are applied to the recording.
    """

    settings: Mapping[str, Any]
    sfreq: float
    baseline: float
    duration: float
    low: float
    high: float
    targets: Mapping[str, Mapping[str, Any]]
    folds: int
    bads: Literal["keep", "interpolate", "drop"] = "keep"
    repair: Literal["ratings"] | None = None
    rating_range: tuple[float, float] | None = (1.0, 9.0)
    chosen: bool = False
    rated: bool = True


@dataclass(frozen=True)
class Subject:
    """Whose files are looked at, and by which reader of `eeg.datasets`."""

    reader: ModuleType
    folder: Path | str
    name: str
    asked: Asked

    def ask(self, question: str, *given: Any) -> Any:
        """Return what a function of the reader says of this subject; None where it has no such function."""
        function = getattr(self.reader, question, None)
        return function(self.folder, self.name, *given, **self.asked.settings) if function else None

    @property
    def form(self) -> str:
        """`original`, `python` or `matlab` for recordings laid out as DEAP, else `recordings`."""
        function = getattr(self.reader, "form", None)
        return function(self.folder, **self.asked.settings) if function else "recordings"


def examine_subject(reader: ModuleType, folder: Path | str, subject: str, *, asked: Asked) -> Report:
    """Return a subject's report: the artifact `results/check/{subject}.json`; never raises InputError.

    Parameters
    ----------
    reader : module
        A file of `eeg.datasets`.
    folder : path
        Where the source's files lie.
    subject : str
        Subject id.
    asked : Asked
        What the experiment needs.

    Returns
    -------
    dict
        `subject, verdict, findings, form, bads, treatment, repaired, order, trials`; the last holds a hash of every
        trial's signals by trial number.
    """
    one = Subject(reader, folder, subject, asked)
    report: Report = {"subject": subject, "verdict": "ok", "findings": [], "form": "recordings", "bads": []}
    report |= {"treatment": asked.bads, "repaired": False, "order": None, "trials": {}}
    findings: list[Finding] = report["findings"]
    try:
        report["form"] = one.form
        table = one.ask("trial_table")
        report["order"] = str(table["order"].iloc[0]) if "order" in table else None
        findings += _attempt(lambda: _signals(one, table, report))
        findings += _attempt(lambda: _labels(one, table, report))
    except InputError as error:
        findings.append(from_error(error))
    report["verdict"] = verdict(findings)
    return report


def _attempt(look: Callable[[], list[Finding]]) -> list[Finding]:
    """Return the findings of a look, or what kept it from being taken: the other looks are taken all the same."""
    try:
        return look()
    except InputError as error:
        return [from_error(error)]


def _labels(one: Subject, table: pd.DataFrame, report: Report) -> list[Finding]:
    asked = one.asked
    wanted = [name for target in asked.targets.values() if "column" not in target for name in columns(target)]
    scales = [name for name in labels.SCALES if name in table] if asked.rating_range else []
    every = [*scales, *(name for target in asked.targets.values() for name in columns(target))]
    if not asked.rated and table.reindex(columns=every).isna().any(axis=None):
        return [passed("ratings", "Not every trial is rated, and none need be: nothing is learnt from them.")]
    found = labels.ratings(table, list(dict.fromkeys([*scales, *wanted])), asked.rating_range)
    if report["order"] == "unknown":
        message = "There is no table of ratings: the order of presentation is not known, trials are numbered as videos."
        remedy = "Put participant_ratings.csv (DEAP's metadata_csv.zip) beside the release."
        found.append(finding("order_unknown", message, remedy=remedy))
    elif (release := one.ask("release_labels")) is not None and len(release) == len(table):
        compared, repairable = labels.stored(release, table)
        report["repaired"] = repairable and asked.repair == "ratings"
        found.append(_repaired(compared) if report["repaired"] else compared)
    if verdict(found) != "refuse":
        found += labels.rare(table, asked.targets, asked.folds)
    return found


def _repaired(compared: Finding) -> Finding:
    message = f"{compared['message']} The table of ratings is used instead, as the config asks for."
    remedy = "Every page of this run says so; a release with true labels would need no repair."
    return finding("labels_repaired", message, where=compared["where"], remedy=remedy)


def _signals(one: Subject, table: pd.DataFrame, report: Report) -> list[Finding]:
    """Look at the signals of all trials; also sets the report's bad channels and the hashes of the trials."""
    asked = one.asked
    released = report["form"] in RELEASES
    signal = one.ask("read_trials" if released else "read", table)
    found = _shape(one, signal, report) if released else _times(one, signal, table)
    if verdict(found) == "refuse":
        return found
    eeg = [index for index, kind in enumerate(signal.get_channel_types()) if kind == "eeg"]
    v_eog = [] if released or "vEOG" not in signal.ch_names else [signal.ch_names.index("vEOG")]
    trials = (
        _cut(signal, [*eeg, *v_eog], asked)
        if not released
        else (signal[k].get_data(eeg)[0] for k in range(len(signal)))
    )
    measures = measure(
        (1e6 * trial for trial in trials),
        names=[signal.ch_names[index] for index in eeg],
        places=np.array([signal.info["chs"][index]["loc"][:3] for index in eeg]),
        sfreq=float(signal.info["sfreq"]),
        v_eog=len(eeg) if v_eog else None,
    )
    numbers = table["trial"].tolist()
    heard = signals.examine(measures, numbers, low=asked.low, high=asked.high, released=released)
    report["bads"] = heard.bads
    report["trials"] = dict(zip(map(str, numbers), measures.hashes, strict=True))
    return found + heard.findings


def _cut(raw: Any, picks: Sequence[int], asked: Asked) -> Iterator[np.ndarray]:
    """Yield the picked rows of every annotated trial, in volts."""
    sfreq = raw.info["sfreq"]
    for onset in raw.annotations.onset[[text.startswith("trial/") for text in raw.annotations.description]]:
        start = max(round((onset - raw.first_time - asked.baseline) * sfreq), 0)
        yield raw.get_data(picks, start, min(start + round((asked.baseline + asked.duration) * sfreq), raw.n_times))


def _times(one: Subject, raw: Any, table: pd.DataFrame) -> list[Finding]:
    """Look at rate and triggers of a recording, and at where its trials stand."""
    sfreq, asked = float(raw.info["sfreq"]), one.asked
    found = [passed("files", f"{raw.n_times / sfreq:.0f} s of {len(raw.ch_names)} channels were read.")]
    if sfreq < asked.sfreq:
        message = f"Recorded at {sfreq:g} Hz, less than the {asked.sfreq:g} Hz asked for."
        found.append(finding("rate", message, remedy="Lower the rate (`preprocess.downsample.sfreq`) in the config."))
    else:
        found.append(passed("rate", f"Recorded at {sfreq:g} Hz, enough for {asked.sfreq:g} Hz."))
    recorded = one.ask("triggers")
    found += [] if recorded is None else triggers.examine(recorded, len(table))
    return found + _places(raw, asked)


def _places(raw: Any, asked: Asked) -> list[Finding]:
    """Look at whether a recording holds every trial, and something on either side for the filters."""
    sfreq = float(raw.info["sfreq"])
    pairs = zip(raw.annotations.description, raw.annotations.onset - raw.first_time, strict=True)
    onsets = {int(text.removeprefix("trial/")): onset for text, onset in pairs if text.startswith("trial/")}
    times = {"baseline": asked.baseline, "duration": asked.duration}
    found = triggers.spans(onsets, seconds=raw.n_times / sfreq, sfreq=sfreq, **times)
    if verdict(found) == "refuse":
        return found
    edges = [0.0, *(stop / sfreq for _, stop in spans(raw))]
    within = triggers.reach(asked.low, native=sfreq, sfreq=asked.sfreq)
    return found + triggers.near_ends(onsets, edges, within=within, **times)


def _shape(one: Subject, epochs: Any, report: Report) -> list[Finding]:
    """Look at whether a release's trials are as many and as long as they must be."""
    asked, sfreq = one.asked, float(epochs.info["sfreq"])
    n_rows = len(one.ask("release_labels"))
    n_trials = VIDEOS if report["order"] == "unknown" else len(epochs)
    lengths = {round((asked.duration - epochs.tmin) * sfreq), *([RELEASED] if round(epochs.tmin) == -3 else [])}
    found = []
    remedy = "The copy is damaged or was altered: get the release anew from DEAP."
    if n_rows != n_trials:
        found.append(finding("shape", f"The release holds {n_rows} trials, not {n_trials}.", remedy=remedy))
    if len(epochs.times) not in lengths:
        expected = " or ".join(map(str, sorted(lengths)))
        message = f"The trials have {len(epochs.times)} samples, not {expected} ({-epochs.tmin:g} s before the video)."
        found.append(finding("shape", message, remedy=remedy))
    seconds = len(epochs.times) / sfreq
    return found or [
        passed("files", f"{n_rows} trials of {seconds:g} s and {len(epochs.ch_names)} channels were read.")
    ]

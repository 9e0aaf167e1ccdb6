"""The artifacts a subject's page is made from, read back."""

from collections.abc import Callable, Iterable
from itertools import groupby
from pathlib import Path
from typing import Any

import pandas as pd

from eeg.datasets import fif
from eeg.report import words
from eeg.report.explanations import subject_section
from eeg.report.subject import BandEntropy, SubjectFacts
from eeg.steps.inputs import read_scalers
from eeg.storage import open_array, read_arrays, read_csv, read_json, read_parquet


def read_facts(files: Any, params: Any, *, subject: str, origin: dict[str, Any]) -> SubjectFacts:
    """Return the facts of a page from the inputs and params of its job, and where it is made from."""
    return SubjectFacts(
        subject=subject,
        source=params.config["source"],
        trials=read_csv(files.trials),
        check=read_json(files.check),
        eog=read_json(files.eog),
        epochs=fif.read_trials(files.epochs),
        scores=read_csv(files.scores),
        predictions=_by_cell(files.predictions, read_parquet),
        targets=params.config["targets"],
        provenance=origin,
        bands=params.bands,
        history=_by_cell(files.history, read_csv),
        records={Path(path).parent.parts[-3:]: read_json(path) for path in files.records},
        stages={Path(path).parent.name: read_csv(path) for path in files.stages},
        excerpt=read_arrays(files.excerpt[0]) if files.excerpt else None,
        entropy=read_entropy(files.entropy, files.scalers),
        explained=_explained(files.explanations, params.config, subject),
        confidence=params.config["scores"]["confidence"],
        repaired=bool(read_json(files.cohort)["repaired"]),
        transductive=words.transductive(params.config),
    )


def read_entropy(array: list[str], fitted: list[str]) -> BandEntropy | None:
    """Return a branch's input with the scalers of one part; None where no branch of kind entropy is used."""
    if not array:
        return None
    path = Path(array[0])
    own = read_scalers(fitted[0]) if fitted else []
    protocol = Path(fitted[0]).parts[-3] if fitted else ""
    about = read_json(path.with_suffix(".json"))
    return BandEntropy(path.parent.name, open_array(path), about, protocol=protocol, scalers=own)


def _explained(values: list[str], config: dict[str, Any], subject: str) -> dict[str, Any] | None:
    """Return what the page shows of the explanations; None where they are off."""
    return subject_section(read_csv(values[0]), subject, config) if values else None


def _by_cell(paths: Iterable[str], read: Callable[[str], pd.DataFrame]) -> dict[tuple[str, ...], pd.DataFrame]:
    """Return the tables of all parts together by the three folders they lie in."""
    return {
        folder.parts[-3:]: pd.concat(map(read, own), ignore_index=True)
        for folder, own in groupby(paths, key=lambda path: Path(path).parent)
    }

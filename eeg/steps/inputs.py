"""Model inputs read back: what the steps after a branch share."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from eeg.errors import InputError
from eeg.inputs import Inputs, relabelling, table_of
from eeg.scalers import Fitted, from_arrays
from eeg.storage import open_array, read_arrays, read_csv, read_json
from eeg.targets import labels, labels_if_rated


def read_windows(paths: Sequence[str]) -> pd.DataFrame:
    """Return the window tables of several subjects as one, with `subject`."""
    return pd.concat([read_csv(path).assign(subject=_subject(path)) for path in paths], ignore_index=True)


def read_windows_by_branch(paths: Sequence[str]) -> dict[str, pd.DataFrame]:
    """Return the window tables of several subjects in several branches: one table a branch, with `subject`."""
    return {branch: read_windows(list(own)) for branch, own in groupby(paths, _branch)}


def read_moments(paths: Sequence[str]) -> dict[str, dict[str, np.ndarray]]:
    """Return the per-trial moments by subject."""
    return {_subject(path): read_arrays(path) for path in paths}


def open_arrays(paths: Sequence[str]) -> dict[str, np.ndarray]:
    """Return the arrays by subject, memory-mapped."""
    return {_subject(path): open_array(path) for path in paths}


def of_subjects(paths: Iterable[str], branch: str, subjects: Iterable[str]) -> list[str]:
    """Return those paths that hold a branch's inputs of the named subjects."""
    wanted = set(subjects)
    return [path for path in paths if _branch(path) == branch and _subject(path) in wanted]


def read_scalers(path: Path | str) -> list[Fitted]:
    """Return the scalers of a part."""
    return from_arrays(read_arrays(path))


def open_inputs(
    arrays: Sequence[str], windows: Sequence[str], trials: Sequence[str], target: Mapping[str, Any]
) -> Inputs:
    """Return the labelled windows of several subjects; the arrays stay on disk."""
    return labelled_inputs(arrays, windows, [read_csv(path) for path in trials], target)


def open_unseen(array: str, windows: str, trials: str, target: Mapping[str, Any]) -> Inputs:
    """Return the windows of a recording that nothing is learnt from: the label is -1 where no rating is known."""
    return labelled_inputs([array], [windows], [read_csv(trials)], target, label=labels_if_rated)


def labelled_inputs(
    arrays: Sequence[str],
    windows: Sequence[str],
    known: Sequence[pd.DataFrame],
    target: Mapping[str, Any],
    *,
    label: Callable[[pd.DataFrame, Mapping[str, Any]], np.ndarray] = labels,
) -> Inputs:
    """Return the same from trial tables at hand; `label` gives every trial's class."""
    about = [read_json(Path(path).with_suffix(".json")) for path in arrays]
    tables = [table_of(read_csv(path), one, label(one, target)) for path, one in zip(windows, known, strict=True)]
    _check_alike(about, arrays)
    first, table = about[0], pd.concat(tables, ignore_index=True)
    again = relabelling(pd.concat(known, ignore_index=True), target)
    return Inputs(first["kind"], first["channels"], open_arrays(arrays), table, first.get("cells", {}), again)


def _check_alike(about: Sequence[Mapping[str, Any]], paths: Sequence[str]) -> None:
    """Refuse subjects whose channels differ or stand at other cells of the grid: one model could not read them."""
    for one, path in zip(about, paths, strict=True):
        for name, remedy in (
            ("channels", "Name channels that all have under `channels` of the branch, or leave the subject out."),
            ("cells", "Set `grid` of the branch to table, or give all recordings one montage."),
        ):
            if one.get(name) != about[0].get(name):
                raise InputError(
                    f"the same {name} for all subjects of a branch, as {_subject(paths[0])} has them",
                    f"others for {_subject(path)}",
                    remedy,
                    file=path,
                )


def _subject(path: str) -> str:
    return Path(path).name.split(".")[0]


def _branch(path: str) -> str:
    return Path(path).parent.name

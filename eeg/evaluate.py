"""One model on one part: folds of windows in, logits and a record of what training was given out."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

import numpy as np
import pandas as pd

from eeg.calibration import FEWEST_TRIALS, temperature
from eeg.ids import given
from eeg.inputs import Inputs
from eeg.models import Fold, Learner, Result, Watch, unwatched
from eeg.protocols import TRIAL, WHOLE
from eeg.samples import Samples
from eeg.scalers import Fitted, scaling
from eeg.targets import NO_CLASS


@dataclass(frozen=True)
class Task:
    """One fold of a part: which windows it has in which role, and what the learner is given of them.

    Attributes
    ----------
    number : int
        The fold's.
    table : DataFrame
        One row per window of the part, as of `Inputs`.
    index : mapping
        Rows of the table by role, `train`, `validate`, `test`.
        Those without a class are tested, but neither trained on nor validated with.
    fold : Fold
        Their samples, scaled and arranged, and the seed.
    threshold : array or None
        Rows that the labels' threshold was learnt from, where it was.
    scaler : str
        The hash of the scalers that its windows take, see `scalers.Scaling`.
    """

    number: int
    table: pd.DataFrame
    index: Mapping[str, np.ndarray]
    fold: Fold
    threshold: np.ndarray | None = None
    scaler: str = ""


@dataclass(frozen=True)
class Learnt:
    """A task, its result and the seconds it took: a stack's, shared by its folds.

    `temperature`, where it was fitted, is what logits are divided by.
    """

    task: Task
    result: Result
    seconds: float
    temperature: float | None = None

    @property
    def logits(self) -> np.ndarray:
        """The logits of the tested rows, (n_test, n_classes) float32."""
        return (self.result.logits / (self.temperature or 1.0)).astype(np.float32)


class Shelf(Protocol):
    """Where the results of a job's finished stacks wait for the others, so that nothing is learnt twice."""

    def take(self, place: int) -> tuple[list[Result], float] | None:
        """Return the results of a stack and the seconds they took, None where it is not finished."""

    def put(self, place: int, results: list[Result], seconds: float) -> None:
        """Keep the results of a stack."""


def tasks(
    inputs: Inputs,
    split: pd.DataFrame,
    *,
    arrange: tuple[Callable, tuple[int, ...]],
    scalers: Sequence[Fitted],
    seeds: Mapping[int, int],
) -> list[Task]:
    """Return the folds of a part as a learner takes them; nothing is gathered yet.

    Parameters
    ----------
    inputs : Inputs
        Windows with labels of the part's subjects.
    split : DataFrame
        `fold, role, subject, trial, window`.
    arrange : pair
        From `arrangement`.
    scalers : sequence of Fitted
        The part's, all folds together.
    seeds : mapping
        By fold.
    """
    found = []
    for number in sorted(split["fold"].unique().tolist()):
        roles = split[split["fold"] == number]
        seen = roles[roles["role"] != "test"]
        own = replace(inputs, table=inputs.labelled(seen))
        index = {role: rows_of(own.table, roles[roles["role"] == role]) for role in ("train", "validate", "test")}
        learnt_from = rows_of(own.table, seen) if inputs.relabel else None
        labelled, apart = own.table["label"].to_numpy() != NO_CLASS, _apart(own.table, index)
        index |= {role: index[role][labelled[index[role]]] for role in ("train", "validate")}
        scale = scaling(scalers, own.table, number)
        samples = samples_of(own, scale, arrange, apart=apart)
        roles_of = {role: samples.subset(rows) for role, rows in index.items()}
        whole = bool((roles["window"] == WHOLE).all())
        enough = whole and len(np.unique(roles_of["validate"].trials)) >= FEWEST_TRIALS
        fold = Fold(**roles_of, seed=seeds[number], calibrate=enough)
        found.append(Task(number, own.table, index, fold, learnt_from, scale.digest))
    return found


def learn(
    learner: Learner, tasks: Sequence[Task], *, shelf: Shelf | None = None, watch: Watch = unwatched
) -> list[Learnt]:
    """Return the result of every task, in order; stacks that stand on the shelf are not learnt again."""
    learnt: list[Learnt] = []
    stacks = learner.stacks([task.fold for task in tasks])
    found = [None if shelf is None else shelf.take(place) for place in range(len(stacks))]
    n_left = sum(len(stack) for stack, kept in zip(stacks, found, strict=True) if kept is None)
    n_done = 0
    for place, (stack, kept) in enumerate(zip(stacks, found, strict=True)):
        if kept is None:
            title = _title(len(learnt), len(stack), len(tasks))
            kept = _fresh(learner, stack, _within(watch, title, n_done / n_left, len(stack) / n_left))
            n_done += len(stack)
            if shelf is not None:
                shelf.put(place, *kept)
        mine = tasks[len(learnt) :][: len(stack)]
        learnt += [
            Learnt(task, result, kept[1], _temperature(task, result))
            for task, result in zip(mine, kept[0], strict=True)
        ]
    return learnt


def _fresh(learner: Learner, stack: Sequence[Fold], watch: Watch) -> tuple[list[Result], float]:
    """Return the results of a stack and the seconds each of its folds took."""
    start = time.perf_counter()
    results = learner.learn(stack, watch)
    return results, (time.perf_counter() - start) / len(stack)


def _temperature(task: Task, result: Result) -> float | None:
    """Return the temperature of a fold from its validation rows, None where it is not to be fitted."""
    if result.held is None:
        return None
    return temperature(result.held, task.fold.validate.labels, task.fold.validate.trials)


def _title(done: int, size: int, total: int) -> str:
    """Return the name of a stack of `size` folds out of `total`, before which `done` come."""
    return f"fold {done + 1} of {total}" if size == 1 else f"folds {done + 1} to {done + size} of {total}"


def _within(watch: Watch, title: str, done: float, part: float) -> Watch:
    """Return a watch for a stack that is a part of what is to be learnt, when so much of it is done."""
    return lambda words, share: watch(f"{title}, {words}", done + share * part)


def tables(
    learnt: Sequence[Learnt], *, channel_choice: Mapping[str, str] | None = None
) -> tuple[pd.DataFrame, list[dict[str, Any]], pd.DataFrame]:
    """Return the artifacts of a part.

    Parameters
    ----------
    learnt : sequence of Learnt
        All folds of the part.
    channel_choice : mapping or None
        What their records say of how channels were chosen (`eeg.channels.choice`).

    Returns
    -------
    predictions : DataFrame
        `subject, trial, window, fold, label, logit_0, ...`: one row per tested window.
    records : list of dict
        Per fold, what training and validation were given, the seed and what came of it.
    history : DataFrame
        `fold, epoch, loss, accuracy, val_loss, val_accuracy`.
    """
    tested = [predicted(one.task.table.iloc[one.task.index["test"]], one.task.number, one.logits) for one in learnt]
    history = [{"fold": one.task.number, **epoch} for one in learnt for epoch in one.result.outcome.history]
    columns = ["fold", "epoch", "loss", "accuracy", "val_loss", "val_accuracy"]
    return (
        pd.concat(tested, ignore_index=True),
        [{**_record(one), "channel_choice": channel_choice} for one in learnt],
        pd.DataFrame(history, columns=columns),
    )


def _record(learnt: Learnt) -> dict[str, Any]:
    """Return what a fold's training was given and what came of it."""
    task, outcome, ids = learnt.task, learnt.result.outcome, learnt.task.table
    train, validate = task.index["train"], task.index["validate"]
    both = np.concatenate([train, validate])
    if outcome.rows is not None:
        train, validate = both[outcome.rows], validate[:0]
    return {
        "fold": task.number,
        "status": outcome.status,
        "seed": task.fold.seed,
        "scaler": task.scaler,
        "train": given(ids.iloc[train]),
        "validate": given(ids.iloc[validate]),
        "tuning": None if outcome.tuning is None else {**outcome.tuning, **given(ids.iloc[both[outcome.searched]])},
        "threshold": None if task.threshold is None else given(ids.iloc[task.threshold]),
        "temperature": None if learnt.temperature is None else given(ids.iloc[task.index["validate"]]),
        "temperature_value": 1.0 if learnt.temperature is None else round(learnt.temperature, 6),
        "epochs": outcome.epochs,
        "best_epoch": outcome.best_epoch,
        "parameters": outcome.parameters,
        "seconds": round(learnt.seconds, 3),
    }


def rows_of(table: pd.DataFrame, roles: pd.DataFrame) -> np.ndarray:
    """Return the rows of a window table that split rows name; a window of -1 names all windows of its trial."""
    key = ["subject", "trial"] if (roles["window"] == WHOLE).all() else ["subject", "trial", "window"]
    wanted = pd.MultiIndex.from_frame(roles[key])
    return np.flatnonzero(pd.MultiIndex.from_frame(table[key]).isin(wanted))


def _apart(table: pd.DataFrame, index: Mapping[str, np.ndarray]) -> list[str]:
    """Return what a fold leaves out as a whole where it is more than trials: subjects, or subjects and videos."""
    names = [name for name in ("subject", "video") if name in table and table[name].notna().all()]
    tested, trained = (table.iloc[index[role]] for role in ("test", "train"))
    found = [name for name in names if set(tested[name].unique()).isdisjoint(trained[name].unique())]
    return found if "subject" in found else []


def samples_of(
    inputs: Inputs, scale: Callable, arrange: tuple[Callable, tuple[int, ...]], *, apart: Sequence[str] = ()
) -> Samples:
    """Return all windows, scaled by `scale(x, index)` and arranged; inner splits keep trials or columns `apart`."""
    function, shape = arrange
    trials, *groups = (
        inputs.table.groupby(key, sort=False).ngroup().to_numpy() for key in (list(TRIAL), *([name] for name in apart))
    )
    return Samples(
        take=lambda index: function(scale(inputs.gather(index), index)),
        labels=inputs.table["label"].to_numpy(np.int64),
        trials=trials,
        shape=shape,
        groups=np.stack(groups or [trials], axis=1),
    )


def predicted(table: pd.DataFrame, fold: int, logits: np.ndarray) -> pd.DataFrame:
    """Return predictions of the windows of a table: `subject, trial, window, fold, label, logit_0, ...`."""
    rows = table[["subject", "trial", "window", "label"]].reset_index(drop=True)
    rows.insert(3, "fold", fold)
    rows = rows.astype({"trial": "int64", "window": "int64", "fold": "int64", "label": "int64"})
    return rows.assign(**{f"logit_{code}": logits[:, code].astype(np.float32) for code in range(logits.shape[1])})

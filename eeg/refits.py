"""Chance by fitting again: a model's whole cross-validation on labels permuted among the trials of each subject.

Under `subject_video` they move from video to video, for all subjects alike.
Where the folds spread classes evenly, labels are permuted among the trials that one fold tests: the folds are then as
balanced for permuted labels as for the true ones, without which p would be too small.
Reference: Ojala & Garriga 2010, "Permutation tests for studying classifier performance" (their first test).
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import count
from typing import Any

import numpy as np
import pandas as pd

from eeg import protocols, seeds
from eeg.metrics import within_folds
from eeg.predictions import Cell, logits, repeats, units
from eeg.stimuli import stimuli
from eeg.targets import columns

COUNTS = ["draw", "subject", "true", "predicted", "n"]
"""The columns of a part's refits: how many trials of a class were called what; draw -1 is the fit itself."""

OBSERVED = -1


PROTOCOLS = ("trial", "subject", "subject_video")
"""Where there are refits: pooled folds spread classes over parts that do not know of each other."""


def redrawn(
    trials: Sequence[pd.DataFrame], split: pd.DataFrame, *, cell: Cell, stratified: bool, settings: Mapping[str, Any]
) -> Iterator[list[pd.DataFrame]]:
    """Yield the trial tables of all subjects of a part with permuted labels, draw by draw, without end.

    `settings` has `target` and `seed`.
    """
    if protocols.VIDEO in protocols.APART[cell.protocol]:
        yield from _by_video(trials, settings)
        return
    among = [groups(one, split, stratified=stratified) for one in trials]
    for draw in count():
        asked = {"seed": settings["seed"], "draw": draw}
        yield [permuted(one, settings["target"], own, **asked) for one, own in zip(trials, among, strict=True)]


def _by_video(trials: Sequence[pd.DataFrame], settings: Mapping[str, Any]) -> Iterator[list[pd.DataFrame]]:
    """Yield the tables with labels moved from video to video, for all subjects alike; see `eeg.stimuli`."""
    every, names = pd.concat(trials, ignore_index=True), columns(settings["target"])
    common = stimuli(every[["subject", "trial"]].assign(fold=0), every)
    for draw in count():
        moves = common.permutations(1, seeds.generator(settings["seed"], "refit", draw, "videos"))
        orders = (moves[str(table["subject"].iloc[0])][0] for table in trials)
        yield [_reordered(table, order, names) for table, order in zip(trials, orders, strict=True)]


def _reordered(trials: pd.DataFrame, order: np.ndarray, names: Sequence[str]) -> pd.DataFrame:
    return trials.assign(**{name: trials[name].to_numpy()[order] for name in names})


def groups(trials: pd.DataFrame, split: pd.DataFrame, *, stratified: bool) -> np.ndarray:
    """Return which trials of a subject may swap labels: those of one fold where folds are stratified, else all."""
    if not stratified:
        return np.zeros(len(trials), int)
    tested = split[split["role"] == "test"].set_index(["subject", "trial"])["fold"]
    return tested.loc[pd.MultiIndex.from_frame(trials[["subject", "trial"]])].to_numpy()


def permuted(
    trials: pd.DataFrame, target: Mapping[str, Any], among: np.ndarray, *, seed: int, draw: int
) -> pd.DataFrame:
    """Return a subject's trial table with the target's columns permuted within groups, together where several."""
    rng = seeds.generator(seed, "refit", draw, str(trials["subject"].iloc[0]))
    (order,) = within_folds(among, draws=1, rng=rng)
    return _reordered(trials, order, columns(target))


def counts(predictions: pd.DataFrame, *, draw: int) -> pd.DataFrame:
    """Return what trials of every class were called, per subject: the columns of `COUNTS`."""
    (trials,) = (units(one)["trial"] for one in repeats(predictions))
    called = pd.DataFrame(
        {"subject": trials["subject"], "true": trials["label"], "predicted": logits(trials).argmax(axis=1)}
    )
    return called.groupby(["subject", "true", "predicted"]).size().rename("n").reset_index().assign(draw=draw)[COUNTS]


def with_refits(p: pd.DataFrame, parts: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Return a cell's p against chance with `p_refit`, of the balanced accuracy of trials; NaN without refits."""
    refitted = (p["unit"] == "trial") & (p["metric"] == "balanced_accuracy")
    return p.assign(p_refit=np.where(refitted, p_value(parts) if parts else np.nan, np.nan))


def p_value(parts: Sequence[pd.DataFrame]) -> float:
    """Return the p of the balanced accuracy of trials, mean over subjects, among that of all refits and the fit itself.

    Parameters
    ----------
    parts : sequence of DataFrame
        `COUNTS` of every part of a cell, the fit itself among the draws.
    """
    table = pd.concat(parts).groupby(["draw", "subject", "true", "predicted"])["n"].sum()
    total = table.groupby(["draw", "subject", "true"]).sum()
    right = table[table.index.get_level_values("true") == table.index.get_level_values("predicted")]
    recall = (right.droplevel("predicted") / total).reindex(total.index).fillna(0.0)
    means = recall.groupby(["draw", "subject"]).mean().groupby("draw").mean()
    drawn = means.drop(OBSERVED).to_numpy()
    # as good as the observed counts although its sum was rounded in another order
    return float((1 + np.count_nonzero(drawn >= means[OBSERVED] - 1e-10)) / (1 + len(drawn)))

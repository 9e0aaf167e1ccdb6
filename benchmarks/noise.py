"""Twenty cohorts of pure noise (seeds 1-20): do honest intervals hold chance, and do leaky scores rise above it?

`.venv/bin/python benchmarks/noise.py [n_cohorts] [folder]` runs config.yaml with benchmarks/noise.yaml over it through
the functions the steps call, in one process per core, so that Keras is imported once. All models run under `trial`,
where every fold chooses its settings first (`tuning`; two of the SVM arms have nothing to choose), and as configured
under `subject` and `subject_video`; the SVMs under `window` too.
An interval excludes chance if `chance` lies outside `low` to `high` of summary.csv: trial-level balanced accuracy over
the subjects, 95 %. With a folder, the summary of every finished cohort is kept there, and a second call goes on.

Last line, JSON: `cells`, `excluding` (share of the intervals of `trial` and `subject` that exclude chance),
`excluding_trial`, `excluding_subject`, and per SVM arm `MODEL_window`, `MODEL_trial` (mean balanced accuracy, chance
0.5).
"""

import json
import os
import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd

from eeg import config, scores, yardsticks
from eeg.datasets import deap, simulated
from eeg.features import branch as branches
from eeg.meter import MAKERS
from eeg.method import Method
from eeg.plan import Plan
from eeg.predictions import Cell
from eeg.preprocess import eog
from eeg.preprocess.bandpass import bandpass
from eeg.preprocess.downsample import downsample
from eeg.preprocess.reference import rereference
from eeg.preprocess.segment import segment
from eeg.protocols import LEAKY
from eeg.rehearsal import Asked, Rehearsal, divided
from eeg.statistics import summarise
from eeg.storage import read_csv, write_csv

ROOT = Path(__file__).parents[1]
TUNED = ("trial",)


def cohort(seed: int, kept: Path | None = None) -> pd.DataFrame:
    """Return summary.csv of one cohort, and keep it in a folder, or find it there."""
    path = kept and kept / f"cohort_{seed}.csv"
    if path and path.exists():
        return read_csv(path)
    found = summary_of(seed)
    if path:
        write_csv(path, found)
    print(f"cohort {seed} done", file=sys.stderr, flush=True)
    return found


def summary_of(seed: int) -> pd.DataFrame:
    """Return summary.csv of one cohort."""
    plan = Plan({**config.load(str(ROOT / "config.yaml"), str(ROOT / "benchmarks/noise.yaml")), "seed": seed})
    with tempfile.TemporaryDirectory() as folder:
        trials, made = recorded(plan, Path(folder), seed)
    tables, chances = [], []
    for protocol in plan.protocols:
        for name, target in plan.fitted():
            if protocol in LEAKY and plan.config.models[name].training:
                continue
            predictions = fitted(plan, protocol, (name, target), trials=trials, made=made)
            named = {name: predictions, "majority": majority(plan, protocol, target, trials=trials, made=made)}
            for model, table in named.items():
                scored = scores.score(table, cell=Cell(protocol, target, model), method=Method(draws=1000, seed=seed))
                tables.append(scored.table)
                chances.append(scored.p)
    keys = ["protocol", "target", "model", "subject", "unit", "metric"]
    every = pd.concat(tables).drop_duplicates(keys)
    p = pd.concat(chances).drop_duplicates([key for key in keys if key != "subject"])
    return summarise(every, p=p, yardsticks=["majority"]).assign(seed=seed)


def recorded(plan: Plan, folder: Path, seed: int) -> tuple[dict[str, pd.DataFrame], dict[tuple[str, str], Any]]:
    """Return the trial table of every subject, and the model input of every (branch, subject)."""
    settings, steps = simulated.Settings(**plan.simulated), plan.config.preprocess
    for subject in plan.subjects:
        simulated.write(folder, subject, settings, seed)
    tables = [pd.read_csv(path) for path in sorted((folder / "ratings").glob("*.csv"))]
    write_csv(folder / "metadata_csv/participant_ratings.csv", simulated.collect_ratings(tables))
    trials, made = {}, {}
    for subject in plan.subjects:
        trials[subject] = deap.trial_table(folder, subject)
        slow = downsample(deap.read(folder, subject, trials[subject]), sfreq=steps.downsample.sfreq)
        narrow, wide = (
            rereference(bandpass(slow, low=band.low, high=band.high), steps.reference)
            for band in (steps.bandpass, steps.eog)
        )
        how = eog.Settings(**steps.eog.model_dump(exclude={"low", "high"}))
        cleaned, _ = eog.remove(narrow, wide, how, duration=plan.not_fitted)
        epochs = segment(cleaned, trials[subject], **plan.config.trial.model_dump())
        n_baseline = round(plan.config.trial.baseline * steps.downsample.sfreq)
        numbers = trials[subject]["trial"].tolist()
        x = epochs.get_data(copy=False) * 1e6
        cut = branches.Trials(x, numbers, epochs.ch_names, steps.downsample.sfreq, n_baseline)
        for name, branch in plan.config.branches.items():
            made[name, subject] = MAKERS[branch.kind](cut, **plan.branch(SimpleNamespace(branch=name)))
    return trials, made


def fitted(plan: Plan, protocol: str, cell: tuple[str, str], *, trials: dict, made: dict) -> pd.DataFrame:
    """Return the predictions of one model for all parts of a protocol."""
    name, target = cell
    model = plan.config.models[name]
    asked = Asked(
        (protocol, target, name),
        plan.target(target),
        model.model_dump(),
        plan.tuning(model) if protocol in TUNED else None,
        plan.split,
        plan.scalings[model.branch],
        plan.config.seed,
    )
    rehearsal = Rehearsal(asked)
    parts = ((part, subjects_of(plan, protocol, part)) for part in plan.parts[protocol])
    tables = [rehearsal.predictions(part, {s: made[model.branch, s] for s in own}, trials) for part, own in parts]
    return pd.concat(tables, ignore_index=True)


def majority(plan: Plan, protocol: str, target: str, *, trials: dict, made: dict) -> pd.DataFrame:
    """Return the predictions of the yardstick for all parts of a protocol."""
    branch, every = next(iter(plan.config.branches)), pd.concat(trials.values(), ignore_index=True)
    found = {}
    for part in plan.parts[protocol]:
        windows = {subject: made[branch, subject] for subject in subjects_of(plan, protocol, part)}
        found[part] = divided(protocol, part, windows, trials, branch=branch, settings=plan.split)
    tables, _ = yardsticks.predict(
        "majority", every, found, plan.target(target), protocol=protocol, seed=plan.config.seed
    )
    return pd.concat(tables.values(), ignore_index=True)


def subjects_of(plan: Plan, protocol: str, part: str) -> list[str]:
    """Return the subjects of a part."""
    return plan.subjects_of(SimpleNamespace(protocol=protocol, part=part))


def main(n_cohorts: int = 20, folder: Path | None = None) -> None:
    """Run the cohorts side by side and print both tables."""
    with ProcessPoolExecutor(os.cpu_count(), mp_context=get_context("spawn")) as pool:
        summary = pd.concat(pool.map(partial(cohort, kept=folder), range(1, n_cohorts + 1)), ignore_index=True)
    of = summary[
        (summary["unit"] == "trial") & (summary["metric"] == "balanced_accuracy") & (summary["model"] != "majority")
    ]
    of = of.assign(excludes=(of["low"] > of["chance"]) | (of["high"] < of["chance"]))
    honest, leaky = of[~of["protocol"].isin(LEAKY)], of[of["protocol"].isin(LEAKY)]
    columns = {
        "mean": ("mean", "mean"),
        "sd": ("mean", "std"),
        "excludes": ("excludes", "sum"),
        "of": ("seed", "count"),
    }
    print("Honest protocols on pure noise, one interval a cohort")
    print(honest.groupby(["protocol", "model", "target"], sort=False).agg(**columns).round(3).to_string(), end="\n\n")
    print("The same noise with windows shuffled: LEAKY")
    print(leaky.groupby(["protocol", "model", "target"], sort=False).agg(**columns).round(3).to_string(), end="\n\n")
    figures: dict[str, float] = {"cells": len(honest), "excluding": honest["excludes"].mean()}
    figures |= {f"excluding_{name}": rows["excludes"].mean() for name, rows in honest.groupby("protocol", sort=False)}
    for protocol in ("window", "trial"):
        binary = of[(of["protocol"] == protocol) & (of["target"] != "quadrant") & of["model"].str.startswith("svm")]
        figures |= {f"{name}_{protocol}": rows["mean"].mean() for name, rows in binary.groupby("model", sort=False)}
    print(json.dumps({name: round(float(value), 4) for name, value in figures.items()}))


if __name__ == "__main__":
    main(*(one(given) for one, given in zip((int, Path), sys.argv[1:], strict=False)))

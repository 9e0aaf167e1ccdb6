"""The pages of 32 subjects of DEAP's size, one after the other in two processes: how long, and how large.

`.venv/bin/python benchmarks/subject_pages.py [n_subjects]` makes up what the default config leaves of a subject (40
trials of 63 s, 2,400 windows under every protocol, target and model, curves, evidence, entropy, explanations) and
writes every page.

Last line, JSON: `seconds` for all pages, `cpu_seconds` of one (median), `megabytes` of the largest.
"""

import json
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from multiprocessing import get_context
from typing import Any

import mne
import numpy as np
import pandas as pd
from pages import SUBJECTS, cells, config, made_up

from eeg import models
from eeg.channels import GENEVA
from eeg.explanations import VALUES
from eeg.features.grid import CELLS
from eeg.importance import WEIGHTS
from eeg.preprocess.scale import Scaler, merge, moments
from eeg.protocols import ACROSS
from eeg.report import words
from eeg.report.explanations import subject_section
from eeg.report.subject import BandEntropy, SubjectFacts, subject_page
from eeg.scalers import Fitted, Key
from eeg.seeds import generator
from eeg.targets import classes

N_TRIALS, N_WINDOWS, N_FOLDS, N_EPOCHS = 40, 60, 10, 30
SFREQ, BASELINE, DURATION = 128, 3, 60
FRONTAL = ("Fp1", "Fp2", "AF3", "AF4")
N_BLINKS = 600


def facts(subject: str) -> SubjectFacts:
    """Return everything a page shows, of the size that a subject of DEAP gives it, every number made up."""
    rng, asked = generator("subject_pages", subject), config()
    ratings = {name: rng.uniform(1, 9, N_TRIALS) for name in ("valence", "arousal", "dominance", "liking")}
    number = np.arange(N_TRIALS) + 1
    trials = pd.DataFrame({"subject": subject, "trial": number, "video": rng.permutation(number), **ratings})
    networks = [
        one
        for one in cells(asked)
        if models.kind(asked["models"].get(one[2], {}).get("network", "majority")) == "network"
    ]
    return SubjectFacts(
        subject=subject,
        source="simulated",
        trials=trials,
        check={
            "subject": subject,
            "verdict": "ok",
            "findings": [],
            "form": "original",
            "bads": [],
            "treatment": "keep",
            "order": "known",
        },
        eog=evidence(rng),
        epochs=epochs(trials, rng),
        scores=scores(),
        predictions={cell: predictions(subject, cell, asked, rng) for cell in cells(asked)},
        targets=asked["targets"],
        provenance={"commit": "none", "date": "today", "versions": {}},
        history={cell: curves(rng) for cell in networks if cell[0] not in ACROSS},
        stages={name: spectrum(rng) for name in ("recorded", "downsampled", "bandpassed", "referenced", "cleaned")},
        excerpt=excerpt(rng),
        entropy=entropy(subject, rng),
        explained=subject_section(explanations(subject, asked, rng), subject, asked),
    )


@cache
def scores() -> pd.DataFrame:
    """Return the scores of all subjects."""
    return made_up(config())[0]


def predictions(
    subject: str, cell: tuple[str, str, str], asked: dict[str, Any], rng: np.random.Generator
) -> pd.DataFrame:
    """Return logits of every window, of a yardstick of every trial."""
    n_windows, n_classes = 1 if cell[2] in asked["yardsticks"] else N_WINDOWS, len(classes(asked["targets"][cell[1]]))
    trial = np.repeat(np.arange(N_TRIALS), n_windows)
    window = np.tile(np.arange(n_windows), N_TRIALS) if n_windows > 1 else -1
    table = pd.DataFrame({"subject": subject, "trial": trial + 1, "window": window, "fold": trial % N_FOLDS})
    return table.assign(
        label=rng.integers(0, n_classes, N_TRIALS)[trial],
        **{f"logit_{code}": rng.normal(size=len(trial)) for code in range(n_classes)},
    )


def epochs(trials: pd.DataFrame, rng: np.random.Generator) -> mne.EpochsArray:
    """Return noise of 10 microvolt."""
    x = rng.standard_normal((N_TRIALS, len(GENEVA), SFREQ * (BASELINE + DURATION)))
    info = mne.create_info(list(GENEVA), SFREQ, "eeg").set_montage("biosemi32")
    return mne.EpochsArray(1e-5 * x, info, tmin=-BASELINE, metadata=trials, verbose="error")


def evidence(rng: np.random.Generator) -> dict[str, Any]:
    """Return the evidence of the removal of eye movements."""
    seconds = np.round(np.arange(-64, 103) / SFREQ, 4)
    shapes = {name: (100 * np.exp(-0.5 * (seconds / 0.08) ** 2)).tolist() for name in FRONTAL}
    errors = {name: np.full(len(seconds), 0.5).tolist() for name in FRONTAL}
    sizes = {"hEOG": float(rng.uniform(0, 0.2)), "vEOG": float(rng.uniform(0, 0.5))}
    channel = {"weights": sizes, "correlation_before": sizes, "correlation_after": sizes, "removed": 2.0}
    posterior = {"channels": ["O1", "O2"], "low": 8, "high": 12, "before": 20.0, "after": 19.5, "change": -0.025}
    return {
        "method": "regression",
        "applied": True,
        "statement": "Regression on hEOG and vEOG.",
        "channels": {name: dict(channel) for name in GENEVA},
        "blinks": {"n": N_BLINKS, "seconds": seconds.tolist(), "before": shapes, "after": shapes}
        | {"before_error": errors, "after_error": errors},
        "shrink": sizes,
        "components": None,
        "alpha": posterior,
        "truth": {"channels": list(FRONTAL), "before": 0.6, "after": 0.25, "weights": 0.2, "share": 0.875},
    }


def curves(rng: np.random.Generator) -> pd.DataFrame:
    """Return the learning curves of ten folds."""
    fold, epoch = (one.ravel() for one in np.indices((N_FOLDS, N_EPOCHS)))
    losses = {name: rng.uniform(0.5, 0.9, fold.size) for name in ("loss", "accuracy", "val_loss", "val_accuracy")}
    return pd.DataFrame({"fold": fold, "epoch": epoch + 1, **losses})


def spectrum(rng: np.random.Generator) -> pd.DataFrame:
    """Return the power of every channel at half hertz."""
    frequency = np.arange(0, 64.5, 0.5)
    return pd.DataFrame({"frequency": frequency, **{name: rng.uniform(0.1, 9, len(frequency)) for name in GENEVA}})


def excerpt(rng: np.random.Generator) -> dict[str, np.ndarray]:
    """Return ten seconds of three stages."""
    n_times = 10 * SFREQ
    stages = {name: rng.normal(size=(len(GENEVA), n_times)) for name in ("downsampled", "referenced", "cleaned")}
    return {"seconds": np.arange(n_times) / SFREQ, "channels": np.array(GENEVA), **stages}


def entropy(subject: str, rng: np.random.Generator) -> BandEntropy:
    """Return five bands of every window, with the scalers of ten folds."""
    values = rng.normal(3, 0.3, (N_TRIALS, N_WINDOWS, len(GENEVA), len(words.BANDS))).astype(np.float32)
    scaler, trial = Scaler.fit(merge(moments(values[:36])), kind="zscore_minmax"), np.arange(36) + 1
    ids = pd.DataFrame({"subject": subject, "trial": trial, "start": -1, "stop": -1})
    fitted = [Fitted(Key(fold=fold), scaler, ids) for fold in range(N_FOLDS)]
    places = {name: list(cell) for name, cell in CELLS.items()}
    about = {
        "channels": list(GENEVA),
        "bands": {name: list(ends) for name, ends in words.BANDS.items()},
        "cells": places,
    }
    return BandEntropy("entropy", values, about, protocol="trial", scalers=fitted)


def explanations(subject: str, asked: dict[str, Any], rng: np.random.Generator) -> pd.DataFrame:
    """Return the subject's rows of `explanations.csv`."""
    bands = list(words.BANDS)
    single = [("channel", name, "", "") for name in GENEVA] + [("band", "", name, "") for name in bands]
    kinds = [("permutation", *one, metric) for metric in ("probability", "balanced_accuracy") for one in single]
    kinds += [("occlusion", "channel_band", name, band, "", "logit") for band in bands for name in GENEVA]
    rows = [
        (protocol, asked["explain"]["target"], model, weights, *one, subject, N_TRIALS, rng.normal(0, 0.02))
        for protocol in asked["explain"]["protocols"]
        for model in asked["explain"]["models"]
        for weights in WEIGHTS
        for one in kinds
    ]
    names = "protocol target model weights kind group channel band time metric subject n value".split()
    table = pd.DataFrame(rows, columns=names).assign(noise=0.03, p=0.5)
    return table.assign(low=table["value"] - 0.02, high=table["value"] + 0.02)[VALUES]


def written(subject: str) -> tuple[float, float]:
    """Return the CPU seconds and the megabytes of a subject's page."""
    given = facts(subject)
    start = time.process_time()
    page = subject_page(given)
    return time.process_time() - start, len(page.encode()) / 1e6


def main(n_subjects: int = 32) -> None:
    """Write the pages and print."""
    start = time.perf_counter()
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        found = np.array(list(pool.map(written, SUBJECTS[:n_subjects])))
    seconds = time.perf_counter() - start
    print(f"{n_subjects} pages in {seconds:.0f} s, made-up facts included; {found[:, 1].max():.1f} MB at most")
    figures = {"seconds": seconds, "cpu_seconds": np.median(found[:, 0]), "megabytes": found[:, 1].max()}
    print(json.dumps({name: round(float(value), 2) for name, value in figures.items()}))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))

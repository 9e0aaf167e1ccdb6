"""A believable cohort, made up: 8 subjects x 24 trials, four protocols, six models and two yardsticks."""

import html
import re
from pathlib import Path

import mne
import numpy as np
import pandas as pd
import pytest
import yaml

from eeg import calibration, statistics
from eeg import scores as scoring
from eeg.channels import EOG, GENEVA
from eeg.features.grid import CELLS
from eeg.method import Method
from eeg.predictions import Cell, confusions
from eeg.preprocess.eog.evidence import NO_BLINKS
from eeg.preprocess.scale import Scaler, merge, moments
from eeg.protocols import LEAKY
from eeg.report import words
from eeg.report.overview import OverviewFacts
from eeg.report.overview.rules import NEEDS, UNTIMED
from eeg.report.subject import BandEntropy, SubjectFacts, left_out, recording
from eeg.scalers import Fitted, Key
from eeg.seeds import generator
from eeg.targets import classes, labels

SUBJECTS = [f"s{number:02d}" for number in range(1, 9)]
N_TRIALS = 24
N_WINDOWS = 5
SKILL = {"window": 1.6, "trial": 0.5, "subject": 0.2, "subject_video": 0.1}
PROVENANCE = {"commit": "0123abc", "date": "2025-01-31", "versions": {"python": "3.11", "mne": "1.13.2"}}
TOOK = {"jobs": 8, "seconds": 96.0, "median_seconds": 12.0, "cpu_seconds": 90.0, "peak_mb": 1234.0}
RULES = {rule: TOOK for rule in NEEDS if rule not in ("segment_release", "refit", "predict", *UNTIMED)}
REST = {"condition": {"column": "condition", "classes": ["rest", "arithmetic"]}}


def config_file():
    """The default config with the entropy models on both ratings, so that every table has several models a target."""
    found = yaml.safe_load((Path(__file__).parents[2] / "config.yaml").read_text(encoding="utf-8"))
    for name in ("ccnn", "mlp"):
        found["models"][name]["targets"] = ["valence", "arousal"]
    return found


def trial_table(subject):
    rng = generator("ratings", subject)
    table = pd.DataFrame({"subject": subject, "trial": np.arange(1, N_TRIALS + 1), "video": rng.permutation(N_TRIALS)})
    ratings = {name: rng.uniform(1, 9, N_TRIALS).round(2) for name in ("valence", "arousal", "dominance", "liking")}
    return table.assign(**ratings, condition=np.where(np.arange(N_TRIALS) % 2, "arithmetic", "rest"))


def predictions_of(trials, target, cell):
    """Return one subject's predictions: logits that lean to the true class as far as the protocol lets them."""
    rng = generator("logits", trials["subject"].iloc[0], *cell)
    yardstick = cell[2] in words.YARDSTICKS
    codes, n_classes = labels(trials, target), len(classes(target))
    n_windows = 1 if yardstick else N_WINDOWS
    label = np.repeat(codes, n_windows)
    lean = 0 if yardstick else SKILL[cell[0]]
    logits = lean * np.eye(n_classes)[label] + (0 if yardstick else 1) * rng.normal(size=(len(label), n_classes))
    logits[:, 0] += 1.0 * yardstick
    window = np.full(len(label), -1) if yardstick else np.tile(np.arange(n_windows), len(trials))
    trial = np.repeat(trials["trial"].to_numpy(), n_windows)
    keys = {"subject": trials["subject"].iloc[0], "trial": trial, "window": window, "fold": trial % 4, "label": label}
    return pd.DataFrame(keys | {f"logit_{code}": logits[:, code].astype("float32") for code in range(n_classes)})


def cells(config):
    targets = {name: model["targets"] for name, model in config["models"].items()}
    targets |= {name: list(config["targets"]) for name in config["yardsticks"]}
    return [(protocol, t, model) for protocol in config["protocols"] for model, own in targets.items() for t in own]


@pytest.fixture(scope="session")
def config():
    return config_file()


@pytest.fixture(scope="session")
def cohort(config):
    return make_cohort(config)


def make_cohort(config):
    """Return predictions by cell and the three tables made from them, as the pipeline makes them."""
    tables = [trial_table(subject) for subject in SUBJECTS]
    predictions = {
        cell: pd.concat([predictions_of(trials, config["targets"][cell[1]], cell) for trials in tables])
        for cell in cells(config)
    }
    scored = [scoring.score(table, cell=Cell(*cell), method=Method(draws=50)) for cell, table in predictions.items()]
    scores = pd.concat([one.table for one in scored], ignore_index=True)
    p = pd.concat([one.p for one in scored], ignore_index=True)
    return {
        "predictions": predictions,
        "scores": scores,
        "calibration": pd.DataFrame(
            [(*cell, 8, 192, 0.1, 0.05, 0.15) for cell in predictions], columns=calibration.COLUMNS
        ),
        "confusion": pd.concat([confusions(table, cell=Cell(*cell)) for cell, table in predictions.items()]),
        "summary": words.noted(statistics.summarise(scores, p=p, yardsticks=config["yardsticks"]), []),
        "comparisons": words.noted(statistics.compare(scores, leaky=LEAKY, yardsticks=config["yardsticks"]), []),
    }


def make_epochs(trials, *, duration=6.0, sfreq=128.0, channels=GENEVA):
    """Return trials of pink-ish noise with 10 Hz alpha, 20 microvolt."""
    rng = generator("epochs")
    times = np.arange(-3, duration, 1 / sfreq)
    noise = np.cumsum(rng.normal(size=(len(trials), len(channels), len(times))), axis=-1)
    noise -= np.linspace(noise[..., 0], noise[..., -1], len(times), axis=-1)
    x = 2e-6 * noise + 8e-6 * np.sin(2 * np.pi * 10 * times + rng.uniform(0, 6, (len(trials), len(channels), 1)))
    info = mne.create_info(list(channels), sfreq, "eeg").set_montage("biosemi32")
    return mne.EpochsArray(x, info, tmin=-3.0, metadata=trials.reset_index(drop=True), verbose="error")


def make_eog(**changes):
    seconds = np.round(np.arange(-64, 103) / 128, 4)
    blink = np.exp(-0.5 * (seconds / 0.08) ** 2)
    frontal = {"Fp1": 110.0, "Fp2": 105.0, "AF3": 70.0, "AF4": 66.0}
    near = np.linspace(0.8, 0.05, len(GENEVA))
    posterior = {"channels": ["P3", "P4", "O1", "O2"], "low": 8, "high": 12}
    return {
        "subject": "s01",
        "method": "regression",
        "applied": True,
        "statement": "Regression on hEOG and vEOG was applied to 32 EEG channels.",
        "fit": "recording",
        "weights": "events",
        "eog_channels": list(EOG),
        "channels": {
            name: {
                "weights": {"hEOG": 0.1 * r, "vEOG": 0.2 * r},
                "correlation_before": {"hEOG": -r / 2, "vEOG": r},
                "correlation_after": {"hEOG": 0.02, "vEOG": -0.06},
                "removed": 4 * r,
            }
            for name, r in zip(GENEVA, near.tolist(), strict=True)
        },
        "blinks": {
            "n": 41,
            "times": [1.0],
            "seconds": seconds.tolist(),
            "before": {name: (height * blink).tolist() for name, height in frontal.items()},
            "after": {name: (0.05 * height * blink).tolist() for name, height in frontal.items()},
            "before_error": {name: (0.04 * height * blink + 1).tolist() for name, height in frontal.items()},
            "after_error": {name: np.ones(len(blink)).tolist() for name in frontal},
        },
        "shrink": {"hEOG": 0.62, "vEOG": 0.81},
        "components": None,
        "alpha": posterior | {"before": 20.0, "after": 19.5, "change": -0.025},
        "truth": {"channels": ["Fp1", "Fp2"], "before": 0.6, "after": 0.25, "weights": 0.2, "share": 0.875},
    } | changes


def make_ica(**changes):
    channels = {name: one | {"weights": {}} for name, one in make_eog()["channels"].items()}
    removed = [{"index": 0, "scores": {"hEOG": 0.08, "vEOG": -0.93}}, {"index": 4, "scores": {"hEOG": 0.71}}]
    components = {"algorithm": "picard", "fitted": 20, "limit": 4, "removed": removed}
    ica = {"method": "ica", "weights": None, "channels": channels, "shrink": {}, "components": components}
    return make_eog(**ica, **changes)


def no_eog(**changes):
    blinks = NO_BLINKS
    statement = "The source has no usable EOG channels: nothing was removed."
    empty = {"eog_channels": [], "channels": {}, "blinks": blinks, "shrink": {}, "weights": None, "fit": "recording"}
    empty |= dict.fromkeys(["components", "alpha", "truth"])
    return {"subject": "s01", "method": "none", "applied": False, "statement": statement} | empty | changes


def make_check():
    finding = {
        "code": "triggers_placed",
        "severity": "warn",
        "message": "37 of 40 video triggers were found",
        "where": "trial 4, trial 9, trial 11",
        "remedy": "Place the trials by their start times.",
    }
    about = {"form": "original", "bads": [], "treatment": "keep", "repaired": False, "order": "presentation"}
    return {"subject": "s01", "verdict": "warn", "findings": [finding], **about, "trials": {}}


def make_history():
    epoch = np.arange(1, 16)
    rows = {"epoch": epoch, "loss": np.exp(-epoch / 8), "accuracy": 0.5, "val_loss": 0.8 + 0 * epoch}
    return pd.concat([pd.DataFrame({"fold": fold, **rows, "val_accuracy": 0.5}) for fold in range(4)])


def make_entropy():
    """Return noise in nats, to which high valence adds one at F4 in alpha, and a scaler of the trials 1 to 18."""
    trials, bands = trial_table("s01"), {name: list(words.BANDS[name]) for name in ("alpha", "gamma")}
    values = generator("entropy").normal(3.0, 0.3, (N_TRIALS, N_WINDOWS, len(GENEVA), len(bands))).astype(np.float32)
    values[trials["valence"] > 5, :, GENEVA.index("F4"), list(bands).index("alpha")] += 1.0
    about = {"channels": list(GENEVA), "bands": bands, "cells": {name: list(cell) for name, cell in CELLS.items()}}
    scaler = Scaler.fit(merge(moments(values[:18])), kind="zscore_minmax")
    ids = pd.DataFrame({"subject": "s01", "trial": range(1, 19), "start": -1, "stop": -1})
    return BandEntropy("entropy", values, about, protocol="trial", scalers=[Fitted(Key(fold=0), scaler, ids)])


def subject_facts(cohort, config, *, subject="s01", epochs=None, **changes):
    trials = trial_table(subject)
    given = {
        "subject": subject,
        "source": config["source"],
        "trials": trials,
        "check": make_check(),
        "eog": make_eog(),
        "epochs": make_epochs(trials) if epochs is None else epochs,
        "scores": cohort["scores"],
        "predictions": cohort["predictions"],
        "targets": config["targets"],
        "provenance": PROVENANCE,
    }
    return SubjectFacts(**(given | changes))


def overview_facts(cohort, config, **changes):
    tables = {name: cohort[name] for name in OverviewFacts.TABLES}
    verdicts = dict.fromkeys(SUBJECTS, "ok") | {"s03": "warn"}
    given = {"config": config, "subjects": verdicts, "n_trials": 192, "provenance": PROVENANCE}
    return OverviewFacts(**(given | tables | changes))


def words_of(page):
    """Return the text of a page as a reader sees it, blanks joined."""
    page = re.sub(r"<(style|script)\b.*?</\1>|</?(?:span|strong)[^>]*>", "", page, flags=re.DOTALL)
    return html.unescape(" ".join(re.sub("<[^>]*>", " ", page).split()))


@pytest.fixture(scope="session", name="words_of")
def words_of_fixture():
    return words_of


@pytest.fixture(scope="session")
def make():
    """Return the factories of this file by name."""
    factories = (subject_facts, overview_facts, trial_table, make_epochs, make_check, make_history, make_cohort)
    evidence = (make_eog, make_ica, no_eog, make_entropy)
    return {factory.__name__: factory for factory in (*factories, *evidence)}


@pytest.fixture
def undrawn(monkeypatch):
    """Leave figures as they are built: turning them into pixels takes most of a page's time, and few tests need it."""
    monkeypatch.setattr("eeg.report.page.picture", lambda figure: b"")


@pytest.fixture
def brief(monkeypatch):
    """Leave a subject's page its frame and the sections that have words alone."""
    monkeypatch.setattr("eeg.report.subject.page.SECTIONS", (recording.section_of, left_out.section_of))

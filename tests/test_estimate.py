"""What `make plan` says, without timing a network."""

from pathlib import Path

import pytest

from eeg import config
from eeg.estimate import Estimate, report
from eeg.plan import Plan

ROOT = Path(__file__).parents[1]


def made(**simulated):
    """The default experiment with the SVM alone, so that nothing needs Keras."""
    whole = config.load(ROOT / "config.yaml")
    whole["models"] = {name: model if name == "svm" else None for name, model in whole["models"].items()}
    whole["explain"] = {**whole["explain"], "models": ["svm"]}
    whole["simulated"] = {**whole["simulated"], **simulated}
    return Plan(whole)


def test_jobs_are_those_the_snakefile_has():
    whole = Plan(config.load(ROOT / "config.yaml"))
    counts = Estimate(whole).counts()
    fits = sum(len(parts) for parts in whole.parts.values()) * len(whole.fitted())
    assert sum(counts.values()) + fits == 426  # the Job stats of a dry run, without `all`
    assert fits == 192


def test_costs_grow_with_the_cohort():
    small, large = Estimate(made()), Estimate(made(n_subjects=32, n_trials=40))
    assert large.disk() > 5 * small.disk()
    assert large.memory() < 3
    assert large.fits()["svm"].jobs == 3 * (32 + 32 + 4 + 4)


def test_the_report_names_jobs_time_disk_and_memory():
    text = report(made())
    for word in ("8 subjects, 24 trials each, 4 folds", "jobs    ", "time    about", "disk    about", "memory  about"):
        assert word in text


def test_tuning_learns_the_rows_again_and_again():
    plain = made()
    tuned = Plan({**plain.config.model_dump(), "tuning": {"enabled": True, "candidates": 8, "folds": 3}})
    svm = plain.config.models["svm"]
    assert Estimate(plain).tuned(svm) == 0
    # two thirds of the rows in each of three folds: eight candidates on a third of them, then three on all
    assert Estimate(tuned).tuned(svm) == pytest.approx(2 * (8 / 3 + 3))

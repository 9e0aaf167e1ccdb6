"""The reporting checklist answers from the files of the run."""

import pytest

from eeg.report import words
from eeg.report.checklist import checklist


@pytest.fixture
def facts(make):
    about = {
        "statement": "Training and test share the subject.",
        "warnings": ["s02: 2 trials of class low for 4 folds"],
    }
    return {
        "subjects": 8,
        "trials": 192,
        "checks": [make["make_check"](), make["make_check"]() | {"subject": "s02", "verdict": "ok"}],
        "classes": {"valence": {"low": 90, "high": 102}},
        "splits": {"trial": [about], "window": [about | {"statement": "LEAKY: much."}]},
        "guard": {"scalers": [{"n_scalers": 32}, {"n_scalers": 8}]},
        "guard_fits": {"n_fits": 160, "n_folds": 400},
        "origin": {"commit": "0123abc"},
    }


def test_every_answer_is_the_run_s(config, cohort, facts):
    text = checklist(config, facts, cohort["summary"])
    for part in (
        "8 subjects, 192 trials",
        "s01 (warn)",
        "valence: low 90, high 102",
        words.LABEL_FREE,
        "  - trial: Training and test share the subject.",
        "  - window: LEAKY: much.",
        "s02: 2 trials of class low for 4 folds",
        f"window. {words.LEAKY_WHY}",
        "40 scalers and 160 fits of 400 folds",
        "1000 permutations",
        "majority and video_prior",
        "seed 1; commit 0123abc",
    ):
        assert part in text


def test_the_smallest_effect_is_of_models_under_honest_protocols(config, cohort, facts):
    own = cohort["summary"].query("unit == 'trial' and metric == 'balanced_accuracy' and protocol != 'window'")
    own = own[~own["model"].isin(words.YARDSTICKS)]["detectable"]
    text = checklist(config, facts, cohort["summary"])
    assert f"{own.min():.2f} to {own.max():.2f} in balanced accuracy over chance" in text
    blank = cohort["summary"].assign(detectable=float("nan"))
    assert "not known" in checklist(config, facts, blank)

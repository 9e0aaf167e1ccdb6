"""The reporting checklist answers from the files of the run."""

import pytest

from eeg.doctor import finding
from eeg.report import words
from eeg.report.checklist import checklist

LEAKY = "LEAKY: training and test share the subject and the trials"


@pytest.fixture
def facts(make):
    about: dict = {"warnings": ["s01: no trial of class low (valence)"]}
    rare = finding("rare_class", "s02 has 2 trials of low (valence) for 4 folds.", remedy="None.")
    return {
        "subjects": 8,
        "trials": 192,
        "checks": [
            make["make_check"](),
            make["make_check"]() | {"subject": "s02", "verdict": "ok", "findings": [rare]},
        ],
        "classes": {"valence": {"low": 90, "high": 102}},
        "splits": {
            ("trial", "entropy"): [about, about],
            ("window", "entropy"): [about | {"shared": [384, 380, 0]}, about | {"shared": [384, 384, 2]}],
            ("window", "windows"): [about | {"shared": [10, 9, 8]}],
        },
        "guard": {"scalers": [{"n_scalers": 32}, {"n_scalers": 8}]},
        "guard_fits": {"n_fits": 160, "n_folds": 400, "n_yardsticks": 24},
        "origin": {"commit": "0123abc"},
    }


def test_every_answer_is_the_run_s(config, cohort, facts):
    text = checklist(config, facts, cohort["summary"])
    for part in (
        "8 subjects, 192 trials",
        "s01 (warn)",
        "valence: low 90, high 102",
        words.LABEL_FREE,
        "\n  - trial, branch entropy: Training and test share the subject; no trial, no window and no sample",
        f"\n  - window, branch entropy: {LEAKY}; of 768 test windows 764 have training or validation windows of "
        "their own trial, and 2 share samples with one.\n",
        f"\n  - window, branch windows: {LEAKY}; of 10 test windows 9 ",
        "**Classes rarer than folds**: s02 has 2 trials of low (valence) for 4 folds.",
        f"window. {words.LEAKY_WHY}",
        "40 scalers and 160 fits of 400 folds",
        "So were 24 sets of predictions without EEG",
        "every tested label was made again",
        "**Said of splits**: \n  - trial, s01: no trial of class low (valence)\n  - window, s01: no trial of class low",
        "1000 permutations",
        "majority and video_prior",
        "seed 1; commit 0123abc",
    ):
        assert part in text
    assert text.count("no trial of class low (valence)") == 2


def test_the_smallest_effect_is_of_models_under_honest_protocols(config, cohort, facts):
    own = cohort["summary"].query("unit == 'trial' and metric == 'balanced_accuracy' and protocol != 'window'")
    own = own[~own["model"].isin(words.YARDSTICKS)]["detectable"]
    text = checklist(config, facts, cohort["summary"])
    assert f"{own.min():.2f} to {own.max():.2f} in balanced accuracy over chance" in text
    blank = cohort["summary"].assign(detectable=float("nan"))
    assert "not known" in checklist(config, facts, blank)


@pytest.mark.parametrize(("bads", "treated"), [("interpolate", "by spherical splines"), ("drop", "left out")])
def test_channels_chosen_by_whole_recordings_are_among_what_saw_test_trials(config, cohort, facts, bads, treated):
    plain = checklist(config, facts, cohort["summary"])
    assert "flat, clipped or noisy" not in plain
    told = checklist(config | {"check": config["check"] | {"bads": bads}}, facts, cohort["summary"])
    assert words.label_free(bads) in told
    assert "flat, clipped or noisy was likewise judged by whole recordings" in told
    assert treated in words.label_free(bads)

"""The methods text follows the config."""

import pytest

from eeg.channels import GENEVA
from eeg.config import check
from eeg.report import words
from eeg.report.methods import listed, methods_text

FACTS = {
    "subjects": 8,
    "trials": 192,
    "sfreq": 512.0,
    "channels": GENEVA,
    "eog_applied": 8,
    "versions": {"mne": "1.13"},
}


def test_the_default_experiment_is_described_whole(config):
    text = methods_text(check(config).model_dump(), FACTS)
    for part in (
        words.SIMULATED,
        "8 subjects with 192 trials",
        "32 EEG channels were used: Fp1, AF3",
        "brought to 128 Hz",
        "4-45 Hz",
        "average of the EEG channels",
        "a copy filtered to 1-45 Hz",
        "high means valence > 5 and arousal > 5",
        "slow_alpha 8-10 Hz",
        "without baseline subtraction",
        "z-score followed by min-max per channel and band",
        "learning_rate 0.002",
        "4 folds",
        "1000 permutations",
        words.LABEL_FREE,
        words.LEAKY_WHY,
        "mne 1.13",
        "tensorflow",
    ):
        assert part in text
    assert all(f"- {model}: " in text for model in config["models"])


def test_other_recordings_are_not_called_simulated(config):
    text = methods_text(config | {"source": "deap"}, FACTS)
    assert "imulat" not in text
    assert "DEAP recordings of 8 subjects" in text
    assert "Koelstra" in text
    assert "Koelstra" not in methods_text(config | {"source": "recordings"}, FACTS)


@pytest.mark.parametrize(("method", "applied", "why"), [("none", 8, "by choice"), ("regression", 0, "for want of EOG")])
def test_removal_that_did_not_happen_is_not_claimed(config, method, applied, why):
    eog = config["preprocess"]["eog"] | {"method": method}
    changed = config | {"preprocess": config["preprocess"] | {"eog": eog, "reference": "none"}}
    text = methods_text(changed, FACTS | {"eog_applied": applied})
    assert f"were not removed ({why}" in text
    assert "average of the EEG" not in text


def test_only_branches_in_use_are_described(config):
    models = {"svm": config["models"]["svm"]}
    text = methods_text(config | {"models": models, "protocols": ["trial"]}, FACTS)
    assert "Branch windows" not in text
    assert "LEAKY" not in text


def test_unknown_channels_are_not_counted(config):
    assert "EEG channels were used" not in methods_text(config, FACTS | {"channels": []})


def test_lists_read_as_sentences():
    assert [listed(names) for names in ([], ["a"], ["a", "b"], ["a", "b", "c"])] == [
        "none",
        "a",
        "a and b",
        "a, b and c",
    ]


def test_a_release_bad_channels_and_repaired_labels_are_described(config):
    config = check(config | {"deap": {**config["deap"], "form": "matlab"}}).model_dump()
    about = {"subject": "s02", "bads": ["Oz"], "treatment": "interpolate", "repaired": True}
    text = methods_text(config, FACTS | {"checks": [about]})
    assert words.RELEASED in text
    assert "brought to 128 Hz" not in text
    assert "(s02: Oz) were interpolated from their neighbours by spherical splines." in text
    assert f"**{words.REPAIRED}** (s02). {words.REPAIRED_WHY}" in text
    assert words.REPAIRED not in methods_text(config, FACTS)

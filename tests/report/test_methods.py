"""The methods text follows the config."""

import pytest

from eeg.channels import GENEVA
from eeg.config import check
from eeg.features import definitions
from eeg.report import words
from eeg.report.methods import methods_text
from eeg.report.phrases import listed

FACTS = {
    "subjects": 8,
    "trials": 192,
    "sfreq": 512.0,
    "channels": GENEVA,
    "eog_applied": 8,
    "eog_channels": ["hEOG", "vEOG"],
    "fits": [],
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
        "learning rate of 0.002",
        "4 folds",
        "1000 permutations",
        words.LABEL_FREE,
        words.LEAKY_WHY,
        "mne 1.13",
        "tensorflow",
    ):
        assert part in text
    assert all(f"- {model}: " in text for model in config["models"])


def test_classes_are_not_called_spread_over_folds_of_one_trial(config):
    alone = config | {"split": config["split"] | {"leave_one_out": ["trial"]}}
    assert "as evenly as they divide." in methods_text(check(config).model_dump(), FACTS)
    assert "as evenly as they divide, but under trial, where a fold tests one." in methods_text(alone, FACTS)


def test_a_choice_of_channels_by_whole_recordings_is_disclosed(config):
    for source in (config, config | {"source": "deap", "deap": config["deap"] | {"form": "python"}}):
        assert words.label_free("drop") in methods_text(source | {"check": {"bads": "drop"}}, FACTS)
        assert "likewise judged by whole recordings" not in methods_text(source, FACTS)


def test_keras_is_not_named_where_there_is_no_network_nor_leaks_that_there_cannot_be(config):
    svm = config["models"]["svm"]
    few = config | {"models": {"svm": svm}, "explain": config["explain"] | {"enabled": False}}
    unscaled = {name: one | {"scaler": "none"} for name, one in config["branches"].items()}
    text = methods_text(few | {"branches": unscaled}, FACTS)
    assert "Keras" not in text.split("## Software")[1]
    assert "Seed 1. Versions" in text
    assert "scalers fitted on a fold" not in text
    assert "baseline subtracted or kept, windows disjoint" in text
    whole = methods_text(config, FACTS)
    assert "Networks ran on Keras with the tensorflow backend; seed 1." in whole
    assert "baseline subtracted or kept, scalers fitted on a fold's training trials or on all trials, windows" in whole
    assert "dealt once and without a gap, nothing is tuned" in whole


def test_intervals_to_be_distrusted_are_named_where_there_are_such(config):
    said = "Under trial the intervals of NLL and Brier exclude chance too often"
    assert said in methods_text(config, FACTS)
    assert said not in methods_text(config | {"protocols": ["subject"]}, FACTS)


def test_other_recordings_are_not_called_simulated(config):
    text = methods_text(config | {"source": "deap"}, FACTS)
    assert "imulat" not in text
    assert "DEAP recordings of 8 subjects" in text
    assert "Koelstra" in text
    assert "Koelstra" not in methods_text(config | {"source": "recordings"}, FACTS)


def test_folds_without_a_trial_to_stop_by_are_explained_where_there_may_be_any(config):
    band = {"valence": config["targets"]["valence"] | {"exclude": 1.0}}
    assert words.UNSTOPPED in methods_text(config | {"targets": config["targets"] | band}, FACTS)
    assert words.UNSTOPPED not in methods_text(config, FACTS)


def with_eog(config, **changes):
    eog = config["preprocess"]["eog"] | changes
    return config | {"preprocess": config["preprocess"] | {"eog": eog}}


@pytest.mark.parametrize(
    ("changes", "applied", "why"),
    [
        ({"method": "none"}, 8, "by choice"),
        ({"method": "regression"}, 0, "no EOG channels, or none with eye movements"),
        ({"method": "ica"}, 0, "no EOG channels, or none with eye movements, or no components that follow them"),
    ],
)
def test_removal_that_did_not_happen_is_not_claimed(config, changes, applied, why):
    changed = with_eog(config, **changes)
    changed["preprocess"]["reference"] = "none"
    text = methods_text(changed, FACTS | {"eog_applied": applied})
    assert f"were not removed ({why})." in text
    assert "average of the EEG" not in text


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"weights": "events"}, "regression on hEOG and vEOG with weights from averages around blinks and saccades"),
        ({"weights": "samples"}, "regression on hEOG and vEOG with weights from all samples"),
        ({"shrink": True}, ", times the eyes' share of the EOG channels' power in the pass-band, less wherever"),
        ({"shrink": True}, "the EOG between events is louder than usual, trials included. The weights were"),
        ({"fit": "recording"}, "The weights were fitted on the whole recording, in a copy filtered to 1-45 Hz, and"),
        ({"fit": "outside_trials"}, "fitted on the baselines and pauses between trials, in a copy filtered"),
    ],
)
def test_the_regression_is_described_as_it_was_set(config, changes, said):
    text = methods_text(with_eog(config, **changes), FACTS)
    assert "Eye movements and blinks were removed in 8 of 8 subjects by regression" in text
    assert said in text
    assert "applied to the signals of 4-45 Hz" in text
    assert ("eyes' share" in text) == changes.get("shrink", config["preprocess"]["eog"]["shrink"])


def test_unshrunken_weights_are_not_called_shrunken(config):
    assert "eyes' share" not in methods_text(with_eog(config, shrink=False), FACTS)


def test_components_are_described_as_they_were_set(config):
    ica = {"algorithm": "fastica", "components": 15, "threshold": 2.5, "most": 3}
    text = methods_text(with_eog(config, method="ica", ica=ica), FACTS | {"eog_channels": ["vEOG"]})
    assert "by independent component analysis (fastica, at most 15 components)" in text
    assert "whose correlation with vEOG had a z-score above 2.5 were taken out, at most 3 per subject." in text
    assert "The components were fitted on the whole recording" in text
    assert "by regression" not in text


def test_only_branches_in_use_are_described(config):
    models = {"svm": config["models"]["svm"]}
    text = methods_text(config | {"models": models, "protocols": ["trial"]}, FACTS)
    assert "Branch windows" not in text
    assert "LEAKY" not in text


def test_unknown_channels_are_not_counted(config):
    assert "EEG channels were used" not in methods_text(config, FACTS | {"channels": []})


@pytest.mark.parametrize("definition", definitions.names())
def test_the_entropy_is_described_as_its_definition_does(config, definition):
    changes = {"definition": definition, "baseline": "subtract"}
    branches = {**config["branches"], "entropy": {**config["branches"]["entropy"], **changes}}
    text = methods_text(config | {"branches": branches}, FACTS)
    one = definitions.definition(definition)
    assert f"gamma 30-45 Hz, {one.STATEMENT}, in windows of 1 s every 1 s, {one.SUBTRACTED}; " in text
    assert "bands that reach there" not in text


def test_bands_that_the_signals_do_not_hold_are_named(config):
    changes = {"definition": "libeer", "bands": "libeer5"}
    branches = {**config["branches"], "entropy": {**config["branches"]["entropy"], **changes}}
    text = methods_text(config | {"branches": branches}, FACTS)
    assert "Outside 4-45 Hz the signals hold what filters left" in text
    assert "bands that reach there: delta and gamma." in text


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


def test_it_says_how_models_were_explained_where_they_were(config):
    text = methods_text(config, FACTS)
    assert "## Explanations\n\nWhat ccnn, logistic go by in arousal (trial) was measured on tested trials" in text
    assert "at most 16 windows of a trial" in text
    off = config | {"explain": config["explain"] | {"enabled": False}}
    assert "Explanations" not in methods_text(off, FACTS)
    every = config | {"explain": config["explain"] | {"windows": None}}
    assert "all windows of a trial" in methods_text(every, FACTS)

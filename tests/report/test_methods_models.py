"""The methods text tells every model by its layers, its training as it was, and where a temperature was fitted."""

import pytest

from eeg import models
from eeg.report import words
from eeg.report.facts import learnt
from eeg.report.methods_models import DESCRIBED, model, temperatures, training
from eeg.report.methods_models import models as told

OTHER = {
    "recurrent": [48, 24],
    "last": "state",
    "filters": [8, 8, 8, 8],
    "kernels": [3, 3, 3, 1],
    "hidden": [7],
    "activation": "tanh",
    "C": [3.0],
    "gamma": [0.5],
    "kernel": "nystroem",
    "class_weight": None,
    "rows_per_trial": 3,
    "initial": {"standardised": "glorot", "lecun": "authors"},
}


def other(setting, value):
    """Return another value than the configured one."""
    if isinstance(value, int | float):
        return value + 1
    return OTHER[setting][value] if setting == "initial" else OTHER[setting]


def test_every_model_has_words_of_its_own_and_an_unknown_one_its_settings(config):
    assert sorted(DESCRIBED) == sorted(models.names("network", "estimator"))
    own = config["models"]["mlp"] | {"network": "mine", "settings": {"width": 3, "depth": [1, 2]}}
    assert model(own) == "on branch entropy for valence and arousal: mine (width 3, depth 1-2)"


@pytest.mark.parametrize("name", ["cnn_lstm", "cnn_gru", "ccnn", "mlp", "svm", "logistic"])
def test_every_setting_is_told(config, name):
    own = config["models"][name]
    for setting, value in own["settings"].items():
        if name in ("svm", "logistic") and setting == "components":
            continue
        changed = own | {"settings": own["settings"] | {setting: other(setting, value)}}
        assert model(changed) != model(own), setting
    assert sorted(own["settings"]) == sorted(models.setting_names(name))


def test_layers_are_told_in_their_order(config):
    assert model(config["models"]["cnn_lstm"]) == (
        "on branch windows for quadrant: two blocks of a convolution over time (32 filters of 3 samples, no padding, "
        "ReLU), max pooling over 2 samples with dropout of 0.2; two LSTM layers of 32 and 32 units, each with dropout "
        "of 0.2, the second handing on the states of all times; a dense layer of 32 units (ReLU); a logit for each "
        "class; Keras' own initial values, those of the first convolution adapted to mean and standard deviation of "
        "each channel's training windows"
    )
    assert "two GRU layers of 32 and 32 units" in model(config["models"]["cnn_gru"])
    ccnn = model(config["models"]["ccnn"])
    assert "4 convolutions over the grid without pooling (16, 32, 64 and 16 filters of 4 x 4, 4 x 4, 4 x 4" in ccnn
    assert "a dense layer of 64 units (SELU) with dropout of 0.5" in ccnn
    svm = config["models"]["svm"] | {"settings": config["models"]["svm"]["settings"] | {"kernel": "nystroem"}}
    assert "a radial kernel approximated by 300 Nystroem features" in model(svm)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({}, "Adam on the cross-entropy of the logits, at a learning rate of 0.002, in shuffled batches of 32 windows"),
        ({}, "the norm of the whole gradient clipped at 1, in float32."),
        ({}, "At most 16 epochs were trained, until the validation loss had not fallen for 5, and the best was kept."),
        ({"patience": None}, "All 16 epochs were trained and the last was kept; nothing was held out to stop by."),
        ({"clip": None}, "gradients not clipped, in float32."),
        ({"balance": "weights"}, "classes weighted to count the same in the loss"),
        ({"balance": "batches"}, "batches drawn to hold every class equally often"),
        ({"precision": "mixed"}, "products in bfloat16"),
    ],
)
def test_training_is_told_as_it_was_set(config, changes, sentence):
    assert sentence in training(config["models"]["mlp"]["training"] | changes, [])


def record(protocol, name, temperature=None, **changes):
    fold = {"tuning": None, "epochs": 8, "parameters": {"trainable": 1234}, "temperature": temperature and {}}
    fold |= {"temperature_value": temperature or 1.0}
    return {"protocol": protocol, "model": name, "folds": [fold | changes, fold | {"epochs": 12} | changes]}


def test_networks_that_were_trained_alike_share_a_sentence_and_say_what_came_of_it(config):
    models = config["models"] | {
        "ccnn": config["models"]["ccnn"] | {"training": config["models"]["ccnn"]["training"] | {"patience": None}}
    }
    changed = config | {"models": models}
    text = told(changed, learnt(changed, [record("trial", "mlp"), record("trial", "svm", parameters={"rows": 9})]))
    assert "Training of cnn_lstm, cnn_gru and mlp: " in text
    assert "Training of ccnn: " in text
    assert "Folds took 8 to 12 (median 10)." in text
    assert text.count("1,234 trainable parameters") == 1
    assert text.count("Folds took") == 1


def test_settings_chosen_in_fewer_inner_folds_than_asked_are_counted(config):
    def chosen(*inner):
        folds = [{"parameters": {"candidates": 9, "inner_folds": number}} for number in inner]
        records = [record("trial", "svm", **one) for one in folds]
        return told(config, learnt(config, records))

    asked = "chosen in each fold in at most 3 inner folds"
    few = "of 6 folds some had classes too rare for so many inner ones (2 in 2, none in 2)"
    assert f"{asked}; classes weighted to count the same; fitted on at most 10 windows of a trial; {few}." in chosen(
        3, 2, 0
    )
    assert "too rare" not in chosen(3, 3)
    alone = {"models": {"mine": {"network": "mine.py", "branch": "entropy", "targets": ["arousal"], "settings": {}}}}
    alone["models"]["mine"] |= {"training": None}
    fits = learnt(alone, [record("trial", "mine", parameters={"candidates": 2, "inner_folds": 3})])
    assert "too rare" not in told(config | alone, fits)
    assert "too rare" not in told(config, learnt(config, [record("trial", "svm", parameters={"rows": 9})]))


def test_yardsticks_with_outside_information_are_told_to_have_it(config):
    sentence = f"video_prior under trial and window: {words.OUTSIDE_WHY}"
    assert sentence in told(config, [])
    assert words.OUTSIDE_WHY not in told(config | {"protocols": ["subject", "subject_video"]}, [])
    assert words.OUTSIDE_WHY not in told(config | {"yardsticks": ["majority"]}, [])


def test_temperatures_are_counted_and_the_others_explained(config):
    models = config["models"] | {
        "ccnn": config["models"]["ccnn"] | {"training": config["models"]["ccnn"]["training"] | {"patience": None}}
    }
    records = [
        record("subject", "svm", temperature=1.25),
        record("subject", "mlp", temperature=0.8),
        record("trial", "mlp"),
        record("window", "mlp"),
        record("window", "ccnn"),
        record("subject", "ccnn"),
        record("subject", "mlp", tuning={"chosen": {"patience": None}}),
    ]
    text = temperatures(learnt(config | {"models": models}, records))
    assert "at least 80 whole trials for validation" in text
    assert "in 4 of 14 folds of models (0.80 to 1.25)." in text
    assert "2 held out fewer, 4 held out single windows and no whole trials (window) and 4 held out none" in text


def test_nothing_is_said_of_other_folds_where_all_have_a_temperature(config):
    text = temperatures(learnt(config, [record("subject", "svm", temperature=2.0)]))
    assert text.endswith("in 2 of 2 folds of models (2.00 to 2.00).")

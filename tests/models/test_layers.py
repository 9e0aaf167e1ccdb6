"""The networks as layers: those of the papers."""

import numpy as np
import pytest

from tests.models.test_networks import CCNN, RNN, learner

PAPER_RNN = {**RNN, "filters": 128, "recurrent": [256, 32], "dense": 128}
PAPER_CCNN = {**CCNN, "filters": [64, 128, 256, 64], "dense": 1024, "initial": "authors", "l2": 0.5}


def rows(model):
    return [
        (layer.__class__.__name__, tuple(layer.output.shape[1:]), layer.count_params()) for layer in model.layers[1:]
    ]


def test_ccnn_has_the_paper_s_layers_and_parameters():
    model = learner("ccnn", shape=(9, 9, 4), settings=PAPER_CCNN).model
    assert model.count_params() == 5_987_842
    assert rows(model) == [
        ("Conv2D", (9, 9, 64), 4160),
        ("Conv2D", (9, 9, 128), 131_200),
        ("Conv2D", (9, 9, 256), 524_544),
        ("Conv2D", (9, 9, 64), 16_448),
        ("Flatten", (5184,), 0),
        ("Dense", (1024,), 5_309_440),
        ("Dropout", (1024,), 0),
        ("Dense", (2,), 2050),
    ]


def test_ccnn_starts_as_its_authors_did_and_its_penalty_is_coupled():
    model = learner("ccnn", settings={**CCNN, "initial": "authors", "l2": 0.5}).model
    values = [weight.numpy() for weight in model.trainable_variables]
    assert all((value == np.float32(0.1)).all() for value in values if value.ndim == 1)
    # Keras' truncated normal cuts at two standard deviations, which leaves 0.88 of the sd.
    assert np.std(np.concatenate([value.ravel() for value in values if value.ndim > 1])) == pytest.approx(0.088, 0.05)
    penalty = sum(float(loss) for loss in model.losses)
    assert penalty == pytest.approx(sum(0.25 * float((value**2).sum()) for value in values), rel=1e-5)


def test_ccnn_without_a_penalty_has_none():
    assert learner("ccnn").model.losses == []


@pytest.mark.parametrize(("name", "gates", "biases"), [("cnn_lstm", 4, 1), ("cnn_gru", 3, 2)])
def test_recurrent_networks_have_the_paper_s_layers(name, gates, biases):
    model = learner(name, 4, shape=(256, 14), settings=PAPER_RNN).model
    kind = {"cnn_lstm": "LSTM", "cnn_gru": "GRU"}[name]
    assert rows(model) == [
        ("Conv1D", (254, 128), 5504),
        ("MaxPooling1D", (127, 128), 0),
        ("Dropout", (127, 128), 0),
        ("Conv1D", (125, 128), 49_280),
        ("MaxPooling1D", (62, 128), 0),
        ("Dropout", (62, 128), 0),
        (kind, (62, 256), gates * 256 * (128 + 256 + biases)),
        ("Dropout", (62, 256), 0),
        (kind, (32,), gates * 32 * (256 + 32 + biases)),
        ("Dropout", (32,), 0),
        ("Flatten", (32,), 0),
        ("Dense", (128,), 4224),
        ("Dense", (4,), 516),
    ]


def test_the_whole_sequence_can_be_handed_on():
    model = learner("cnn_lstm", shape=(256, 14), settings={**PAPER_RNN, "last": "sequence"}).model
    assert model.get_layer("flatten").output.shape[1:] == (62 * 32,)


def test_mlp_has_the_paper_s_parameters():
    assert learner("mlp", shape=(128,)).model.count_params() == 10_898

"""Layers that stand in for Keras' own give the same outputs and gradients."""

import numpy as np
import pytest

from eeg.models import _backend

_backend.prepare("tensorflow")

import keras  # noqa: E402
import tensorflow as tf  # noqa: E402

from eeg.models import ccnn, cnn_gru, cnn_lstm  # noqa: E402
from eeg.models._dropout import at_random  # noqa: E402
from eeg.models._faster import faster  # noqa: E402

RNN = {"filters": 5, "kernel": 3, "pool": 2, "recurrent": [4, 3], "dense": 4, "dropout": 0.2, "initial": "glorot"}
CCNN = {"filters": [3, 4, 5, 2], "kernels": [4, 4, 4, 1], "dense": 6, "dropout": 0.5}
BUILT = {
    "cnn_lstm": lambda: cnn_lstm.build((32, 3), 3, **RNN, last="sequence"),
    "cnn_gru": lambda: cnn_gru.build((32, 3), 3, **RNN, last="state"),
    "ccnn": lambda: ccnn.build((9, 9, 5), 3, **CCNN, activation="selu", initial="lecun", l2=0.5),
}


def outputs_and_gradients(model, x):
    with tf.GradientTape() as tape:
        logits = model(x, training=False)
        loss = tf.reduce_sum(logits**2) + sum(model.losses, 0.0)
    return [logits, *tape.gradient(loss, [variable.value for variable in model.trainable_variables])]


@pytest.mark.parametrize("name", BUILT)
def test_the_faster_network_computes_the_same(name):
    keras.utils.set_random_seed(3)
    plain = BUILT[name]()
    quick = faster(plain)
    quick.set_weights(plain.get_weights())
    assert {type(layer).__module__.split(".")[0] for layer in quick.layers} >= {"eeg"}
    assert [variable.path for variable in quick.weights] == [variable.path for variable in plain.weights]
    x = np.random.default_rng(1).standard_normal((7, *plain.input_shape[1:])).astype(np.float32)
    for one, other in zip(outputs_and_gradients(plain, x), outputs_and_gradients(quick, x), strict=True):
        # rounding of float32, in sums of some thousand terms
        np.testing.assert_allclose(one, other, rtol=0, atol=1e-4 * max(1.0, float(np.abs(one).max())))


def own_recurrent(kind, how):
    """Return a network whose recurrent layer starts from states it is given, or skips what is masked."""
    x = inputs = keras.Input((6, 3))
    if how == "masked":
        x = keras.layers.Masking()(x)
        x = getattr(keras.layers, kind)(4)(x)
    else:
        state = keras.layers.Dense(4)(keras.layers.Flatten()(x))
        x = getattr(keras.layers, kind)(4)(x, initial_state=[state, state] if kind == "LSTM" else state)
    return keras.Model(inputs, keras.layers.Dense(2)(x))


@pytest.mark.parametrize("how", ["masked", "started"])
@pytest.mark.parametrize("kind", ["LSTM", "GRU"])
def test_a_recurrent_layer_with_a_mask_or_states_of_its_own_keeps_them(kind, how):
    plain = own_recurrent(kind, how)
    quick = faster(plain)
    quick.set_weights(plain.get_weights())
    x = np.random.default_rng(1).standard_normal((5, 6, 3)).astype(np.float32)
    x[:, 4:] = 0.0
    for one, other in zip(outputs_and_gradients(plain, x), outputs_and_gradients(quick, x), strict=True):
        np.testing.assert_allclose(one, other, rtol=0, atol=1e-5)


@pytest.mark.parametrize("initial", ["lecun", "authors"])
def test_products_in_bfloat16_lose_no_more_digits_than_keras_own(initial):
    def built(policy):
        keras.config.set_dtype_policy(policy)
        try:
            return ccnn.build((9, 9, 5), 3, **CCNN, activation="selu", initial=initial, l2=0.0)
        finally:
            keras.config.set_dtype_policy("float32")

    exact, plain = built("float32"), built("mixed_bfloat16")
    plain.set_weights(exact.get_weights())
    quick = faster(plain)
    quick.set_weights(exact.get_weights())
    x = np.random.default_rng(2).standard_normal((64, 9, 9, 5)).astype(np.float32)
    errors = [float(np.sqrt(np.mean((one(x).numpy() - exact(x).numpy()) ** 2))) for one in (plain, quick)]
    assert 0 < errors[1] < 1.5 * errors[0]


def test_random_numbers_are_even_and_those_of_other_seeds_have_nothing_in_common():
    shape = (200, 500)
    first, second, third = (
        at_random(shape, np.array(seed, np.int32)).numpy() / 2**32 for seed in ((1, 0), (1, 1), (2, 0))
    )
    # 100,000 numbers: standard errors 0.0009 of a mean, 0.003 of a correlation; five of them
    assert abs(first.mean() - 0.5) < 0.005
    assert abs((first < 0.2).mean() - 0.2) < 0.0065
    pairs = [(first, second), (first, third), (first[1:], first[:-1]), (first[:, 1:], first[:, :-1])]
    assert all(abs(np.corrcoef(a.ravel(), b.ravel())[0, 1]) < 0.016 for a, b in pairs)

"""A network built from its settings, and refused where it is none that can be trained, copied and kept."""

from collections.abc import Callable

import keras

from eeg.errors import InputError
from eeg.models._faster import faster

POLICIES = {"float32": "float32", "mixed": "mixed_bfloat16"}

SEE = "docs/own-network.md says what a network must be."

REFUSALS = (AttributeError, NotImplementedError, TypeError, ValueError)
"""What Keras raises where a layer or model cannot be made again."""


def built(build: Callable[[], keras.Model], precision: str) -> tuple[keras.Model, keras.Model]:
    """Return a network, and a copy of it whose layers compute the same faster.

    Parameters
    ----------
    build : callable
        Gives the network.
    precision : str
        `float32` or `mixed`.

    Raises
    ------
    InputError
        Keras cannot build it from its settings; it is no functional model; a layer cannot be made again from its
        config; or it does not end in one row of float32 logits for every window.
    """
    policy = keras.config.dtype_policy()
    keras.config.set_dtype_policy(POLICIES[precision])
    try:
        model = build()
    except (ArithmeticError, TypeError, ValueError) as error:
        raise InputError(
            "settings that Keras can build the network from", str(error).rstrip("."), "Correct the model's settings."
        ) from error
    finally:
        keras.config.set_dtype_policy(policy)
    if not isinstance(model, keras.Model):
        raise InputError("`build` to return a keras.Model", f"a {type(model).__name__}", SEE)
    quick = _copy(model)
    _check_end(model)
    return model, quick


def _copy(model: keras.Model) -> keras.Model:
    try:
        return faster(model)
    except REFUSALS as error:
        expected = "a functional model of layers that can be made again from their `get_config`"
        raise InputError(expected, " ".join(str(error).split())[:300].rstrip("."), SEE) from error


def _check_end(model: keras.Model) -> None:
    """Refuse another end than logits: the loss would take probabilities for logits and say nothing."""
    if len(model.outputs) != 1 or len(model.output.shape) != 2:
        shapes = ", ".join(str(tuple(one.shape)) for one in model.outputs)
        raise InputError("one output of shape (n_windows, n_classes)", shapes, SEE)
    if model.output.dtype != "float32":
        raise InputError("logits in float32", model.output.dtype, 'Give the last layer dtype="float32".')
    last = model.layers[-1]
    softmax = isinstance(last, keras.layers.Softmax)
    activation = "softmax" if softmax else getattr(getattr(last, "activation", None), "__name__", "linear")
    if activation != "linear":
        raise InputError("logits, from a last layer without an activation", activation, SEE)

"""Training on JAX: all folds at once, stacked along a leading axis of models, an epoch as one compiled call."""

from collections.abc import Callable, Iterable
from typing import Any

import jax
import keras
import numpy as np
from jax import lax
from jax import numpy as jnp

from eeg.models._training import CPU_WIDTH, HELD_BYTES, ROWS_AT_ONCE, Training, Values, measured, optimizer_of

HELD_SHARE = 6
"""A card holds the windows of a role up to one in so many of its bytes; stacking them takes twice that for a moment."""

Rows = tuple[jax.Array, jax.Array, jax.Array]
State = tuple[list[jax.Array], list[jax.Array], list[jax.Array]]
"""Trainable variables, the others, and those of the optimizer, each with a leading axis of models."""


def scan(step: Callable, carry: list[jax.Array], xs: list[jax.Array], *, reverse: bool = False) -> list[jax.Array]:
    """Return what `step(carry, x) -> (carry, y)` gives for every x along the first axis, stacked."""
    return lax.scan(step, carry, xs, reverse=reverse)[1]


def device() -> str:
    """Return the name of the GPU in use, or `cpu`."""
    found = jax.devices()[0]
    return "cpu" if found.platform == "cpu" else str(found.device_kind)


class Engine:
    """Trains any number of models of one kind; see `eeg.models._training.Engine`.

    Parameters
    ----------
    model : keras.Model
        Ends in logits; itself never trained.
    training : Training
        Learning rate and clipping; epochs and batches are the caller's.
    """

    def __init__(self, model: keras.Model, training: Training) -> None:
        self.width, self.held_bytes = CPU_WIDTH if device() == "cpu" else 1000, _held_bytes()
        self.model, self.optimizer = model, optimizer_of(model, training)
        self._start = [np.asarray(variable.value) for variable in self.optimizer.variables]
        self._steps = jax.jit(self._train, donate_argnums=0)
        self._blocks = jax.jit(jax.vmap(self._forward))

    def begin(self, values: list[Values], n_samples: int) -> None:
        """Take the initial values of the models and forget all training."""
        stacked = [jnp.stack(value) for value in zip(*values, strict=True)]
        trainable = [variable.trainable for variable in self.model.variables]
        n_models = len(values)
        self.state: State = (
            [value for value, learnt in zip(stacked, trainable, strict=True) if learnt],
            [value for value, learnt in zip(stacked, trainable, strict=True) if not learnt],
            [jnp.broadcast_to(value, (n_models, *value.shape)).copy() for value in self._start],
        )
        self._kept = jax.tree.map(jnp.copy, self.state[:2])

    def place(self, arrays: Iterable[np.ndarray]) -> jax.Array:
        """Return the arrays stacked on the device; the host has one of them at a time."""
        return jnp.stack([jnp.asarray(array) for array in arrays])

    def run(self, rows: Rows, order: np.ndarray, n_steps: np.ndarray) -> np.ndarray:
        """Train on batches of rows."""
        self.state, sums = self._steps(self.state, rows, order, n_steps)
        return np.asarray(sums)

    def logits(self, x: jax.Array) -> np.ndarray:
        """Return the logits of windows."""
        return np.asarray(self._blocks(*self.state[:2], x))

    def keep(self, which: np.ndarray) -> None:
        """Remember the values of some models."""
        if which.any():
            self._kept = _where(which, self.state[:2], self._kept)

    def restore(self) -> None:
        """Give every model the values remembered."""
        self.state = (*jax.tree.map(jnp.copy, self._kept), self.state[2])

    def values(self) -> list[Values]:
        """Return the values of every model."""
        trained, others = (iter(np.asarray(one) for one in part) for part in self.state[:2])
        stacked = [next(trained if variable.trainable else others) for variable in self.model.variables]
        return [list(one) for one in zip(*stacked, strict=True)]

    def _train(self, state: State, rows: Rows, order: jax.Array, n_steps: jax.Array) -> tuple[State, jax.Array]:
        step = jax.vmap(self._step)

        def advance(place: jax.Array, carry: tuple[State, jax.Array]) -> tuple[State, jax.Array]:
            new, measures = step(carry[0], *rows, order[:, place])
            taken = (new, carry[1] + measures)
            return lax.cond(place < n_steps.min(), lambda: taken, lambda: _where(place < n_steps, taken, carry))

        start = (state, jnp.zeros((len(n_steps), 2)))
        state, sums = lax.fori_loop(0, n_steps.max(), advance, start)
        finite = [jnp.isfinite(one).reshape(len(one), -1).all(axis=1) for one in [sums, *state[0]]]
        return state, jnp.concatenate([sums, jnp.stack(finite).all(axis=0)[:, None]], axis=1)

    def _step(
        self, state: State, x: jax.Array, y: jax.Array, weights: jax.Array, rows: jax.Array
    ) -> tuple[State, jax.Array]:
        """Train one model on one batch."""
        trainable, others, moments = state
        batch = (x[rows], y[rows], weights[rows])
        grads, (others, measures) = jax.grad(self._loss, has_aux=True)(trainable, others, *batch)
        trainable, moments = self.optimizer.stateless_apply(moments, grads, trainable)
        return (trainable, others, moments), measures

    def _loss(self, trainable: list[jax.Array], others: list[jax.Array], *batch: jax.Array) -> tuple[jax.Array, Any]:
        x, y, weights = batch
        logits, others, losses = self.model.stateless_call(trainable, others, x, training=True, return_losses=True)
        loss, accuracy = measured(logits, y, weights)
        return sum(losses, loss), (others, jnp.stack([loss, accuracy]))

    def _forward(self, trainable: list[jax.Array], others: list[jax.Array], x: jax.Array) -> jax.Array:
        blocks = x.reshape(-1, ROWS_AT_ONCE, *x.shape[1:])
        logits = lax.map(lambda one: self.model.stateless_call(trainable, others, one, training=False)[0], blocks)
        return logits.reshape(len(x), -1)


def _held_bytes() -> int:
    """Return what the windows of a role may take: a share of a card's memory, which says what it has."""
    own = (jax.devices()[0].memory_stats() or {}).get("bytes_limit", 0)
    return max(HELD_BYTES, own // HELD_SHARE)


def _where(which: Any, new: Any, old: Any) -> Any:
    """Return the new values of the models where `which` is true, the old ones elsewhere."""

    def pick(a: jax.Array, b: jax.Array) -> jax.Array:
        return jnp.where(jnp.reshape(jnp.asarray(which), (-1, *[1] * (a.ndim - 1))), a, b)

    return jax.tree.map(pick, new, old)

"""One independent seed for every cell of the experiment, named by words."""

import hashlib

import numpy as np

Word = str | int


def sequence(*words: Word) -> np.random.SeedSequence:
    """Return the seed sequence named by `words`, the same on every machine and in every process."""
    text = "\x1f".join(f"{type(word).__name__}:{word}" for word in words)
    digest = hashlib.sha256(text.encode()).digest()
    return np.random.SeedSequence(int.from_bytes(digest[:16], "big"))


def generator(*words: Word) -> np.random.Generator:
    """Return a fresh random generator named by `words`."""
    return np.random.default_rng(sequence(*words))


def seed(*words: Word) -> int:
    """Return a seed in [0, 2**31) named by `words`, for libraries that take an integer."""
    return int(sequence(*words).generate_state(1, np.uint32)[0] >> 1)

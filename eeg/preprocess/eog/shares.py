"""How much of an EOG channel's power is the eyes', and how loud the brain is in it.

Even true weights put the brain activity of the EOG channels into the EEG. Of an EOG channel that holds eyes of power S
and brain of power V in the pass-band, the share S / (S + V) of the weights leaves the smallest error (Wiener 1949);
V is the channel's power away from all events, S + V its power at all times. The brain is not equally loud at all times:
both are taken relative to the quiet samples around, and where the brain is louder than usual the share is smaller.
"""

import numpy as np

FEWEST = 5
"""Events of a channel without which there is no telling eyes from brain."""

BLOCK = 1.0
"""Seconds over which power is taken to judge how much it varies by itself."""

NEARBY = 10.0
"""Seconds on each side over which it is taken how loud the brain is."""

SURE = 3.0
"""Standard errors by which power around events must exceed that away from them, else the channel is left alone."""


def share(power: np.ndarray, quiet: np.ndarray, sfreq: float) -> tuple[float, float]:
    """Return the eyes' share of an EOG channel's power, and the power that is not theirs.

    Power is first taken relative to that of the quiet samples around, so that a stretch of loud brain activity counts
    no more than another.

    Parameters
    ----------
    power : ndarray, shape (n_times,)
        Squared signal in the pass-band.
    quiet : ndarray of bool, shape (n_times,)
        Samples away from all events.
    sfreq : float
        Sampling rate in Hz.

    Returns
    -------
    share : float
        1 - (power where it is quiet) / (power at all times), 0 to 1; 0 where the difference is within what power
        varies by itself, or where too little is quiet to tell.
    still : float
        Power where it is quiet, that at typical, not loud, times (the harmonic mean).
    """
    if quiet.all() or not quiet.any():
        return 0.0, 0.0
    local = around(power, quiet, sfreq)
    local[local == 0] = power[quiet].mean()
    level = np.divide(power, local, out=np.zeros(len(power)), where=local > 0)
    blocks = _blocks(level, quiet, round(BLOCK * sfreq))
    everywhere, alone, eventful = level.mean(), level[quiet].mean(), 1 - quiet.mean()
    seconds = len(power) / sfreq / BLOCK
    # of the difference of two means, one over the eventful and one over the quiet blocks, times the eventful share
    error = eventful * np.std(blocks) * np.sqrt(1 / (seconds * eventful) + 1 / (seconds * (1 - eventful)))
    sure = len(blocks) >= FEWEST and everywhere - alone > SURE * error
    return float(1 - alone / everywhere) if sure else 0.0, float(1 / np.mean(1 / local[local > 0]))


def around(power: np.ndarray, quiet: np.ndarray, sfreq: float) -> np.ndarray:
    """Return the mean power of the quiet samples around every sample, 0 where less than a tenth of them is quiet."""
    reach, here = round(NEARBY * sfreq), np.arange(len(power))
    first, last = np.maximum(here - reach, 0), np.minimum(here + reach + 1, len(power))
    total, number = (np.concatenate([[0.0], np.cumsum(x)]) for x in (power * quiet, quiet))
    counted = number[last] - number[first]
    return np.divide(total[last] - total[first], counted, out=np.zeros(len(power)), where=counted > reach / 5)


def _blocks(power: np.ndarray, quiet: np.ndarray, length: int) -> np.ndarray:
    """Return the mean power of the quiet samples of each block that has a quarter of them or more."""
    n_blocks = len(power) // length
    chosen = quiet[: n_blocks * length].reshape(n_blocks, length)
    total = (power[: n_blocks * length].reshape(n_blocks, length) * chosen).sum(axis=1)
    number = chosen.sum(axis=1)
    enough = number >= length / 4
    return total[enough] / number[enough]

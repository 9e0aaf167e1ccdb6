"""Where a recording runs on without a break, and which sample a time means."""

import mne
import numpy as np


def spans(raw: mne.io.BaseRaw) -> list[tuple[int, int]]:
    """Return the uninterrupted stretches of a recording as (first sample, one past the last).

    Where recordings were joined, MNE leaves an annotation `EDGE boundary`; no filter may smear across it.

    Parameters
    ----------
    raw : Raw

    Returns
    -------
    list of (int, int)
        In samples from the start of `raw`; together they cover all of it.
    """
    seconds = [
        onset - raw.first_time
        for onset, text in zip(raw.annotations.onset, raw.annotations.description, strict=True)
        if text == "EDGE boundary"
    ]
    inner = samples(np.array(seconds), raw.info["sfreq"])
    edges = sorted({0, raw.n_times, *(int(edge) for edge in inner if 0 < edge < raw.n_times)})
    return list(zip(edges[:-1], edges[1:], strict=True))


def samples(seconds: np.ndarray, sfreq: float) -> np.ndarray:
    """Return the nearest sample of each time as int64; a tie goes to the later one."""
    # MNE rounds onsets to microseconds: a hundredth of a sample keeps a tie a tie
    return np.floor(np.asarray(seconds, float) * sfreq + 0.51).astype(np.int64)

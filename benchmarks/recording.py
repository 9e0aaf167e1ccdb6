"""Reading and cutting one full-size BDF: ours against a plain MNE script that does the same.

`.venv/bin/python benchmarks/recording.py [n_rounds]` writes a recording of DEAP's size into a temporary folder (45 min
x 48 channels x 512 Hz, 40 trials, noise) and turns it into an array (trial, channel, time) in both ways, in alternating
order, 5 rounds. Ours: `original.read` with the trials' start times, then every trial cut, 40 channels. The plain
script: `mne.io.read_raw_bdf` (preloaded), events from the last channel & 0xFF, the 32 EEG and 8 external electrodes
picked, four bipolar differences, `mne.Epochs` from -3 to 60 s, 36 channels. Both read from the page cache; the 36 must
agree.

Last line, JSON: `vs_mne` (median time of MNE / median of ours; 1 or more is no slower), `vs_mne_low`, `vs_mne_high`
(smallest and largest of the paired rounds), `ours_seconds`, `mne_seconds` (medians), `ours_peak_mb`, `mne_peak_mb`
(largest resident size of a process that does it once; Linux), `array_mb` (of our array), `max_abs_difference_uv`.
"""

import json
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from statistics import median
from time import perf_counter

import mne
import numpy as np
import pandas as pd
from measure import peak

from eeg.channels import GENEVA
from eeg.datasets import bdf
from eeg.datasets.deap import original
from eeg.datasets.deap.onsets import VIDEO

SFREQ, SECONDS, N_TRIALS = 512, 45 * 60, 40
BEFORE, AFTER = 3, 60
ONSETS = (10 + 67 * np.arange(N_TRIALS)) * SFREQ


def write(path: Path) -> None:
    """Write noise and the triggers of 40 trials as DEAP's originals have them, in the form of s01."""
    rng, n_times = np.random.default_rng(1), SFREQ * SECONDS
    names = (*GENEVA, *bdf.EXTERNAL, *bdf.PERIPHERAL)
    codes = np.zeros(n_times, np.int32)
    for onset in ONSETS:
        codes[onset : onset + SFREQ // 10] = VIDEO
    channels = {name: rng.integers(-2000, 2000, n_times).astype(np.float32) for name in names}
    bdf.write(path, channels, codes, form=bdf.FORMS[0], sfreq=SFREQ)


def ours(path: Path) -> np.ndarray:
    """Return all trials of all channels, EEG first."""
    trials = pd.DataFrame({"trial": np.arange(1, N_TRIALS + 1)})
    starts = pd.Series(ONSETS / SFREQ, index=trials["trial"])
    raw = original.read(path, trials, starts=starts)
    firsts = np.rint(raw.annotations.onset * SFREQ).astype(int) - BEFORE * SFREQ
    x = np.empty((len(firsts), len(raw.ch_names), (BEFORE + AFTER) * SFREQ))
    for trial, first in zip(x, firsts, strict=True):
        trial[:] = raw.get_data(start=first, stop=first + x.shape[2])
    return x


def plain(path: Path) -> np.ndarray:
    """Return the same by MNE's own means, as a user would write it."""
    raw = mne.io.read_raw_bdf(path, preload=True, stim_channel=None, verbose="error")
    codes = raw.get_data(picks=[-1])[0].astype(int) & 0xFF
    onsets = np.flatnonzero(np.diff(codes) > 0) + 1
    onsets = onsets[codes[onsets] == VIDEO]
    raw.pick([*GENEVA, *bdf.EXTERNAL])
    pairs = [(f"EXG{k}", f"EXG{k + 1}") for k in (1, 3, 5, 7)]
    raw = mne.set_bipolar_reference(
        raw, *map(list, zip(*pairs, strict=True)), ["hEOG", "vEOG", "zEMG", "tEMG"], copy=False, verbose="error"
    )
    events = np.column_stack([onsets, np.zeros_like(onsets), np.arange(1, len(onsets) + 1)])
    epochs = mne.Epochs(
        raw, events, tmin=-BEFORE, tmax=AFTER - 1 / SFREQ, baseline=None, proj=False, preload=True, verbose="error"
    )
    return epochs.get_data(copy=False)


def timed(way: Callable[[Path], np.ndarray], path: Path) -> float:
    """Return the seconds one reading takes."""
    began = perf_counter()
    way(path)
    return perf_counter() - began


WAYS = {"ours": ours, "mne": plain}


def main(n_rounds: int = 5) -> None:
    """Write the recording, measure both ways and print the table."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "s01.bdf"
        write(path)
        first, second = ours(path), plain(path)
        difference = float(np.abs(first[:, : second.shape[1]] - second).max() * 1e6)
        array_mb = first.nbytes / 2**20
        del first, second
        seconds: dict[str, list[float]] = {name: [] for name in WAYS}
        for k in range(n_rounds):
            for name in sorted(WAYS, reverse=bool(k % 2)):
                seconds[name].append(timed(WAYS[name], path))
        peaks = {name: peak(way, path) / 2**20 for name, way in WAYS.items()}
    ratios = [theirs / own for theirs, own in zip(seconds["mne"], seconds["ours"], strict=True)]
    table = pd.DataFrame(
        {
            name: {"min s": min(times), "median s": median(times), "max s": max(times), "peak MB": peaks[name]}
            for name, times in seconds.items()
        }
    ).T
    print(table.round(3).to_string(), end="\n\n")
    figures = {
        "vs_mne": median(seconds["mne"]) / median(seconds["ours"]),
        "vs_mne_low": min(ratios),
        "vs_mne_high": max(ratios),
        **{f"{name}_seconds": median(times) for name, times in seconds.items()},
        **{f"{name}_peak_mb": size for name, size in peaks.items()},
        "array_mb": array_mb,
        "max_abs_difference_uv": difference,
    }
    print(json.dumps({name: round(value, 3) for name, value in figures.items()}))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))

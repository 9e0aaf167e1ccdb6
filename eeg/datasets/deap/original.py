"""DEAP's original recordings: BDF files in presentation order, read into named channels with their trials marked.

Layout: https://www.eecs.qmul.ac.uk/mmv/datasets/deap/. Where trials start is told by `eeg.datasets.deap.onsets`.
"""

import warnings
from pathlib import Path

import mne
import numpy as np
import pandas as pd

from eeg.channels import GENEVA, standard_name
from eeg.datasets import bdf
from eeg.datasets.deap import onsets
from eeg.datasets.deap.trials import info
from eeg.errors import InputError

BIPOLAR = {"hEOG": ("EXG1", "EXG2"), "vEOG": ("EXG3", "EXG4"), "zEMG": ("EXG5", "EXG6"), "tEMG": ("EXG7", "EXG8")}
"""Electrodes whose difference, first minus second, is a channel: left and right of the eyes, above and below them,
zygomaticus, trapezius."""

SINGLE = {"GSR": "GSR1", "Respiration": "Resp", "Plethysmograph": "Plet", "Temperature": "Temp"}
"""Names the release gives to channels of the recording."""

REQUIRED = (*GENEVA, "EXG1", "EXG2", "EXG3", "EXG4")
"""Channels without which a recording is not used."""


def read(path: Path | str, trials: pd.DataFrame, *, starts: pd.Series | None) -> mne.io.RawArray:
    """Return a recording with its trials marked.

    Parameters
    ----------
    path : path
        A BDF file.
    trials : DataFrame
        Trial table; without `starts` its last trial number says how many videos the recording must hold.
    starts : Series or None
        Start time in seconds of every rated trial, indexed by trial (`ratings.start_times`).

    Returns
    -------
    RawArray
        Native rate, float64: 32 EEG channels (order GENEVA, montage biosemi32), hEOG and vEOG and, where they were
        recorded, zEMG and tEMG in volts; GSR, Respiration, Plethysmograph, Temperature in the file's unit (V where it
        says uV). An annotation `trial/{trial}` where each video of `trials` starts.

    Raises
    ------
    InputError
        The recording is truncated, lacks channels, or its triggers do not tell its trials (see `onsets.triggers`).
    """
    path = Path(path)
    n_trials = max(int(trials["trial"].max()), 0 if starts is None else len(starts))
    found = onsets.triggers(path, starts=starts, n_trials=n_trials)
    raw = _signals(path, bdf.header(path))
    seconds = np.array([found.onsets[trial] for trial in trials["trial"]]) / found.sfreq
    length = raw.n_times / raw.info["sfreq"]
    outside = trials.loc[(seconds < 0) | (seconds >= length), "trial"]
    if len(outside):
        raise InputError(
            f"the videos of all trials in the {length:.0f} s of the recording",
            f"trial {', '.join(map(str, outside))} outside them, by its start time",
            onsets.REMEDY,
            file=path,
            code="trials_cut",
        )
    return raw.set_annotations(mne.Annotations(seconds, 0.0, [f"trial/{trial}" for trial in trials["trial"]]))


def _signals(path: Path, header: bdf.Header) -> mne.io.RawArray:
    """Return the channels that are used, without annotations."""
    # reversed: of channels with one name the first counts
    rows = {standard_name(label): row for row, label in reversed([*enumerate(header.labels[:-1])])}
    if missing := [name for name in REQUIRED if name not in rows]:
        raise InputError(
            "the 32 EEG channels and EXG1 to EXG4",
            f"no {', '.join(missing)}",
            "Take the recording as DEAP distributes it, or leave the subject out (`subjects:` in the config).",
            file=path,
            code="channels_missing",
        )
    pairs = {name: pair for name, pair in BIPOLAR.items() if rows.keys() >= set(pair)}
    single = {name: label for name, label in SINGLE.items() if label in rows}
    firsts, seconds = zip(*pairs.values(), strict=True)
    recording = _opened(path)
    signals = recording.get_data([rows[name] for name in (*GENEVA, *firsts, *single.values(), *seconds)])
    n_eeg, n_kept = len(GENEVA), len(signals) - len(pairs)
    # in place: a second copy of a whole recording would cost 400 MB
    signals[n_eeg : n_eeg + len(pairs)] -= signals[n_kept:]
    raw = mne.io.RawArray(signals[:n_kept], info([*GENEVA, *pairs, *single], recording.info["sfreq"]), verbose="error")
    return raw.set_meas_date(recording.info["meas_date"])


def _opened(path: Path) -> mne.io.BaseRaw:
    """Return the recording, not loaded, its channels in the order of the header."""
    with warnings.catch_warnings():
        # channels are taken by their place, and the size was checked against the header
        warnings.filterwarnings("ignore", message="Channel names are not unique")
        warnings.filterwarnings("ignore", message="Number of records from the header")
        return mne.io.read_raw_bdf(path, stim_channel=None, verbose="error")

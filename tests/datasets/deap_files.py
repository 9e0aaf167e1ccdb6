"""Small files laid out as DEAP's: recordings, releases and the table of ratings of one made-up cohort."""

import pickle

import numpy as np
import pandas as pd
import scipy.io

from eeg.channels import GENEVA
from eeg.datasets import bdf
from eeg.datasets.deap import RATINGS

SFREQ = 64
VIDEOS = (70, 131, 199)
"""Samples at which the videos start."""

LONG = np.cumsum([200, 260, 301, 250, 333, 270, 240, 290, 310])
"""Video starts of nine trials, in samples, at uneven distances."""

SHOWN = (2, 3, 1)
"""Which video trial 1, 2, 3 shows."""

N_TIMES = 640
BIT = 1e-6 * 524287 / 16777215


def signals(n_times=5 * SFREQ):
    """Return a different ramp for every channel, in microvolt."""
    names = (*GENEVA, *bdf.EXTERNAL, *bdf.PERIPHERAL)
    return {name: np.linspace(-10.0 * k, 10.0 + k, n_times) for k, name in enumerate(names)}


def codes(videos=VIDEOS, n_times=5 * SFREQ):
    """Return codes 3, 4, 5 about each video start, held for five samples."""
    values = np.zeros(n_times, int)
    for sample in videos:
        for shift, code in ((-20, 3), (0, 4), (20, 5)):
            values[sample + shift : sample + shift + 5] = code
    return values


def ratings(participant=1, shown=SHOWN):
    """Return the table's rows of one participant, the last trial first, without the start times."""
    trials = np.arange(len(shown), 0, -1)
    columns = {name: 1.0 + trials + k / 10 + participant / 100 for k, name in enumerate(RATINGS)}
    return pd.DataFrame(
        {"Participant_id": participant, "Trial": trials, "Experiment_id": np.array(shown)[trials - 1], **columns}
    )


def whole_table(n_participants=32, n_trials=40):
    """Return the table of a cohort as large as DEAP."""
    shown = np.arange(1, n_trials + 1)
    return pd.concat([ratings(number, shown) for number in range(1, n_participants + 1)], ignore_index=True)


def released(participant=1):
    """Return the content of a release's file: trials in the order of the videos."""
    rows = ratings(participant).sort_values("Experiment_id")
    x = np.random.default_rng(participant).normal(0, 10, (len(rows), 40, N_TIMES))
    return {"data": x, "labels": rows[list(RATINGS)].to_numpy()}


def write_recording(folder, number, values=None):
    """Write one BDF in the form of that number."""
    path = folder / f"s{number:02d}.bdf"
    bdf.write(path, signals(), codes() if values is None else values, form=bdf.FORMS[number - 1], sfreq=SFREQ)
    return path


def write_table(folder, table, name="participant_ratings.csv"):
    """Write the table of ratings as csv."""
    folder.mkdir(parents=True, exist_ok=True)
    table.to_csv(folder / name, index=False)
    return folder / name


def write_releases(folder, number):
    """Write one subject's cleaned trials for Python and for Matlab."""
    python, matlab = folder / "data_preprocessed_python", folder / "data_preprocessed_matlab"
    python.mkdir(parents=True, exist_ok=True)
    matlab.mkdir(exist_ok=True)
    (python / f"s{number:02d}.dat").write_bytes(pickle.dumps(released(number), protocol=2))
    scipy.io.savemat(matlab / f"s{number:02d}.mat", released(number))


def write_cohort(folder, numbers=(1, 3, 4), *, releases=False):
    """Write recordings, the table of ratings and, where asked for, both releases."""
    for number in numbers:
        write_recording(folder / "data_original", number)
        if releases:
            write_releases(folder, number)
    write_table(folder / "metadata_csv", pd.concat([ratings(number) for number in numbers]))
    return folder


def patch(path, place, content):
    """Overwrite bytes of a file."""
    with path.open("r+b") as file:
        file.seek(place)
        file.write(content)


def start_times(videos, noise=0.0):
    """Return start times in seconds by trial, of another clock that began 3 s later and loses 0.1 %."""
    return pd.Series((np.asarray(videos) / SFREQ - 3.0) / 1.001 + noise, index=range(1, len(videos) + 1))


def write_long(folder, kept):
    """Write a recording of nine trials of which some have a trigger."""
    n_times = SFREQ * (int(LONG[-1] / SFREQ) + 2)
    path = folder / "s01.bdf"
    bdf.write(path, signals(n_times), codes(kept, n_times), form=bdf.FORMS[0], sfreq=SFREQ)
    return path

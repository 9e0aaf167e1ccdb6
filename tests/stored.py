"""What a run leaves of two subjects, made up: as much of it as the reading interface reads."""

from pathlib import Path

import mne
import numpy as np
import pandas as pd

from eeg import config, storage
from eeg.datasets import fif
from eeg.features.branch import raw_windows
from eeg.features.trials import Trials
from eeg.preprocess.scale import moments
from eeg.scalers import fit, to_arrays
from eeg.seeds import generator
from tests.factories import split_trials, trial_table

CELL = "trial/valence/svm"
N_TRIALS, N_BASELINE, SFREQ = 12, 16, 16.0
CUT = {"channels": "all", "length": 1.0, "step": 1.0}


def default_config():
    return config.load(Path(__file__).parents[1] / "config.yaml")


def write_results(folder, *, scaler="zscore_minmax"):
    """Write them; of every kind of file there is one of another experiment, or of one subject alone."""
    scores = pd.DataFrame({"protocol": "trial", "target": "valence", "model": "svm", "subject": ["s02", "s01"]})
    storage.write_csv(folder / "scores.csv", scores.assign(unit="trial", metric="accuracy", value=0.5, chance=0.5))
    storage.write_csv(folder / "summary.csv", pd.DataFrame({"mean": [0.5]}))
    made = {"config": default_config(), "parts": {"trial": ["s01", "s02"]}}
    storage.write_json(folder / "provenance.json", made)
    _write_inputs(folder, scaler)
    for number, part in enumerate(["s01", "s02", "s03"]):  # s03: left there by an earlier run
        storage.write_parquet(folder / f"predictions/{CELL}/{part}.parquet", predicted(part))
        storage.write_csv(folder / f"history/{CELL}/{part}.csv", pd.DataFrame({"epoch": [1, 2]}))
        storage.write_json(folder / f"fits/{CELL}/{part}.json", record(windows=number))


def _write_inputs(folder, scaler):
    trials = trial_table(n=N_TRIALS)
    x = 1e-6 * generator("results").standard_normal((N_TRIALS, 2, 48))
    info = mne.create_info(["Fz", "Cz"], SFREQ, "eeg")
    branch = raw_windows(Trials(1e6 * x, trials["trial"].tolist(), ["Fz", "Cz"], SFREQ, N_BASELINE), **CUT)
    split = split_trials(trials[["subject", "trial"]], trials["valence"] > 5, folds=3)
    storage.write_csv(folder / "trials/s01.csv", trials)
    fif.write(folder / "trials/s01_epo.fif", mne.EpochsArray(x, info, metadata=trials, verbose="error"))
    storage.write_array(folder / "inputs/windows/s01.npy", branch.array)
    storage.write_csv(folder / "inputs/windows/s01.csv", branch.table)
    storage.write_json(folder / "inputs/windows/s01.json", branch.about)
    storage.write_csv(folder / "splits/trial/windows/s01.csv", split)
    about = {"statement": "They share the subject.", "sha256": storage.sha256(folder / "splits/trial/windows/s01.csv")}
    storage.write_json(folder / "splits/trial/windows/s01.json", about)
    storage.write_arrays(folder / "scalers/trial/windows/s01.npz", to_arrays(_fitted(split, branch, scaler)))


def _fitted(split, branch, scaler):
    stored = {"s01": {"trial": np.arange(1, N_TRIALS + 1), **moments(branch.array)}}
    windows, settings = branch.table.assign(subject="s01"), {"scaler": scaler, "scope": "fold"}
    return fit(split, windows, stored=stored, arrays={"s01": branch.array}, settings=settings)


def predicted(subject, n_windows=2):
    """Return logits of every window; those of the first trial lean to high, though it is low."""
    keys = pd.MultiIndex.from_product([[subject], range(1, N_TRIALS + 1), range(n_windows)])
    table = keys.to_frame(index=False, name=["subject", "trial", "window"])
    table = table.assign(fold=table["trial"] % 3, label=(table["trial"] % 2 == 0).astype(int))
    lean = np.where((table["trial"] == 1) | (table["label"] == 1), 1.0, -1.0)
    return table.assign(logit_0=-lean, logit_1=lean)


def record(windows):
    """Return the record of a fit that was given so many windows."""
    given = {"n_windows": windows, "sha256": "0", "windows": []}
    fold = {"fold": 0, "status": "ok", "seed": 7, "train": given, "validate": {**given, "n_windows": 4}}
    return {"backend": "tensorflow", "device": "cpu", "folds": [{**fold, "temperature": None, "epochs": 5}]}

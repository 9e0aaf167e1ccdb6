"""EOG removal against the simulator's truth, the eyes' amplitude swept from nothing to realistic.

`.venv/bin/python benchmarks/eog.py [n_subjects]` simulates 8 people (their electrodes in both sites' orders) for four
minutes each, leaves brain, muscle, mains, noise and the brain activity in the EOG channels as they are, and makes the
eyes 0 to 1 times as large as they usually are: blinks of 100-200 microvolt and saccades, and blinks alone; ICA, by far
the slowest, in the first of these sweeps alone. Two processes. Errors are relative root mean square errors of Fp1, Fp2,
AF3 and AF4 in 4-45 Hz against the clean signal, each half of the recording with what was fitted on the other; "as
applied" is that of the recording that goes on to the next step. What no removal can take away (muscle, noise) is in all
of them.

Last line, JSON. For the config's method (`events`, shrunk): `share_lowest` and `share_mean` (error taken away over that
which the true mixing weights take away, at amplitude 1), `worst_rise` (largest relative change of the error over all
subjects and amplitudes, cross-fitted or as applied; at most 0: it never rises), `alpha_change` (largest change of
posterior alpha power), `correlation_before` and `correlation_after` (mean at the frontal channels with vEOG at
amplitude 1, without sign), `correlation_heog_before` and `correlation_heog_after` (the same with hEOG). For the others,
beside it: `METHOD_share_lowest`, `METHOD_worst_rise`, `METHOD_alpha_change` and their correlations.
"""

import json
import os
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from multiprocessing import get_context
from pathlib import Path

import mne
import numpy as np
import pandas as pd

from eeg import config
from eeg.channels import EOG, GENEVA
from eeg.datasets import bdf
from eeg.datasets.simulated import brain, cohort, recording
from eeg.preprocess import eog
from eeg.preprocess.bandpass import bandpass
from eeg.preprocess.downsample import downsample
from eeg.preprocess.eog.truth import FRONTAL
from eeg.preprocess.reference import average

ROOT = Path(__file__).parents[1]
SIZES = cohort.Settings(n_trials=12, baseline=3.0, duration=16.0)
AMPLITUDES = (0.0, 0.05, 0.1, 0.2, 0.4, 0.7, 1.0)
SWEEPS = {"blinks and saccades": SIZES, "blinks alone": replace(SIZES, saccades=0.0)}
REGRESSION = {
    "events_shrunk": ("events", True),
    "events": ("events", False),
    "samples_shrunk": ("samples", True),
    "samples": ("samples", False),
}
CORRELATIONS = {
    f"{key}_{when}": (f"correlation_{when}", channel)
    for key, channel in (("correlation", "vEOG"), ("correlation_heog", "hEOG"))
    for when in ("before", "after")
}
"""Where the evidence has the correlation that a figure is the mean of."""


@dataclass(frozen=True)
class Scene:
    """One subject's recording at 128 Hz in the parts it is the sum of; both bands, 4-45 and 1-45 Hz, volts.

    Attributes
    ----------
    still, eyes : tuple of ndarray, each of shape (34, n_times)
        All channels without the eyes, and what the eyes add.
    clean : Raw
        The brain alone, 4-45 Hz.
    weights : dict
        The true mixing weights by EOG and EEG channel.
    """

    info: mne.Info
    still: tuple[np.ndarray, ...]
    eyes: tuple[np.ndarray, ...]
    clean: mne.io.BaseRaw
    weights: dict[str, dict[str, float]]

    def at(self, amplitude: float) -> list[mne.io.BaseRaw]:
        """Return the recording in both bands with the eyes `amplitude` times as large as usual."""
        parts = zip(self.still, self.eyes, strict=True)
        return [mne.io.RawArray(still + amplitude * eyes, self.info, verbose="error") for still, eyes in parts]


def scene(subject: str, sizes: cohort.Settings, seed: int = 1) -> Scene:
    """Return a subject's recording in its parts; all steps are linear, so that parts add up at any amplitude."""
    whole = recording.record(subject, sizes, seed)
    silent = recording.Eyes(whole.eyes.weights, 0 * whole.eyes.signals, whole.eyes.blinks)
    leak = brain.covariance(whole.sources)
    still = recording.recorded(whole.clean, subject, sizes, seed=seed, eyes=silent, leak=leak)
    order = bdf.FORMS[(cohort.number(subject) - 1) % len(bdf.FORMS)].order
    first, both = (bands(signals(channels, order)) for channels in (still, whole.channels))
    brain_alone = dict.fromkeys(still, np.zeros(whole.clean.shape[1])) | dict(zip(GENEVA, whole.clean, strict=True))
    return Scene(
        first[0].info,
        tuple(raw.get_data() for raw in first),
        tuple(raw.get_data() - quiet.get_data() for raw, quiet in zip(both, first, strict=True)),
        bands(signals(brain_alone, order))[0],
        recording.eyes_known(whole.eyes)["eog_weights"],
    )


def signals(channels: dict[str, np.ndarray], order: tuple[str, ...]) -> mne.io.BaseRaw:
    """Return EEG in the order of the site and both bipolar EOG channels, volts, at the recording's rate."""
    rows = [*(channels[name] for name in order), *(channels[f"EXG{k}"] - channels[f"EXG{k + 1}"] for k in (1, 3))]
    info = mne.create_info([*order, *EOG], cohort.SFREQ, ["eeg"] * len(order) + ["eog"] * len(EOG))
    return mne.io.RawArray(1e-6 * np.stack(rows).astype(float), info, verbose="error")


def bands(raw: mne.io.BaseRaw) -> list[mne.io.BaseRaw]:
    """Return a recording as the steps make it, in 4-45 and 1-45 Hz."""
    lowered = downsample(raw, sfreq=128.0)
    return [average(bandpass(lowered, low=low, high=45.0)) for low in (4.0, 1.0)]


def methods(sweep: str) -> Iterator[tuple[str, eog.Settings]]:
    """Yield name and settings of what is compared in a sweep; ICA as config.yaml sets it."""
    components = config.load(str(ROOT / "config.yaml"))["preprocess"]["eog"]["ica"]
    for name, (weights, shrink) in REGRESSION.items():
        yield name, eog.Settings("regression", "recording", weights, shrink, components)
    if sweep == next(iter(SWEEPS)):
        yield "ica", eog.Settings("ica", "recording", "events", True, components)


def measured(scene: Scene, amplitude: float, settings: eog.Settings) -> dict[str, float]:
    """Return the errors, the correlations of the frontal channels with the EOG and the change of posterior alpha."""
    band, wide = scene.at(amplitude)
    truth = eog.Truth(scene.clean, scene.weights)
    cleaned, evidence = eog.remove(band, wide, settings, truth=truth)
    clean, before, after = (raw.get_data(list(FRONTAL)) for raw in (scene.clean, band, cleaned))
    applied = float(np.sqrt(np.mean((after - clean) ** 2) / np.mean(clean**2)))
    errors = {name: evidence["truth"][name] for name in ("before", "after", "weights", "share")}
    # the evidence is rounded: each is compared with what was rounded like it
    rise = max(
        errors["after"] / errors["before"], np.sqrt(np.mean((after - clean) ** 2) / np.mean((before - clean) ** 2))
    )
    channels = [evidence["channels"][name] for name in FRONTAL]
    frontal = {key: np.mean([one[when][name] for one in channels]) for key, (when, name) in CORRELATIONS.items()}
    return {**errors, "applied": applied, "rise": rise - 1, **frontal, "alpha": evidence["alpha"]["change"]}


def swept(subject: str) -> pd.DataFrame:
    """Return one row per sweep, method and amplitude of a subject."""
    rows = []
    for sweep, sizes in SWEEPS.items():
        made = scene(subject, sizes)
        for name, settings in methods(sweep):
            for amplitude in AMPLITUDES:
                about = {"subject": subject, "sweep": sweep, "method": name, "amplitude": amplitude}
                rows.append({**about, **measured(made, amplitude, settings)})
        print(f"{subject}, {sweep}: done", file=sys.stderr, flush=True)
    return pd.DataFrame(rows)


def figures(table: pd.DataFrame) -> dict[str, float]:
    """Return the figures of the last line."""
    found: dict[str, float] = {}
    for name, rows in table.groupby("method", sort=False):
        largest = rows[rows["amplitude"] == rows["amplitude"].max()]
        ours = {
            "share_lowest": largest["share"].min(),
            "share_mean": largest["share"].mean(),
            "worst_rise": rows["rise"].max(),
            "alpha_change": rows["alpha"].abs().max(),
            **{one: largest[one].mean() for one in CORRELATIONS},
        }
        kept = ours if name == next(iter(REGRESSION)) else {k: v for k, v in ours.items() if "_mean" not in k}
        prefix = "" if kept is ours else f"{name}_"
        found |= {f"{prefix}{key}": round(float(value), 5) for key, value in kept.items()}
    return found


def main(n_subjects: int = 8) -> None:
    """Sweep the subjects side by side and print the tables."""
    for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(variable, "1")  # for the processes that are started here
    subjects = [f"s{number:02d}" for number in range(1, n_subjects + 1)]
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        table = pd.concat(pool.map(swept, subjects), ignore_index=True)
    columns = {
        "before": ("before", "mean"),
        "true weights": ("weights", "mean"),
        "after": ("after", "mean"),
        "as applied": ("applied", "mean"),
        "worst rise": ("rise", "max"),
        "share": ("share", "mean"),
        "lowest": ("share", "min"),
        "r vEOG before": ("correlation_before", "mean"),
        "r vEOG after": ("correlation_after", "mean"),
        "r hEOG before": ("correlation_heog_before", "mean"),
        "r hEOG after": ("correlation_heog_after", "mean"),
        "alpha": ("alpha", lambda change: change.abs().max()),
    }
    for sweep, rows in table.groupby("sweep", sort=False):
        print(f"{sweep}: {n_subjects} subjects")
        print(rows.groupby(["method", "amplitude"], sort=False).agg(**columns).round(3).to_string(), end="\n\n")
    print(json.dumps(figures(table)))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))

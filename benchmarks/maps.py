"""Whether the maps of a subject's page peak where an effect was planted, through the whole chain.

`.venv/bin/python benchmarks/maps.py [n_subjects] [seed]` simulates 10 people as config.yaml does (its trials, its
effect, its artefacts), cleans, cuts and turns them into entropy as its steps do, pools as the page pools, and looks
where the difference of high and low is largest, or smallest where less was planted. A hit is one of the electrodes the
effect was planted under, near is one of their neighbours too: sources are displaced a little, and two of them add up
between their electrodes. Two processes.

Last line, JSON, shares of the subjects: `hits_TARGET_BAND_SIGN`, `near_TARGET_BAND_SIGN`; `valence_alpha` (hits on the
worse of its two sides: three electrodes each, the narrowest place of all); `beyond_noise` (a value beyond the noise
level under valence).
"""

import json
import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple

import numpy as np

from eeg.config import load
from eeg.datasets import fif, simulated
from eeg.datasets.simulated import brain
from eeg.features.branch import Trials, differential_entropy
from eeg.features.grid import CELLS
from eeg.plan import Plan
from eeg.preprocess import eog
from eeg.preprocess.bandpass import bandpass
from eeg.preprocess.downsample import downsample
from eeg.preprocess.reference import rereference
from eeg.preprocess.segment import segment
from eeg.report.subject.contrast import Contrast, contrast, pooled
from eeg.targets import labels

ROOT = Path(__file__).parents[1]
EFFECTS = [
    ("valence", "alpha", 1),
    ("valence", "alpha", -1),
    ("valence", "gamma", 1),
    ("arousal", "alpha", -1),
    ("arousal", "beta", 1),
    ("arousal", "gamma", 1),
]


class Maps(NamedTuple):
    """The contrasts of one subject by target, its channels and bands."""

    contrasts: dict[str, Contrast]
    channels: list[str]
    bands: list[str]


def around(places: set[str]) -> set[str]:
    """Return the electrodes next to some: the nearest on the checkered 9 x 9 grid in every direction."""
    return {
        name
        for name, (row, column) in CELLS.items()
        if any(abs(row - CELLS[one][0]) + abs(column - CELLS[one][1]) <= 2 for one in places)
    }


def maps(subject: str, seed: int) -> Maps:
    """Return what the page shows of a simulated subject."""
    plan = Plan({**load(ROOT / "config.yaml"), "seed": seed}, ROOT)
    steps, trial = plan.config.preprocess, plan.config.trial.model_dump()
    with tempfile.TemporaryDirectory() as folder:
        settings = simulated.Settings(**{**plan.simulated, "forms": ["original"]})
        simulated.write(folder, subject, settings, seed)
        table = simulated.trial_table(folder, subject)
        raw = simulated.read(folder, subject, table)
    lowered = downsample(raw, **steps.downsample.model_dump())
    narrow, wide = (
        rereference(bandpass(lowered, low=low, high=high), steps.reference)
        for low, high in ((steps.bandpass.low, steps.bandpass.high), (steps.eog.low, steps.eog.high))
    )
    asked = steps.eog.model_dump(exclude={"low", "high"})
    epochs = segment(eog.remove(narrow, wide, eog.Settings(**asked))[0], table, **trial)
    x, n_baseline = epochs.get_data(copy=False) * 1e6, round(trial["baseline"] * epochs.info["sfreq"])
    trials = Trials(
        x, table["trial"].tolist(), epochs.ch_names, epochs.info["sfreq"], n_baseline, fif.electrodes(epochs)
    )
    branch = plan.branch(type("Wildcards", (), {"branch": "entropy"}))
    branch.pop("placed")
    found = differential_entropy(trials, **branch)
    codes = {target: labels(table, plan.target(target)) for target in ("valence", "arousal")}
    contrasts = {}
    for (target, code), other in zip(codes.items(), reversed(codes.values()), strict=True):
        words = ("maps", subject, target)
        contrasts[target] = contrast(pooled(found.array), code == 1, code == 0, words=words, strata=other)
    return Maps(contrasts, trials.channels, list(found.about["bands"]))


def peak(found: Maps, target: str, band: str, sign: int) -> str:
    """Return the channel where the difference is largest in the asked direction."""
    return found.channels[int((sign * found.contrasts[target].difference[:, found.bands.index(band)]).argmax())]


def main() -> None:
    """Print where every effect peaks in every subject, and the shares that peak where it was planted."""
    n_subjects, seed = (int(value) for value in (*sys.argv[1:], *("10", "1")[len(sys.argv) - 1 :]))
    subjects = [f"s{number:02d}" for number in range(1, n_subjects + 1)]
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        found = list(pool.map(maps, subjects, [seed] * n_subjects))
    figures: dict[str, float] = {}
    for target, band, sign in EFFECTS:
        peaks = [peak(one, target, band, sign) for one in found]
        name, places = f"{target}_{band}_{'more' if sign > 0 else 'less'}", brain.planted(target, band, sign)
        figures[f"hits_{name}"] = float(np.mean([one in places for one in peaks]))
        figures[f"near_{name}"] = float(np.mean([one in places | around(places) for one in peaks]))
        print(f"{name:22s} {figures[f'hits_{name}']:.2f} {figures[f'near_{name}']:.2f}  {' '.join(peaks)}")
    beyond = [np.abs(one.contrasts["valence"].t).max() > one.contrasts["valence"].level for one in found]
    figures["valence_alpha"] = min(figures["hits_valence_alpha_more"], figures["hits_valence_alpha_less"])
    figures["beyond_noise"] = float(np.mean(beyond))
    print(json.dumps(figures))


if __name__ == "__main__":
    main()

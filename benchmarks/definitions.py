"""How far the definitions of differential entropy lie from the reference, and what short windows and ends bias.

`.venv/bin/python benchmarks/definitions.py` prints, as they stand in docs/entropy.md (a minute, three with TorchEEG):

1. per definition and band the mean (and standard deviation over windows, trials and channels) of its entropy minus the
   reference's in the same band, in nats, with the baseline kept and subtracted, in windows of a second: on white noise
   of 10 microvolt, and on ten trials of a simulated person in the form of the release (4-45 Hz, 128 Hz). That of `ccnn`
   is taken before its z-score, after which there is no level to compare; LibEER's, which subtracts signals and keeps
   the level, are compared with the reference whose baseline is kept;
2. per band of the named sets and length of window, on white noise at 128 Hz: the mean entropy of windows less the
   entropy of their mean variance, and, beside it, that of the band's bare width less the exact integral of the filter;
3. per band of the set `five` and signal of 1, in windows of a second: the entropy of the first, the last and all other
   windows of a piece that is filtered by itself, less that of the same windows where the signal goes on;
4. how far TorchEEG's own DEAPDataset, BandDifferentialEntropy and BaselineRemoval lie from the definition `torcheeg`,
   on two trials of a `.dat`, in the environment that `make bench-peers` makes; left out where there is none.

Last line, JSON: `DEFINITION_BAND_noise` and `DEFINITION_BAND_simulated` (1, baseline kept), `bias_BAND_1s` (2, the set
`five`), `ends_BAND_noise` and `ends_BAND_simulated` (3, the mean of last windows), `integral_max_abs_difference_nat`
(entropy of the mean variance of 8-s windows beside the integral, at 128 and 256 Hz, over the four sets of the
reference), `torcheeg_max_abs_difference_nat` (4, both ways of baseline).
"""

import json
import subprocess
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import get_args

import numpy as np
import pandas as pd
from scipy.signal import butter, sosfreqz

from eeg.channels import GENEVA
from eeg.config import load
from eeg.datasets.simulated import Settings
from eeg.datasets.simulated.recording import record
from eeg.datasets.simulated.release import trials as release_trials
from eeg.datasets.simulated.release_files import write_dat
from eeg.features import definitions, entropy
from eeg.features.definitions import Bands, Computing, ccnn
from eeg.features.filterbank import ORDER
from eeg.features.grid import read
from eeg.features.trials import Trials

ROOT = Path(__file__).parents[1]
PEER = ROOT / ".venv-peers/bin/python"
SETS: dict[str, Bands] = {
    name: {band: (low, high) for band, (low, high) in bands.items()}
    for name, bands in load(str(ROOT / "config.yaml"))["bands"].items()
}
SET_OF = {"ccnn": "ccnn4", "torcheeg": "torcheeg4", "libeer": "libeer5", "libeer_lds": "libeer5"}
LEVEL_KEPT = ("libeer", "libeer_lds")
OF_THE_REFERENCE = ("five", "ccnn4", "disjoint5", "seed5")
SFREQ, BASELINE, VIDEO = 128, 3, 60
LENGTHS = (0.5, 1.0, 2.0, 4.0)
PIECE, PIECES = 15, (4, 19, 34)
SECONDS = (np.arange(0, VIDEO * SFREQ, SFREQ), SFREQ)


def noise(n_trials: int, *, sfreq: int = SFREQ, seconds: int = BASELINE + VIDEO) -> np.ndarray:
    """Return white noise of 10 microvolt, (n_trials, 32, n_times)."""
    return 10 * np.random.default_rng(1).standard_normal((n_trials, len(GENEVA), seconds * sfreq))


def simulated(n_trials: int) -> np.ndarray:
    """Return the trials of a simulated person as the release holds them."""
    settings = Settings(n_trials=n_trials, baseline=float(BASELINE), duration=float(VIDEO))
    return release_trials(record("s01", settings, 1), settings)[:, : len(GENEVA)]


def as_trials(x: np.ndarray) -> Trials:
    """Return trials of the release's layout."""
    return Trials(x, range(1, len(x) + 1), GENEVA, SFREQ, BASELINE * SFREQ)


def in_nats(name: str, trials: Trials, bands: Bands, baseline: definitions.Baseline) -> np.ndarray:
    """Return a definition's entropies in nats; those of `ccnn` before its z-score."""
    if name == "ccnn":
        return ccnn.entropies(trials, bands=bands, windows=SECONDS, baseline=baseline)
    one = definitions.definition(name)
    found = one.features(trials, bands=bands, windows=SECONDS, baseline=baseline, computing=Computing())
    return found * np.log(2) if one.UNITS == "bits" else found


def distances(signals: dict[str, np.ndarray]) -> pd.DataFrame:
    """Return mean and spread of each definition less the reference, by definition, band, signal and baseline."""
    rows = []
    for name, chosen in SET_OF.items():
        for signal, x in signals.items():
            for baseline in get_args(definitions.Baseline):
                trials, bands = as_trials(x), SETS[chosen]
                reference = in_nats("reference", trials, bands, "keep" if name in LEVEL_KEPT else baseline)
                apart = in_nats(name, trials, bands, baseline) - reference
                rows += [
                    (name, band, signal, baseline, apart[..., at].mean(), apart[..., at].std())
                    for at, band in enumerate(bands)
                ]
    return pd.DataFrame(rows, columns=["definition", "band", "signal", "baseline", "mean", "sd"])


def of_noise(x: np.ndarray, bands: Bands, *, length: int, sfreq: int = SFREQ) -> np.ndarray:
    """Return the reference's entropy of windows side by side, but for those within a second of a trial's ends."""
    starts = np.arange(sfreq, x.shape[2] - sfreq - length + 1, length)
    return entropy.differential_entropy(x, sfreq, bands=bands, windows=(starts, length), computing=Computing(threads=2))


def of_mean_variance(de: np.ndarray) -> np.ndarray:
    """Return per band the entropy of the variance averaged over windows, trials and channels."""
    variance = np.exp(2 * de).mean(axis=(0, 1, 2)) / (2 * np.pi * np.e)
    return entropy.of_variance(variance)


def integrals(bands: Bands, sfreq: int) -> np.ndarray:
    """Return the exact entropy of the noise in each band: that of the integral of its density times |H|^4."""
    exact = []
    for edges in bands.values():
        f, h = sosfreqz(butter(ORDER, edges, "bandpass", fs=sfreq, output="sos"), 2**16, fs=sfreq)
        exact.append(100 / (sfreq / 2) * np.sum(np.abs(h) ** 4) * (f[1] - f[0]))
    return entropy.of_variance(np.array(exact))


def distinct() -> Bands:
    """Return every band of the named sets once, by its edges in words, slow ones first."""
    edges = sorted({edges for bands in SETS.values() for edges in bands.values()})
    return {f"{low:g}-{high:g}": (low, high) for low, high in edges}


def biases(x: np.ndarray) -> pd.DataFrame:
    """Return by band the bias of each length of window, and what the bare width of the band is off by."""
    bands = distinct()
    table = pd.DataFrame(index=list(bands))
    table["sets"] = [
        ", ".join(f"`{name}`" for name in SETS if edges in SETS[name].values()) for edges in bands.values()
    ]
    for length in LENGTHS:
        de = of_noise(x, bands, length=round(length * SFREQ))
        table[f"{length:g} s"] = de.mean(axis=(0, 1, 2)) - of_mean_variance(de)
    width = [100 / (SFREQ / 2) * (high - low) for low, high in bands.values()]
    return table.assign(**{"bare width": entropy.of_variance(np.array(width)) - integrals(bands, SFREQ)})


def ended(x: np.ndarray, bands: Bands) -> np.ndarray:
    """Return the entropy of every second of pieces filtered by themselves less that within their trials.

    Returns
    -------
    ndarray, shape (n_trials * n_pieces, n_seconds, n_channels, n_bands)
        In nats; a piece has `PIECE` seconds, and the trial goes on for at least 4 s on either side of it.
    """
    how, starts, found = {"bands": bands, "computing": Computing(threads=2)}, np.arange(PIECE) * SFREQ, []
    for first in (SFREQ * second for second in PIECES):
        piece = x[..., first : first + PIECE * SFREQ]
        alone = entropy.differential_entropy(piece, SFREQ, windows=(starts, SFREQ), **how)
        found.append(alone - entropy.differential_entropy(x, SFREQ, windows=(first + starts, SFREQ), **how))
    return np.concatenate(found)


def ends(signals: dict[str, np.ndarray]) -> pd.DataFrame:
    """Return by band, signal and window of a piece (first, last, others) what its end does to the entropy."""
    rows = []
    for signal, x in signals.items():
        apart = ended(x, SETS["five"])
        for window, at in {"first": slice(1), "last": slice(-1, None), "others": slice(1, -1)}.items():
            size = np.abs(apart[:, at]).reshape(-1, apart.shape[-1])
            numbers = apart[:, at].mean(axis=(0, 1, 2)), size.mean(axis=0), size.max(axis=0)
            rows += [(band, f"{signal}, {window}", *row) for band, *row in zip(SETS["five"], *numbers, strict=True)]
    return pd.DataFrame(rows, columns=["band", "window", "mean", "size", "largest"])


def integral_difference() -> float:
    """Return how far the entropy of the mean variance lies from the exact integral, at two rates."""
    worst = []
    for sfreq in (128, 256):
        x = noise(12, sfreq=sfreq, seconds=66)
        for name in OF_THE_REFERENCE:
            de = of_noise(x, SETS[name], length=8 * sfreq, sfreq=sfreq)
            worst.append(np.abs(of_mean_variance(de) - integrals(SETS[name], sfreq)).max())
    return float(max(worst))


def beside_torcheeg(x: np.ndarray) -> float:
    """Return the largest difference in nats between TorchEEG's dataset of these trials and the definition."""
    data = np.concatenate([x, np.zeros((len(x), 40 - x.shape[1], x.shape[2]))], axis=1)
    trials, bands, worst = as_trials(x), SETS["torcheeg4"], 0.0
    with tempfile.TemporaryDirectory() as folder:
        release, out = Path(folder) / "release", Path(folder) / "features.npy"
        release.mkdir()
        write_dat(release / "s01.dat", data, np.full((len(x), 4), 5.0))
        for baseline in get_args(definitions.Baseline):
            script = ROOT / "benchmarks/peers/torcheeg_deap.py"
            command = [PEER, script, release, "--baseline", baseline, "--features", out]
            subprocess.run([*map(str, command)], check=True, capture_output=True)
            theirs = read(np.moveaxis(np.load(out), 1, -1), GENEVA).reshape(len(x), VIDEO, len(GENEVA), len(bands))
            ours = in_nats("torcheeg", trials, bands, baseline)
            worst = max(worst, float(np.abs(theirs * np.log(2) - ours).max()))
    return worst


def markdown(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Return a table as docs/entropy.md holds it."""
    names = list(head)
    return "\n".join(f"| {' | '.join(row)} |" for row in (names, ["---"] * len(names), *rows))


def distance_table(found: pd.DataFrame) -> str:
    """Return the distances as a table, one row a definition and band."""
    rows = []
    for (name, band), group in found.groupby(["definition", "band"], sort=False):
        low, high = SETS[SET_OF[str(name)]][str(band)]
        cells = [f"{mean:+.2f} ({sd:.2f})" for mean, sd in zip(group["mean"], group["sd"], strict=True)]
        rows.append([f"`{name}`", f"{band} {low:g}-{high:g}", *cells])
    pairs = found[["signal", "baseline"]].drop_duplicates().itertuples(index=False)
    return markdown(["definition", "band, Hz", *(f"{signal}, {baseline}" for signal, baseline in pairs)], rows)


def bias_table(found: pd.DataFrame) -> str:
    """Return the biases as a table."""
    numbers = [f"{length:g} s" for length in LENGTHS] + ["bare width"]
    rows = [[str(band), row["sets"], *(f"{row[name]:+.2f}" for name in numbers)] for band, row in found.iterrows()]
    return markdown(["band, Hz", "sets", *numbers], rows)


def ends_table(found: pd.DataFrame) -> str:
    """Return what the ends do as a table."""
    rows = []
    for band, group in found.groupby("band", sort=False):
        low, high = SETS["five"][str(band)]
        cells = [f"{row.mean:+.2f} ({row.size:.2f}, {row.largest:.2f})" for row in group.itertuples()]
        rows.append([f"{band} {low:g}-{high:g}", *cells])
    return markdown(["band, Hz", *found["window"].unique()], rows)


def main() -> None:
    """Measure and print."""
    signals = {"noise": noise(10), "simulated": simulated(10)}
    apart, bias, ended_at = distances(signals), biases(noise(24)), ends(signals)
    print(f"{distance_table(apart)}\n\n{bias_table(bias)}\n\n{ends_table(ended_at)}\n")
    kept = apart[apart["baseline"] == "keep"]
    figures = {f"{row['definition']}_{row['band']}_{row['signal']}": row["mean"] for _, row in kept.iterrows()}
    figures |= {f"bias_{band}_1s": bias.at[f"{low:g}-{high:g}", "1 s"] for band, (low, high) in SETS["five"].items()}
    last = ended_at[ended_at["window"].str.endswith("last")]
    figures |= {f"ends_{row.band}_{row.window.split(',')[0]}": row.mean for row in last.itertuples()}
    figures["integral_max_abs_difference_nat"] = integral_difference()
    if PEER.exists():
        figures["torcheeg_max_abs_difference_nat"] = beside_torcheeg(simulated(2))
    print(json.dumps({name: float(f"{value:.4g}") for name, value in figures.items()}))


if __name__ == "__main__":
    main()

"""The papers' presets under their own protocol and with whole trials held out, everything else unchanged.

`.venv/bin/python benchmarks/papers.py [cores] [folder]` runs the graph on two simulated people (configs/papers.yaml
with the sizes of benchmarks/papers.yaml, about an hour) and prints the accuracy of every model, per window and per
trial, under `window`, which is LEAKY, and under `trial`. Simulated data: the gap is the lesson, not the level. In a
folder that is named the run is kept, and a second call goes on with it.

Last line, JSON: `MODEL_window` and `MODEL_trial`, mean accuracy per window over subjects under each protocol, and
`MODEL_chance`, that of `trial`.
"""

import json
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd

ROOT = Path(__file__).parents[1]
CONFIGS = ("config.yaml", "configs/papers.yaml", "benchmarks/papers.yaml")


def run(folder: Path, cores: str) -> pd.DataFrame:
    """Return the summary of the experiment, run in a folder."""
    options = ["--snakefile", ROOT / "Snakefile", "--profile", ROOT / "profiles/default", "--cores", cores]
    files = ["--configfile", *(ROOT / name for name in CONFIGS)]
    command = [Path(sys.executable).with_name("snakemake"), *options, "--directory", folder, *files]
    folder.mkdir(parents=True, exist_ok=True)
    subprocess.run([*map(str, command), "--", "results/summary.csv"], check=True)
    return pd.read_csv(folder / "results/summary.csv")


def main() -> None:
    """Run, print both tables, and the figures as JSON."""
    cores, *kept = sys.argv[1:] or ["2"]
    with TemporaryDirectory() as folder:
        summary = run(Path(kept[0] if kept else folder).resolve(), cores)
    told = summary[summary["metric"] == "accuracy"].assign(name=lambda table: table["model"] + " " + table["target"])
    for unit in ("window", "trial"):
        mine = told[told["unit"] == unit]
        table = mine.pivot_table(index="name", columns="protocol", values=["mean", "chance"])
        print(f"\naccuracy per {unit}, mean over subjects (simulated; `window` is LEAKY)\n{table.round(3).to_string()}")
    of = told[told["unit"] == "window"].set_index(["model", "protocol"])
    models = of.index.get_level_values("model").unique()
    figures = {f"{name}_{protocol}": of["mean"][name, protocol] for name in models for protocol in ("window", "trial")}
    figures |= {f"{name}_chance": of["chance"][name, "trial"] for name in models}
    print(json.dumps({name: round(float(value), 3) for name, value in figures.items()}))


if __name__ == "__main__":
    main()

"""Predict without EEG: every target and part of one protocol."""

from itertools import groupby
from pathlib import Path

from eeg.steps.job import job

with job(snakemake):
    import pandas as pd

    from eeg import seeds, yardsticks
    from eeg.storage import read_csv, read_split, write_parquet

    trials = pd.concat([read_csv(path) for path in snakemake.input.trials], ignore_index=True)
    splits = {Path(path).stem: read_split(path) for path in snakemake.input.splits}
    protocol, targets, seed = (snakemake.params[name] for name in ("protocol", "targets", "seed"))
    for (target, name), paths in groupby(snakemake.output, key=lambda path: Path(path).parts[-3:-1]):
        named = {"protocol": protocol, "seed": seeds.seed(seed, "yardstick", protocol, target, name)}
        tables = yardsticks.predict(name, trials, splits, targets[target], **named)
        for path in paths:
            write_parquet(path, tables[Path(path).stem])

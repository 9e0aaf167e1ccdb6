"""Predict without EEG: every target and part of one protocol."""

from itertools import groupby
from pathlib import Path

from eeg.steps.job import job

with job(snakemake):
    import pandas as pd

    from eeg import seeds, yardsticks
    from eeg.storage import read_csv, read_split, write_json, write_parquet

    trials = pd.concat([read_csv(path) for path in snakemake.input.trials], ignore_index=True)
    splits = {Path(path).stem: read_split(path) for path in snakemake.input.splits}
    protocol, targets, seed = (snakemake.params[name] for name in ("protocol", "targets", "seed"))
    made = zip(snakemake.output.predictions, snakemake.output.records, strict=True)
    for (target, name), files in groupby(made, key=lambda pair: Path(pair[0]).parts[-3:-1]):
        named = {"protocol": protocol, "seed": seeds.seed(seed, "yardstick", protocol, target, name)}
        tables, records = yardsticks.predict(name, trials, splits, targets[target], **named)
        for path, record in files:
            part = Path(path).stem
            write_parquet(path, tables[part])
            about = {"protocol": protocol, "target": target, "model": name, "part": part}
            write_json(record, {**about, "folds": records[part]})

"""Predict without EEG: every target and part of one protocol."""

from pathlib import Path

from eeg.steps.job import job

with job(snakemake):
    import pandas as pd

    from eeg import yardsticks
    from eeg.storage import read_csv, write_parquet

    trials = pd.concat([read_csv(path) for path in snakemake.input.trials], ignore_index=True)
    splits = {Path(path).stem: read_csv(path) for path in snakemake.input.splits}
    for path in snakemake.output:
        target, name, part = Path(path).with_suffix("").parts[-3:]
        write_parquet(path, yardsticks.predict(name, trials, splits[part], snakemake.params.targets[target]))

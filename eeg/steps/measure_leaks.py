"""Fit one model to a subject under every combination of leaks, and to noise in its place."""

from eeg.steps.job import job

with job(snakemake) as terminal:
    import pandas as pd

    from eeg.meter import Meter
    from eeg.steps.branch_files import read_trials
    from eeg.steps.progress import Progress
    from eeg.storage import read_csv, write_parquet

    subject = snakemake.wildcards.subject
    meter = Meter(**snakemake.params.meter)
    trials, table = read_trials(snakemake.input.epochs, snakemake.params.baseline), read_csv(snakemake.input.trials)
    watch = Progress(f"leaks of {subject}", terminal)
    write_parquet(snakemake.output[0], pd.concat(meter.measure(subject, trials, table, watch=watch), ignore_index=True))

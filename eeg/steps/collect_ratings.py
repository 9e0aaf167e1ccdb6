"""Join the simulated subjects' ratings into the table DEAP has."""

from eeg.steps.job import job

with job(snakemake):
    from eeg.datasets import simulated
    from eeg.storage import read_csv, write_csv

    write_csv(snakemake.output[0], simulated.collect_ratings([read_csv(path) for path in snakemake.input]))

"""Write one simulated recording, its ratings and its truth."""

from eeg.steps.job import job

with job(snakemake):
    from eeg.datasets import simulated

    settings = simulated.Settings(**snakemake.params.settings)
    simulated.write("results/simulated", snakemake.wildcards.subject, settings, snakemake.params.seed)

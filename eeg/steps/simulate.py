"""Write one simulated recording, its ratings and its truth, and spoil what the config wants to be wrong."""

from eeg.steps.job import job

with job(snakemake):
    from eeg.datasets import simulated
    from eeg.datasets.simulated import flaws

    subject, params = snakemake.wildcards.subject, snakemake.params
    settings = simulated.Settings(**params.settings)
    simulated.write("results/simulated", subject, settings, params.seed)
    for name in params.flaws:
        form = flaws.form_of(name, settings.forms)
        flaws.spoil("results/simulated", subject, name, form=form, seed=params.seed)

"""List a subject's trials with their labels."""

from eeg.steps.job import job

with job(snakemake):
    from eeg import datasets
    from eeg.storage import write_csv

    source = snakemake.params.source
    reader = datasets.reader(source["reader"])
    trials = reader.trial_table(source["folder"], snakemake.wildcards.subject, **source["settings"])
    write_csv(snakemake.output[0], trials)

"""List the trials, with their labels, of a subject that passed its check."""

from eeg.steps.job import job

with job(snakemake):
    from eeg import datasets, doctor
    from eeg.storage import read_json, write_csv

    source, files = snakemake.params.source, snakemake.input
    for path in (files.check, *files.parity, files.cohort):
        doctor.admit(read_json(path), path)
    reader = datasets.reader(source["reader"])
    trials = reader.trial_table(source["folder"], snakemake.wildcards.subject, **source["settings"])
    write_csv(snakemake.output[0], trials)

"""Compare a subject's recording, cleaned by our steps, with the trials DEAP's makers made of it, labels included."""

from eeg.steps.job import job

with job(snakemake):
    from eeg import datasets
    from eeg.doctor import beside
    from eeg.storage import write_json

    source, params = snakemake.params.source, snakemake.params
    reader = datasets.reader(source["reader"])
    report = beside.compare(reader, source, snakemake.wildcards.subject, other=params.other, trial=params.trial)
    write_json(snakemake.output[0], report)
    print(*(f"{finding['severity']}: {finding['message']}" for finding in report["findings"]), sep="\n")

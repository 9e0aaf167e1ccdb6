"""Examine a subject's recording and labels; what cannot be read is a finding, not a crash."""

from eeg.steps.job import job

with job(snakemake):
    from eeg import datasets
    from eeg.doctor.examination import Asked, examine_subject
    from eeg.storage import write_json

    source, params = snakemake.params.source, snakemake.params
    asked = Asked(settings=source["settings"], **params.asked)
    reader = datasets.reader(source["reader"])
    report = examine_subject(reader, source["folder"], snakemake.wildcards.subject, asked=asked)
    write_json(snakemake.output[0], report)
    print(*(f"{finding['severity']}: {finding['message']}" for finding in report["findings"]), sep="\n")

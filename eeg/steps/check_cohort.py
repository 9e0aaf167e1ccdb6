"""Examine the subjects together: who is missing, what repeats, whether the labels are the known ones."""

from eeg.steps.job import job

with job(snakemake):
    from eeg import datasets
    from eeg.doctor.cohort import examine_cohort
    from eeg.doctor.examination import Asked
    from eeg.storage import read_json, write_json

    source, params = snakemake.params.source, snakemake.params
    reports = [read_json(path) for path in snakemake.input.reports]
    asked = Asked(settings=source["settings"], **params.asked)
    report = examine_cohort(datasets.reader(source["reader"]), source["folder"], reports, asked=asked)
    write_json(snakemake.output[0], {**report, "paired": params.paired})
    print(*(f"{finding['severity']}: {finding['message']}" for finding in report["findings"]), sep="\n")

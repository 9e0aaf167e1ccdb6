"""Summarise scores over subjects and compare models and protocols."""

from eeg.steps.job import job

with job(snakemake):
    from eeg.method import Method
    from eeg.protocols import LEAKY
    from eeg.report.words import noted
    from eeg.statistics import compare, summarise
    from eeg.storage import read_csv, write_csv

    scores, params = read_csv(snakemake.input.scores), snakemake.params
    common = {"yardsticks": params.yardsticks, "method": Method(**params.method)}
    summary = summarise(scores, p=read_csv(snakemake.input.chance), **common)
    write_csv(snakemake.output.summary, noted(summary, params.transductive))
    write_csv(snakemake.output.comparisons, noted(compare(scores, leaky=LEAKY, **common), params.transductive))

"""Summarise scores over subjects and compare models and protocols."""

from eeg.steps.job import job

with job(snakemake):
    from eeg.protocols import LEAKY
    from eeg.report.words import noted
    from eeg.statistics import compare, summarise
    from eeg.storage import read_csv, write_csv

    scores, params = read_csv(snakemake.input.scores), snakemake.params
    common = {name: getattr(params, name) for name in ("yardsticks", "confidence", "validation")}
    summary = summarise(scores, p=read_csv(snakemake.input.chance), seed=params.seed, **common)
    write_csv(snakemake.output.summary, noted(summary, params.transductive))
    write_csv(snakemake.output.comparisons, noted(compare(scores, leaky=LEAKY, **common), params.transductive))

"""Summarise scores over subjects and compare models and protocols."""

from eeg.steps.job import job

with job(snakemake):
    from eeg.method import Method
    from eeg.pairs import in_common
    from eeg.protocols import LEAKY
    from eeg.report.words import noted
    from eeg.statistics import compare, summarise
    from eeg.storage import read_csv, write_csv

    files, params = snakemake.input, snakemake.params
    scores, chance = read_csv(files.scores), read_csv(files.chance)
    asked = {"yardsticks": params.yardsticks, "method": Method(**params.method)}
    summary = summarise(scores, p=chance, **asked)
    compared = compare(scores, leaky=LEAKY, common=in_common(chance, read_csv(files.pairs)), **asked)
    write_csv(snakemake.output.summary, noted(summary, params.transductive))
    write_csv(snakemake.output.comparisons, noted(compared, params.transductive))

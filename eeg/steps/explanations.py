"""Join the explanations of all parts: maps by subject and over subjects, their noise levels and the sanity check."""

from eeg.steps.job import job

with job(snakemake):
    from itertools import groupby
    from pathlib import Path

    import pandas as pd

    from eeg import explanations
    from eeg.method import Method
    from eeg.report.words import noted
    from eeg.storage import read_parquet, write_csv

    method, found = Method(**snakemake.params.method), []
    for folder, files in groupby(map(Path, snakemake.input), lambda path: path.parent):
        drops = pd.concat([read_parquet(path) for path in files], ignore_index=True)
        found.append(explanations.explained(drops, cell=folder.parts[-3:], method=method))
    for path, table in zip(snakemake.output, explanations.joined(found), strict=True):
        write_csv(path, noted(table))

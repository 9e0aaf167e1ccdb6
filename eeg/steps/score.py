"""Score every table of predictions, one protocol, target and model at a time."""

from itertools import groupby
from pathlib import Path

from eeg.steps.job import job

with job(snakemake):
    import pandas as pd

    from eeg.scores import Cell, score
    from eeg.storage import read_parquet, write_csv

    tables, chances = [], []
    for folder, paths in groupby(snakemake.input.predictions, key=lambda path: Path(path).parent):
        predictions = pd.concat([read_parquet(path) for path in paths], ignore_index=True)
        cell = Cell(*folder.parts[-3:])
        scored = score(predictions, cell=cell, draws=snakemake.params.draws, seed=snakemake.params.seed)
        tables.append(scored.table)
        chances.append(scored.p)
        print(*cell)
    write_csv(snakemake.output.scores, pd.concat(tables, ignore_index=True))
    write_csv(snakemake.output.chance, pd.concat(chances, ignore_index=True))

"""Score every table of predictions, one protocol, target and model at a time."""

from concurrent.futures import ThreadPoolExecutor
from itertools import groupby
from pathlib import Path

from eeg.steps.job import job

with job(snakemake):
    import pandas as pd

    from eeg.calibration import calibration
    from eeg.method import Method
    from eeg.pairs import differences
    from eeg.predictions import Cell, confusions
    from eeg.refits import with_refits
    from eeg.report.words import noted
    from eeg.scores import score
    from eeg.storage import read_csv, read_parquet, write_csv

    method = Method(**snakemake.params.method)
    trials = pd.concat([read_csv(path) for path in snakemake.input.trials], ignore_index=True)

    def scored(item: tuple[Path, list[str]]) -> tuple[Cell, list, tuple[pd.DataFrame, ...]]:
        """Return a cell, what was resampled of it, and its scores, p, calibration and confusions."""
        folder, paths = item
        predictions = pd.concat([read_parquet(path) for path in paths], ignore_index=True)
        cell = Cell(*folder.parts[-3:])
        found = score(predictions, cell=cell, method=method, trials=trials)
        again = [read_parquet(path) for path in snakemake.input.refits if Path(path).parts[-4:-1] == cell]
        print(*cell)
        probable = calibration(predictions, cell=cell, method=method)
        tables = found.table, with_refits(found.p, again), probable, confusions(predictions, cell=cell)
        return cell, found.resampled, tables

    cells = [
        (folder, list(own)) for folder, own in groupby(snakemake.input.predictions, lambda path: Path(path).parent)
    ]
    # numpy lets go of the interpreter, so threads do; every cell draws from seeds of its own
    with ThreadPoolExecutor(snakemake.threads) as pool:
        names, resampled, made = zip(*pool.map(scored, cells), strict=True)
    whole = [pd.concat(parts, ignore_index=True) for parts in zip(*made, strict=True)]
    whole.append(differences(dict(zip(names, resampled, strict=True))))
    for path, table in zip(snakemake.output, whole, strict=True):
        write_csv(path, noted(table, snakemake.params.transductive))

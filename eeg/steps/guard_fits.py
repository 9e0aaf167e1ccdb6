"""Hold every prediction against its split, its labels and what its fit was given, and scalers against their proof."""

from functools import cache
from itertools import groupby
from pathlib import Path

from eeg.steps.job import job

with job(snakemake):
    import pandas as pd

    from eeg.guard import fits, yardsticks
    from eeg.guard.experiment import Experiment
    from eeg.steps.inputs import read_scalers, read_windows_by_branch
    from eeg.storage import read_csv, read_json, read_parquet, read_split, sha256, write_json

    files = snakemake.input
    fits.check_proven({path: sha256(path) for path in files.scalers}, read_json(files.guard)["scalers"])
    trials = pd.concat([read_csv(path) for path in files.trials], ignore_index=True)
    windows = read_windows_by_branch(files.windows)
    given = trials, windows, cache(read_split)
    experiment = Experiment(*given, scalers=cache(read_scalers), **snakemake.params.held)
    found = [
        fits.check(experiment.fit(path, read_parquet(path), read_json(record)))
        for path, record in zip(files.predictions, files.records, strict=True)
    ]
    compared = [
        yardsticks.check(experiment.yardstick({path: (read_parquet(path), read_json(record)) for path, record in own}))
        for _, own in groupby(zip(files.yardsticks, files.went_by, strict=True), lambda pair: Path(pair[0]).parent)
    ]
    about = fits.summary(found) | yardsticks.summary(compared)
    write_json(snakemake.output[0], {"verdict": "ok", **about, "channel_choice": experiment.channel_choice})
    print(f"{len(found)} fits were given nothing of what they test; every label is its trial's")

"""Hold every prediction against its split and what its fit was given, and its scalers against their proof."""

from functools import cache
from pathlib import Path

from eeg.steps.job import job

with job(snakemake):
    import pandas as pd

    from eeg.guard.fits import Fit, check, check_proven
    from eeg.steps.inputs import of_subjects, read_windows
    from eeg.storage import read_csv, read_json, read_parquet, sha256, write_json

    files, branches, counts = snakemake.input, snakemake.params.branches, []
    proven = read_json(files.guard)["scalers"]
    trials = pd.concat([read_csv(path) for path in files.trials], ignore_index=True)
    windows = {
        branch: read_windows(of_subjects(files.windows, branch, trials["subject"]))
        for branch in dict.fromkeys(branches.values())
    }
    split_of = cache(read_csv)
    for path in files.scalers:
        check_proven(path, sha256(path), proven)
    for path, record in zip(files.predictions, files.records, strict=True):
        protocol, target, model, part = Path(path).with_suffix("").parts[-4:]
        split = split_of(f"results/splits/{protocol}/{branches[model]}/{part}.csv")
        own = windows[branches[model]]
        own = own[own["subject"].isin(split["subject"])]
        counts.append(
            check(Fit((protocol, target, model, part), path, read_parquet(path), read_json(record), split, own, trials))
        )
    total = pd.DataFrame(counts).sum().to_dict() if counts else {}
    write_json(snakemake.output[0], {"verdict": "ok", "n_fits": len(counts), **total})
    print(f"{len(counts)} fits were given nothing of what they test")

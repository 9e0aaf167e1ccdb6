"""Make a part's folds from trial and window tables, before any model."""

from eeg.steps.job import job

with job(snakemake):
    import pandas as pd

    from eeg import splits
    from eeg.guard.tested import check_agreed
    from eeg.steps.inputs import read_windows
    from eeg.storage import read_csv, sha256, write_csv, write_json

    wildcards, settings = snakemake.wildcards, snakemake.params.settings
    trials, windows = [read_csv(path) for path in snakemake.input.trials], read_windows(snakemake.input.windows)
    named = {"branch": wildcards.branch, "settings": settings}
    split, about = splits.make(wildcards.protocol, wildcards.part, trials, windows, **named)
    for name, target in snakemake.params.learnt.items():
        check_agreed(split, pd.concat(trials), name, target)
    write_csv(snakemake.output.table, split)
    write_json(snakemake.output.about, {"sha256": sha256(snakemake.output.table), **about})
    print(about["statement"], *about["warnings"], sep="\n")

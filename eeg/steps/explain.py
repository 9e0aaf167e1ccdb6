"""Explain the models of one part: what tested trials lose without a channel or a band; and randomised models."""

from eeg.steps.job import job

with job(snakemake) as terminal:
    import pandas as pd

    from eeg.steps.explaining import Explanation
    from eeg.steps.progress import Progress
    from eeg.storage import write_parquet

    names = snakemake.wildcards
    cell = (names.protocol, names.target, names.model)
    watch = Progress(" ".join((*cell, names.part, "explained")), terminal)
    made = Explanation(cell, snakemake.input, settings=snakemake.params.settings, asked=snakemake.params.asked)
    write_parquet(snakemake.output[0], pd.concat([made.learnt(watch), made.randomised(watch)], ignore_index=True))

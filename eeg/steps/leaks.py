"""Score every arm of the leak meter, and share out what the leaks are worth."""

from eeg.steps.job import job

with job(snakemake):
    import pandas as pd

    from eeg import leaks
    from eeg.method import Method
    from eeg.report.words import noted
    from eeg.storage import read_parquet, write_csv

    settings, method = snakemake.params.settings, Method(**snakemake.params.settings["method"])
    predictions = pd.concat([read_parquet(path) for path in snakemake.input], ignore_index=True)
    scored = leaks.score(predictions, target=settings["target"], model=settings["model"], method=method)
    worths = leaks.worth(scored.subjects)
    write_csv(snakemake.output.scores, noted(scored.subjects))
    write_csv(snakemake.output.arms, noted(scored.arms))
    write_csv(snakemake.output.shares, noted(worths))
    write_csv(snakemake.output.summary, noted(leaks.summarise(worths, method=method)))

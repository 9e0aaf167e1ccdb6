"""Apply the kept models of a part to a recording they have never seen."""

from eeg.steps.job import job

with job(snakemake):
    from eeg.steps.fitting import applied
    from eeg.steps.inputs import open_unseen, read_moments
    from eeg.storage import read_json, write_parquet

    given = snakemake.input
    about = read_json(f"{given.kept}/about.json")
    inputs = open_unseen(given.array, given.windows, given.trials, about["settings"]["target"])
    made = applied(given.kept, inputs, moments=read_moments([given.moments]))
    write_parquet(snakemake.output[0], made)

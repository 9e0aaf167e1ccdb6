"""Fit a part's scalers from moments stored per trial, and list the ids they were computed from."""

from eeg.steps.job import job

with job(snakemake):
    from eeg import scalers
    from eeg.steps.inputs import open_arrays, read_moments, read_windows
    from eeg.storage import read_split, write_arrays

    fitted = scalers.fit(
        read_split(snakemake.input.split),
        read_windows(snakemake.input.windows),
        stored=read_moments(snakemake.input.moments),
        arrays=open_arrays(snakemake.input.arrays),
        settings=snakemake.params.settings,
    )
    write_arrays(snakemake.output[0], scalers.to_arrays(fitted))

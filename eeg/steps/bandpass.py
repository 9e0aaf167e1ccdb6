"""Band-pass filter a recording."""

from eeg.steps.job import job

with job(snakemake):
    from eeg.datasets import fif
    from eeg.preprocess.bandpass import bandpass

    fif.write(snakemake.output[0], bandpass(fif.read_recording(snakemake.input[0]), **snakemake.params.settings))

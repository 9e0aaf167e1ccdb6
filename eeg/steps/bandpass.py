"""Band-pass filter a recording."""

from eeg.steps.job import job

with job(snakemake):
    from eeg.datasets import fif
    from eeg.preprocess.bandpass import bandpass
    from eeg.steps.stages import write_stage

    write_stage(snakemake.output, bandpass(fif.read_recording(snakemake.input[0]), **snakemake.params.settings))

"""Re-reference a recording."""

from eeg.steps.job import job

with job(snakemake):
    from eeg.datasets import fif
    from eeg.preprocess.reference import rereference
    from eeg.steps.stages import write_stage

    write_stage(snakemake.output, rereference(fif.read_recording(snakemake.input[0]), snakemake.params.reference))

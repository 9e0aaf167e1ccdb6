"""Cut a cleaned recording into trials."""

from eeg.steps.job import job

with job(snakemake):
    from eeg.datasets import fif
    from eeg.preprocess.segment import segment
    from eeg.storage import read_csv

    raw, trials = fif.read_recording(snakemake.input.cleaned), read_csv(snakemake.input.trials)
    fif.write(snakemake.output[0], segment(raw, trials, **snakemake.params.trial))

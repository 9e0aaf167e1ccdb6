"""Read a recording that passed its check and lower its sampling rate."""

from eeg.steps.job import job

with job(snakemake):
    from eeg import datasets, doctor
    from eeg.datasets import fif
    from eeg.preprocess.downsample import downsample
    from eeg.storage import read_csv, read_json

    source, trials = snakemake.params.source, read_csv(snakemake.input.trials)
    doctor.admit(read_json(snakemake.input.check))
    reader = datasets.reader(source["reader"])
    raw = reader.read(source["folder"], snakemake.wildcards.subject, trials, **source["settings"])
    fif.write(snakemake.output[0], downsample(raw, **snakemake.params.settings))

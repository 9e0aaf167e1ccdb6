"""Read a recording, lower its sampling rate, and treat the bad channels its check found."""

from eeg.steps.job import job

with job(snakemake):
    from eeg import datasets
    from eeg.preprocess import bads
    from eeg.preprocess.downsample import downsample
    from eeg.preprocess.shown import spectrum
    from eeg.steps.stages import write_stage
    from eeg.storage import read_csv, read_json, write_csv

    source, trials = snakemake.params.source, read_csv(snakemake.input.trials)
    check = read_json(snakemake.input.check)
    reader = datasets.reader(source["reader"])
    raw = reader.read(source["folder"], snakemake.wildcards.subject, trials, **source["settings"])
    write_csv(snakemake.output.recorded, spectrum(raw))
    lowered = downsample(raw, **snakemake.params.settings)
    write_stage(snakemake.output, bads.treat(lowered, check["bads"], check["treatment"]))

"""Store a subject's differential entropy per window, channel and band."""

from eeg.steps.job import job

with job(snakemake):
    from eeg.features.branch import differential_entropy
    from eeg.steps.branch_files import read_trials, write_inputs

    trials = read_trials(snakemake.input[0], snakemake.params.baseline)
    branch = differential_entropy(trials, threads=snakemake.threads, **snakemake.params.settings)
    write_inputs(snakemake.output, branch, trials.numbers)

"""Store a subject's trials as raw windows for the networks."""

from eeg.steps.job import job

with job(snakemake):
    from eeg.features.branch import raw_windows
    from eeg.steps.branch_files import read_trials, write_inputs

    trials = read_trials(snakemake.input[0], snakemake.params.baseline)
    write_inputs(snakemake.output, raw_windows(trials, **snakemake.params.settings), trials.numbers)

"""Store a subject's differential entropy per window, channel and band."""

from eeg.steps.job import job

with job(snakemake):
    from eeg.features.branch import differential_entropy
    from eeg.features.grid import check_assigned
    from eeg.steps.branch_files import read_trials, write_inputs

    trials = read_trials(snakemake.input[0], snakemake.params.baseline)
    settings = dict(snakemake.params.settings)
    if settings.pop("placed"):
        chosen = trials.pick(settings["channels"])
        check_assigned(chosen.channels, grid=settings["grid"], electrodes=chosen.electrodes)
    branch = differential_entropy(trials, threads=snakemake.threads, **settings)
    write_inputs(snakemake.output, branch, trials.numbers)

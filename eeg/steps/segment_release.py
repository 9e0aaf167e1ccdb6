"""Take over the trials that DEAP's makers have cleaned: only cut to what the experiment asks for."""

from eeg.steps.job import job

with job(snakemake):
    from eeg import datasets
    from eeg.datasets import fif
    from eeg.preprocess import bads, eog
    from eeg.preprocess.segment import recut
    from eeg.storage import read_csv, read_json, write_json

    source, subject = snakemake.params.source, snakemake.wildcards.subject
    trials, check = read_csv(snakemake.input.trials), read_json(snakemake.input.check)
    epochs = datasets.reader(source["reader"]).read_trials(source["folder"], subject, trials, **source["settings"])
    evidence = eog.done_by_others()
    epochs = recut(bads.treat(epochs, check["bads"], check["treatment"]), **snakemake.params.trial)
    fif.write(snakemake.output.epochs, epochs)
    write_json(snakemake.output.evidence, {"subject": subject, **evidence})
    print(evidence["statement"])

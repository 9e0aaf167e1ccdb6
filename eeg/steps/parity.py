"""Compare a subject's cleaned trials with those DEAP's makers made of the same recording, labels included."""

from eeg.steps.job import job

with job(snakemake):
    from eeg import datasets
    from eeg.datasets import fif
    from eeg.datasets.deap import release
    from eeg.doctor import labels, parity, verdict
    from eeg.storage import read_csv, write_json

    files, params, subject = snakemake.input, snakemake.params, snakemake.wildcards.subject
    source, trials = params.source, read_csv(files.trials)
    epochs = fif.read_trials(files.epochs)
    sfreq = epochs.info["sfreq"]
    first = round((params.stored - params.trial["baseline"]) * sfreq)
    theirs = release.load(files.release[0]).eeg[:, :, first : first + len(epochs.times)]
    ours = epochs.get_data(epochs.ch_names) * 1e6
    report = parity.compare(ours, theirs, trials, channels=epochs.ch_names, sfreq=sfreq)
    settings = {**source["settings"], "form": params.other}
    held = datasets.reader(source["reader"]).release_labels(source["folder"], subject, **settings)
    findings = [*report["findings"], labels.beside(held, trials)]
    about = {"subject": subject, "other": params.other}
    write_json(snakemake.output[0], {**about, **report, "verdict": verdict(findings), "findings": findings})
    print(*(f"{finding['severity']}: {finding['message']}" for finding in findings), sep="\n")

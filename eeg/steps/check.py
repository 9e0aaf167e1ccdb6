"""Examine a subject's recording and labels; a recording that cannot be read is a finding, not a crash."""

from eeg.steps.job import job

with job(snakemake):
    from eeg import datasets, doctor
    from eeg.errors import InputError
    from eeg.storage import read_csv, write_json
    from eeg.targets import classes, columns, labels

    subject, params = snakemake.wildcards.subject, snakemake.params
    source, targets = params.source, params.targets
    trials = read_csv(snakemake.input.trials)
    rated = sorted({name for target in targets.values() if "column" not in target for name in columns(target)})
    try:
        raw = datasets.reader(source["reader"]).read(source["folder"], subject, trials, **source["settings"])
        scale = None if source["reader"] == "recordings" else (1.0, 9.0)
        findings = doctor.examine(
            raw, trials, sfreq=params.sfreq, rating_columns=rated, rating_range=scale, **params.trial
        )
        codes = {name: labels(trials, target) for name, target in targets.items()}
        names = {name: classes(target) for name, target in targets.items()}
        findings += doctor.classes(codes, params.folds, subject=subject, names=names)
    except InputError as error:
        findings = [doctor.from_error(error)]
    report = {"subject": subject, "verdict": doctor.verdict(findings), "findings": findings}
    write_json(snakemake.output[0], report)
    print(*(f"{finding['severity']}: {finding['message']}" for finding in findings), sep="\n")

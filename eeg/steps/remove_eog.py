"""Remove eye movements and keep the evidence."""

from eeg.steps.job import job

with job(snakemake):
    from eeg.datasets import fif
    from eeg.preprocess import eog
    from eeg.preprocess.bandpass import bandpass
    from eeg.preprocess.reference import rereference
    from eeg.storage import write_json

    settings, subject = dict(snakemake.params.settings), snakemake.wildcards.subject
    referenced = fif.read_recording(snakemake.input.referenced)
    if settings.pop("method") == "regression":
        wide = bandpass(fif.read_recording(snakemake.input.downsampled), **settings)
        cleaned, evidence = eog.remove(referenced, rereference(wide, snakemake.params.reference))
    else:
        cleaned, evidence = eog.keep(referenced)
    fif.write(snakemake.output.cleaned, cleaned)
    write_json(snakemake.output.evidence, {"subject": subject, **evidence})
    print(evidence["statement"])

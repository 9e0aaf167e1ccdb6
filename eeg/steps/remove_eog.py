"""Remove eye movements and keep the evidence."""

from eeg.steps.job import job

with job(snakemake):
    from eeg.datasets import fif
    from eeg.preprocess import eog
    from eeg.preprocess.bandpass import bandpass
    from eeg.preprocess.reference import rereference
    from eeg.storage import read_json, write_json

    files, params = snakemake.input, snakemake.params
    settings, reference = dict(params.settings), params.reference
    wider = {edge: settings.pop(edge) for edge in ("low", "high")}
    referenced = fif.read_recording(files.referenced)
    if settings["method"] == "none":
        cleaned, evidence = eog.keep(referenced)
    else:
        wide = rereference(bandpass(fif.read_recording(files.downsampled), **wider), reference)
        truth = None
        if files.truth:
            clean, weights = fif.read_recording(files.truth[0]), read_json(files.truth[1])["eog_weights"]
            truth = eog.known(clean, weights, like=referenced, band=params.band, reference=reference)
        cleaned, evidence = eog.remove(
            referenced, wide, eog.Settings(**settings), duration=params.duration, truth=truth
        )
    fif.write(snakemake.output.cleaned, cleaned)
    write_json(snakemake.output.evidence, {"subject": snakemake.wildcards.subject, **evidence})
    print(evidence["statement"])

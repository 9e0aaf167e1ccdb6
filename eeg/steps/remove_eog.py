"""Remove eye movements and keep the evidence."""

from eeg.steps.job import job

with job(snakemake):
    from eeg.datasets import fif
    from eeg.preprocess import eog
    from eeg.preprocess.bandpass import bandpass
    from eeg.preprocess.reference import rereference
    from eeg.preprocess.shown import excerpt
    from eeg.steps.stages import read_truth, write_stage
    from eeg.storage import write_arrays, write_json

    files, params = snakemake.input, snakemake.params
    settings, reference = dict(params.settings), params.reference
    wider = {edge: settings.pop(edge) for edge in ("low", "high")}
    referenced, lowered = (fif.read_recording(path) for path in (files.referenced, files.downsampled))
    if settings["method"] == "none":
        cleaned, evidence = eog.keep(referenced)
    else:
        wide = rereference(bandpass(lowered, **wider), reference)
        truth = read_truth(files.truth, like=referenced, band=params.band, reference=reference)
        asked = eog.Settings(**settings)
        cleaned, evidence = eog.remove(referenced, wide, asked, duration=params.duration, truth=truth)
    stages = {"downsampled": lowered, "referenced": referenced, "cleaned": cleaned}
    write_stage(snakemake.output, cleaned)
    write_arrays(snakemake.output.excerpt, excerpt(stages, duration=params.shown))
    write_json(snakemake.output.evidence, {"subject": snakemake.wildcards.subject, **evidence})
    print(evidence["statement"])

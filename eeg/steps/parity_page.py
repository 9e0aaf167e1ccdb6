"""Write the page that compares recordings and release."""

from pathlib import Path

from eeg.steps.job import job

with job(snakemake):
    from eeg import provenance
    from eeg.report.parity import parity_page
    from eeg.storage import read_json, write_text

    reports = [read_json(path) for path in snakemake.input.reports]
    repaired = bool(read_json(snakemake.input.cohort)["repaired"])
    origin = provenance.origin(Path(__file__).parent)
    config = snakemake.params.config
    about = {"source": config["source"], "bads": config["check"]["bads"], "repaired": repaired}
    write_text(snakemake.output[0], parity_page(reports, provenance=origin, **about))

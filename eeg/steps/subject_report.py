"""Write one subject's page."""

from pathlib import Path

from eeg.steps.job import job

with job(snakemake):
    from eeg import provenance
    from eeg.report.subject import subject_page
    from eeg.steps.subject_files import read_facts
    from eeg.storage import write_text

    origin = provenance.origin(Path(__file__).parent)
    subject = snakemake.wildcards.subject
    facts = read_facts(snakemake.input, snakemake.params, subject=subject, origin=origin)
    write_text(snakemake.output[0], subject_page(facts))

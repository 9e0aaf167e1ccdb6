"""Write the page of the checks."""

from pathlib import Path

from eeg.steps.job import job

with job(snakemake):
    from eeg import provenance
    from eeg.report.check import CheckFacts, check_page
    from eeg.storage import read_json, write_text

    config = snakemake.params.config
    facts = CheckFacts(
        source=config["source"],
        form=config["deap"]["form"],
        reports=[read_json(path) for path in snakemake.input.reports],
        cohort=read_json(snakemake.input.cohort),
        provenance=provenance.origin(Path(__file__).parent),
    )
    write_text(snakemake.output[0], check_page(facts))

"""Record where the numbers came from and what each rule cost."""

from pathlib import Path

from eeg.steps.job import job

with job(snakemake):
    from eeg import provenance
    from eeg.storage import write_json

    config = snakemake.params.config
    content = {
        "git": provenance.git_state(Path(__file__).parent),
        "config": config,
        "seed": config["seed"],
        "backend": config["backend"],
        "versions": provenance.versions(),
        "hardware": provenance.hardware(),
        **snakemake.params.scope,
        "rules": provenance.usage("results/benchmarks"),
    }
    write_json(snakemake.output[0], content)

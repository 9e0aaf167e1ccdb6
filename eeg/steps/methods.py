"""Write the methods section and the reporting checklist."""

from pathlib import Path

from eeg.steps.job import job

with job(snakemake):
    from eeg import provenance
    from eeg.report.checklist import checklist
    from eeg.report.facts import gathered, learnt
    from eeg.report.methods import methods_text
    from eeg.storage import read_csv, read_json, write_text

    files, config = snakemake.input, snakemake.params.config
    facts = gathered(
        config,
        checks=[read_json(path) for path in files.checks],
        removals=[read_json(path) for path in files.eog],
        trials=[read_csv(path) for path in files.trials],
        splits={Path(path).parts[-3:]: read_json(path) for path in files.splits},
        guards={"guard": read_json(files.guard), "guard_fits": read_json(files.guard_fits)},
        origin=provenance.origin(Path(__file__).parent),
    )
    facts["fits"] = learnt(config, map(read_json, files.fits))
    text = "\n".join([methods_text(config, facts), checklist(config, facts, read_csv(files.summary))])
    write_text(snakemake.output[0], text)

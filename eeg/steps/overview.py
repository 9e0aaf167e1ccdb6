"""Write the overview page."""

from pathlib import Path

from eeg.steps.job import job

with job(snakemake):
    from eeg.report.facts import by_branch, said
    from eeg.report.overview import Explained, MeterTables, OverviewFacts, links, overview_page, troubles
    from eeg.storage import read_csv, read_json, write_text

    files = snakemake.input
    checks = [read_json(path) for path in files.checks]
    facts = OverviewFacts(
        config=snakemake.params.config,
        subjects={check["subject"]: check["verdict"] for check in checks},
        n_trials=sum(len(read_csv(path)) for path in files.trials),
        provenance=read_json(files.provenance),
        checks=checks,
        removals=[read_json(path) for path in files.eog],
        meter=MeterTables(*map(read_csv, files.meter)) if files.meter else None,
        explained=Explained(*map(read_csv, files.explained)) if files.explained else None,
        said=said(by_branch({Path(path).parts[-3:]: read_json(path) for path in files.splits})),
        troubles=troubles({path: read_json(path) for path in files.fits}),
        links=links(paired=bool(snakemake.params.paired), notebooks=snakemake.params.notebooks),
        **{name: read_csv(files[name]) for name in OverviewFacts.TABLES},
    )
    write_text(snakemake.output[0], overview_page(facts))

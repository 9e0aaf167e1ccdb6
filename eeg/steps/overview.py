"""Write the overview page."""

from pathlib import Path

from eeg.steps.job import job

with job(snakemake):
    from eeg import provenance
    from eeg.report.leaks import MeterTables
    from eeg.report.overview import OverviewFacts, links, overview_page, troubles
    from eeg.storage import read_csv, read_json, write_text

    files = snakemake.input
    checks = [read_json(path) for path in files.checks]
    facts = OverviewFacts(
        config=snakemake.params.config,
        subjects={check["subject"]: check["verdict"] for check in checks},
        n_trials=sum(len(read_csv(path)) for path in files.trials),
        summary=read_csv(files.summary),
        scores=read_csv(files.scores),
        comparisons=read_csv(files.comparisons),
        provenance=provenance.origin(Path(__file__).parent),
        checks=checks,
        removals=[read_json(path) for path in files.eog],
        calibration=read_csv(files.calibration),
        meter=MeterTables(*map(read_csv, files.meter)) if files.meter else None,
        troubles=troubles({"/".join(Path(path).with_suffix("").parts[-4:]): read_json(path) for path in files.fits}),
        links=links(paired=bool(snakemake.params.paired)),
    )
    write_text(snakemake.output[0], overview_page(facts))

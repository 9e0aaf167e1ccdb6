"""Write the overview page and the methods section."""

from pathlib import Path

from eeg.steps.job import job

with job(snakemake):
    from eeg import provenance
    from eeg.report.checklist import checklist
    from eeg.report.leaks import MeterTables
    from eeg.report.methods import methods_text
    from eeg.report.overview import OverviewFacts, overview_page
    from eeg.storage import read_csv, read_json, write_text
    from eeg.targets import counts

    files, config = snakemake.input, snakemake.params.config
    checks = [read_json(path) for path in files.checks]
    evidence = [read_json(path) for path in files.eog]
    trials, summary = [read_csv(path) for path in files.trials], read_csv(files.summary)
    n_trials = sum(map(len, trials))
    origin = provenance.origin(Path(__file__).parent)
    facts = OverviewFacts(
        config=config,
        subjects={check["subject"]: check["verdict"] for check in checks},
        n_trials=n_trials,
        summary=summary,
        scores=read_csv(files.scores),
        comparisons=read_csv(files.comparisons),
        provenance=origin,
        checks=checks,
        removals=evidence,
        calibration=read_csv(files.calibration),
        meter=MeterTables(*map(read_csv, files.meter)) if files.meter else None,
        troubles=[
            f"{'/'.join(Path(path).with_suffix('').parts[-4:])} fold {fold['fold']} ({fold['status']})"
            for path in files.fits
            for fold in read_json(path)["folds"]
            if fold["status"] != "ok"
        ],
        links={
            "check of the recordings": "check.html",
            **dict.fromkeys(["comparison with the release"] * bool(snakemake.params.paired), "parity.html"),
            "methods": "../methods.md",
            "provenance": "../provenance.json",
            "summary table": "../summary.csv",
        },
    )
    write_text(snakemake.output.page, overview_page(facts))
    about = {
        "subjects": len(checks),
        "trials": n_trials,
        "channels": list(evidence[0]["channels"]),
        "checks": checks,
        "eog_applied": sum(one["applied"] for one in evidence),
        "eog_channels": list(dict.fromkeys(name for one in evidence for name in one["eog_channels"])),
        "versions": origin["versions"],
        "classes": {name: counts(trials, target) for name, target in config["targets"].items()},
        "splits": {
            protocol: [read_json(path) for path in files.splits if Path(path).parts[-3] == protocol]
            for protocol in config["protocols"]
        },
        "guard": read_json(files.guard),
        "guard_fits": read_json(files.guard_fits),
        "origin": origin,
    }
    text = "\n".join([methods_text(config, about), checklist(config, about, summary)])
    write_text(snakemake.output.methods, text)

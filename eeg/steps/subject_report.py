"""Write one subject's page."""

from itertools import groupby
from pathlib import Path

from eeg.steps.job import job

with job(snakemake):
    import pandas as pd

    from eeg import provenance
    from eeg.datasets import fif
    from eeg.report import words
    from eeg.report.subject import SubjectFacts, subject_page
    from eeg.storage import read_csv, read_json, read_parquet, write_text

    files, config = snakemake.input, snakemake.params.config
    predictions = {
        folder.parts[-3:]: pd.concat([read_parquet(path) for path in paths], ignore_index=True)
        for folder, paths in groupby(files.predictions, key=lambda path: Path(path).parent)
    }
    facts = SubjectFacts(
        subject=snakemake.wildcards.subject,
        source=config["source"],
        trials=read_csv(files.trials),
        check=read_json(files.check),
        eog=read_json(files.eog),
        epochs=fif.read_trials(files.epochs),
        scores=read_csv(files.scores),
        predictions=predictions,
        targets=config["targets"],
        provenance=provenance.origin(Path(__file__).parent),
        bands=snakemake.params.bands,
        repaired=bool(read_json(files.cohort)["repaired"]),
        transductive=words.transductive(config),
        history={Path(path).parent.parts[-3:]: read_csv(path) for path in files.history},
    )
    write_text(snakemake.output[0], subject_page(facts))

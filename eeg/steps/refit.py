"""Fit an estimator to a part again and again, with labels permuted among the trials of each subject."""

from eeg.steps.job import job

with job(snakemake) as terminal:
    from dataclasses import replace

    import pandas as pd

    from eeg import evaluate, refits
    from eeg.steps.fitting import Part, prepared
    from eeg.steps.inputs import labelled_inputs
    from eeg.steps.progress import Progress
    from eeg.storage import read_csv, read_parquet, write_parquet

    given, settings, n_draws = snakemake.input, snakemake.params.settings, snakemake.params.draws
    cell = (snakemake.wildcards.protocol, snakemake.wildcards.target, snakemake.wildcards.model)
    trials = [read_csv(path) for path in given.trials]
    watch = Progress(" ".join((*cell, snakemake.wildcards.part, "permuted")), terminal)
    found = [refits.counts(read_parquet(given.predictions), draw=refits.OBSERVED)]
    among = [refits.groups(one, read_csv(given.splits), stratified=snakemake.params.stratified) for one in trials]
    for draw in range(n_draws):
        tables = [
            refits.permuted(one, settings["target"], own, seed=settings["seed"], draw=draw)
            for one, own in zip(trials, among, strict=True)
        ]
        inputs = labelled_inputs(given.arrays, given.windows, tables, settings["target"])
        learner, arrange = prepared(settings, inputs)
        part = Part.read(cell, (given.splits, given.scalers), inputs=inputs, arrange=arrange, seed=settings["seed"])
        tasks = [replace(task, fold=replace(task.fold, calibrate=False)) for task in part.tasks]
        predictions = evaluate.tables(evaluate.learn(learner, tasks))[0]
        found.append(refits.counts(predictions, draw=draw))
        watch(f"{draw + 1} of {n_draws} fits", (draw + 1) / n_draws)
    write_parquet(snakemake.output[0], pd.concat(found, ignore_index=True))

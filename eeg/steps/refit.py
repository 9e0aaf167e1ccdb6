"""Fit an estimator to a part again and again, with labels permuted among the trials of each subject."""

from eeg.steps.job import job

with job(snakemake) as terminal:
    from dataclasses import replace

    import pandas as pd

    from eeg import evaluate, refits
    from eeg.predictions import Cell
    from eeg.steps.fitting import Part, prepared
    from eeg.steps.inputs import labelled_inputs
    from eeg.steps.progress import Progress
    from eeg.storage import read_csv, read_parquet, read_split, write_parquet

    given, settings, n_draws = snakemake.input, snakemake.params.settings, snakemake.params.draws
    cell = Cell(snakemake.wildcards.protocol, snakemake.wildcards.target, snakemake.wildcards.model)
    trials = [read_csv(path) for path in given.trials]
    watch = Progress(" ".join((*cell, snakemake.wildcards.part, "permuted")), terminal)
    found = [refits.counts(read_parquet(given.predictions), draw=refits.OBSERVED)]
    split, stratified = read_split(given.splits), snakemake.params.stratified
    drawn = refits.redrawn(trials, split, cell=cell, stratified=stratified, settings=settings)
    for draw, tables in zip(range(n_draws), drawn, strict=False):
        inputs = labelled_inputs(given.arrays, given.windows, tables, settings["target"])
        learner, arrange = prepared(settings, inputs)
        part = Part.read(cell, (given.splits, given.scalers), inputs=inputs, arrange=arrange, seed=settings["seed"])
        tasks = [replace(task, fold=replace(task.fold, calibrate=False)) for task in part.tasks]
        predictions = evaluate.tables(evaluate.learn(learner, tasks))[0]
        found.append(refits.counts(predictions, draw=draw))
        watch(f"{draw + 1} of {n_draws} fits", (draw + 1) / n_draws)
    write_parquet(snakemake.output[0], pd.concat(found, ignore_index=True))

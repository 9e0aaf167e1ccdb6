"""Fit an estimator to a part again and again, with labels permuted among the trials of each subject.

Every such fit is held against its split before it is counted, as the fits that are scored are.
"""

from eeg.steps.job import job

with job(snakemake) as terminal:
    from dataclasses import replace

    import pandas as pd

    from eeg import evaluate, refits
    from eeg.channels import choice
    from eeg.guard.fits import Fit, check
    from eeg.predictions import Cell
    from eeg.steps.fitting import Part, prepared
    from eeg.steps.inputs import labelled_inputs
    from eeg.steps.progress import Progress
    from eeg.storage import read_csv, read_parquet, read_split, write_parquet

    given, settings, n_draws = snakemake.input, snakemake.params.settings, snakemake.params.draws
    (file,) = snakemake.output
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
        learnt = evaluate.learn(learner, tasks)
        predictions, records, _ = evaluate.tables(learnt, channel_choice=choice(settings["bads"]))
        held = {name: settings[name] for name in ("target", "bads")} | {"scalers": part.scalers}
        named = (*cell, part.name), file, predictions, {"folds": records}
        check(Fit(*named, split=split, windows=inputs.table, trials=pd.concat(tables), **held))
        found.append(refits.counts(predictions, draw=draw))
        watch(f"{draw + 1} of {n_draws} fits", (draw + 1) / n_draws)
    write_parquet(file, pd.concat(found, ignore_index=True))

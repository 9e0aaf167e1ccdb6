"""Train and test one model on all folds of a part."""

from eeg.steps.job import job

with job(snakemake) as terminal:
    from eeg import evaluate, inputs, models, scalers, seeds, targets
    from eeg.steps.inputs import open_inputs
    from eeg.steps.progress import Progress
    from eeg.steps.shelf import Shelf
    from eeg.storage import read_arrays, read_csv, write_csv, write_json, write_parquet

    wildcards, settings = snakemake.wildcards, snakemake.params.settings
    model, target = settings["model"], settings["target"]
    cell = (wildcards.protocol, wildcards.target, wildcards.model, wildcards.part)
    opened = open_inputs(snakemake.input.arrays, snakemake.input.windows, snakemake.input.trials, target)
    split = read_csv(snakemake.input.split)
    input_kind = models.input_kind(model["network"])
    arrange = inputs.arrangement(input_kind, opened.channels, opened.shape, cells=opened.cells)
    learner = models.learner(
        model["network"],
        arrange[1],
        len(targets.classes(target)),
        settings=model["settings"],
        training=model["training"],
        backend=settings["backend"],
    )
    tasks = evaluate.tasks(
        opened,
        split,
        arrange=arrange,
        scalers=scalers.from_arrays(read_arrays(snakemake.input.scalers)),
        seeds={fold: seeds.seed(settings["seed"], "fit", *cell, fold) for fold in split["fold"].unique().tolist()},
    )
    shelf = Shelf("/".join(("results/unfinished", *cell)), [cell, settings, snakemake.params.code], snakemake.input)
    progress = Progress(" ".join(cell), terminal)
    predictions, records, history = evaluate.tables(evaluate.learn(learner, tasks, shelf=shelf, watch=progress))
    print(*(f"fold {record['fold']}: {record['status']}" for record in records), sep="\n")
    write_parquet(snakemake.output.predictions, predictions)
    write_csv(snakemake.output.history, history)
    about = {**dict(zip(("protocol", "target", "model", "part"), cell, strict=True)), "channels": opened.channels}
    write_json(snakemake.output.record, {**about, "backend": settings["backend"], "folds": records})
    shelf.clear()

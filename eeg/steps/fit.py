"""Train and test one model on all folds of one part, or of several."""

from eeg.steps.job import job

with job(snakemake) as terminal:
    from pathlib import Path

    from eeg import evaluate
    from eeg.provenance import versions
    from eeg.steps.fitting import Part, prepared
    from eeg.steps.inputs import open_inputs
    from eeg.steps.progress import Progress
    from eeg.steps.shelf import Shelf
    from eeg.storage import read_json

    given, made, settings = snakemake.input, snakemake.output, snakemake.params.settings
    cell = (snakemake.wildcards.protocol, snakemake.wildcards.target, snakemake.wildcards.model)
    inputs = open_inputs(given.arrays, given.windows, given.trials, settings["target"])
    learner, arrange = prepared(settings, inputs, keep=bool(made.kept))
    parts = [
        Part.read(cell, files, inputs=inputs, arrange=arrange, seed=settings["seed"])
        for files in zip(given.splits, given.scalers, strict=True)
    ]
    tasks = [task for part in parts for task in part.tasks]
    unfinished = Path("results/unfinished", *cell, parts[0].name)
    done_on = [learner.device, versions()]
    shelf = Shelf(unfinished, [cell, settings, bool(made.kept), snakemake.params.code, done_on], given)
    watch = Progress(" ".join((*cell, parts[0].name)), terminal)
    learnt = iter(evaluate.learn(learner, tasks, shelf=shelf, watch=watch))
    more = {"channels": inputs.channels, "backend": settings["backend"], "device": learner.device}
    for number, part in enumerate(parts):
        mine = [next(learnt) for _ in part.tasks]
        files = made.predictions[number], made.records[number], made.histories[number]
        part.write(mine, files, more, bads=settings["bads"])
        if made.kept:
            branch = read_json(Path(given.arrays[0]).with_suffix(".json"))
            part.keep(mine, made.kept[number], learner, {**more, "settings": settings, "branch": branch})
    shelf.clear()

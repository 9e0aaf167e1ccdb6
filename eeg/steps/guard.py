"""Hold every scaler against its split, and its numbers against the ids it lists."""

from pathlib import Path

from eeg.steps.job import job

with job(snakemake):
    import pandas as pd

    from eeg.guard import moments as stored_moments
    from eeg.guard import scalers
    from eeg.guard.parts import Part
    from eeg.steps.inputs import of_subjects, open_arrays, read_moments, read_windows
    from eeg.storage import open_array, read_arrays, read_csv, read_split, sha256, write_json

    files, checked = snakemake.input, []
    for path, array in zip(files.moments, files.arrays, strict=True):
        stored_moments.check(read_arrays(path), open_array(array), file=path)
    trials = pd.concat([read_csv(path) for path in files.trials], ignore_index=True)
    for path, split_path in zip(files.scalers, files.splits, strict=True):
        protocol, branch, part = Path(path).with_suffix("").parts[-3:]
        split = read_split(split_path)
        windows, moments, arrays = (
            of_subjects(paths, branch, split["subject"]) for paths in (files.windows, files.moments, files.arrays)
        )
        inputs = read_windows(windows), read_moments(moments), open_arrays(arrays)
        own = trials[trials["subject"].isin(split["subject"])]
        held = Part(protocol, branch, part, split_path, snakemake.params.settings[branch], split, *inputs, own)
        checked.append(scalers.check(scalers.File(path, read_arrays(path), sha256(path)), held))
    write_json(snakemake.output[0], {"verdict": "ok", "scalers": scalers.summary(checked)})
    print(f"{sum(one['n_scalers'] for one in checked)} scalers saw what they may and nothing else")

"""What the guide says is printed, printed again: each by the cause that the reader would have."""

import re
import shutil
from pathlib import Path

import pandas as pd
import pytest
from snakemake.exceptions import LockException

from eeg import config, estimate
from eeg.datasets.recordings import trial_table
from eeg.doctor import admit, labels, verdict
from eeg.errors import InputError
from eeg.features import grid
from eeg.models._backend import check_device
from eeg.plan import Plan, planned
from eeg.predictions import Cell, check
from eeg.report.terminal import summary
from eeg.results import open_results
from tests.docs.blocks import ROOT
from tests.docs.given import deap, recordings
from tests.docs.given import predictions as made

FOLDER = "/folder/of/DEAP"


def changed(*overlays, **changes):
    """Return the default config with overlays and changes."""
    return config._merge(config.load(ROOT / "config.yaml", *(ROOT / one for one in overlays)), changes)


def refused(whole, folder=None):
    """Return what `make run` prints instead of running, its folder called as in the guide."""
    try:
        planned(whole)
    except SystemExit as end:
        return str(end.code) if folder is None else str(end.code).replace(str(folder), FOLDER)
    raise AssertionError("nothing was refused")


def failed(cause, *args, **named):
    """Return what a job prints that fails."""
    try:
        cause(*args, **named)
    except InputError as error:
        return f"Error: {error}"
    raise AssertionError("nothing failed")


def of_deap(spoil, **changes):
    """Return a cause: DEAP's folder, spoilt."""

    def cause(folder):
        spoil(deap(folder / "DEAP"))
        return refused(changed("configs/deap.yaml", folder=str(folder / "DEAP"), **changes), folder / "DEAP")

    return cause


def of_table(text, **changes):
    """Return a cause: a trial table, with a config."""

    def cause(folder):
        recordings(folder, text)
        asked = {"source": "recordings", "folder": str(folder), "trial": {"baseline": 1.0, "duration": 10.0}, **changes}
        return refused(changed(**asked))

    return cause


def deeper(folder):
    inner = folder / "DEAP"
    inner.mkdir()
    for path in ("data_original", "metadata_csv"):
        shutil.move(folder / path, inner / path)


def packed(folder):
    shutil.rmtree(folder / "data_original")
    (folder / "data_original.zip").touch()


def of_config(**changes):
    """Return a cause: a change of the default config."""
    return lambda _: refused(changed(**changes))


def few(n_subjects, n_trials, **changes):
    return of_config(simulated={"n_subjects": n_subjects, "n_trials": n_trials}, **changes)


def rated(subject):
    """Return 40 trials: 16 HVHA, 8 HVLA, 12 LVHA, 4 LVLA."""
    valence = [7.2] * 24 + [3.1] * 16
    arousal = [6.8] * 16 + [2.9] * 8 + [6.5] * 12 + [4.0] * 4
    more = {"dominance": [5.5 + k / 100 for k in range(40)], "liking": [8.0 - k / 100 for k in range(40)]}
    numbers = {"trial": range(1, 41), "video": range(1, 41)}
    return pd.DataFrame({"subject": subject, **numbers, "valence": valence, "arousal": arousal, **more})


def checked(_):
    """Return what `make check` prints where one copy has altered labels and one subject has a rare class."""
    true = rated("s02")
    copy = true.copy()
    copy.loc[:15, ["valence", "arousal"]] = 9 - copy.loc[:15, ["valence", "arousal"]]
    targets = {"quadrant": changed()["targets"]["quadrant"]}
    every = {
        "s01": [],
        "s02": [labels.stored(copy, true)[0]],
        "s03": labels.rare(rated("s03"), targets, 10),
        "cohort": [],
    }
    reports = [{"subject": name, "findings": found, "verdict": verdict(found)} for name, found in every.items()]
    return summary(reports, colour=False, page="results/reports/check.html")


def estimated(folder):
    """Return what `make plan` prints, where nothing is timed."""
    whole = changed("configs/deap.yaml", folder=str(deap(folder / "DEAP")))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(estimate.Estimate, "timed", lambda *_: (10.0, 0.002))
        patch.setattr(estimate, "_start_up", lambda: 1.0)
        return estimate.report(Plan(whole))


def masked(text):
    """Return a text without its numbers and how far they are apart."""
    return re.sub(r" +", " ", re.sub(r"\d[\d.]*", "#", text))


def diverged(_):
    table = made("trial", "arousal", "ccnn")
    table.loc[3, "logit_0"] = float("nan")
    return failed(check, table, Cell("trial", "arousal", "ccnn"))


def not_passed(_):
    """Return what a step prints whose subject was refused: three ratings of its release are others."""
    copy = rated("s02")
    copy.loc[[4, 11, 30], "valence"] = 1.5
    report = {"subject": "s02", "findings": [labels.stored(copy, rated("s02"))[0]]}
    return failed(admit, report, "results/check/s02.json")


def a_table(subject="s01", *, step=20, arousal=(3, 7), video=True):
    """Return a trial table of nine trials, a start every `step` seconds."""
    head = "subject,trial,recording,onset,duration,valence,arousal" + ",video" * video
    rows = [
        f"{subject},{n},a.edf,{step * n},10,{(2, 8, 8, 2)[n % 4]},{arousal[n % 2]}" + f",{n}" * video
        for n in range(1, 10)
    ]
    return "\n".join([head, *rows])


PRINTED = {
    "check": checked,
    "plan": estimated,
    # the config
    "unknown_key": of_config(split={"fold": 10}),
    "missing_key": lambda _: refused({key: value for key, value in changed().items() if key != "seed"}),
    "wrong_value": of_config(split={"folds": 1}),
    "unknown_name": of_config(protocols=["trial"], models={"ccnn": {"branch": "entropi"}}),
    "folds_of_trials": few(8, 9, split={"folds": 10}, protocols=["trial"]),
    "folds_of_people": few(3, 24),
    "long_window": of_config(branches={"windows": {"length": 20.0}}),
    "pass_band": of_config(branches={"entropy": {"bands": "seed5"}}),
    "branch": of_config(models={"ccnn": {"branch": "windows"}}),
    "settings": of_config(models={"mlp": {"network": "ccnn"}}),
    # the folder
    "no_folder": lambda _: refused(changed("configs/deap.yaml")),
    "nothing_there": lambda _: refused(changed("configs/deap.yaml", folder=FOLDER)),
    "deeper": of_deap(deeper),
    "packed": of_deap(packed),
    "no_ratings": of_deap(lambda folder: shutil.rmtree(folder / "metadata_csv")),
    "absent_subject": of_deap(lambda folder: None, subjects=["s01", "s12"]),
    "release": lambda _: refused(changed(simulated={"forms": ["python"]}, preprocess={"bandpass": {"low": 1.0}})),
    # a trial table
    "no_table": lambda folder: failed(trial_table, folder, "s01").replace(str(folder), "/folder/with"),
    "shared_samples": of_table(a_table(step=9), protocols=["trial"]),
    "blocks": of_table(a_table(arousal=(7, 7)), protocols=["trial"]),
    "no_baseline": of_table(a_table(), trial={"baseline": 0.0, "duration": 10.0}),
    "no_video": of_table(a_table(video=False), protocols=["trial"], yardsticks=["majority", "video_prior"]),
    "no_cell": lambda _: failed(grid.check, ["Cz", "TP9"]),
    # a run
    "not_passed": not_passed,
    "no_gpu": lambda _: failed(check_device, "gpu", "cpu"),
    "diverged": diverged,
    "no_results": lambda folder: failed(open_results, folder / "results").replace(f"{folder}/", ""),
    "locked": lambda _: str(LockException()).replace(str(Path.cwd()), "/folder/of/the/clone"),
}
"""The causes by the name that stands above the block; each takes an empty folder."""

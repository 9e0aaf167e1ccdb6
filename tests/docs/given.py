"""What the examples of the guide are run on: small folders laid out as theirs, and a folder of results."""

import numpy as np
import pandas as pd

from eeg import config, scores, statistics, storage
from eeg.method import Method
from eeg.models import _files
from eeg.plan import Plan
from tests.datasets.deap_files import whole_table, write_table
from tests.docs.blocks import ROOT, of

PEOPLE = [f"s{number:02d}" for number in range(1, 12)]
"""Enough for ten folds of people."""


def deap(folder):
    """Lay out a folder as DEAP's: names of recordings, and a table of ratings."""
    (folder / "data_original").mkdir(parents=True)
    for subject in PEOPLE:
        (folder / "data_original" / f"{subject}.bdf").touch()
    write_table(folder / "metadata_csv", whole_table(len(PEOPLE)))
    return folder


def recordings(folder, table=None):
    """Write a trial table: the text given, or one of ten people at rest and calculating."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = [
        f"{subject},{trial},{subject}_{trial % 2}.edf,{trial * 10},10,{('rest', 'arithmetic')[trial % 2]}"
        for subject in PEOPLE
        for trial in range(1, 11)
    ]
    head = "subject,trial,recording,onset,duration,condition"
    (folder / "trials.csv").write_text(table or "\n".join([head, *rows]))
    return folder


def results(folder):
    """Write the tables of a run that had two models and one target, from made-up predictions."""
    made = {
        cell: predictions(*cell) for cell in [(one, "arousal", name) for one in ("window", "trial") for name in MODELS]
    }
    for cell, table in made.items():
        storage.write_parquet(folder.joinpath("predictions", *cell) / "f01.parquet", table)
    scored = [scores.score(table, cell=scores.Cell(*cell), method=Method(draws=20)) for cell, table in made.items()]
    whole, p = (pd.concat([getattr(one, name) for one in scored], ignore_index=True) for name in ("table", "p"))
    storage.write_csv(folder / "scores.csv", whole)
    storage.write_csv(folder / "summary.csv", statistics.summarise(whole, p=p, yardsticks=["majority"]))
    storage.write_json(folder / "provenance.json", {"config": {"source": "simulated"}})
    return folder


MODELS = ("ccnn", "svm")


def predictions(protocol, _target, model):
    """Return the predictions of three windows of eight trials of three people, right more often than not."""
    random = np.random.default_rng([len(protocol), len(model)])
    at = pd.MultiIndex.from_product([PEOPLE[:3], range(1, 9), range(3)], names=["subject", "trial", "window"])
    table = at.to_frame(index=False)
    label = table["trial"] % 2
    margin = 2.0 * label - 1 + random.normal(0, 1.5, len(table))
    return table.assign(fold=table["trial"] // 2 % 4, label=label, logit_0=-margin, logit_1=margin)


def merged(paths, page, folder):
    """Return the config of `make ... CONFIG=paths`, files that a page has the reader write among them."""
    for block in of("yaml"):
        name, _ = block.named
        if block.page == page and name:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(block.text)
    return config.load(
        ROOT / "config.yaml", *(folder / path if (folder / path).is_file() else ROOT / path for path in paths)
    )


def below(block):
    """Return the configs over which a block lies, the undermost first."""
    _, over = block.named
    if over is None:
        return []
    named = {other.named[0]: other for other in of("yaml") if other.page == block.page}
    return [*(below(named[over]) if over in named else []), over]


def planned(whole, page, folder):
    """Return the plan of a config whose recordings are made up: those of the page, where it has a trial table."""
    tables = [block.text for block in of("csv") if block.page == page]
    whole = dict(whole)
    if whole["source"] == "deap":
        whole["folder"] = str(deap(folder / "DEAP"))
    if whole["source"] == "recordings":
        asked = "condition" if "condition" in whole["targets"] else "valence"
        whole["folder"] = str(
            recordings(folder, next((text for text in tables if asked in text and asked != "condition"), None))
        )
    return Plan(whole)


def own_models(monkeypatch, folder):
    """Let the guide's models lie in a folder of the user's, as seen from a clone."""
    (folder / "eeg").mkdir(parents=True)
    (folder / "mine").mkdir()
    (folder / "eeg/models").symlink_to(_files.FOLDER)
    for block in of("python"):
        if str(block.named[0]).startswith("mine/"):
            (folder / block.named[0]).write_text(block.text)
    monkeypatch.setattr(_files, "FOLDER", folder / "eeg/models")

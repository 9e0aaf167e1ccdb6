"""What the steps that fit and those that predict share: parts with their folds, and trained networks kept for later."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from eeg import evaluate, models, scalers, seeds, targets
from eeg.channels import choice
from eeg.errors import InputError
from eeg.inputs import Inputs, arrangement
from eeg.models import Learner
from eeg.preprocess.scale import Moments
from eeg.scalers import Fitted
from eeg.steps.inputs import read_scalers
from eeg.storage import folder, read_json, read_split, write_arrays, write_csv, write_json, write_parquet

Arrange = tuple[Callable, tuple[int, ...]]


def prepared(settings: Mapping[str, Any], inputs: Inputs, *, keep: bool = False) -> tuple[Learner, Arrange]:
    """Return the learner of a job, and how it wants the windows."""
    model = settings["model"]
    arrange = arrangement(models.input_kind(model["network"]), inputs.channels, inputs.shape, cells=inputs.cells)
    learner = models.learner(
        model["network"],
        arrange[1],
        len(targets.classes(settings["target"])),
        settings=model["settings"],
        training=model["training"],
        backend=settings["backend"],
        device=settings["device"],
        keep=keep,
        tuning=settings["tuning"],
    )
    return learner, arrange


@dataclass(frozen=True)
class Part:
    """One part of a fit.

    Attributes
    ----------
    cell : tuple of str
        Protocol, target, model.
    name : str
        The part's.
    scalers : sequence of Fitted
        Of all its folds.
    tasks : sequence of Task
        Its folds.
    """

    cell: tuple[str, str, str]
    name: str
    scalers: Sequence[Fitted]
    tasks: Sequence[evaluate.Task]

    @classmethod
    def read(
        cls, cell: tuple[str, str, str], files: tuple[str, str], *, inputs: Inputs, arrange: Arrange, seed: int
    ) -> "Part":
        """Return the part of a split and its scalers; `inputs` may hold more subjects than it has."""
        split, fitted, name = read_split(files[0]), read_scalers(files[1]), Path(files[0]).stem
        numbers = split["fold"].unique().tolist()
        tasks = evaluate.tasks(
            inputs.of(split["subject"].unique()),
            split,
            arrange=arrange,
            scalers=fitted,
            seeds={number: seeds.seed(seed, "fit", *cell, name, number) for number in numbers},
        )
        return cls(cell, name, fitted, tasks)

    @property
    def about(self) -> dict[str, str]:
        """The part's place in the experiment."""
        return dict(zip(("protocol", "target", "model", "part"), (*self.cell, self.name), strict=True))

    def write(
        self, learnt: Sequence[evaluate.Learnt], files: tuple[str, str, str], more: Mapping[str, Any], *, bads: str
    ) -> None:
        """Write predictions, record and history; `more` is what the record says of all folds.

        `bads` is the config's word for what was done about bad channels.
        """
        predictions, records, history = evaluate.tables(learnt, channel_choice=choice(bads))
        print(*(f"{self.name}, fold {record['fold']}: {record['status']}" for record in records), sep="\n")
        write_parquet(files[0], predictions)
        write_json(files[1], {**self.about, **more, "folds": records})
        write_csv(files[2], history)

    def keep(self, learnt: Sequence[evaluate.Learnt], path: str, learner: Learner, more: Mapping[str, Any]) -> None:
        """Write every fold's trained network and scaler into a folder, with what a prediction has to know.

        A fold that had no trial with a class to train on has none.
        """
        trained = [one for one in learnt if one.result.values]
        with folder(path) as place:
            for one in trained:
                number = one.task.number
                learner.save(one.result, place / f"fold_{number}.keras")
                mine = [fitted for fitted in self.scalers if fitted.key.fold in (scalers.EVERY_FOLD, number)]
                write_arrays(place / f"fold_{number}.npz", scalers.to_arrays(mine))
            temperatures = {str(one.task.number): one.temperature for one in trained}
            write_json(place / "about.json", {**self.about, **more, "temperatures": temperatures})


def applied(kept: str, inputs: Inputs, moments: Mapping[str, Moments]) -> pd.DataFrame:
    """Return what every fold's kept network predicts for all windows of recordings it has never seen.

    Scalers fitted on training trials are the folds' own; those of the scopes `trial` and `recording` are fitted on the
    recordings themselves, as they were for the part.

    Returns
    -------
    DataFrame
        `subject, trial, window, fold, label, logit_0, ...`; `fold` says whose network it was.
    """
    place = Path(kept)
    about = read_json(place / "about.json")
    settings = about["settings"]
    _check_channels(about, inputs, place)
    arrange = arrangement(
        models.input_kind(settings["model"]["network"]), inputs.channels, inputs.shape, cells=inputs.cells
    )
    found = []
    for path in _networks(place):
        number = int(path.stem.removeprefix("fold_"))
        fitted = read_scalers(path.with_suffix(".npz"))
        fitted = scalers.refitted(fitted, inputs.table, stored=moments, arrays=inputs.arrays)
        samples = evaluate.samples_of(inputs, scalers.scaling(fitted, inputs.table, number), arrange)
        network = models.kept(
            path, settings["model"]["network"], backend=settings["backend"], device=settings["device"]
        )
        logits = network.predict(samples) / (about["temperatures"][str(number)] or 1.0)
        found.append(evaluate.predicted(inputs.table, number, logits))
    return pd.concat(found, ignore_index=True)


def _networks(place: Path) -> list[Path]:
    """Return the kept networks by fold."""
    found = sorted(place.glob("*.keras"), key=lambda path: int(path.stem.removeprefix("fold_")))
    if not found:
        expected = "a network of one fold or more"
        raise InputError(expected, "none: no fold had a trial with a class", "Apply that of another part.", file=place)
    return found


def _check_channels(about: Mapping[str, Any], inputs: Inputs, place: Path) -> None:
    """Refuse a recording whose channels are not those the networks were trained on."""
    if list(inputs.channels) != about["channels"]:
        raise InputError(
            f"the channels the models were trained on ({', '.join(about['channels'])})",
            ", ".join(inputs.channels),
            "Name channels that all recordings have under `channels` of the branch.",
            file=place,
        )

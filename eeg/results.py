"""The reading interface for notebooks: a folder of results as tidy tables, each read when it is first asked for.

>>> from eeg.results import open_results
>>> results = open_results("results")
>>> results.summary                                                    # doctest: +SKIP
>>> results.predictions("trial", "arousal", "svm", unit="trial")       # doctest: +SKIP

A name that the run does not have is an error that says which it has.
"""

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd

from eeg import scalers, storage
from eeg.errors import InputError, unknown
from eeg.metrics import log_softmax
from eeg.predictions import logits, per_trial
from eeg.report import words
from eeg.stored import Stored
from eeg.targets import classes

if TYPE_CHECKING:
    import mne

    from eeg.features.branch import Branch


def open_results(folder: Path | str = "results") -> "Results":
    """Return the results in `folder`, looked for here and, as a notebook does not lie here, in the folders above.

    Raises
    ------
    InputError
        The folder holds no scores.
    """
    folder = _upwards(Path(folder))
    if not (folder / "scores.csv").is_file():
        received = "a folder without scores.csv" if folder.is_dir() else "no such folder"
        raise InputError("a folder of results", received, "Run `make run` first, or name another folder.", file=folder)
    return Results(folder)


def _upwards(folder: Path) -> Path:
    places = [folder] if folder.is_absolute() else [place / folder for place in (Path.cwd(), *Path.cwd().parents)]
    return next((place for place in places if (place / "scores.csv").is_file()), folder)


class Results(Stored):
    """A folder of results; every table is a pandas DataFrame with the columns of the artifact contract.

    Parameters
    ----------
    folder : Path
        Holds `scores.csv` and what belongs to it.
    """

    # ------------------------------------------------------------------ numbers

    @cached_property
    def scores(self) -> pd.DataFrame:
        """One row per protocol, target, model, subject, unit and metric, with `value`, `chance`, and `low` to `high`.

        The interval is over the subject's trials. `unit` is `window` or `trial` (the mean logit of its windows).
        """
        return self.table("scores.csv")

    @cached_property
    def summary(self) -> pd.DataFrame:
        """One row per protocol, target, model, unit and metric, with mean over `n` subjects, interval, chance, p, gain.

        `gain` is what the mean is above its chance, less what the best predictor without EEG, `yardstick`, is above
        its own.
        """
        return self.table("summary.csv")

    @cached_property
    def comparisons(self) -> pd.DataFrame:
        """Paired comparisons over subjects, of models, of protocols, and of leaky with honest protocols."""
        return self.table("comparisons.csv")

    @cached_property
    def calibration(self) -> pd.DataFrame:
        """The calibration error of trials per protocol, target and model, all subjects pooled, from 0 to 1."""
        return self.table("calibration.csv")

    @cached_property
    def confusion(self) -> pd.DataFrame:
        """How often trials and windows of each class were taken for each class, all subjects pooled."""
        return self.table("confusion.csv")

    @property
    def metered(self) -> bool:
        """Whether the leak meter was run."""
        return bool(self.provenance.get("config", {}).get("leaks", {}).get("enabled"))

    @cached_property
    def leaks(self) -> pd.DataFrame:
        """What each leak is worth per subject, in `source, unit, kind, leak, partner, subject, value`, LEAKY.

        `value` is a difference of balanced accuracies; times 100 it is in points.
        """
        return self.table("leaks/shares.csv")

    @cached_property
    def leak_arms(self) -> pd.DataFrame:
        """Balanced accuracy of every combination of leaks over the subjects, with chance; LEAKY but for `trial`."""
        return self.table("leaks/arms.csv")

    @cached_property
    def leak_summary(self) -> pd.DataFrame:
        """What each leak is worth over the subjects, with intervals and tests, LEAKY."""
        return self.table("leaks/summary.csv")

    @cached_property
    def explanations(self) -> pd.DataFrame:
        """What models go by, per subject, as importance of channels and bands, occlusion, and their noise levels."""
        return self.table("explanations.csv")

    @cached_property
    def explanation_summary(self) -> pd.DataFrame:
        """The same over the subjects, with intervals."""
        return self.table("explanations/summary.csv")

    # ------------------------------------------------------------------ where they come from

    @property
    def config(self) -> dict[str, Any]:
        """The config of the run, whole."""
        if "config" not in self.provenance:
            raise InputError("a file provenance.json", "none", "Run `make run` to the end first.", file=self.folder)
        return self.provenance["config"]

    @property
    def source(self) -> str:
        """Name of the data source (`simulated`, `deap`, `recordings`), "unknown" where it is not recorded."""
        return str(self.provenance.get("config", {}).get("source", "unknown"))

    @property
    def simulated(self) -> bool:
        """Whether the recordings are simulated; tables and figures made of them then have to say so."""
        return words.is_simulated(self.source)

    @property
    def confidence(self) -> float:
        """That of every interval in the tables: 0.95 for 95 %."""
        return float(self.config["scores"]["confidence"])

    @property
    def transductive(self) -> list[str]:
        """The models whose input was scaled by statistics of tested trials too."""
        return words.transductive(self.provenance.get("config", {}))

    @cached_property
    def repaired(self) -> list[str]:
        """The subjects whose release holds other labels than the ratings table, which was used instead."""
        checks = {subject: self.folder / "check" / f"{subject}.json" for subject in self.subjects}
        return [name for name, file in checks.items() if file.is_file() and storage.read_json(file)["repaired"]]

    @property
    def statements(self) -> list[str]:
        """What has to stand beside every number of this run, in sentences; the first says what was recorded."""
        simulated = f"{words.SIMULATED}: {words.SIMULATED_WHY.replace('on this page', 'behind these numbers')}"
        said = [simulated if self.simulated else f"Source of the recordings: {self.source}."]
        if self.repaired:
            said.append(f"{words.REPAIRED} ({', '.join(self.repaired)}): {words.REPAIRED_WHY}")
        said += [words.TRANSDUCTIVE_WHY] * bool(self.transductive)
        return said + [words.CONSENT] * self.source.startswith("deap")

    # ------------------------------------------------------------------ what there is

    @cached_property
    def subjects(self) -> list[str]:
        """The subjects' ids, sorted."""
        return sorted({str(subject) for subject in self.scores["subject"]})

    @cached_property
    def models(self) -> pd.DataFrame:
        """One row per model and target, in `model, network, branch, target`; of those that see EEG."""
        rows = [
            (name, model["network"], model["branch"], target)
            for name, model in self.config["models"].items()
            for target in model["targets"]
        ]
        return pd.DataFrame(rows, columns=["model", "network", "branch", "target"])

    def classes(self, target: str) -> list[str]:
        """Return the names of a target's classes, in the order of their codes."""
        if target not in self.config["targets"]:
            raise unknown("a target", target, list(self.config["targets"]))
        return list(classes(self.config["targets"][target]))

    # ------------------------------------------------------------------ one subject

    def trials(self, subject: str) -> pd.DataFrame:
        """Return the trial table of one subject: `subject, trial, video` and its ratings or other labels."""
        return storage.read_csv(self.file("trials", subject=subject, ending=".csv"))

    def epochs(self, subject: str) -> "mne.Epochs":
        """Return one subject's cleaned trials (trial, channel, time), in volts, their table as `metadata`."""
        from eeg.datasets import fif

        return fif.read_trials(self.file("trials", subject=subject, ending="_epo.fif"))

    def inputs(self, branch: str, subject: str) -> "Branch":
        """Return what models read of one subject: `array` (on disk until it is indexed), `table` and `about`.

        `array` is float32, (trial, time, channel) in microvolt for a branch of raw windows, which are slices of it, and
        (trial, window, channel, band) in nats for one of differential entropy. `table` has a row per window: `trial,
        window, start, length` (samples), `onset` (seconds from the video's start). `about` names channels and bands.
        """
        from eeg.features.branch import Branch

        file = self.file("inputs", branch=branch, subject=subject, ending=".npy")
        table, about = storage.read_csv(file.with_suffix(".csv")), storage.read_json(file.with_suffix(".json"))
        return Branch(storage.open_array(file), table, about)

    # ------------------------------------------------------------------ one part: a subject, or a fold of subjects

    def split(self, protocol: str, branch: str, part: str) -> pd.DataFrame:
        """Return `fold, role, subject, trial, window`: who trains, validates, is tested; window -1 is a whole trial."""
        return storage.read_split(self.file("splits", protocol=protocol, branch=branch, part=part, ending=".csv"))

    def statement(self, protocol: str, branch: str, part: str) -> str:
        """Return what training and test share in a part's split, in one sentence."""
        file = self.file("splits", protocol=protocol, branch=branch, part=part, ending=".json")
        return storage.read_json(file)["statement"]

    def scalers(self, protocol: str, branch: str, part: str) -> list[scalers.Fitted]:
        """Return the scalers of all folds of a part, each with the ids of the trials its numbers come from."""
        file = self.file("scalers", protocol=protocol, branch=branch, part=part, ending=".npz")
        return scalers.from_arrays(storage.read_arrays(file))

    # ------------------------------------------------------------------ one model under one protocol

    def predictions(
        self, protocol: str, target: str, model: str, *, unit: Literal["window", "trial"] = "window"
    ) -> pd.DataFrame:
        """Return what a model or yardstick predicted, all parts together, one row per tested window or trial.

        Returns
        -------
        DataFrame
            `subject, trial, window, fold, label, logit_0, ...`, then `predicted` (the likeliest class) and `confidence`
            (its probability). Classes are codes, -1 none; `classes(target)` has their names. Per window, and of
            yardsticks per trial with `window` -1: `part`. Per trial: mean logits over its windows, fold -1 where they
            lie in several, and `repeat`, from 0, where everything was dealt to folds several times.
        """
        tables = self.parts("predictions", protocol, target, model, ending=".parquet")
        table = pd.concat([table.assign(part=part) for part, table in tables.items()], ignore_index=True)
        if unit not in ("window", "trial"):
            raise unknown("a unit", unit, ["window", "trial"])
        table = per_trial(table) if unit == "trial" else table
        probability = np.exp(log_softmax(logits(table)))
        return table.assign(predicted=probability.argmax(axis=1), confidence=probability.max(axis=1))

    def history(self, protocol: str, target: str, model: str) -> pd.DataFrame:
        """Return a network's learning curves: `fold, epoch, loss, accuracy, val_loss, val_accuracy, part`."""
        tables = self.parts("history", protocol, target, model, ending=".csv")
        return pd.concat([table.assign(part=part) for part, table in tables.items()], ignore_index=True)

    def fits(self, protocol: str, target: str, model: str) -> pd.DataFrame:
        """Return how every fit went, one row per part and fold.

        `part, backend, device, fold, status, seed, epochs, best_epoch, seconds` (of yardsticks `part` and `fold`);
        `train, validate, threshold, temperature` are numbers of windows (none where nothing was learnt); `parameters`
        and `tuning` as recorded.
        """
        records = self.records(protocol, target, model)
        rows = [
            {"part": part, "backend": record.get("backend"), "device": record.get("device"), **_counted(fold)}
            for part, record in records.items()
            for fold in record["folds"]
        ]
        return pd.DataFrame(rows)

    def records(self, protocol: str, target: str, model: str) -> dict[str, dict[str, Any]]:
        """Return the whole record of every part's fit: what each fold was given, by id and hash, and its outcome."""
        return self.parts("fits", protocol, target, model, ending=".json")


def _counted(fold: dict[str, Any]) -> dict[str, Any]:
    """Return a fold's record with numbers of windows in the place of what it lists."""
    return {
        name: value["n_windows"] if isinstance(value, dict) and "n_windows" in value else value
        for name, value in fold.items()
    }

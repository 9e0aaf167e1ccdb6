"""The page of one subject: is the recording good, what was removed, what did the models make of it."""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import pandas as pd
from markupsafe import Markup

from eeg.datasets import fif
from eeg.predictions import confusion
from eeg.report import figures, signals, words
from eeg.report.check import row
from eeg.report.confusion import matrix_rows
from eeg.report.page import embed, number, records, render
from eeg.report.provenance import provenance_line
from eeg.report.removal import removal_section
from eeg.targets import NO_CLASS, classes, is_learnt, labels, rule, thresholds

if TYPE_CHECKING:
    import mne

Cell = tuple[str, ...]
"""Protocol, target and model: the three folders a table of predictions lies in."""

VERDICTS = {"ok": "ok", "warn": "usable, with warnings", "refuse": "refused"}


@dataclass(frozen=True)
class SubjectFacts:
    """Everything the page of one subject shows.

    Parameters
    ----------
    subject, source : str
        The subject's id; the name of the data source (`simulated`, `deap`, `recordings`, ...).
    trials : table
        The subject's trial table.
    check : dict
        `verdict` and `findings` as in `check/{subject}.json`.
    eog : dict
        As in `recordings/{subject}_eog.json`; `applied` may be false and `channels`, `blinks` empty.
    epochs : mne.Epochs
        The cleaned trials, in volts.
    scores : table
        Rows of `scores.csv`; rows of other subjects are ignored.
    predictions : mapping of (protocol, target, model) to table
        Predictions; rows of other subjects are ignored.
    targets : mapping of str to mapping
        The targets of the config; class names and label rules follow from them.
    provenance : mapping
        `commit`, `date`, `versions` and the like.
    bands : mapping of str to (float, float), optional
        Marked in the spectrum, in Hz.
    history : mapping of (protocol, target, model) to table, optional
        Learning curves.
    repaired : bool, optional
        Whether somebody's labels in this experiment were repaired; models across subjects learnt from them.
    transductive : collection of str, optional
        The models whose input was scaled by statistics of tested trials too.
    """

    subject: str
    source: str
    trials: pd.DataFrame
    check: Mapping[str, Any]
    eog: Mapping[str, Any]
    epochs: "mne.Epochs"
    scores: pd.DataFrame
    predictions: Mapping[Cell, pd.DataFrame]
    targets: Mapping[str, Mapping[str, Any]]
    provenance: Mapping[str, Any]
    bands: Mapping[str, tuple[float, float]] = field(default_factory=lambda: words.BANDS)
    history: Mapping[Cell, pd.DataFrame] = field(default_factory=dict)
    repaired: bool = False
    transductive: Collection[str] = ()

    @property
    def simulated(self) -> bool:
        """Whether the page must say that the recordings are simulated."""
        return words.is_simulated(self.source)

    @property
    def own_scores(self) -> pd.DataFrame:
        """The score rows of this subject."""
        return self.scores[self.scores["subject"] == self.subject]

    def own_predictions(self, cell: Cell) -> pd.DataFrame:
        """Return this subject's predictions of one cell, empty where there are none."""
        table = self.predictions.get(cell)
        columns = ["subject", "trial", "window", "fold", "label", "logit_0"]
        return pd.DataFrame(columns=columns) if table is None else table[table["subject"] == self.subject]


def subject_page(facts: SubjectFacts) -> str:
    """Return the self-contained page of one subject."""
    facts = _marked(facts)
    return render(
        "subject.html.j2",
        title=f"Subject {facts.subject}",
        simulated=facts.simulated,
        repaired=facts.repaired,
        bads=facts.check["treatment"],
        citations=words.citations(facts.source),
        provenance=provenance_line(facts.provenance),
        about=_about(facts),
        check=row(facts.check),
        verdict_words=VERDICTS.get(facts.check["verdict"], facts.check["verdict"]),
        recorded=[*_label_images(facts), _spectrum_image(facts)],
        rules=[(f"Target {name}", rule(target)) for name, target in facts.targets.items()],
        stretch=_stretch_image(facts),
        eog=removal_section(facts.eog, electrodes=fif.electrodes(facts.epochs), simulated=facts.simulated),
        protocols=_score_sections(facts),
        transductive=facts.transductive,
        scores_image=_scores_image(facts),
        history_image=_history_image(facts),
    )


def _marked(facts: SubjectFacts) -> SubjectFacts:
    """Return the facts with the mark of transductive models wherever they are named."""
    names = facts.transductive
    predictions, history = (
        {(*cell[:2], words.mark(cell[2], names)): table for cell, table in tables.items()}
        for tables in (facts.predictions, facts.history)
    )
    return replace(facts, scores=words.marked(facts.scores, names), predictions=predictions, history=history)


def _about(facts: SubjectFacts) -> list[tuple[str, str]]:
    epochs, config = facts.epochs, {"source": facts.source, "deap": {"form": facts.check.get("form")}}
    span = f"{number(epochs.times[0], 1)} to {number(epochs.times[-1], 1)} s"
    return [
        ("Source", words.source(config)),
        *([("Cleaning", words.RELEASED)] if words.is_release(config) else []),
        *([("Bad channels", words.bads([facts.check]))] if words.bads([facts.check]) else []),
        *([("Order", words.ORDER_UNKNOWN)] if facts.check.get("order") == "unknown" else []),
        ("Trials", f"{len(facts.trials)} in the table, {len(epochs)} cleaned"),
        ("Time", f"{span} about the onset (the start of the video or block)"),
        ("Sampling", f"{epochs.info['sfreq']:g} Hz, {epochs.get_channel_types().count('eeg')} EEG channels"),
    ]


def class_names(facts: SubjectFacts, target: str) -> list[str]:
    """Return the class of every trial of the table under one target."""
    names = (*classes(facts.targets[target]), "no class")
    return [names[code] for code in labels(facts.trials, facts.targets[target])]


def _label_images(facts: SubjectFacts) -> list[tuple[Markup, str]]:
    if {"valence", "arousal"} <= set(facts.trials):
        return [_ratings_image(facts)]
    return [_counts_image(facts, target) for target in facts.targets]


def _ratings_image(facts: SubjectFacts) -> tuple[Markup, str]:
    """Return the valence-arousal plane; without a quadrant target the trials have one colour."""
    target = facts.targets.get("quadrant")
    quadrants = class_names(facts, "quadrant") if target else ["trials"] * len(facts.trials)
    lines = None if target is None else _lines(facts.trials, target)
    figure = signals.ratings_figure(facts.trials, quadrants, lines=lines, simulated=facts.simulated)
    spoken = ", ".join(f"{name}: {count}" for name, count in sorted(Counter(quadrants).items()))
    alt = f"Trials in the valence-arousal plane, coloured by quadrant. Number of trials: {spoken}."
    return embed(figure, alt), "Ratings of the trials; colour and shape give the quadrant, dashed lines its threshold."


def _lines(trials: pd.DataFrame, target: Mapping[str, Any]) -> tuple[float, float]:
    """Return where valence and arousal are cut; medians over all trials where every fold has its own."""
    if not is_learnt(target):
        return target["threshold"], target["threshold"]
    valence, arousal = thresholds(trials, target).iloc[0]
    return valence, arousal


def _counts_image(facts: SubjectFacts, target: str) -> tuple[Markup, str]:
    found = Counter(class_names(facts, target))
    counts = {name: found[name] for name in classes(facts.targets[target])}
    figure = signals.counts_figure(counts, target=target, simulated=facts.simulated)
    spoken = ", ".join(f"{name}: {count}" for name, count in counts.items())
    return embed(figure, f"Number of trials per class of {target}. {spoken}."), f"Trials of each class of {target}."


def _spectrum_image(facts: SubjectFacts) -> tuple[Markup, str]:
    figure = signals.spectrum_figure(facts.epochs, facts.bands, simulated=facts.simulated)
    spoken = ", ".join(f"{name} {low:g} to {high:g} Hz" for name, (low, high) in facts.bands.items())
    alt = f"Spectrum of the cleaned trials, every channel and their mean. Bands marked: {spoken}."
    return embed(figure, alt), "Spectrum of the cleaned trials: channels in grey, their mean in black."


def _stretch_image(facts: SubjectFacts) -> tuple[Markup, str]:
    trial = facts.trials["trial"].iloc[0] if facts.epochs.metadata is None else facts.epochs.metadata["trial"].iloc[0]
    figure = signals.stretch_figure(facts.epochs, trial=trial, simulated=facts.simulated)
    text = f"The first seconds of trial {trial}, all EEG channels, after cleaning."
    return embed(figure, text), text


def _score_sections(facts: SubjectFacts) -> list[dict[str, Any]]:
    return [
        {"protocol": protocol, "rows": _score_rows(facts, protocol), "matrices": _matrices(facts, protocol)}
        for protocol in words.in_order(facts.own_scores["protocol"])
    ]


def _score_rows(facts: SubjectFacts, protocol: str) -> list[dict[str, Any]]:
    scores = facts.own_scores
    scores = scores[scores["protocol"] == protocol]
    values = scores.set_index(["target", "model", "unit", "metric"])[["value", "chance", "low", "high"]].to_dict(
        "index"
    )
    rows = []
    for target in dict.fromkeys(scores["target"]):
        for model in words.models_first(scores.loc[scores["target"] == target, "model"]):
            of_trials = {
                metric: values.get((target, model, "trial", metric), {}).get("value")
                for metric in ("balanced_accuracy", "macro_f1", "accuracy")
            }
            of_windows = values.get((target, model, "window", "balanced_accuracy"), {}).get("value")
            first = values.get((target, model, "trial", "balanced_accuracy"), {})
            beside = {name: first.get(name) for name in ("chance", "low", "high")}
            tested = facts.own_predictions((protocol, target, model))
            n_trials = tested.loc[tested["label"] != NO_CLASS, "trial"].nunique() or None
            row = {"target": target, "model": model, "yardstick": model in words.YARDSTICKS, "n": n_trials}
            rows.append(row | of_trials | {"window": of_windows} | beside)
    return rows


def _matrices(facts: SubjectFacts, protocol: str) -> list[dict[str, Any]]:
    matrices = []
    for of_protocol, target, model in facts.predictions:
        predictions = facts.own_predictions((of_protocol, target, model))
        if of_protocol == protocol and model not in words.YARDSTICKS and len(predictions):
            names = classes(facts.targets[target])
            counts = confusion(predictions, unit="trial")
            matrix = {"classes": names, "n": counts.sum(), "rows": matrix_rows(counts, names)}
            matrices.append({"target": target, "model": model} | matrix)
    return matrices


def _scores_image(facts: SubjectFacts) -> tuple[Markup, str] | None:
    scores = figures.trial_scores(facts.own_scores)
    scores = scores[~scores["model"].isin(words.YARDSTICKS)]
    if scores.empty:
        return None
    spoken = "; ".join(
        f"{row['protocol']}{' LEAKY' * words.leaks(row['protocol'])}, {row['target']}, {row['model']} "
        f"{number(row['value'])} (chance {number(row['chance'])})"
        for row in records(scores)
    )
    caption = "Balanced accuracy of this subject; panels by target and protocol."
    caption += " Watermarked panels leak." * any(map(words.leaks, scores["protocol"]))
    image = figures.subject_figure(facts.own_scores, simulated=facts.simulated)
    return embed(image, f"Balanced accuracy per trial: {spoken}."), caption


def _history_image(facts: SubjectFacts) -> tuple[Markup, str] | None:
    if not facts.history:
        return None
    image = figures.history_figure(dict(facts.history), simulated=facts.simulated)
    text = "Loss by epoch on training and validation rows, mean over folds, one panel per model, target and protocol."
    return embed(image, text), text

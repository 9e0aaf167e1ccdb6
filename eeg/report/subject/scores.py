"""What the models made of the subject: scores with intervals, chance and yardsticks, and confusion matrices."""

from typing import Any

from markupsafe import Markup

from eeg.predictions import confusion
from eeg.report import figures, words
from eeg.report.confusion import matrix_rows
from eeg.report.page import embed, number, records, with_interval
from eeg.report.subject.facts import SubjectFacts
from eeg.report.subject.section import Section, section
from eeg.targets import NO_CLASS, classes


def section_of(facts: SubjectFacts) -> Section:
    """Return the scores as a picture and, protocol by protocol, as tables with confusion matrices."""
    protocols = [
        {"protocol": protocol, "rows": rows(facts, protocol), "matrices": matrices(facts, protocol)}
        for protocol in words.in_order(facts.own_scores["protocol"])
    ]
    about = {"transductive": facts.transductive, "percent": f"{100 * facts.confidence:g} %"}
    return section("Scores", "scores", protocols=protocols, scores_image=_image(facts), **about)


def rows(facts: SubjectFacts, protocol: str) -> list[dict[str, Any]]:
    """Return the table of one protocol: a row per target and model, yardsticks last."""
    scores = facts.own_scores
    scores = scores[scores["protocol"] == protocol]
    values = scores.set_index(["target", "model", "unit", "metric"])[["value", "chance", "low", "high"]].to_dict(
        "index"
    )
    found = []
    for target in dict.fromkeys(scores["target"]):
        for model in words.models_first(scores.loc[scores["target"] == target, "model"]):
            of_trials = {
                metric: values.get((target, model, "trial", metric), {}).get("value")
                for metric in ("balanced_accuracy", "macro_f1", "accuracy")
            }
            per_window = values.get((target, model, "window", "balanced_accuracy"), {})
            of_windows = {"window": with_interval(*map(per_window.get, ("value", "low", "high")))}
            first = values.get((target, model, "trial", "balanced_accuracy"), {})
            beside = {name: first.get(name) for name in ("chance", "low", "high")}
            tested = facts.own_predictions((protocol, target, model))
            n_trials = tested.loc[tested["label"] != NO_CLASS, "trial"].nunique() if len(tested) else None
            row = {"target": target, "model": model, "yardstick": model in words.YARDSTICKS, "n": n_trials}
            found.append(row | of_trials | of_windows | beside)
    return found


def matrices(facts: SubjectFacts, protocol: str) -> list[dict[str, Any]]:
    """Return the confusion matrix of every model under one protocol."""
    found = []
    for of_protocol, target, model in facts.predictions:
        predictions = facts.own_predictions((of_protocol, target, model))
        if of_protocol == protocol and model not in words.YARDSTICKS and len(predictions):
            names = classes(facts.targets[target])
            counts = confusion(predictions, unit="trial")
            matrix = {"classes": names, "n": counts.sum(), "rows": matrix_rows(counts, names)}
            found.append({"target": target, "model": model} | matrix)
    return found


def _image(facts: SubjectFacts) -> tuple[Markup, str] | None:
    scores = words.of_models(figures.trial_scores(facts.own_scores))
    if scores.empty:
        return None
    spoken = "; ".join(
        f"{words.named(row['protocol'])}, {row['target']}, {row['model']} "
        f"{number(row['value'])} (chance {number(row['chance'])})"
        for row in records(scores)
    )
    percent = f"{100 * facts.confidence:g} %"
    caption = f"Balanced accuracy of this subject, {percent} intervals over its trials; panels by target and protocol."
    caption += " Watermarked panels leak." * any(map(words.leaks, scores["protocol"]))
    tested = [facts.own_predictions(cell)["trial"].nunique() for cell in facts.predictions]
    n_trials = max(tested, default=None)
    image = figures.subject_figure(
        facts.own_scores, n_trials=n_trials, confidence=facts.confidence, simulated=facts.simulated
    )
    return embed(image, f"Balanced accuracy per trial: {spoken}."), caption

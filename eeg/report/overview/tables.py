"""The tables of the overview: scores, leaks, comparisons, calibration, confusions and subjects, a mapping per row."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from eeg.report import figures, words
from eeg.report.confusion import matrix_rows
from eeg.report.overview.headlines import Headline
from eeg.report.page import number, records, with_interval
from eeg.targets import classes

SHOWN = ("mean", "low", "high", "chance", "p", "p_refit", "detectable", "gain", "n")


def score_rows(summary: pd.DataFrame) -> list[dict[str, Any]]:
    """Return a row per protocol, target and model, honest protocols first and yardsticks last, scored per trial."""
    per_trial = summary[summary["unit"] == "trial"]
    cells = {(row["protocol"], row["target"], row["model"], row["metric"]): row for row in records(per_trial)}
    return [
        _score_row((protocol, str(target), model), cells)
        for protocol in words.in_order(per_trial["protocol"])
        for target, own in per_trial[per_trial["protocol"] == protocol].groupby("target", sort=False)
        for model in words.models_first(own["model"])
    ]


def _score_row(cell: tuple[str, str, str], cells: Mapping[Any, Mapping[str, Any]]) -> dict[str, Any]:
    first, accuracy = (cells.get((*cell, metric), {}) for metric in ("balanced_accuracy", "accuracy"))
    protocol, target, model = cell
    best = cells.get((protocol, target, first.get("yardstick"), "balanced_accuracy"), {})
    return {
        "protocol": protocol,
        "target": target,
        "model": model,
        "yardstick": model in words.YARDSTICKS,
        "best": best.get("mean"),
        "best_name": _best(best, protocol),
        "macro_f1": cells.get((*cell, "macro_f1"), {}).get("mean"),
        "accuracy": accuracy.get("mean"),
        "accuracy_said": with_interval(*map(accuracy.get, ("mean", "low", "high"))),
        **{name: first.get(name) for name in SHOWN},
    }


def _best(row: Mapping[str, Any], protocol: str) -> str:
    """Return the score and the name of the best yardstick; a yardstick's own row has none."""
    value = number(row.get("mean"))
    if value == "n/a":
        return value
    return f"{value} {row['model']}" + " (outside)" * words.outside(row["model"], protocol)


def leak_rows(comparisons: pd.DataFrame, summary: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the leak table: per target, model and unit the leaky less the honest balanced accuracy.

    Rows of kind `leak` have `a` and `b` of the form "window:svm", "trial:svm"; the means beside the difference are
    those of `summary`.
    """
    means = _means(summary)
    chosen = comparisons[(comparisons["kind"] == "leak") & (comparisons["metric"] == "balanced_accuracy")]
    rows = []
    for row in records(chosen):
        (leaky, model), (honest, other) = row["a"].split(":", 1), row["b"].split(":", 1)
        key = row["target"], row["unit"]
        sides = {"leaky_protocol": leaky, "honest_protocol": honest, "model": model}
        values = {"leaky_value": means.get((leaky, model, *key)), "honest_value": means.get((honest, other, *key))}
        rows.append(row | sides | values)
    return sorted(rows, key=lambda row: row["unit"] != "trial")


def _means(summary: pd.DataFrame) -> dict[tuple[str, str, str, str], float]:
    """Return mean balanced accuracy by protocol, model, target and unit."""
    rows = summary[summary["metric"] == "balanced_accuracy"]
    keys = zip(rows["protocol"], rows["model"], rows["target"], rows["unit"], strict=True)
    return dict(zip(keys, rows["mean"], strict=True))


def pair_rows(comparisons: pd.DataFrame) -> dict[str, list[dict[str, Any]]]:
    """Return the paired comparisons of models and of protocols, of balanced accuracy per trial.

    Where protocols are compared, `a` and `b` are the protocols and `model` has both.
    """
    rows = figures.trial_scores(comparisons)
    models = records(rows[rows["kind"] == "models"])
    order = words.in_order(row["protocol"] for row in models)
    protocols = []
    for row in records(rows[rows["kind"] == "protocols"]):
        (a, model), (b, _) = row["a"].split(":", 1), row["b"].split(":", 1)
        protocols.append(row | {"a": a, "b": b, "model": model})
    return {"models": sorted(models, key=lambda row: order.index(row["protocol"])), "protocols": protocols}


def calibration_rows(calibration: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the calibration of models, honest protocols first."""
    rows = records(words.of_models(calibration))
    order = words.in_order(row["protocol"] for row in rows)
    return sorted(rows, key=lambda row: order.index(row["protocol"]))


def confusions(confusion: pd.DataFrame, targets: Mapping[str, Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return, per protocol and honest ones first, every model's confusion of trials pooled over all subjects."""
    rows = words.of_models(confusion[confusion["unit"] == "trial"])
    return [
        {"protocol": protocol, "matrices": _matrices(rows[rows["protocol"] == protocol], targets)}
        for protocol in words.in_order(rows["protocol"])
    ]


def _matrices(rows: pd.DataFrame, targets: Mapping[str, Mapping[str, Any]]) -> list[dict[str, Any]]:
    found = []
    rows = rows.sort_values("target", key=lambda own: own.map(list(targets).index), kind="stable")
    for (target, model), own in rows.groupby(["target", "model"], sort=False):
        names = classes(targets[str(target)])
        matrix = np.zeros((len(names), len(names)), dtype=np.int64)
        matrix[own["label"], own["predicted"]] = own["count"]
        counts = {"n": int(matrix.sum()), "rows": matrix_rows(matrix, names)}
        found.append({"target": target, "model": model, "classes": names, **counts})
    return found


def subject_rows(
    verdicts: Mapping[str, str], scores: pd.DataFrame, headlines: Sequence[Headline]
) -> list[dict[str, Any]]:
    """Return a row per subject: id, verdict of its check, and its score in the cell of every headline."""
    values = figures.trial_scores(scores).set_index(["protocol", "target", "model", "subject"])["value"]
    cells = [headline.cell for headline in headlines if headline.cell]
    return [
        {"name": name, "verdict": verdict, "values": [values.get((*cell, name)) for cell in cells]}
        for name, verdict in verdicts.items()
    ]

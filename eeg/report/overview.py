"""The overview: what was run, what came out, and how much of it is the split."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pandas as pd
import yaml
from markupsafe import Markup

from eeg.report import figures, words
from eeg.report.leaks import MeterTables
from eeg.report.leaks import section as meter_section
from eeg.report.page import embed, interval, number, records, render
from eeg.report.provenance import provenance_line
from eeg.report.removal import removal_summary
from eeg.targets import classes, rule

TITLE = "EEG emotion recognition: what came out"


SHOWN_TROUBLES = 10


@dataclass(frozen=True)
class OverviewFacts:
    """Everything the overview shows.

    Parameters
    ----------
    config : mapping
        The checked config: source, targets, folds, and the rest for the reader.
    subjects : sequence of str, or mapping of str to str
        The subjects' ids, with the verdict of the check where it is known.
    n_trials : int
        Number of trials of all subjects together.
    summary, scores, comparisons : table
        As in the files of these names.
    provenance : mapping
        `commit`, `date`, `versions`.
    checks : sequence of mapping, optional
        The reports of the subjects' checks, for bad channels and repaired labels.
    removals : sequence of mapping, optional
        The subjects' evidence of EOG removal, as in `recordings/{subject}_eog.json`.
    links : mapping of str to str, optional
        Further pages and files by name, relative to this page.
    troubles : sequence of str, optional
        One sentence for every fold whose fit did not go well (diverged, a class missing in training).
    meter : MeterTables, optional
        What the leak meter found, where it was run.
    calibration : table, optional
        As in `calibration.csv`.
    """

    config: Mapping[str, Any]
    subjects: Sequence[str] | Mapping[str, str]
    n_trials: int
    summary: pd.DataFrame
    scores: pd.DataFrame
    comparisons: pd.DataFrame
    provenance: Mapping[str, Any]
    checks: Sequence[Mapping[str, Any]] = ()
    removals: Sequence[Mapping[str, Any]] = ()
    links: Mapping[str, str] = field(default_factory=dict)
    troubles: Sequence[str] = ()
    meter: MeterTables | None = None
    calibration: pd.DataFrame | None = None

    @property
    def simulated(self) -> bool:
        """Whether the page must say that the recordings are simulated."""
        return words.is_simulated(self.config["source"])

    @property
    def percent(self) -> str:
        """The confidence of the intervals."""
        return f"{100 * self.config['scores']['confidence']:g} %"


def overview_page(facts: OverviewFacts) -> str:
    """Return the self-contained page over all subjects."""
    transductive = words.transductive(facts.config)
    tables = facts.summary, facts.scores, facts.comparisons
    summary, scores, comparisons = (words.marked(table, transductive) for table in tables)
    facts = replace(facts, summary=summary, scores=scores, comparisons=comparisons)
    leaks = leak_rows(facts.comparisons, facts.summary)
    return render(
        "overview.html.j2",
        title=TITLE,
        simulated=facts.simulated,
        repaired=any(check["repaired"] for check in facts.checks),
        bads=facts.config["check"]["bads"],
        percent=facts.percent,
        citations=words.citations(facts.config["source"]),
        provenance=provenance_line(facts.provenance),
        main_image=_main_image(facts),
        about=_about(facts),
        protocols=_sections(facts.summary),
        leaks=leaks,
        meter=meter_section(facts.meter, facts.config) if facts.meter else None,
        transductive=transductive,
        calibration=_calibration(facts),
        refits=facts.config["scores"]["refits"],
        subjects=_subjects(facts),
        links=list(facts.links.items()),
        configuration=_as_text(facts.config),
    )


def troubles(fits: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Return every fold whose fit did not go well, named by its fit and its status, from the records of all fits."""
    return [
        f"{name} fold {fold['fold']} ({fold['status']})"
        for name, record in fits.items()
        for fold in record["folds"]
        if fold["status"] != "ok"
    ]


def links(*, paired: bool) -> dict[str, str]:
    """Return the other pages and files of a run by name; `paired`: recordings were held against a release."""
    return {
        "check of the recordings": "check.html",
        **({"comparison with the release": "parity.html"} if paired else {}),
        "methods": "../methods.md",
        "provenance": "../provenance.json",
        "summary table": "../summary.csv",
    }


def _as_text(config: Mapping[str, Any]) -> str:
    """Return the config as YAML; by way of JSON, so that tuples are lists and nothing is an anchor."""
    return yaml.safe_dump(json.loads(json.dumps(config)), sort_keys=False, allow_unicode=True)


def _about(facts: OverviewFacts) -> list[tuple[str, str]]:
    protocols = words.in_order(facts.summary["protocol"])
    models, split = words.models_first(facts.summary["model"]), facts.config["split"]
    return [
        ("Source", words.source(facts.config)),
        *([("Cleaning", words.RELEASED)] if words.is_release(facts.config) else []),
        *([("Bad channels", words.bads(facts.checks))] if words.bads(facts.checks) else []),
        *([("Eye movements", removal_summary(facts.removals))] if facts.removals else []),
        ("Subjects", str(len(facts.subjects))),
        ("Trials", str(facts.n_trials)),
        ("Protocols", ", ".join(name + " (LEAKY)" * words.leaks(name) for name in protocols)),
        (
            "Folds",
            f"{words.folds(split)}; within subjects the classes of {split['stratify']} are spread evenly over them",
        ),
        *[(f"Target {name}", _target(target)) for name, target in facts.config["targets"].items()],
        ("Models", ", ".join(name for name in models if name not in words.YARDSTICKS)),
        ("Folds in trouble", _troubles(facts.troubles)),
        ("Yardsticks, no EEG", ", ".join(name for name in models if name in words.YARDSTICKS) or "none"),
    ]


def _troubles(troubles: Sequence[str]) -> str:
    shown = "; ".join(troubles[:SHOWN_TROUBLES])
    more = f"; and {len(troubles) - SHOWN_TROUBLES} more, see fits/" if len(troubles) > SHOWN_TROUBLES else ""
    return f"{len(troubles)}: {shown}{more}" if troubles else "none"


def _target(target: Mapping[str, Any]) -> str:
    return f"{', '.join(classes(target))} ({rule(target)})"


def _subjects(facts: OverviewFacts) -> list[dict[str, str]]:
    verdicts = facts.subjects if isinstance(facts.subjects, Mapping) else dict.fromkeys(facts.subjects, "")
    return [{"name": name, "verdict": verdict} for name, verdict in verdicts.items()]


def _main_image(facts: OverviewFacts) -> tuple[Markup, str] | None:
    means = figures.trial_scores(facts.summary)
    means = means[~means["model"].isin(words.YARDSTICKS)]
    if means.empty:
        return None
    spoken = "; ".join(
        f"{row['protocol']}{' LEAKY' * words.leaks(row['protocol'])}, {row['target']}, {row['model']} "
        f"{number(row['mean'])} ({interval(row['low'], row['high'])}), chance {number(row['chance'])}"
        for row in records(means)
    )
    caption = (
        f"Balanced accuracy per trial. Light dots are subjects, black dots their mean with its {facts.percent} "
        "interval; panels by target and protocol."
    ) + " Watermarked panels leak." * any(map(words.leaks, means["protocol"]))
    image = figures.main_figure(
        facts.summary, facts.scores, simulated=facts.simulated, confidence=facts.config["scores"]["confidence"]
    )
    return embed(image, f"Balanced accuracy per trial, mean and {facts.percent} interval: {spoken}."), caption


def _sections(summary: pd.DataFrame) -> list[dict[str, Any]]:
    per_trial = summary[summary["unit"] == "trial"]
    return [
        {"protocol": protocol, "rows": _rows(per_trial[per_trial["protocol"] == protocol], protocol)}
        for protocol in words.in_order(per_trial["protocol"])
    ]


def _rows(summary: pd.DataFrame, protocol: str) -> list[dict[str, Any]]:
    cells = {(row["target"], row["model"], row["metric"]): row for row in records(summary)}
    rows = []
    for target in dict.fromkeys(summary["target"]):
        for model in words.models_first(summary.loc[summary["target"] == target, "model"]):
            first = cells.get((target, model, "balanced_accuracy"), {})
            others = {
                "macro_f1": cells.get((target, model, "macro_f1"), {}).get("mean"),
                "accuracy": _with_interval(cells.get((target, model, "accuracy"))),
            }
            shown = ("mean", "low", "high", "chance", "p", "p_refit", "detectable", "gain", "n")
            numbers = {name: first.get(name) for name in shown}
            row = {
                "target": target,
                "model": model,
                "yardstick": model in words.YARDSTICKS,
                "best": _best(first, protocol),
            }
            rows.append(row | numbers | others)
    return rows


def _calibration(facts: OverviewFacts) -> list[dict[str, Any]]:
    if facts.calibration is None:
        return []
    marked = words.marked(facts.calibration, words.transductive(facts.config))
    of_models = marked[~marked["model"].isin(words.YARDSTICKS)]
    order = words.in_order(of_models["protocol"])
    return sorted(records(of_models), key=lambda row: order.index(row["protocol"]))


def _with_interval(row: Mapping[str, Any] | None) -> str:
    if row is None:
        return "n/a"
    span = interval(row["low"], row["high"])
    return number(row["mean"]) + (f" ({span})" if span != "n/a" else "")


def _best(row: Mapping[str, Any], protocol: str) -> str:
    """Return the score and the name of the best yardstick; a yardstick's own row has none."""
    value = number(row["mean"] - row["gain"]) if row else "n/a"
    if value == "n/a":
        return value
    return f"{value} {row['yardstick']}" + " (outside)" * words.outside(row["yardstick"], protocol)


def leak_rows(comparisons: pd.DataFrame, summary: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the leak table: per target, model and unit the leaky less the honest balanced accuracy.

    Rows of kind `leak` have `a` and `b` of the form "window:svm", "trial:svm"; the means beside the difference are
    those of `summary`.
    """
    means = means_by_cell(summary)
    chosen = comparisons[(comparisons["kind"] == "leak") & (comparisons["metric"] == "balanced_accuracy")]
    rows = []
    for row in records(chosen):
        (leaky, model), (honest, other) = row["a"].split(":", 1), row["b"].split(":", 1)
        key = row["target"], row["unit"]
        sides = {"leaky_protocol": leaky, "honest_protocol": honest, "model": model}
        values = {"leaky_value": means.get((leaky, model, *key)), "honest_value": means.get((honest, other, *key))}
        rows.append(row | sides | values)
    return sorted(rows, key=lambda row: row["unit"] != "trial")


def means_by_cell(summary: pd.DataFrame) -> dict[tuple[str, str, str, str], float]:
    """Return mean balanced accuracy by protocol, model, target and unit."""
    rows = summary[summary["metric"] == "balanced_accuracy"]
    keys = zip(rows["protocol"], rows["model"], rows["target"], rows["unit"], strict=True)
    return dict(zip(keys, rows["mean"], strict=True))

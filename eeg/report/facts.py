"""What a run's artifacts say, gathered for the texts about it."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pandas as pd

from eeg.targets import counts


def gathered(
    config: Mapping[str, Any],
    *,
    checks: Sequence[Mapping[str, Any]],
    removals: Sequence[Mapping[str, Any]],
    trials: Sequence[pd.DataFrame],
    splits: Mapping[tuple[str, ...], Mapping[str, Any]],
    guards: Mapping[str, Any],
    origin: Mapping[str, Any],
) -> dict[str, Any]:
    """Return the facts of `methods_text` and `checklist` from a run's artifacts.

    Parameters
    ----------
    config : mapping
    checks, removals : sequence of mapping
        Per subject: the check's report, the evidence of the EOG removal.
    trials : sequence of DataFrame
        The trial tables.
    splits : mapping
        The description of every split by (protocol, branch, file).
    guards : mapping
        `guard`, `guard_fits`: what they proved.
    origin : mapping
        As `provenance.origin` has it.
    """
    return {
        "subjects": len(checks),
        "trials": sum(map(len, trials)),
        "channels": list(removals[0]["channels"]),
        "checks": checks,
        "eog_applied": sum(one["applied"] for one in removals),
        "eog_channels": list(dict.fromkeys(name for one in removals for name in one["eog_channels"])),
        "versions": origin["versions"],
        "classes": {name: counts(trials, target) for name, target in config["targets"].items()},
        "splits": by_branch(splits),
        **guards,
        "origin": origin,
    }


def said(splits: Mapping[tuple[str, str], Sequence[Mapping[str, Any]]]) -> list[str]:
    """Return what was said of the splits of every protocol, each once: classes that folds lack, trials not tested.

    `splits` has by protocol and branch the description of every part's split.
    """
    return list(
        dict.fromkeys(
            f"{protocol}, {warning}"
            for (protocol, _), abouts in splits.items()
            for about in abouts
            for warning in about.get("warnings", ())
        )
    )


def by_branch(splits: Mapping[tuple[str, ...], Mapping[str, Any]]) -> dict[tuple[str, str], list[Mapping[str, Any]]]:
    """Return the descriptions of splits, by (protocol, branch, file), by protocol and branch."""
    found: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    for (protocol, branch, _), about in splits.items():
        found.setdefault((protocol, branch), []).append(about)
    return found


def learnt(config: Mapping[str, Any], records: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return what the fit of every fold came to, from the records of all fits.

    Returns
    -------
    list of dict
        `protocol, model`; `inner`, in how many inner folds an estimator's settings were chosen, None where nothing was;
        `fixed`, whether a network learnt for a fixed number of epochs, from validation rows too;
        `epochs`; `trainable` parameters, None for estimators; `temperature`, None where none was fitted.
    """
    return [
        {
            "protocol": record["protocol"],
            "model": record["model"],
            "inner": fold["parameters"].get("inner_folds") if fold["parameters"].get("candidates", 1) > 1 else None,
            "fixed": _fixed(config["models"][record["model"]]["training"], fold["tuning"]),
            "epochs": fold["epochs"],
            "trainable": fold["parameters"].get("trainable"),
            "temperature": None if fold["temperature"] is None else fold["temperature_value"],
        }
        for record in records
        for fold in record["folds"]
    ]


def _fixed(training: Mapping[str, Any] | None, tuning: Mapping[str, Any] | None) -> bool:
    chosen = tuning["chosen"] if tuning else {}
    return training is not None and {**training, **chosen}["patience"] is None

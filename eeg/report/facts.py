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
        "splits": {
            cell: [about for key, about in splits.items() if key[:2] == cell]
            for cell in dict.fromkeys((protocol, branch) for protocol, branch, _ in splits)
        },
        **guards,
        "origin": origin,
    }


def learnt(config: Mapping[str, Any], records: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return what the fit of every fold came to, from the records of all fits.

    Returns
    -------
    list of dict
        `protocol, model`; `fixed`, whether a network learnt for a fixed number of epochs, from validation rows too;
        `epochs`; `trainable` parameters, None for estimators; `temperature`, None where none was fitted.
    """
    return [
        {
            "protocol": record["protocol"],
            "model": record["model"],
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

"""What a run's artifacts say, gathered for the texts about it."""

from collections.abc import Mapping, Sequence
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
            protocol: [about for key, about in splits.items() if key[0] == protocol] for protocol in config["protocols"]
        },
        **guards,
        "origin": origin,
    }

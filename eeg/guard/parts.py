"""A part of an experiment that is held against its split, and how an error names what is wrong with it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from eeg import protocols
from eeg.errors import InputError
from eeg.preprocess.scale import Moments
from eeg.protocols import WHOLE

WINDOW = list(protocols.WINDOW)

NAMED = 5
"""How many trials an error names at most."""


@dataclass(frozen=True)
class Part:
    """A part of a protocol in one branch: its split, and the inputs that are fitted on and tested.

    Attributes
    ----------
    protocol, branch, part : str
        Which one.
    file : str
        Where its split lies.
    settings : mapping
        `scaler` and `scope` of the branch, as the config has them.
    split : DataFrame
        `fold, role, subject, trial, window`.
    windows : DataFrame
        `subject, trial, window, start, length` of its subjects.
    stored : mapping
        Per subject the moments of every trial.
    arrays : mapping
        Per subject the model input; read only where windows were shuffled.
    trials : DataFrame
        `subject, trial`, and `video` where it is known, of its subjects.
    """

    protocol: str
    branch: str
    part: str
    file: str
    settings: Mapping[str, Any]
    split: pd.DataFrame
    windows: pd.DataFrame
    stored: Mapping[str, Moments]
    arrays: Mapping[str, np.ndarray]
    trials: pd.DataFrame

    @property
    def name(self) -> str:
        """The part in words."""
        return f"protocol {self.protocol}, branch {self.branch}, part {self.part}"

    @property
    def of_trials(self) -> bool:
        """Whether the split deals whole trials."""
        return bool((self.split["window"] == WHOLE).all())


def check_roles(part: Part) -> None:
    """Refuse a split in which what its protocol keeps apart, a subject, video, trial or window, has two roles.

    Raises
    ------
    InputError
        The first fold in which one has.
    """
    for apart in protocols.APART[part.protocol]:
        unit = list(apart)
        rows = part.split.merge(part.trials, on=["subject", "trial"]) if "video" in unit else part.split
        roles = rows[["fold", "role", *unit]].drop_duplicates()
        twice = roles[roles.duplicated(["fold", *unit], keep=False)]
        if len(twice):
            fold = twice["fold"].iloc[0]
            which = twice[twice["fold"] == fold].groupby(unit, as_index=False)["role"].agg(" and ".join)
            raise InputError(
                f"one role for every {unit[-1]} in fold {fold} of {part.name}",
                named(which),
                f"Delete {part.file} and run again; all that was made with it is made again.",
                file=part.file,
            )


def with_roles(rows: pd.DataFrame, part: Part, fold: int) -> pd.DataFrame:
    """Return rows of `subject, trial, window` with the `role` that the split gives them in a fold."""
    split = part.split[part.split["fold"] == fold]
    unit = ["subject", "trial"] if part.of_trials else WINDOW
    found = rows.merge(split[[*unit, "role"]].drop_duplicates(), how="left", on=unit)
    return found.fillna({"role": "not in the split"})


def named(rows: pd.DataFrame) -> str:
    """Return rows of `subject` or `video`, and where they have them `trial`, `window` and `role`, in words."""
    words = []
    for row in rows.head(NAMED).to_dict("records"):
        window = "" if row.get("window", WHOLE) == WHOLE else f" window {row['window']}"
        trial = f" trial {row['trial']}" if "trial" in row else ""
        who = row["subject"] if "subject" in row else f"video {row['video']}"
        words.append(f"{who}{trial}{window}" + (f" ({row['role']})" if "role" in row else ""))
    more = f" and {len(rows) - NAMED} more" if len(rows) > NAMED else ""
    return ", ".join(words) + more

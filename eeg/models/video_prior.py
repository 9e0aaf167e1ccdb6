"""The video prior: sees no EEG and says how the other subjects' trials of the same video were labelled.

It is what recognising the video gives. Within subjects the other subjects' labels are outside information, since no
model there has them; where the tested videos are held out too, nobody has them and it is the majority yardstick.
"""

import numpy as np
import pandas as pd

from eeg.errors import InputError
from eeg.models._prior import Seen, counts, where_counted

KIND = "yardstick"
INPUT = "none"


def predict(seen: Seen, tested: pd.DataFrame) -> np.ndarray:
    """Return log shares for every tested trial, (n_tested, n_classes) float32; of all labels for an unknown video.

    Raises
    ------
    InputError
        The trial tables do not say which video a trial had.
    """
    if "video" not in tested or tested["video"].isna().any():
        raise InputError(
            "the stimulus of every trial (a column video) for the yardstick video_prior",
            "trials without one",
            "Add the column to the trial table, or leave the yardstick out.",
        )
    everyone, own = (counts(seen.others, keys, tested, seen.n_classes) for keys in (["video"], ["video", "subject"]))
    return where_counted(everyone - own, seen)

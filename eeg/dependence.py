"""How far scores of one cross-validation lean the same way: what is tested in one fold has taught the others' models.

Where a model's output is a sum over what it learnt from, with a kernel that is symmetric, trial i moves the margin of
trial j as far as j moves that of i. On noise two margins then correlate by one over the number that taught either, and
their mean has twice the variance that it has for independent ones. Nadeau & Bengio 2003, "Inference for the
generalization error", reckon the same from the sizes of training and test. A class that was hit or missed is the sign
of a margin and keeps 2/pi of the correlation (the arcsine law), a rank keeps 3/pi (Kruskal 1958).
Where something is found, models agree whatever taught them, and what stands here is wider than need be.
"""

import numpy as np

from eeg.protocols import ACROSS, UNSEEN

MARGIN, RANK, SIGN = 1.0, 3 / np.pi, 2 / np.pi

KEPT = {"nll": MARGIN, "brier": MARGIN, "auroc": RANK}
"""The share of the margins' correlation that a metric of trials keeps; the metrics not named here keep `SIGN`."""

OF_VIDEOS = 1 + MARGIN
"""By how much what common videos add to a mean varies more than videos by themselves, as variances.

A video's score is a mean over many subjects, nearly a margin again, and over the folds of subjects every video teaches
every other's models.
"""


def kept(metric: str, unit: str) -> float:
    """Return which share of the margins' correlation a metric keeps; hits averaged over windows are like margins."""
    return KEPT.get(metric, SIGN) if unit == "trial" else MARGIN


def mutual(protocol: str, validation: float) -> float:
    """Return the share of the trials that one teaches a model which teach a model that tests it, too.

    All, but under `subject_video`: there training leaves out who crosses with validation, whose share is `validation`:
    training subjects with validation videos, and the reverse.
    """
    return (1 - validation) ** 2 + validation**2 if protocol == "subject_video" else 1.0


def of_permutations(metric: str, unit: str, protocol: str, *, validation: float, by_video: float = 0.0) -> float:
    """Return by how much a cross-validated score varies more than that of its permuted predictions, as variances.

    `by_video` is the share of the permuted predictions' variance that common videos add.
    """
    share = min(by_video, 1.0)
    return (1 - share) * (1 + mutual(protocol, validation) * kept(metric, unit)) + share * OF_VIDEOS


def of_trials(protocol: str, *, n_subjects: int) -> float:
    """Return by how much a subject's score varies more than its trials by themselves, as variances, at most.

    1 where the subject taught no model that tested it; where many subjects did, its own trials are a share of them.
    """
    if protocol in UNSEEN:
        return 1.0
    return 1 + MARGIN / (n_subjects if protocol in ACROSS else 1)


def of_ranks(metric: str, unit: str, *protocols: str, validation: float) -> float:
    """Return by how much sums over subjects vary more than those of independent ones, as variances.

    1 where models are trained on one subject, under all protocols that enter the sum.
    """
    return max(of_permutations(metric, unit, one, validation=validation) if one in ACROSS else 1.0 for one in protocols)


def of_subjects(metric: str, unit: str, *protocols: str, n_subjects: int, validation: float) -> float:
    """Return by how much the mean over subjects varies more than their spread says, as variances.

    The correlation that widens the mean narrows the spread. NaN where the spread then says nothing: for two subjects,
    each of whom taught the other's model.
    """
    widened = of_ranks(metric, unit, *protocols, validation=validation)
    correlation = (widened - 1) / max(n_subjects - 1, 1)
    return widened / (1 - correlation) if correlation < 1 else np.nan

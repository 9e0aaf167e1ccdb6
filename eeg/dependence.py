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


MUTUAL = {"subject_video": 0.8**2 + 0.2**2}
"""Of two trials that may teach each other's models, the share that both do, where it is not all of them.

Under `subject_video` training leaves out who crosses with validation: known subjects with unknown videos, and the
reverse. What is left is the one share times the other, here of a validation share of a fifth.
"""


def kept(metric: str, unit: str) -> float:
    """Return which share of the margins' correlation a metric keeps; hits averaged over windows are like margins."""
    return KEPT.get(metric, SIGN) if unit == "trial" else MARGIN


def of_permutations(metric: str, unit: str, protocol: str) -> float:
    """Return by how much a cross-validated score varies more than that of its permuted predictions, as variances."""
    return 1 + MUTUAL.get(protocol, 1.0) * kept(metric, unit)


def of_trials(protocol: str, *, n_subjects: int) -> float:
    """Return by how much a subject's score varies more than its trials by themselves, as variances, at most.

    1 where the subject taught no model that tested it; where many subjects did, its own trials are a share of them.
    """
    if protocol in UNSEEN:
        return 1.0
    return 1 + MARGIN / (n_subjects if protocol in ACROSS else 1)


def of_ranks(metric: str, unit: str, *protocols: str) -> float:
    """Return by how much sums over subjects vary more than those of independent ones, as variances.

    1 where models are trained on one subject, under all protocols that enter the sum.
    """
    return max(of_permutations(metric, unit, one) if one in ACROSS else 1.0 for one in protocols)


def of_subjects(metric: str, unit: str, *protocols: str, n_subjects: int) -> float:
    """Return by how much the mean over subjects varies more than their spread says, as variances.

    The correlation that widens the mean narrows the spread. NaN where the spread then says nothing: for two subjects,
    each of whom taught the other's model.
    """
    widened = of_ranks(metric, unit, *protocols)
    correlation = (widened - 1) / max(n_subjects - 1, 1)
    return widened / (1 - correlation) if correlation < 1 else np.nan

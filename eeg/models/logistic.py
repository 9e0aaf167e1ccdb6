"""Logistic regression, on all features of a window in one row.

Idea: the cheap, honest yardstick: what a straight line through standardised features reaches, a deeper model must beat.
Multinomial for more than two classes; its logits are log-probabilities up to a constant.
"""

from typing import Literal

from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from eeg.kinds import Count, Folds, Positives
from eeg.models._estimators import Recipe

KIND = "estimator"
INPUT = "flat"


def build(
    input_shape: tuple[int, ...],
    n_classes: int,
    *,
    C: Positives,  # noqa: N803 - the name everyone knows it by
    class_weight: Literal["balanced"] | None,
    rows_per_trial: Count | None,
    inner_folds: Folds,
) -> Recipe:
    """Return the unfitted estimator, its candidates and the rows it may use.

    Parameters
    ----------
    input_shape : tuple, (n_features,)
    n_classes : int
    C : list of float
        Candidates for the inverse strength of the penalty on squared weights. Of candidates as good as each other the
        first is taken.
    class_weight : str or None
        `balanced`, or None for none.
    rows_per_trial : int or None
        At most that many evenly spaced windows of each training trial are fitted; None for all.
    inner_folds : int
        Inner folds in which candidates are compared, whole training trials, or what the protocol leaves out, held out;
        unused for a single candidate.
    """
    machine = LogisticRegression(class_weight=class_weight, max_iter=1000)
    pipeline = make_pipeline(StandardScaler(), machine)
    return Recipe(pipeline, {"logisticregression__C": C}, inner_folds, rows_per_trial, log_odds=True)

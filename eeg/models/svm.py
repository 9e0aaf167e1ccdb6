"""The support vector machine with a radial kernel, on all features of a window in one row.

Idea: the usual strong baseline of EEG emotion recognition; features standardised, since the kernel measures distances.
Its cost grows with the square of the rows, so training rows per trial can be limited, or the kernel be approximated by
features of its own (`nystroem`), in which a linear machine costs as many times more as there are more rows.
Reference: Williams & Seeger 2001, "Using the Nystroem method to speed up kernel machines".
"""

import math
from typing import Literal

from sklearn.kernel_approximation import Nystroem
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC, LinearSVC

from eeg.kinds import Count, Folds, Positives, Widths
from eeg.models._estimators import Recipe

KIND = "estimator"
INPUT = "flat"


def build(
    input_shape: tuple[int, ...],
    n_classes: int,
    *,
    C: Positives,  # noqa: N803 - the name everyone knows it by
    gamma: Widths,
    kernel: Literal["rbf", "nystroem"],
    components: Count,
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
        Candidates for the cost of an error.
    gamma : list of float or str
        Candidates for the inverse width of the kernel; `scale`: 1 / (n_features * variance), which is 1 / n_features
        of standardised features. Of candidates as good as each other the first is taken.
    kernel : str
        `rbf`, or `nystroem` for its approximation.
    components : int
        Features of the approximation, at most one per row fitted; unused for `rbf`.
    class_weight : str or None
        `balanced`, or None for none.
    rows_per_trial : int or None
        At most that many evenly spaced windows of each training trial are fitted; None for all.
    inner_folds : int
        Inner folds in which candidates are compared, whole training trials, or what the protocol leaves out, held out;
        unused for a single candidate.
    """
    if kernel == "rbf":
        # SVC alone would part the classes pair by pair, and its values for each class be votes
        machine = OneVsRestClassifier(SVC(class_weight=class_weight, cache_size=500))
        grid = {f"onevsrestclassifier__estimator__{name}": values for name, values in (("C", C), ("gamma", gamma))}
        return Recipe(make_pipeline(StandardScaler(), machine), grid, inner_folds, rows_per_trial)
    widths = [1 / math.prod(input_shape) if value == "scale" else value for value in gamma]
    linear = LinearSVC(class_weight=class_weight, dual="auto", max_iter=10_000)
    return Recipe(
        make_pipeline(StandardScaler(), Nystroem(n_components=components), linear),
        {"linearsvc__C": C, "nystroem__gamma": widths},
        inner_folds,
        rows_per_trial,
    )

"""The support vector machine with a radial kernel, on all features of a window in one row.

Idea: the usual strong baseline of EEG emotion recognition; features standardised, since the kernel measures distances.
Its cost grows with the square of the rows, so training rows per trial can be limited.
"""

from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from eeg.models._estimators import Recipe

KIND = "estimator"
INPUT = "flat"


def build(
    input_shape: tuple[int, ...],
    n_classes: int,
    *,
    C: float,  # noqa: N803 - the name everyone knows it by
    gamma: float | str,
    class_weight: str | None,
    rows_per_trial: int | None,
) -> Recipe:
    """Return the unfitted estimator and the rows it may use.

    Parameters
    ----------
    input_shape : tuple, (n_features,)
    n_classes : int
    C : float
        Cost of an error.
    gamma : float or str
        Inverse width of the kernel, or `scale`: 1 / (n_features * variance).
    class_weight : str or None
        `balanced`, or None for none.
    rows_per_trial : int or None
        At most that many evenly spaced windows of each training trial are fitted; None for all.
    """
    machine = SVC(C=C, gamma=gamma, class_weight=class_weight, decision_function_shape="ovr", cache_size=500)
    return Recipe(make_pipeline(StandardScaler(), machine), rows_per_trial)

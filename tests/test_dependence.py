import numpy as np
import pandas as pd
import pytest

from eeg import dependence, protocols, splits
from tests.factories import VALENCE, trial_table


def cross_validated(n_subjects, n_features, rng, *, folds):
    """Return the mean margins on noise of linear models, each of the sum of all but the tested fold."""
    seen = rng.standard_normal((n_subjects, n_features))
    fold = np.arange(n_subjects) % folds
    weights = seen.sum(axis=0) - np.stack([seen[fold == own].sum(axis=0) for own in range(folds)])[fold]
    return (seen * weights).sum(axis=1) / np.sqrt(n_features * (n_subjects - n_subjects / folds))


@pytest.mark.parametrize(("n_subjects", "folds"), [(8, 4), (8, 8), (24, 6)])
def test_margins_and_their_signs_lean_the_same_way_as_far_as_is_said(n_subjects, folds):
    rng = np.random.default_rng(n_subjects + folds)
    margins = np.stack([cross_validated(n_subjects, 200, rng, folds=folds) for _ in range(6000)])
    for values, metric in ((margins, "nll"), (np.sign(margins), "accuracy")):
        of_mean, spread = values.mean(axis=1).var(), values.var(axis=1, ddof=1).mean()
        # the variance of 6,000 means is known to 1.8 %
        assert of_mean * n_subjects / values.var() == pytest.approx(
            dependence.of_ranks(metric, "trial", "subject", validation=0.2), rel=0.06
        )
        expected = dependence.of_subjects(metric, "trial", "subject", n_subjects=n_subjects, validation=0.2)
        assert of_mean * n_subjects / spread == pytest.approx(expected, rel=0.06)


def test_subjects_whose_models_are_their_own_do_not_lean():
    asked = {"validation": 0.2}
    for protocol in ("trial", "window"):
        assert dependence.of_subjects("accuracy", "trial", protocol, n_subjects=8, **asked) == 1
        assert dependence.of_trials(protocol, n_subjects=8) == 2
    assert dependence.of_ranks("accuracy", "trial", "trial", "window", **asked) == 1
    one_is_across = dependence.of_ranks("accuracy", "trial", "trial", "subject", **asked)
    assert one_is_across == dependence.of_permutations("accuracy", "trial", "subject", **asked) > 1


def test_trials_lean_as_far_as_their_subject_taught_the_model():
    assert dependence.of_trials("subject", n_subjects=8) == dependence.of_trials("subject_video", n_subjects=8) == 1
    assert dependence.of_trials("pooled_trial", n_subjects=8) == 1 + 1 / 8


def test_two_who_taught_each_other_say_nothing_of_their_margins_spread():
    assert np.isnan(dependence.of_subjects("nll", "trial", "subject", n_subjects=2, validation=0.2))
    assert dependence.of_subjects("accuracy", "trial", "subject", n_subjects=2, validation=0.2) > 4


@pytest.mark.parametrize(("n_subjects", "validation"), [(10, 0.2), (20, 0.2), (20, 0.4)])
def test_under_subject_video_fewer_teach_each_other(n_subjects, validation):
    """Of the trials a model could learn from, the share that is not left out for validation; of both, as many again."""
    subjects = [f"s{number + 1:02d}" for number in range(n_subjects)]
    settings = {"folds": 5, "repeats": 1, "leave_one_out": [], "validation": validation, "target": VALENCE}
    settings |= {"stratify": "valence", "gap": False, "seed": 1}
    trials = [trial_table(subject, 20) for subject in subjects]
    place = {(one, trial): n * 20 + trial - 1 for n, one in enumerate(subjects) for trial in range(1, 21)}
    taught = np.zeros((20 * n_subjects, 20 * n_subjects), bool)
    for part in protocols.parts("subject_video", subjects, 5):
        split, _ = splits.make("subject_video", part, trials, pd.DataFrame(), branch="b", settings=settings)
        for _, own in split.groupby("fold"):
            at = np.array([place[key] for key in zip(own["subject"], own["trial"], strict=True)])
            tested = (own["role"] == "test").to_numpy()
            taught[np.ix_(at[tested], at[~tested])] = True
    both = (taught & taught.T).sum() / taught.sum()
    assert both == pytest.approx(dependence.mutual("subject_video", validation), abs=0.03)

"""Inner folds hold out what the protocol keeps apart."""

import numpy as np
import pytest

from eeg import models
from eeg.models._inner import described, inner_splits
from eeg.samples import Samples

N_SUBJECTS, N_VIDEOS = 6, 18


def viewed(*, seed=0, response=3.0, gain=1.0, videos=None):
    """Trials of people who see the same videos: one feature tells the class, the others which video it was.

    A video has one class for everyone, so whoever knows the video knows the class.
    """
    rng = np.random.default_rng(seed)
    subject, video = (axis.ravel() for axis in np.indices((N_SUBJECTS, N_VIDEOS)))
    labels = (rng.permutation(N_VIDEOS) % 2)[video]
    x = response * rng.standard_normal((N_VIDEOS, 6))[video] + 0.5 * rng.standard_normal((len(video), 6))
    x[:, 0] = gain * (2 * labels - 1) + rng.standard_normal(len(labels))
    groups = np.stack([subject, video] if videos is None else [subject, videos[video]], axis=1)
    return Samples(lambda index: x[index].astype(np.float32), labels, np.arange(len(labels)), (6,), groups)


@pytest.mark.parametrize("folds", [2, 3])
def test_inner_folds_keep_subjects_and_videos_apart(folds):
    rows = viewed()
    splits = inner_splits(rows, folds, seed=3)
    assert len(splits) == folds
    held_out = np.concatenate([held for _, held in splits])
    assert len(held_out) == len(set(held_out)) == len(rows) / folds
    for fitted, held in splits:
        assert len(fitted) == len(rows) * ((folds - 1) / folds) ** 2
        assert set(rows.labels[fitted]) == set(rows.labels[held]) == {0, 1}
        for ids in rows.groups.T:
            assert not np.isin(ids[held], ids[fitted]).any()
    assert described(rows, splits, candidates=2) == "balanced accuracy on whole subjects and videos held out"
    again = inner_splits(rows, folds, seed=3)
    assert all(
        np.array_equal(np.concatenate(one), np.concatenate(other)) for one, other in zip(splits, again, strict=True)
    )


def test_where_crossing_leaves_a_side_without_a_class_subjects_alone_are_held_out():
    rows = viewed(videos=np.zeros(N_VIDEOS, int))
    splits = inner_splits(rows, 3, seed=3)
    assert len(splits) == 3
    assert not any(np.isin(rows.groups[held, 0], rows.groups[fitted, 0]).any() for fitted, held in splits)
    assert described(rows, splits, candidates=2) == "balanced accuracy on whole subjects held out"


def test_a_response_to_the_video_does_not_choose_the_settings_of_new_videos():
    """A narrow kernel recognises the video, which is right for people who saw it and worthless for a new one."""
    gamma = [0.001, 1.0]
    settings = {"C": [10.0], "gamma": gamma, "kernel": "rbf", "components": 50, "class_weight": "balanced"}
    settings |= {"rows_per_trial": None, "inner_folds": 3}
    learner = models.learner("svm", (6,), 2, settings=settings, training=None)
    chosen = {"subjects": [], "subjects and videos": []}
    for seed in range(6):
        rows = viewed(seed=seed)
        by_subject = Samples(rows.take, rows.labels, rows.trials, rows.shape, rows.groups[:, :1])
        for whole, samples in zip(chosen, (by_subject, rows), strict=True):
            nothing = samples.subset(np.arange(0))
            [result] = learner.learn([models.Fold(samples, nothing, nothing, seed)])
            assert f"whole {whole} held out" in result.outcome.parameters["search"]
            chosen[whole].append(result.outcome.parameters["gamma"])
    assert chosen["subjects"].count(gamma[1]) >= 5
    assert chosen["subjects and videos"].count(gamma[0]) >= 5

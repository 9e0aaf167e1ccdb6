import numpy as np
import pandas as pd

from eeg.datasets import simulated
from eeg.datasets.simulated import brain, cohort
from eeg.seeds import generator

SMALL = simulated.Settings(n_trials=4, duration=12.0)


def states(subject, **settings):
    person = brain.person(generator(1, "simulate", subject, "person"))
    chosen = simulated.Settings(**{"drift": 0.0, "trial_offset": 0.0, **settings})
    _, log_power = simulated.states(subject, chosen, 1, sources=person)
    return person, log_power.reshape(len(person.names), chosen.n_trials, 4), cohort.felt(subject, chosen, 1)


def test_timeline_has_the_originals_codes():
    events = cohort.timeline("s01", SMALL, 1)
    assert events[:, 1].tolist() == [1, 1, 2, *[3, 4, 5, 1] * 2, 2, 2, *[3, 4, 5, 1] * 2, 2, 7]
    videos = cohort.video_onsets(events)
    assert np.diff(videos).min() >= (SMALL.baseline + SMALL.duration + SMALL.gap) * 512 - 1


def test_people_are_shown_the_videos_in_different_orders():
    orders = {tuple(cohort.felt(f"s{k:02d}", simulated.Settings(), 1)["video"]) for k in range(1, 9)}
    assert len(orders) == 8


def test_video_rating_sets_what_people_share():
    alike = simulated.Settings(video_rating=1.0, rating_noise=0.0)
    one, other = (simulated.ratings(name, alike, 1).set_index("Experiment_id").sort_index() for name in ("s01", "s02"))
    pd.testing.assert_series_equal(one["Valence"], other["Valence"])
    longer = simulated.ratings("s01", simulated.Settings(n_trials=40, video_rating=1.0, rating_noise=0.0), 1)
    np.testing.assert_array_equal(longer.set_index("Experiment_id").loc[one.index, "Arousal"], one["Arousal"])
    apart = simulated.Settings(n_trials=2000, video_rating=0.0)
    one, other = (cohort.felt(name, apart, 1).set_index("video").sort_index()["valence"] for name in ("s01", "s02"))
    assert abs(np.corrcoef(one, other)[0, 1]) < 0.1  # standard error 0.022


def test_quadrants_are_balanced_on_average():
    tables = [simulated.ratings(f"s{k:02d}", simulated.Settings(), 1) for k in range(1, 41)]
    pooled = simulated.collect_ratings(tables)
    shares = pd.crosstab(pooled["Valence"] > 5, pooled["Arousal"] > 5, normalize=True).to_numpy()
    # 24 videos are shared by all, so a share wanders by about 0.07.
    assert shares.min() > 0.1
    assert shares.max() < 0.45


def test_effect_acts_during_the_video_only_and_as_the_truth_says():
    person, log_power, felt = states("s01", effect=2.0)
    assert not log_power[:, :, :2].any()
    expected = 2.0 * (np.outer(person.valence, felt["valence"]) + np.outer(person.arousal, felt["arousal"]))
    np.testing.assert_allclose(log_power[:, :, 2], expected)
    np.testing.assert_allclose(log_power[:, :, 3], expected)


def test_effect_zero_is_no_difference():
    person, log_power, _ = states("s01", effect=0.0)
    assert not log_power.any()
    _, offset, _ = states("s01", effect=0.0, trial_offset=0.5)
    np.testing.assert_array_equal(offset[:, :, 0], offset[:, :, 2])
    np.testing.assert_allclose(offset.std(), 0.5, rtol=0.1)
    known = simulated.truth("s01", simulated.Settings(effect=0.0), 1, sources=person)
    assert not any(value for source in known["effects"].values() for value in source.values())


def test_video_response_is_shared_by_people():
    (_, one, felt_one), (_, other, felt_other) = (
        states(subject, effect=0.0, video_response=0.7) for subject in ("s01", "s02")
    )
    one, other = one[:, felt_one["video"].argsort(), 3], other[:, felt_other["video"].argsort(), 3]
    np.testing.assert_array_equal(one, other)
    np.testing.assert_allclose(one.std(), 0.7, rtol=0.1)


def test_quadrants_are_counted_for_both_rules_of_a_five():
    table = pd.DataFrame({"Valence": [6.0, 6.0, 5.0, 4.0, 5.0], "Arousal": [7.0, 5.0, 5.01, 5.0, 5.0]})
    assert cohort.quadrants(table) == {"low": [1, 1, 1, 2], "high": [4, 0, 1, 0]}


def test_labels_stand_in_the_order_of_the_videos():
    table = simulated.ratings("s02", SMALL, 1)
    found = cohort.labels(table)
    for _, row in table.iterrows():
        expected = row[["Valence", "Arousal", "Dominance", "Liking"]].to_numpy(float)
        np.testing.assert_array_equal(found[int(row["Experiment_id"]) - 1], expected)

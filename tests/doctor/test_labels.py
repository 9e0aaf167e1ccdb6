"""What the doctor makes of ratings and of the labels inside a release."""

import numpy as np
import pandas as pd
import pytest

from eeg.doctor import labels, verdict

N = 20
SCALES = list(labels.SCALES)


def table(seed=41, **columns):
    """Return a subject's trial table in the order of presentation, with five trials in every quadrant."""
    rng = np.random.default_rng(seed)
    ratings = pd.DataFrame(rng.uniform(1, 5, (N, 4)), columns=SCALES)
    ratings["valence"] += 4.0 * (np.arange(N) % 2)
    ratings["arousal"] += 4.0 * (np.arange(N) // 2 % 2)
    keys = {"subject": "s01", "trial": np.arange(1, N + 1), "video": rng.permutation(N) + 1}
    return pd.DataFrame(keys).assign(**ratings.round(2), order="presentation").assign(**columns)


def release(trials, **changes):
    """Return the labels a true release holds: in the order of the videos."""
    return trials.sort_values("video")[["video", *SCALES]].reset_index(drop=True).assign(**changes)


def inverted(trials):
    """Return the circulating copy of a table: valence and arousal as 9 - rating where both are high."""
    high = (trials["valence"] > 5) & (trials["arousal"] > 5)
    return trials.assign(**{name: trials[name].where(~high, 9 - trials[name]).round(2) for name in SCALES[:2]})


def only(findings):
    """Return the one finding, which is not ok."""
    (found,) = findings
    assert found["severity"] != "ok"
    assert found["remedy"].endswith(".")
    return found


def rate(trials, columns=SCALES, limits=(1.0, 9.0)):
    return labels.ratings(trials, columns, limits)


def test_good_ratings_are_ok():
    assert verdict(rate(table())) == "ok"
    assert rate(table())[0]["message"] == "All ratings of 20 trials lie in 1 to 9."


def test_blank_ratings_are_refused_and_named():
    trials = table()
    trials.loc[[3, 5], "liking"] = np.nan
    found = only(rate(trials))
    assert (found["code"], found["where"]) == ("ratings_missing", "trial 4, trial 6")


def test_a_missing_column_is_refused():
    found = only(rate(table(), ["valence", "joy"]))
    assert (found["code"], found["message"]) == ("ratings_missing", "The trial table has no column joy.")


@pytest.mark.parametrize("value", [0.99, 9.01, -3.0])
def test_impossible_ratings_are_refused(value):
    trials = table()
    trials.loc[1, "dominance"] = value
    found = only(rate(trials))
    assert (found["code"], found["message"]) == ("ratings_range", "A dominance rating outside 1 to 9 for trial 2.")


@pytest.mark.parametrize(
    ("change", "said"), [(np.round, "are whole numbers"), (lambda x: x / 3 + 2, "have more than two decimals")]
)
def test_ratings_of_another_step_are_a_warning(change, said):
    trials = table()
    found = only(rate(trials.assign(arousal=change(trials["arousal"]))))
    assert (found["code"], found["severity"]) == ("ratings_step", "warn")
    assert said in found["message"]


def test_other_sources_ratings_have_no_scale():
    assert verdict(rate(table(valence=np.arange(N) * 100.0), limits=None)) == "ok"


def test_the_circulating_copy_is_recognised_without_a_second_table():
    trials = table()
    trials.loc[3, ["valence", "arousal"]] = [8.73, 6.0]
    found = only(rate(inverted(trials)))
    assert found["code"] == "labels_inverted"
    assert "trial 4" in found["where"]


def test_a_subject_without_high_valence_and_arousal_is_no_proof_but_a_warning():
    trials = inverted(table())
    trials[SCALES[:2]] = trials[SCALES[:2]].clip(lower=1.0)
    found = only(rate(trials))
    assert (found["code"], found["severity"]) == ("quadrant_empty", "warn")
    assert verdict(rate(trials.head(19))) == "ok"


def test_equal_labels_are_ok_also_when_rounded_differently():
    found, repairable = labels.stored(release(table()) + [0, 0.004, -0.004, 0, 0], table())
    assert (found["severity"], repairable) == ("ok", False)
    assert found["message"] == "The labels of 20 trials agree in all four scales."


def test_inverted_labels_are_recognised_by_the_table():
    found, repairable = labels.stored(release(inverted(table())), table())
    assert (found["code"], found["severity"], repairable) == ("labels_inverted", "refuse", True)
    assert "The release holds 9 - rating" in found["message"]
    assert "(5 of 20 trials differ)" in found["message"]
    assert "check.repair: ratings" in found["remedy"]


def test_an_inverted_table_is_recognised_by_the_release_and_cannot_repair_it():
    found, repairable = labels.stored(release(table()), inverted(table()))
    assert (found["code"], repairable) == ("labels_inverted", False)
    assert "The table of ratings holds 9 - rating" in found["message"]
    assert "repair" not in found["remedy"]


def test_labels_in_the_order_of_presentation_are_recognised():
    trials = table()
    presented = trials[SCALES].reset_index(drop=True)
    found, repairable = labels.stored(release(trials).assign(**presented), trials)
    assert (found["code"], repairable) == ("labels_order", False)
    assert "The signals may be those of other trials" in found["message"]
    assert "repair" not in found["remedy"]


def test_labels_of_another_subject_repair_nothing():
    found, repairable = labels.stored(release(table(42)), table())
    assert (found["code"], repairable) == ("labels_differ", False)
    assert "or of another subject" in found["message"]
    assert "repair" not in found["remedy"]


def test_exchanged_scales_are_recognised():
    swapped = release(table()).rename(columns={"valence": "arousal", "arousal": "valence"})
    found, repairable = labels.stored(swapped, table())
    assert (found["code"], repairable) == ("labels_columns", True)
    assert found["message"] == "The scales stand in the order arousal, valence, dominance, liking."


@pytest.mark.parametrize("scale", SCALES)
def test_a_single_changed_label_is_found_and_named_in_every_scale(scale):
    trials = table()
    changed = release(trials)
    changed.loc[4, scale] += 0.01
    found, repairable = labels.stored(changed, trials)
    (trial,) = trials.loc[trials["video"] == 5, "trial"]
    assert (found["code"], found["where"], repairable) == ("labels_differ", f"trial {trial}", True)


@pytest.mark.parametrize(("tie", "expected"), [("low", [1, 1, 1, 2]), ("high", [2, 1, 1, 1])])
def test_quadrants_are_counted_by_both_rules(tie, expected):
    trials = pd.DataFrame({"valence": [5.0, 8, 8, 2, 2], "arousal": [5.0, 8, 2, 8, 2]})
    trials = trials.assign(subject="s01", trial=range(5))
    assert labels.quadrants(trials, tie) == expected


def test_known_counts_are_compared_for_both_rules():
    cohort = pd.concat([table(seed) for seed in range(4)])
    known = {"low": [20, 20, 20, 20], "high": [20, 20, 20, 20]}
    found = labels.counts(cohort, known)
    assert verdict(found) == "ok"
    assert "HVHA 20, HVLA 20, LVHA 20, LVLA 20, as in a true copy" in found[0]["message"]
    wrong = only(labels.counts(cohort, {**known, "high": [21, 20, 20, 19]}))
    assert wrong["code"] == "quadrant_counts"
    assert (
        "(high means >= 5): 20, 20, 20, 20 in HVHA, HVLA, LVHA, LVLA; a true copy has 21, 20, 20, 19"
        in wrong["message"]
    )


def test_an_inverted_cohort_is_recognised_without_known_counts():
    cohort = pd.concat([inverted(table(seed)) for seed in range(4)])
    assert only(labels.counts(cohort, None))["code"] == "labels_inverted"
    assert only(labels.counts(cohort, {"low": [20] * 4}))["code"] == "labels_inverted"


def test_a_small_cohort_may_lack_a_quadrant():
    assert verdict(labels.counts(inverted(table()), None)) == "ok"


def test_classes_rarer_than_the_folds_are_warnings_with_subject_class_and_count():
    target = {"ratings": ["valence", "arousal"], "threshold": 5.0, "tie": "low"}
    trials = table().iloc[:10]
    found = labels.rare(trials, {"quadrant": target}, 3)
    assert [entry["where"] for entry in found] == ["quadrant: HVHA", "quadrant: LVHA"]
    assert found[0]["message"] == "s01 has 2 trials of HVHA (quadrant) for 3 folds."
    assert verdict(found) == "warn"


def test_a_target_that_gives_no_trial_a_class_is_named_once():
    target = {"rating": "valence", "threshold": 5.0, "tie": "low", "exclude": 9.0}
    [found] = labels.rare(table(), {"valence": target}, 3)
    assert (found["code"], found["where"]) == ("rare_class", "valence: all")
    assert "s01 has no trial with a class of valence" in found["message"]


def test_a_release_beside_the_recordings_may_hold_other_labels_and_is_not_used():
    same, other = (labels.beside(release(changed), table()) for changed in (table(), inverted(table())))
    assert same["severity"] == "ok"
    assert (other["code"], other["severity"]) == ("parity_labels", "warn")
    assert "The release holds 9 - rating" in other["message"]
    assert "labels come from the table of ratings" in other["remedy"]


def test_a_release_that_shows_the_table_to_be_the_altered_one_is_heard():
    assert labels.beside(release(table()), inverted(table()))["code"] == "labels_inverted"


def test_blank_ratings_are_not_called_a_contradiction():
    trials = table()
    trials.loc[2, "valence"] = np.nan
    assert labels.stored(release(table()), trials)[0]["severity"] == "ok"

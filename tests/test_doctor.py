"""The dataset doctor: each flaw is found, named and weighed."""

import mne
import numpy as np
import pandas as pd
import pytest

from eeg import doctor
from eeg.errors import InputError


def recording(*, seconds=60, sfreq=256.0, onsets=(5.0, 30.0)):
    x = 1e-5 * np.random.default_rng(16).standard_normal((3, round(seconds * sfreq)))
    raw = mne.io.RawArray(x, mne.create_info(["Fp1", "Cz", "Pz"], sfreq, "eeg"), verbose="error")
    texts = [f"trial/{number}" for number in range(1, len(onsets) + 1)]
    return raw.set_annotations(mne.Annotations(onsets, 0.0, texts))


def table(**columns):
    return pd.DataFrame({"subject": "s01", "trial": [1, 2], "valence": [1.0, 9.0], "arousal": [5.0, 3.2], **columns})


def examine(raw=None, trials=None, **changes):
    settings = {"sfreq": 128, "baseline": 3, "duration": 20, "rating_columns": ["valence"], "rating_range": (1, 9)}
    trials = table() if trials is None else trials
    return doctor.examine(recording() if raw is None else raw, trials, **{**settings, **changes})


def only(findings, severity):
    """Return the one finding that is not ok, after a look at its severity and the verdict."""
    bad = [entry for entry in findings if entry["severity"] != "ok"]
    assert [entry["severity"] for entry in bad] == [severity]
    assert doctor.verdict(findings) == severity
    assert bad[0]["remedy"]
    return bad[0]


def test_a_good_subject_is_ok_throughout():
    findings = examine()
    assert doctor.verdict(findings) == "ok"
    assert {entry["code"] for entry in findings} == {"files", "rate", "channels", "triggers", "ratings"}
    for entry in findings:
        assert set(entry) == {"code", "severity", "message", "where", "remedy"}
        assert entry["message"].endswith(".")


def test_a_rate_below_the_target_is_refused():
    found = only(examine(recording(sfreq=100.0)), "refuse")
    assert found["message"] == "Recorded at 100 Hz, less than the 128 Hz asked for."


def test_flat_channels_are_a_warning_that_names_them():
    raw = recording()
    raw._data[1] = 3e-5
    found = only(examine(raw), "warn")
    assert (found["code"], found["where"]) == ("channels_flat", "Cz")


def test_values_that_are_no_numbers_are_refused():
    raw = recording()
    raw._data[2, 100] = np.nan
    found = only(examine(raw), "refuse")
    assert (found["code"], found["where"]) == ("channels_finite", "Pz")


def test_a_missing_trigger_is_refused_and_named():
    found = only(examine(recording(onsets=[5.0])), "refuse")
    assert (found["code"], found["where"]) == ("triggers_missing", "2")


def test_a_second_trigger_is_refused():
    raw = recording()
    raw.annotations.append(20.0, 0.0, "trial/1")
    assert only(examine(raw, duration=10), "refuse")["code"] == "triggers_twice"


@pytest.mark.parametrize(("onsets", "where"), [((5.0, 45.0), "2"), ((1.0, 30.0), "1")])
def test_a_trial_the_recording_does_not_hold_is_refused(onsets, where):
    found = only(examine(recording(onsets=onsets)), "refuse")
    assert (found["code"], found["where"]) == ("trials_cut", where)


def test_a_trial_up_to_the_last_sample_is_whole():
    assert doctor.verdict(examine(recording(onsets=(5.0, 40.0)))) == "ok"


@pytest.mark.parametrize(
    ("ratings", "message"),
    [
        ([5.0, np.nan], "No valence rating for trial 2."),
        ([0.5, 5.0], "A valence rating outside 1 to 9 for trial 1."),
        ([5.0, 9.5], "A valence rating outside 1 to 9 for trial 2."),
    ],
)
def test_missing_and_impossible_ratings_are_refused(ratings, message):
    assert only(examine(trials=table(valence=ratings)), "refuse")["message"] == message


def test_a_missing_rating_column_is_refused():
    found = only(examine(rating_columns=["liking"]), "refuse")
    assert found["message"] == "The trial table has no column liking."


def test_class_labels_need_no_ratings():
    assert doctor.verdict(examine(trials=table().drop(columns="valence"), rating_columns=[])) == "ok"


def test_classes_rarer_than_the_folds_are_warnings_with_subject_class_and_count():
    labels = {"quadrant": np.array([0] * 10 + [1] * 5 + [2] * 2 + [-1] * 4), "valence": np.repeat([0, 1], 10)}
    names = {"quadrant": ["HVHA", "HVLA", "LVHA", "LVLA"], "valence": ["low", "high"]}
    findings = doctor.classes(labels, 5, subject="s23", names=names)
    assert [entry["where"] for entry in findings] == ["quadrant: LVHA", "quadrant: LVLA"]
    assert findings[0]["message"] == "s23 has 2 trials of LVHA (quadrant) for 5 folds."
    assert findings[1]["message"] == "s23 has 0 trials of LVLA (quadrant) for 5 folds."
    assert doctor.verdict(findings) == "warn"


def test_an_input_error_becomes_a_finding_that_refuses():
    found = doctor.from_error(InputError("a recording", "no such file", "Add it.", file="s01.bdf"))
    assert found == {
        "code": "unreadable",
        "severity": "refuse",
        "message": "Expected a recording. Received no such file.",
        "where": "s01.bdf",
        "remedy": "Add it.",
    }


def test_the_verdict_is_the_worst_severity():
    assert doctor.verdict([]) == "ok"
    order = [doctor.finding("a", "ok", "."), doctor.finding("b", "refuse", "."), doctor.finding("c", "warn", ".")]
    assert doctor.verdict(order) == "refuse"

"""A subject's report, from a reader that is made up: what is looked at, and what an error stops."""

from types import SimpleNamespace

import mne
import numpy as np
import pandas as pd
import pytest

from eeg.channels import GENEVA
from eeg.doctor.cohort import examine_cohort
from eeg.doctor.examination import Asked, examine_subject
from eeg.errors import InputError

SFREQ = 128.0
N = 8
VALENCE = {"valence": {"rating": "valence", "threshold": 5.0, "tie": "low"}}


def asked(**changes):
    settings = {"settings": {}, "sfreq": SFREQ, "baseline": 1.0, "duration": 4.0, "low": 4.0, "high": 45.0}
    return Asked(**{**settings, "targets": VALENCE, "folds": 2, **changes})


def table(subject="s01"):
    rng = np.random.default_rng(int(subject[1:]))
    ratings = {name: rng.uniform(1, 9, N).round(2) for name in ("arousal", "dominance", "liking")}
    keys = {"subject": subject, "trial": np.arange(1, N + 1), "video": rng.permutation(N) + 1}
    valence = np.where(np.arange(N) % 2, 7.25, 2.25)
    return pd.DataFrame(keys).assign(valence=valence, **ratings, order="presentation")


def signals(subject, n_times):
    """Return smooth fields, shape (32, n_times), in volts."""
    info = mne.create_info(GENEVA, SFREQ, "eeg").set_montage("biosemi32")
    places = np.array([channel["loc"][:3] for channel in info["chs"]])
    rng = np.random.default_rng(int(subject[1:]))
    sources = rng.standard_normal((40, 3))
    sources *= 0.09 / np.linalg.norm(sources, axis=1, keepdims=True)
    gain = np.exp(-np.linalg.norm(places[:, None] - sources[None], axis=2) / 0.03)
    return info, 1e-5 * gain @ rng.standard_normal((40, n_times))


def recording(folder, subject, trials):
    info, x = signals(subject, round(60 * SFREQ))
    raw = mne.io.RawArray(x, info, verbose="error")
    onsets = 3.0 + 6.0 * np.arange(len(trials))
    return raw.set_annotations(mne.Annotations(onsets, 0.0, [f"trial/{trial}" for trial in trials["trial"]]))


def released(folder, subject, trials, seconds=5.0):
    n_times = round(seconds * SFREQ)
    info, x = signals(subject, n_times * len(trials))
    # a trial's band ends at 4 and 45 Hz, as in a release
    x = mne.filter.filter_data(x, SFREQ, 4.0, 45.0, verbose="error")
    return mne.EpochsArray(x.reshape(32, -1, n_times).transpose(1, 0, 2), info, tmin=-1.0, verbose="error")


def reader(form="original", **changes):
    """Return functions as a file of eeg/datasets/ offers them."""
    offers = {
        "form": lambda folder: form,
        "trial_table": lambda folder, subject: table(subject),
        "read": recording,
        "read_trials": released,
        "release_labels": lambda folder, subject: None if form == "original" else table(subject).sort_values("video"),
        "everyone": lambda folder, subjects: pd.concat([table(subject) for subject in subjects]),
        "known": lambda folder, subjects: None,
    }
    return SimpleNamespace(**{**offers, **changes})


def refuse(code, message="a file"):
    def raising(*_, **__):
        raise InputError(message, "none", "Add it.", file="x", code=code)

    return raising


def codes(report, *severities):
    return [entry["code"] for entry in report["findings"] if entry["severity"] in severities]


def examine(one=None, subject="s01", **changes):
    return examine_subject(one or reader(), "folder", subject, asked=asked(**changes))


@pytest.mark.parametrize("form", ["original", "python", "matlab"])
def test_a_good_subject_is_ok(form):
    report = examine(reader(form))
    assert report["verdict"] == "ok", report["findings"]
    about = {"subject": "s01", "form": form, "bads": [], "treatment": "keep", "repaired": False}
    assert {name: report[name] for name in about} == about
    assert report["order"] == "presentation"
    assert list(report["trials"]) == [str(number) for number in range(1, N + 1)]
    assert len(set(report["trials"].values())) == N


def test_a_source_without_forms_ratings_or_triggers_is_looked_at_too():
    offers = vars(reader())
    plain = SimpleNamespace(**{name: offers[name] for name in ("trial_table", "read")})
    report = examine(plain, rating_range=None)
    assert (report["verdict"], report["form"]) == ("ok", "recordings")
    cohort = examine_cohort(plain, "folder", [report], asked=asked())
    assert (cohort["verdict"], codes(cohort, "ok")) == ("ok", ["subjects"])


def test_signals_that_cannot_be_read_do_not_hide_what_is_wrong_with_the_labels():
    def rated(folder, subject):
        return table(subject).assign(valence=12.0)

    report = examine(reader(read=refuse("truncated"), trial_table=rated))
    assert codes(report, "refuse") == ["truncated", "ratings_range"]
    assert report["verdict"] == "refuse"
    assert report["trials"] == {}


def test_a_table_that_cannot_be_read_is_the_only_finding():
    report = examine(reader(trial_table=refuse("ratings_file")))
    assert codes(report, "refuse") == ["ratings_file"]
    assert (report["findings"][0]["where"], report["findings"][0]["remedy"]) == ("x", "Add it.")


def test_a_recording_below_the_rate_asked_for_is_refused():
    report = examine(sfreq=200.0)
    assert codes(report, "refuse") == ["rate"]


def test_trials_that_are_cut_are_refused_before_they_are_measured():
    report = examine(duration=30.0)
    assert codes(report, "refuse") == ["trials_cut"]
    assert report["trials"] == {}


@pytest.mark.parametrize(
    ("baseline", "duration", "where"), [(2.3, 2.9, "trial 1"), (1.0, 14.5, "trial 8"), (1.9, 13.0, "")]
)
def test_trials_within_reach_of_the_ends_are_a_warning(baseline, duration, where):
    # the first starts at 3 s, the last at 45 s of 60; the filter from 4 Hz on reaches 0.83 s
    report = examine(baseline=baseline, duration=duration)
    found = [entry["where"] for entry in report["findings"] if entry["code"] == "trials_near_end"]
    assert found == ([where] if where else [])


def test_where_files_meet_is_an_end_too():
    def joined(folder, subject, trials):
        raw = recording(folder, subject, trials)
        # between the first trial's end at 7 s and the second's baseline at 8 s
        return mne.concatenate_raws([raw.copy().crop(0, 7.5, include_tmax=False), raw.crop(7.5)], verbose="error")

    (found,) = [entry for entry in examine(reader(read=joined))["findings"] if entry["severity"] == "warn"]
    assert (found["code"], found["where"]) == ("trials_near_end", "trial 1, trial 2")


def test_bad_channels_are_listed_with_what_is_done_about_them():
    def dead(folder, subject, trials):
        raw = recording(folder, subject, trials)
        raw._data[GENEVA.index("Oz")] = 0.0
        return raw

    report = examine(reader(read=dead), bads="interpolate")
    assert (report["bads"], report["treatment"], report["verdict"]) == (["Oz"], "interpolate", "warn")


@pytest.mark.parametrize(("seconds", "fits"), [(5.0, True), (4.0, False), (6.0, False)])
def test_a_release_of_another_length_is_refused(seconds, fits):
    def short(folder, subject, trials):
        return released(folder, subject, trials, seconds)

    report = examine(reader("python", read_trials=short))
    assert codes(report, "refuse") == ([] if fits else ["shape"])
    if not fits:
        assert f"The trials have {round(seconds * 128)} samples, not 640" in report["findings"][0]["message"]


def test_a_release_with_another_number_of_trials_is_refused():
    def more(folder, subject):
        rows = table(subject).sort_values("video")
        return pd.concat([rows, rows.tail(1).assign(video=N + 1)])

    report = examine(reader("python", release_labels=more))
    assert report["findings"][0]["message"] == "The release holds 9 trials, not 8."


def test_without_a_table_of_ratings_the_order_is_unknown_and_forty_trials_are_asked_for():
    def unrated(folder, subject):
        return table(subject).assign(order="unknown")

    report = examine(reader("python", trial_table=unrated))
    assert report["order"] == "unknown"
    assert codes(report, "warn") == ["order_unknown"]
    assert report["findings"][0]["message"] == "The release holds 8 trials, not 40."


def altered(folder, subject):
    rows = table(subject).sort_values("video")
    return rows.assign(liking=rows["liking"].where(rows["video"] > 3, 5.0))


def test_labels_that_contradict_the_table_are_refused_unless_they_are_repaired():
    one = reader("python", release_labels=altered)
    refused, repaired = examine(one), examine(one, repair="ratings")
    assert codes(refused, "refuse") == ["labels_differ"]
    assert not refused["repaired"]
    assert codes(repaired, "warn", "refuse") == ["labels_repaired"]
    assert repaired["repaired"]
    assert "The table of ratings is used instead" in repaired["findings"][-1]["message"]


def test_an_inverted_table_repairs_nothing():
    def inverted(folder, subject):
        rows = table(subject)
        high = (rows["valence"] > 5) & (rows["arousal"] > 5)
        return rows.assign(**{name: rows[name].where(~high, 9 - rows[name]) for name in ("valence", "arousal")})

    report = examine(reader("python", trial_table=inverted), repair="ratings")
    assert set(codes(report, "refuse")) == {"labels_inverted"}
    assert not report["repaired"]


def test_rare_classes_are_warnings():
    report = examine(folds=5)
    assert codes(report, "warn") == ["rare_class", "rare_class"]
    assert report["verdict"] == "warn"


@pytest.mark.parametrize("blank", [{"valence": np.nan}, {"condition": None}, {}])
def test_ratings_may_be_blank_where_models_are_only_applied(blank):
    targets = VALENCE | ({"state": {"column": "condition", "classes": ["rest"]}} if "valence" not in blank else {})
    one = reader("original", trial_table=lambda folder, subject: table(subject).assign(**blank))
    report = examine(one, targets=targets, rated=False)
    assert report["verdict"] == "ok", report["findings"]
    assert "Not every trial is rated" in str(report["findings"])
    assert examine(one, targets=targets)["verdict"] == "refuse"


def test_ratings_that_are_there_are_checked_where_models_are_only_applied_too():
    one = reader(trial_table=lambda folder, subject: table(subject).assign(valence=12.0))
    assert codes(examine(one, rated=False), "refuse") == ["ratings_range"]

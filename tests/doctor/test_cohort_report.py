"""A cohort's report, from the made-up reader of the subjects' reports: what they must not share, and who is missing."""

from types import SimpleNamespace

import numpy as np
import pandas as pd

from eeg.doctor.cohort import examine_cohort
from eeg.doctor.examination import examine_subject
from tests.doctor.test_examination import asked, codes, reader, recording, refuse, table


def cohort_of(*subjects, one=None, **changes):
    one = one or reader()
    reports = [examine_subject(one, "folder", subject, asked=asked()) for subject in subjects]
    return examine_cohort(one, "folder", reports, asked=asked(**changes))


def test_a_good_cohort_is_ok():
    report = cohort_of("s01", "s02", "s03")
    assert (report["subject"], report["verdict"]) == ("cohort", "ok")
    assert codes(report, "ok") == ["subjects", "quadrant_counts", "subjects"]


def test_one_recording_under_two_names_is_refused():
    def same(folder, subject, trials):
        return recording(folder, "s01" if subject == "s03" else subject, trials)

    report = cohort_of("s01", "s02", "s03", one=reader(read=same))
    (found,) = [entry for entry in report["findings"] if entry["severity"] == "refuse"]
    assert (found["code"], found["where"]) == ("subjects_repeated", "s01, s03")
    assert found["message"] == "s01 and s03 share the signals of 8 trials."


def test_one_set_of_ratings_under_two_names_is_refused():
    def same(folder, subjects):
        return pd.concat([table("s01").assign(subject=subject) for subject in subjects])

    report = cohort_of("s01", "s02", one=reader(everyone=same))
    assert codes(report, "refuse") == ["subjects_repeated"]
    assert report["findings"][1]["message"] == "s01 and s02 share all their ratings."


def test_two_tables_that_contradict_each_other_are_refused_and_both_named():
    two = reader()
    two.contradictions = lambda folder, **settings: [("near/ratings.csv", "far/ratings.csv", 3)]
    report = cohort_of("s01", "s02", one=two)
    (found,) = [entry for entry in report["findings"] if entry["severity"] == "refuse"]
    assert found["code"] == "ratings_file"
    assert found["message"] == "far/ratings.csv contradicts near/ratings.csv, which is read, in 3 trials."
    assert "`deap.ratings`" in found["remedy"]


def test_one_clock_that_fits_nowhere_among_many_that_do_is_another_person_s():
    def triggers(folder, subject):
        events = np.array([[10, 4]])
        return SimpleNamespace(events=events, placed=[], spread=40.0 if subject == "s02" else 0.01)

    report = cohort_of("s01", "s02", "s03", one=reader(triggers=triggers))
    (found,) = [entry for entry in report["findings"] if entry["severity"] == "refuse"]
    assert (found["code"], found["where"]) == ("clock_alone", "s02")
    everyone = reader(triggers=lambda *_: SimpleNamespace(events=np.array([[10, 4]]), placed=[], spread=40.0))
    assert cohort_of("s01", "s02", "s03", one=everyone)["verdict"] == "ok"


def test_gaps_are_a_warning_unless_the_config_chooses():
    assert codes(cohort_of("s01", "s04"), "warn") == ["subjects_missing"]
    found = cohort_of("s01", "s04")["findings"][-1]
    assert (found["where"], found["severity"]) == ("s02, s03", "warn")
    assert cohort_of("s01", "s04", chosen=True)["verdict"] == "ok"


def test_a_subject_whose_rows_cannot_be_read_does_not_stop_the_others():
    def rated(folder, subject):
        return refuse("ratings_rows")() if subject == "s02" else table(subject)

    one = reader(trial_table=rated, everyone=refuse("ratings_rows"))
    assert cohort_of("s01", "s02", one=one)["verdict"] != "refuse"


def test_other_counts_than_the_known_ones_are_refused():
    one = reader(known=lambda folder, subjects: {"low": [1, 2, 3, 4]})
    assert codes(cohort_of("s01", one=one), "refuse") == ["quadrant_counts"]


def test_two_people_without_ratings_are_not_one():
    def everyone(folder, subjects):
        blank = dict.fromkeys(["valence", "arousal", "dominance", "liking"], np.nan)
        newcomers = [table(subject).assign(**blank) for subject in ("s03", "s04")]
        return pd.concat([*map(table, subjects), *newcomers])

    report = cohort_of("s01", "s02", one=reader(everyone=everyone), chosen=True)
    assert report["verdict"] == "ok", report["findings"]

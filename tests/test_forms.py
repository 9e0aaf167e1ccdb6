"""BDF, .dat and .mat of one cohort: both sites, all forms of the status channel, three triggers missing in one."""

import numpy as np
import pandas as pd
import pytest

from eeg.datasets import bdf, deap, simulated
from eeg.datasets.simulated import flaws
from eeg.doctor import beside, parity
from eeg.preprocess.bandpass import bandpass
from eeg.preprocess.downsample import downsample
from eeg.preprocess.reference import average
from eeg.preprocess.segment import segment
from eeg.storage import read_csv, write_csv

SUBJECTS = ("s01", "s02", "s03", "s04")
FORMS = ("original", "python", "matlab")
MISSING = "s02"
DURATION = 6.0
TRIAL = {"baseline": 3.0, "duration": DURATION}


def cohort(folder, artefacts):
    settings = simulated.Settings(n_trials=12, duration=DURATION, forms=FORMS, artefacts=artefacts)
    for subject in SUBJECTS:
        simulated.write(folder, subject, settings, seed=71)
    tables = [read_csv(path) for path in sorted((folder / "ratings").iterdir())]
    write_csv(folder / "metadata_csv" / "participant_ratings.csv", simulated.collect_ratings(tables))
    flaws.spoil(folder, MISSING, "triggers_missing", form="original", seed=71)
    return folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A cohort as a user finds DEAP: a folder of each form and the table of ratings."""
    return cohort(tmp_path_factory.mktemp("DEAP with all forms"), artefacts=0.0)


def compared(folder, subject):
    """Compare after our steps without EOG removal: without artefacts there is nothing to remove."""
    trials = deap.trial_table(folder, subject, form="original")
    raw = downsample(deap.read(folder, subject, trials, form="original"), sfreq=128.0)
    epochs = segment(average(bandpass(raw, low=4.0, high=45.0)), trials, baseline=3.0, duration=DURATION)
    released = deap.read_trials(folder, subject, trials.sort_values("video"), form="python").get_data("eeg")
    ours = epochs.get_data(epochs.ch_names)
    return parity.compare(1e6 * ours, (1e6 * released).astype("f4"), trials, channels=epochs.ch_names, sfreq=128.0)


def test_the_cohort_has_both_sites_and_all_forms_of_the_status_channel(folder):
    headers = [bdf.header(path) for subject in SUBJECTS for path in deap.files(folder, subject)]
    assert {header.labels[2] for header in headers} == {"F7", "F3"}  # third in Twente, third in Geneva
    assert {header.labels[-1] for header in headers} == {"Status", "", "-1"}
    assert len(deap.triggers(folder, MISSING).placed) == 3
    assert not any(deap.triggers(folder, subject).placed for subject in SUBJECTS if subject != MISSING)


@pytest.mark.parametrize("subject", SUBJECTS)
def test_all_forms_have_one_trial_table_and_one_set_of_labels(folder, subject):
    tables = [deap.trial_table(folder, subject, form=form) for form in FORMS]
    pd.testing.assert_frame_equal(tables[0], tables[1], check_exact=True)
    pd.testing.assert_frame_equal(tables[0], tables[2], check_exact=True)
    assert tables[0]["order"].eq("presentation").all()
    inside = [deap.release_labels(folder, subject, form=form) for form in FORMS[1:]]
    pd.testing.assert_frame_equal(*inside, check_exact=True)
    expected = tables[0].sort_values("video")[list(inside[0])].reset_index(drop=True)
    pd.testing.assert_frame_equal(inside[0], expected, check_exact=True, check_dtype=False)


@pytest.mark.parametrize("subject", SUBJECTS)
def test_dat_and_mat_hold_the_same_signals(folder, subject):
    trials = deap.trial_table(folder, subject)
    one, other = (deap.read_trials(folder, subject, trials, form=form) for form in FORMS[1:])
    assert one.ch_names == other.ch_names
    np.testing.assert_array_equal(one.get_data(), other.get_data())


@pytest.mark.parametrize("subject", SUBJECTS)
def test_without_artefacts_every_channel_of_every_trial_is_that_of_the_release(folder, subject):
    """Placed trials too: their start times are kept in tenths of a millisecond, an eighth of a sample."""
    report = compared(folder, subject)
    assert report["verdict"] == "ok", report["findings"]
    assert report["n_placed"] == 12
    assert report["lag"]["samples"] == 0
    assert report["correlation"]["lowest"]["value"] > 0.99


def test_with_artefacts_the_likeness_is_reported(tmp_path):
    cohort(tmp_path, artefacts=1.0)
    for form in FORMS[1:]:
        report = beside.compare(deap, {"folder": tmp_path, "settings": {}}, MISSING, other=form, trial=TRIAL)
        assert (report["subject"], report["other"], report["n_placed"]) == (MISSING, form, 12)
        assert 0.9 < report["correlation"]["median"] < 1.0
        assert report["findings"][-1]["message"] == "The labels of 12 trials agree in all four scales."


def test_what_cannot_be_compared_is_said_and_stops_nothing(tmp_path):
    cohort(tmp_path, artefacts=0.0)
    flaws.spoil(tmp_path, "s01", "truncated", form="original", seed=71)
    report = beside.compare(deap, {"folder": tmp_path, "settings": {}}, "s01", other="python", trial=TRIAL)
    (found,) = report["findings"]
    assert (report["verdict"], report["n_trials"], found["code"]) == ("warn", 0, "parity_signal")
    assert found["where"].endswith("s01.bdf")


def test_the_order_of_trials_is_compared_whichever_form_is_read(tmp_path):
    cohort(tmp_path, artefacts=0.0)
    flaws.spoil(tmp_path, "s03", "rows_order", form="python", seed=71)
    source = {"folder": tmp_path, "settings": {"form": "python"}}
    report = beside.compare(deap, source, "s03", other="python", trial={**TRIAL, "baseline": 1.0})
    assert "parity_trials" in {found["code"] for found in report["findings"]}


@pytest.mark.parametrize("form", FORMS[1:])
def test_a_release_alone_has_no_order_of_presentation(folder, tmp_path, form):
    (path,) = deap.files(folder, "s03", form=form)
    alone = tmp_path / path.name
    alone.write_bytes(path.read_bytes())
    trials = deap.trial_table(tmp_path, "s03")
    assert trials["order"].eq("unknown").all()
    assert trials["trial"].tolist() == trials["video"].tolist() == list(range(1, 13))
    known = deap.trial_table(folder, "s03").sort_values("video")
    for name in ("valence", "arousal", "dominance", "liking"):
        np.testing.assert_array_equal(trials[name], known[name])

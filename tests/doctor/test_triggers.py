"""What the doctor makes of triggers and of the times of trials."""

from types import SimpleNamespace

import mne
import numpy as np
import pytest

from eeg.doctor import triggers
from eeg.preprocess.bandpass import bandpass
from eeg.preprocess.downsample import downsample


def recorded(codes=(1, 2, 3, 4, 5, 6, 7), placed=(), spread=0.01):
    events = np.column_stack([np.arange(len(codes)), codes])
    return SimpleNamespace(events=events, placed=list(placed), spread=spread)


def test_all_codes_of_deap_are_fine():
    (found,) = triggers.examine(recorded(), 40)
    assert (found["severity"], found["code"]) == ("ok", "triggers")


def test_placed_trials_are_a_warning_that_names_them():
    (found,) = triggers.examine(recorded(placed=[3, 17], spread=0.25), 40)
    assert (found["severity"], found["code"], found["where"]) == ("warn", "triggers_placed", "trial 3, trial 17")
    assert "within 0.250 s" in found["message"]


@pytest.mark.parametrize(("spread", "odd"), [(None, False), (1.9, False), (31.0, True)])
def test_start_times_of_another_clock_are_a_warning(spread, odd):
    (found,) = triggers.examine(recorded(spread=spread), 40)
    assert (found["code"], found["severity"]) == (("triggers_clock", "warn") if odd else ("triggers", "ok"))


def test_foreign_codes_are_a_warning_that_names_them():
    (found,) = triggers.examine(recorded(codes=(1, 4, 99, 64, 99)), 1)
    assert (found["severity"], found["code"], found["where"]) == ("warn", "trigger_codes", "code 64, code 99")


@pytest.mark.parametrize(
    ("onsets", "where"),
    [({1: 5.0, 2: 45.0}, "trial 2"), ({1: 1.0, 2: 30.0}, "trial 1"), ({1: 2.99, 2: 40.01}, "trial 1, trial 2")],
)
def test_trials_the_recording_does_not_hold_are_refused(onsets, where):
    (found,) = triggers.spans(onsets, seconds=60, baseline=3, duration=20, sfreq=256)
    assert (found["severity"], found["code"], found["where"]) == ("refuse", "trials_cut", where)


def test_trials_up_to_the_first_and_last_sample_are_whole():
    (found,) = triggers.spans({1: 3.0, 2: 40.0}, seconds=60, baseline=3, duration=20, sfreq=256)
    assert found["severity"] == "ok"


def reached(native, sfreq, low):
    """Seconds to either side over which an impulse spreads in a cleaned recording."""
    x = np.zeros((1, 20 * native))
    x[0, 10 * native] = 1.0
    raw = mne.io.RawArray(x, mne.create_info(1, native, "eeg"), verbose="error")
    y = bandpass(downsample(raw, sfreq=sfreq), low=low, high=45).get_data()[0]
    touched = np.flatnonzero(np.abs(y) > 1e-12 * np.abs(y).max()) / sfreq
    return (touched[-1] - touched[0]) / 2


@pytest.mark.parametrize(("native", "sfreq", "low"), [(512, 128, 4), (256, 128, 4), (128, 128, 4), (512, 256, 1)])
def test_the_reach_is_that_of_the_filters(native, sfreq, low):
    # a sample or two, as lengths are rounded
    assert triggers.reach(low, native=native, sfreq=sfreq) == pytest.approx(reached(native, sfreq, low), abs=2 / sfreq)


@pytest.mark.parametrize(
    ("onsets", "edges", "where"),
    [
        ({1: 3.5, 2: 30.0}, [0, 60], "trial 1"),
        ({1: 4.1, 2: 39.5}, [0, 60], "trial 2"),
        ({1: 3.0, 2: 40.0}, [0, 60], "trial 1, trial 2"),
        ({7: 5.0, 8: 34.0, 9: 60.0}, [0, 30, 90], "trial 8"),
    ],
)
def test_trials_within_reach_of_an_end_are_a_warning_that_names_them(onsets, edges, where):
    (found,) = triggers.near_ends(onsets, edges, baseline=3, duration=20, within=1.02)
    assert (found["severity"], found["code"], found["where"]) == ("warn", "trials_near_end", where)
    assert found["message"].startswith("Within 1.02 s of an end of its recording")
    assert "run on around their trials" in found["remedy"]


def test_trials_out_of_reach_of_the_ends_are_fine():
    (found,) = triggers.near_ends({1: 4.03, 2: 38.97}, [0, 60], baseline=3, duration=20, within=1.02)
    assert found["severity"] == "ok"

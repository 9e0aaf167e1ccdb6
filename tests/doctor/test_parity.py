"""The comparison with the release against planted truth: order, channels, lag, and what is only less alike."""

import json

import numpy as np
import pandas as pd
import pytest
from scipy import fft

from eeg.channels import GENEVA, TWENTE
from eeg.doctor.parity import compare

SFREQ = 128.0
N_TIMES = 1216
N_TRIALS = 12


def brain(n_trials=N_TRIALS, n_times=N_TIMES, *, seed=0):
    """Average-referenced EEG in microvolt: neighbours in GENEVA share sources, so that they correlate."""
    rng = np.random.default_rng(seed)
    frequencies = fft.rfftfreq(n_times, 1 / SFREQ)
    shape = 1 / np.maximum(frequencies, 1) + 0.5 * np.exp(-0.5 * (frequencies - 10) ** 2)
    sources = fft.irfft(fft.rfft(rng.standard_normal((n_trials, 32, n_times))) * shape, n_times)
    distance = np.abs(np.subtract.outer(np.arange(32), np.arange(32)))
    x = np.einsum("cs,nst->nct", np.exp(-distance / 1.5), sources)
    x = 10 * x / x.std() + rng.standard_normal(x.shape)
    return (x - x.mean(axis=1, keepdims=True)).astype(np.float32)


def pair(*, seed=0, n_times=N_TIMES):
    """A release, the same trials in order of presentation with a little noise, and their table."""
    theirs = brain(seed=seed, n_times=n_times)
    rng = np.random.default_rng(100 + seed)
    videos = rng.permutation(N_TRIALS)
    ours = theirs[videos] + 0.2 * rng.standard_normal(theirs.shape)
    return ours, theirs, pd.DataFrame({"trial": np.arange(1, N_TRIALS + 1), "video": videos + 1})


def run(ours, theirs, trials, channels=GENEVA):
    report = compare(ours, theirs, trials, channels=channels, sfreq=SFREQ)
    json.dumps(report, allow_nan=False)
    for entry in report["findings"]:
        assert entry["message"].endswith(".")
        assert (entry["severity"] == "ok") == (entry["remedy"] == "")
        assert not entry["remedy"] or entry["remedy"].endswith(".")
    return report


def bad(report):
    return [entry for entry in report["findings"] if entry["severity"] != "ok"]


def only(report):
    (entry,) = bad(report)
    return entry


@pytest.mark.parametrize("seed", range(5))
def test_a_true_pair_is_ok_throughout(seed):
    ours, theirs, trials = pair(seed=seed)
    report = run(ours, theirs, trials)
    assert report["verdict"] == "ok"
    assert [entry["message"] for entry in report["findings"]][:3] == [
        "12 of 12 trials stand at their video.",
        "32 channels are where their names say.",
        "Recording and release lie 0 samples apart.",
    ]
    lowest = report["correlation"]["lowest"]
    assert report["findings"][3]["message"] == (
        f"Median correlation {report['correlation']['median']:.3f} in 5-40 Hz "
        f"(lowest {lowest['value']:.3f}: trial {lowest['trial']}, {lowest['channel']})."
    )


def test_the_numbers_are_those_of_the_signals():
    ours, theirs, trials = pair()
    report = run(ours, theirs, trials)
    videos = trials["video"].tolist()
    assert report["lag"] == {"samples": 0, "seconds": 0, "trials": dict.fromkeys(map(str, range(1, 13)), 0)}
    assert report["best_match"] == {str(trial): video for trial, video in zip(range(1, 13), videos, strict=True)}
    assert report["channel_match"] == dict(zip(GENEVA, GENEVA, strict=True))
    assert (report["n_trials"], report["n_placed"], report["n_usable"]) == (N_TRIALS, N_TRIALS, N_TRIALS * 32)
    correlation = report["correlation"]
    assert list(correlation["channels"]) == GENEVA
    assert min(correlation["trials"].values()) <= correlation["median"] <= max(correlation["trials"].values())
    assert correlation["lowest"]["value"] <= min(correlation["channels"].values())
    # Noise of 0.2 microvolt against some 2 in the band, on one side only.
    assert 0.98 < correlation["median"] < 1
    assert max(report["spectrum"].values()) < 0.5


@pytest.mark.parametrize(("lag", "verdict"), [(1, "ok"), (-1, "ok"), (2, "refuse"), (-3, "refuse"), (128, "refuse")])
def test_a_lag_of_more_than_a_sample_is_refused_and_measured(lag, verdict):
    theirs = brain(n_times=N_TIMES + 300)
    ours = theirs[:, :, 150 - lag :][:, :, :N_TIMES]
    trials = pd.DataFrame({"trial": range(1, 13), "video": range(1, 13)})
    report = run(ours, theirs[:, :, 150:][:, :, :N_TIMES], trials)
    assert report["lag"]["samples"] == lag
    assert report["lag"]["seconds"] == pytest.approx(lag / SFREQ, abs=1e-6)
    assert report["verdict"] == verdict
    # Only the stretch that both have is compared, so that a shift alone takes nothing from the likeness.
    assert report["correlation"]["lowest"]["value"] > 0.99
    if verdict == "refuse":
        later = "recording" if lag > 0 else "release"
        assert only(report)["code"] == "parity_lag"
        assert only(report)["message"].startswith(f"Trials of the {later} come {abs(lag)} samples later")


def test_half_a_sample_is_said_and_taken_back():
    ours, theirs, trials = pair()
    turn = np.exp(-2j * np.pi * fft.rfftfreq(N_TIMES) * 0.5)
    report = run(fft.irfft(fft.rfft(ours) * turn, N_TIMES), theirs, trials)
    assert report["lag"]["samples"] == 0.5
    assert report["verdict"] == "ok"


def test_a_release_in_the_order_of_presentation_is_recognised_as_a_whole():
    ours, theirs, trials = pair()
    report = run(ours, theirs[trials["video"] - 1], trials)
    found = only(report)
    assert found["code"] == "parity_trials"
    assert found["message"].startswith("The rows of the release stand in the order of presentation, not in that of")
    first = trials.loc[trials["video"] != trials["trial"]].iloc[0]
    assert f"trial {first.trial} is video {first.video} in the table and video {first.trial} in the" in found["message"]
    assert report["best_match"] == {str(trial): trial for trial in range(1, 13)}
    assert report["correlation"]["lowest"]["value"] > 0.9


def test_two_exchanged_trials_are_named():
    ours, theirs, trials = pair()
    trials.loc[[2, 7], "video"] = trials.loc[[7, 2], "video"].to_numpy()
    report = run(ours, theirs, trials)
    found = only(report)
    third, eighth = trials.loc[[2, 7], "video"]
    assert (found["code"], found["where"]) == ("parity_trials", "trial 3, trial 8")
    assert report["n_placed"] == N_TRIALS - 2
    assert found["message"] == (
        "2 of 12 trials are other videos in the signals than in the table: "
        f"trial 3 is video {third} in the table and video {eighth} in the signals; "
        f"trial 8 is video {eighth} in the table and video {third} in the signals."
    )


def test_a_video_the_release_has_no_row_for_is_found_elsewhere_or_not_compared():
    ours, theirs, trials = pair()
    wrong = trials.assign(video=trials["video"].where(trials["trial"] != 5, 40))
    assert only(run(ours, theirs, wrong))["where"] == "trial 5"
    ours[4] = brain(1, seed=9)[0]
    report = run(ours, theirs, wrong)
    assert bad(report) == []
    assert "11 of 12 trials stand at their video; there is nothing to compare in trial 5." in str(report["findings"])


@pytest.mark.parametrize("side", ["release", "recording"])
def test_the_order_of_twente_is_recognised_as_a_whole(side):
    ours, theirs, trials = pair()
    order = [GENEVA.index(name) for name in TWENTE]
    report = run(ours, theirs[:, order], trials) if side == "release" else run(ours[:, order], theirs, trials)
    found = only(report)
    assert found["code"] == "parity_channels"
    assert found["message"].startswith("The channels of one side stand in Twente's order under the names of Geneva's")
    names = dict(zip(TWENTE, GENEVA, strict=True)) if side == "release" else dict(zip(GENEVA, TWENTE, strict=True))
    assert report["channel_match"] == {name: names[name] for name in GENEVA}
    assert report["correlation"]["lowest"]["value"] > 0.9


def test_channels_are_taken_by_name():
    ours, theirs, trials = pair()
    order = [GENEVA.index(name) for name in TWENTE]
    extra = np.concatenate([ours[:, order], ours[:, :1]], axis=1)
    report = run(extra, theirs, trials, channels=[*TWENTE, "Status"])
    assert report["verdict"] == "ok"
    assert list(report["channel_match"]) == TWENTE


def test_trials_and_channels_in_a_wrong_order_are_both_found():
    ours, theirs, trials = pair()
    order = np.random.default_rng(1).permutation(32)
    report = run(ours, theirs[::-1][:, order], trials)
    assert [entry["code"] for entry in bad(report)] == ["parity_trials", "parity_channels"]
    assert report["channel_match"] == {GENEVA[place]: GENEVA[index] for index, place in enumerate(order)}


def test_exchanged_neighbours_are_found_though_they_are_alike():
    ours, theirs, trials = pair()
    o1, oz = GENEVA.index("O1"), GENEVA.index("Oz")
    shared = theirs[:, [o1, oz]].mean(axis=1, keepdims=True)
    theirs[:, [o1, oz]] = shared + 0.25 * (theirs[:, [o1, oz]] - shared)
    ours[:, [o1, oz]] = theirs[trials["video"] - 1][:, [o1, oz]]
    swapped = theirs.copy()
    swapped[:, [o1, oz]] = theirs[:, [oz, o1]]
    assert run(ours, theirs, trials)["verdict"] == "ok"
    found = only(run(ours, swapped, trials))
    assert (found["code"], found["where"]) == ("parity_channels", "O1, Oz")
    assert "O1 of the recording is Oz there; Oz of the recording is O1 there" in found["message"]


def test_an_interpolated_channel_is_not_taken_for_its_neighbour():
    ours, theirs, trials = pair()
    ours[:, 4] = (ours[:, 3] + 0.3 * ours[:, 5]) / 1.3
    theirs[:, 4] = brain(seed=7)[:, 4]
    report = run(ours, theirs, trials)
    found = only(report)
    assert (found["code"], found["severity"], found["where"]) == ("parity_signal", "warn", "FC5")
    assert report["channel_match"]["FC5"] == "FC5"


def test_flat_channels_and_values_that_are_no_numbers_are_left_out_and_said():
    ours, theirs, trials = pair()
    ours[:, 0] = 0
    theirs[:, 1, 5] = np.nan
    theirs[trials["video"][3] - 1] = np.nan
    report = run(ours, theirs, trials)
    assert report["verdict"] == "ok"
    said = [entry["message"] for entry in report["findings"]]
    assert said[0] == "11 of 12 trials stand at their video; there is nothing to compare in trial 4."
    assert said[1] == "30 channels are where their names say; there is nothing to compare in Fp1, AF3."
    assert report["correlation"]["channels"]["Fp1"] is None
    assert report["spectrum"]["AF3"] is None
    assert report["correlation"]["trials"]["4"] is None
    assert report["best_match"]["4"] is None
    assert report["n_usable"] == 11 * 30


def test_nothing_to_compare_is_a_warning():
    ours, theirs, trials = pair()
    found = only(run(0 * ours, theirs, trials))
    assert (found["code"], found["severity"]) == ("parity_signal", "warn")
    assert found["message"].startswith("There is nothing to compare")


def test_another_subject_s_release_is_refused():
    ours, _, trials = pair()
    report = run(ours, brain(seed=8), trials)
    found = only(report)
    assert found["code"] == "parity_trials"
    assert found["message"].startswith("12 of 12 trials are like no trial of the release")
    assert set(report["best_match"].values()) == {None}


def test_one_trial_like_no_other_is_a_warning():
    ours, theirs, trials = pair()
    ours[6] = brain(1, seed=9)[0]
    found = only(run(ours, theirs, trials))
    assert (found["code"], found["where"]) == ("parity_signal", "trial 7")
    assert found["message"] == "Like no trial of the release: trial 7."


def test_one_trial_shifted_against_the_others_is_a_warning():
    ours, theirs, trials = pair()
    ours[2] = np.roll(ours[2], 20, axis=1)
    report = run(ours, theirs, trials)
    found = only(report)
    assert (found["code"], found["message"]) == ("parity_signal", "Later than the other trials: trial 3 by 20 samples.")
    assert report["lag"]["samples"] == 0
    assert report["lag"]["trials"]["3"] == 20


def test_much_noise_is_a_warning_that_gives_the_number():
    ours, theirs, trials = pair()
    report = run(ours + 0.6 * brain(seed=3), theirs, trials)
    # Signal and 0.6 times a like one correlate with the signal by 1 / sqrt(1 + 0.36) = 0.857.
    assert report["correlation"]["median"] == pytest.approx(0.857, abs=0.02)
    found = only(report)
    assert (found["code"], found["severity"]) == ("parity_signal", "warn")
    assert f"Median correlation {report['correlation']['median']:.3f} in 5-40 Hz" in found["message"]
    assert found["message"].endswith("less than 0.9.")


@pytest.mark.parametrize(("factor", "verdict"), [(1.5, "ok"), (1000, "warn")])
def test_other_units_are_a_warning_that_gives_the_decibels(factor, verdict):
    ours, theirs, trials = pair()
    report = run(ours, factor * theirs, trials)
    assert report["verdict"] == verdict
    if verdict == "warn":
        assert only(report)["message"] == "The power of the channels differs by 60 dB."


def test_of_unequal_lengths_the_common_part_is_compared():
    ours, theirs, trials = pair()
    assert run(ours[:, :, :1000], theirs, trials)["verdict"] == "ok"
    assert run(ours, theirs[:, :, :1000], trials)["verdict"] == "ok"

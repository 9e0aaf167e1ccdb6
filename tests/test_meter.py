"""The leak meter on noise: what leaks is found, and where nothing leaks there is nothing."""

import numpy as np
import pandas as pd
import pytest

from eeg import leaks, rehearsal
from eeg.channels import GENEVA
from eeg.features.trials import Trials
from eeg.leaks import LEAKS
from eeg.meter import Meter, noise_like
from eeg.method import Method
from eeg.models import Outcome, Result
from eeg.seeds import generator, seed
from tests.factories import VALENCE, trial_table

CHANNELS = list(GENEVA[:24])
SETTINGS = {"C": [1.0], "gamma": ["scale"], "inner_folds": 3, "kernel": "rbf", "components": 50}
SETTINGS |= {"class_weight": "balanced", "rows_per_trial": None}
BRANCH = {"channels": "all", "definition": "reference", "precision": "float64", "grid": "table", "length": 1.0}
BRANCH |= {"bands": {"theta": [4, 8], "alpha": [8, 12], "beta": [12, 30], "gamma": [30, 45]}}
SPLIT = {"folds": 4, "repeats": 3, "leave_one_out": ["trial"], "validation": 0.2, "target": VALENCE}
SPLIT |= {"stratify": "valence", "gap": False, "seed": 1}
SUBJECTS = ("s01", "s02")
METHOD = Method(draws=200, seed=1, validation=0.2)


def meter(**changes):
    model = {"network": "svm", "branch": "entropy", "settings": SETTINGS, "training": None}
    given = {"model": ("svm", model), "target": ("valence", VALENCE), "kind": "entropy", "branch": BRANCH}
    given |= {"overlap": 0.5, "scaler": "zscore_minmax", "split": SPLIT, "backend": "tensorflow", "device": "cpu"}
    return Meter(**{**given, "seed": 1, **changes})


def recorded(subject, n_trials=12, seconds=19):
    """Trials in which some channels are louder, and that is all there is in them."""
    x = generator("meter", subject).standard_normal((n_trials, len(CHANNELS), seconds * 128))
    loud = np.linspace(1, 8, len(CHANNELS))[:, None]
    return Trials(x * loud, list(range(1, n_trials + 1)), CHANNELS, 128.0, 3 * 128)


@pytest.fixture(scope="module")
def predictions():
    given = [("s01", ("recordings", "noise")), ("s02", ("noise",))]
    found = [
        one
        for subject, sources in given
        for one in meter().measure(subject, recorded(subject), trial_table(subject), sources=sources)
    ]
    return pd.concat(found, ignore_index=True)


@pytest.fixture(scope="module")
def scored(predictions):
    return leaks.score(predictions, target="valence", model="svm", method=METHOD)


def window_arms(scored, **arm):
    rows = scored.arms[scored.arms["unit"] == "window"]
    return rows[np.all([rows[name] == value for name, value in arm.items()], axis=0)]


def test_every_combination_tests_every_window_once(predictions):
    tested = predictions.groupby(["source", *LEAKS, "protocol", "subject"]).size()
    assert len(tested) == 3 * 16
    for key, n in tested.items():
        named = dict(zip(["source", *LEAKS, "protocol", "subject"], key, strict=True))
        assert n == 12 * (31 if named["overlap"] else 16)
        assert named["protocol"] == ("window" if named["shuffle"] else "trial")
    assert not predictions.duplicated(["source", *LEAKS, "subject", "trial", "window"]).any()


def test_noise_with_shuffled_windows_and_subtracted_baseline_looks_like_success(scored):
    assert window_arms(scored, source="noise", shuffle=1, baseline=1)["mean"].min() > 0.9


def test_noise_gives_chance_wherever_whole_trials_are_held_out(scored):
    honest = window_arms(scored, source="noise", shuffle=0)
    assert len(honest) == 8
    assert (honest["mean"].between(honest["chance_low"], honest["chance_high"])).all()


def test_shares_add_up_to_leaky_less_honest_in_every_subject(scored):
    worths = leaks.worth(scored.subjects)
    own = scored.subjects[(scored.subjects["metric"] == "balanced_accuracy") & (scored.subjects["unit"] == "window")]
    for source, subject in (("recordings", "s01"), ("noise", "s01"), ("noise", "s02")):
        mine = worths.query("source == @source and unit == 'window' and subject == @subject")
        rows = own[(own["source"] == source) & (own["subject"] == subject)].set_index(list(LEAKS))["value"]
        (total,) = mine.query("kind == 'total'")["value"]
        assert total == pytest.approx(rows[1, 1, 1, 1] - rows[0, 0, 0, 0])
        assert mine.query("kind == 'share'")["value"].sum() == pytest.approx(total)
        assert len(mine.query("kind == 'interaction'")) == 6


def test_shuffling_and_the_baseline_open_the_door_for_each_other(scored):
    means = window_arms(scored, source="noise", overlap=0, scaler=0).set_index(["shuffle", "baseline"])["mean"]
    assert means[1, 1] - means[1, 0] - means[0, 1] + means[0, 0] > 0.25
    summary = leaks.summarise(leaks.worth(scored.subjects), method=Method(seed=1)).query("unit == 'window'")
    noise = summary[summary["source"] == "noise"].set_index(["leak", "partner"])
    assert noise.loc[("shuffle", "baseline"), "mean"] > 0.1
    assert set(noise["n"]) == {2}
    assert noise["p"].isna().all()  # two pairs can show nothing


def test_a_model_that_standardises_by_itself_cannot_see_the_scaler(scored):
    with_leak, without = (window_arms(scored, scaler=state)["mean"].to_numpy() for state in (1, 0))
    np.testing.assert_allclose(with_leak, without, atol=1e-3)


def test_the_noise_is_as_loud_as_the_recording_and_the_same_for_the_same_words():
    trials = recorded("s01")
    noise = noise_like(trials, generator("n"))
    assert noise.x.shape == trials.x.shape
    np.testing.assert_allclose(noise.x.std(axis=(0, 2)), trials.x.std(axis=(0, 2)), rtol=0.05)
    assert abs(np.corrcoef(noise.x.ravel(), trials.x.ravel())[0, 1]) < 0.02
    np.testing.assert_array_equal(noise.x, noise_like(trials, generator("n")).x)


def test_raw_windows_have_no_baseline_to_subtract():
    assert meter(kind="windows").arms[-1] == {"shuffle": 1, "scaler": 1, "overlap": 1}
    assert len(meter(kind="windows").arms) == 8


def test_where_nothing_is_scaled_no_scaler_can_leak():
    assert list(meter(scaler="none").arms[0]) == ["shuffle", "baseline", "overlap"]


class Remembering:
    """A learner that keeps the seeds it is given and predicts nothing."""

    device = "cpu"

    def __init__(self):
        self.seeds = []

    def stacks(self, folds):
        return [folds]

    def learn(self, folds, watch=None):
        self.seeds.append([fold.seed for fold in folds])
        return [Result(Outcome("ok"), np.zeros((len(fold.test), 2), np.float32)) for fold in folds]


def test_all_arms_of_a_subject_start_from_the_same_seeds(monkeypatch):
    learner = Remembering()
    monkeypatch.setattr(rehearsal.models, "learner", lambda *_, **__: learner)
    raw = meter(kind="windows", branch={"channels": "all", "length": 1.0})
    for subject in SUBJECTS:
        for _ in raw.measure(subject, recorded(subject, seconds=5), trial_table(subject)):
            pass
    own = {
        subject: [seed(1, "fit", "trial", "valence", "svm", subject, fold) for fold in range(4)] for subject in SUBJECTS
    }
    assert learner.seeds == [own["s01"]] * 16 + [own["s02"]] * 16
    assert own["s01"] != own["s02"]

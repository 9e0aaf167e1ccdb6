"""The doctor on real recordings: no false alarm, what is padded is seen, shuffled names are noticed in everybody."""

from pathlib import Path

import numpy as np
import pytest

from eeg import config
from eeg.datasets import recordings
from eeg.doctor import signals
from eeg.doctor.examination import Asked, examine_subject
from eeg.doctor.measures import correlation, likeness_of_neighbours, measure, rereferenced
from eeg.plan import Plan

ROOT = Path(__file__).parents[2]
FOLDER = ROOT.parent / "shared/data/mental-arithmetic"
pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason="the recordings are not here")


@pytest.fixture(scope="module")
def plan():
    whole = config.load(ROOT / "config.yaml", ROOT / "configs/mental-arithmetic.yaml")
    return Plan({**whole, "folder": str(FOLDER)})


def test_twelve_real_people_are_ok_but_for_ends_that_are_near_or_padded(plan):
    """Rest ends with its last trial, most in almost a second of zeros; arithmetic starts with its first."""
    asked = Asked(settings=plan.source.reading["settings"], **plan.asked)
    found = []
    for subject in plan.subjects:
        report = examine_subject(recordings, FOLDER, subject, asked=asked)
        assert report["verdict"] != "refuse", report["findings"]
        found += [(entry["code"], entry["where"]) for entry in report["findings"] if entry["severity"] == "warn"]
    assert [where for code, where in found if code == "trials_near_end"] == ["trial 6, trial 7"] * 12
    assert [one for one in found if one[0] != "trials_near_end"] == [("trials_flat", "trial 6")] * 11


def test_neighbours_are_alike_as_named_and_unlike_when_shuffled(plan):
    settings = plan.source.reading["settings"]
    rng = np.random.default_rng(51)
    for subject in plan.subjects:
        raw = recordings.read(FOLDER, subject, recordings.trial_table(FOLDER, subject, **settings), **settings)
        places = np.array([channel["loc"][:3] for channel in raw.info["chs"]])
        cut = (1e6 * raw.get_data(start=start, stop=start + 5000) for start in range(0, 50_000, 5000))
        measures = measure(cut, names=raw.ch_names, places=places, sfreq=raw.info["sfreq"], v_eog=None)
        good = np.ones(len(places), bool)
        own = correlation(rereferenced(measures.covariance, good))
        assert likeness_of_neighbours(own, places, good) > signals.NEAR + 0.1
        shuffled = [likeness_of_neighbours(own, places[rng.permutation(len(places))], good) for _ in range(20)]
        assert max(shuffled) < signals.NEAR

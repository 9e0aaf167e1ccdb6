"""A simulated cohort in all forms, and copies of it in which something is wrong."""

import os
import shutil

import pytest

from eeg.datasets import simulated
from eeg.datasets.simulated.cohort import PLACES
from eeg.datasets.simulated.flaws import spoil

SEED = 6
SETTINGS = simulated.Settings(n_trials=8, baseline=2.0, duration=4.0, forms=tuple(PLACES))


@pytest.fixture(scope="session")
def cohort(tmp_path_factory):
    """Two subjects in all forms, one of each site, and everyone's ratings."""
    folder = tmp_path_factory.mktemp("cohort")
    for subject in ("s01", "s03"):
        simulated.write(folder, subject, SETTINGS, SEED)
    tables = [simulated.ratings(subject, SETTINGS, SEED) for subject in ("s01", "s03")]
    (folder / "metadata_csv").mkdir()
    simulated.collect_ratings(tables).to_csv(folder / "metadata_csv" / "participant_ratings.csv", index=False)
    return folder


@pytest.fixture
def spoilt(cohort, tmp_path):
    """Return a copy of the cohort in which a subject has a flaw."""

    def make(name, form="original", subject="s01", place="spoilt"):
        folder = tmp_path / place
        # Links: a flaw that wrote into a file, and not beside it, would spoil the cohort itself.
        shutil.copytree(cohort, folder, copy_function=os.link)
        spoil(folder, subject, name, form=form, seed=SEED)
        return folder

    return make

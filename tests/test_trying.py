"""A model of one's own on one part of a run: fitted on what is stored, proven, scored."""

import pytest

from eeg.errors import InputError
from eeg.models import _files
from eeg.results import open_results
from eeg.trying import try_model
from tests.models.test_registry import LOGISTIC
from tests.stored import N_TRIALS, write_results

ASKED = {"protocol": "trial", "target": "valence", "part": "s01"}


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    folder = tmp_path_factory.mktemp("results")
    write_results(folder)
    return open_results(folder)


@pytest.fixture
def mine(tmp_path):
    """The package's logistic regression, as a file of one's own."""
    path = tmp_path / "straight.py"
    path.write_bytes((_files.FOLDER / "logistic.py").read_bytes())
    return {"network": str(path), "branch": "windows", "settings": LOGISTIC, "training": None}


def test_it_is_scored_as_the_run_scores_under_the_name_of_its_file(results, mine):
    tried = try_model(results, mine, **ASKED)
    assert set(results.scores) <= set(tried.scores)
    assert tried.scores[["protocol", "target", "model", "subject"]].drop_duplicates().to_numpy().tolist() == [
        ["trial", "valence", "straight", "s01"]
    ]
    assert sorted(tried.predictions["trial"].unique()) == list(range(1, N_TRIALS + 1))
    assert tried.history.empty


def test_its_folds_are_those_of_the_stored_split(results, mine):
    tried, split = try_model(results, mine, **ASKED), results.split("trial", "windows", "s01")
    tested = split[split["role"] == "test"].set_index("trial")["fold"]
    assert (tried.predictions["fold"] == tried.predictions["trial"].map(tested)).all()
    learnt = {trial for _, trial, *_ in tried.records[0]["train"]["windows"]}
    assert learnt == set(split.query("fold == 0 and role != 'test'")["trial"])


def test_stored_scalers_are_proven_before_anything_is_fitted_with_them(mine, tmp_path):
    write_results(tmp_path / "results", scaler="zscore")
    with pytest.raises(
        InputError, match="expected scalers zscore_minmax of scope fold.* Received zscore of scope fold"
    ):
        try_model(open_results(tmp_path / "results"), mine, **ASKED)


@pytest.mark.parametrize(
    ("changes", "asked", "message"),
    [
        ({"settings": {**LOGISTIC, "C": "one"}}, {}, r"models\.straight\.settings: `C`: input should be a valid list"),
        ({"training": {"epochs": 3}}, {}, r"models\.straight\.training"),
        ({"network": "none.py"}, {}, r"none\.py: expected a file with a model of your own"),
        ({"branch": "entropi"}, {}, r"models\.straight\.branch: one of windows, entropy.*Did you mean 'entropy'"),
        ({}, {"target": "valense"}, r"models\.straight\.targets: one of quadrant.*Did you mean 'valence'"),
        ({}, {"part": "s02"}, r"a part with splits out of s01\. Received 's02'"),
    ],
)
def test_what_does_not_fit_the_run_is_said_as_for_its_config(results, mine, changes, asked, message):
    with pytest.raises(InputError, match=message):
        try_model(results, {**mine, **changes}, **{**ASKED, **asked})

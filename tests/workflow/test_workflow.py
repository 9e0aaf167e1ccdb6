"""The real Snakefile on a tiny cohort: what is made, what reruns, what happens when something fails."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from contextlib import contextmanager

import pandas as pd
import pytest

from eeg import config, storage
from eeg.plan import Plan
from tests.conftest import copy_project

pytestmark = pytest.mark.workflow


@contextmanager
def edited(path, *replacement):
    """Change a file's text, and put it back."""
    before = path.read_text()
    old, new = replacement
    assert old in before
    path.write_text(before.replace(old, new, 1))
    try:
        yield
    finally:
        path.write_text(before)


def test_a_second_run_has_nothing_to_do(experiment):
    assert experiment.planned() == []
    assert "Nothing to be done" in experiment.snakemake("--dry-run").stdout


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("eeg/models/ccnn.py", '"""The continuous', '"""The well-known continuous'),
        ("eeg/features/entropy.py", "    check_bands(bands, *", "    # looked at first\n    check_bands(bands, *"),
        ("eeg/steps/fit.py", '"""Train and test', '"""Test and train'),
        ("eeg/preprocess/bandpass.py", "    sfreq = raw", "\n    sfreq = raw"),
    ],
)
def test_an_edited_docstring_or_comment_reruns_nothing(experiment, file, old, new):
    with edited(experiment.folder / file, old, new):
        assert experiment.planned() == []


def test_an_edited_network_reruns_its_fits_and_what_follows(experiment):
    with edited(experiment.folder / "eeg/models/ccnn.py", 'padding="same"', "padding='same', dilation_rate=1"):
        jobs = experiment.planned()
    fits = [job for job in jobs if job.startswith("fitting")]
    assert len(fits) == 3  # protocols, three parts each
    assert all(job.startswith("fitting ccnn to valence") for job in fits)
    others = {job.split(":")[0] for job in jobs if job not in fits}
    assert others <= {
        "proving that no fit was given what it tests, and that every label is its trial's",
        "scoring every table of predictions against chance",
        "comparing models and protocols over subjects",
        "writing the overview",
        "writing the methods section",
        "recording where the numbers came from",
        *(f"executing the notebook {name}" for name in ("inspect", "leakage", "add_a_model")),
        "applying kept models to s02 (new)",
        *(f"writing the page of s0{number}" for number in (1, 2, 3)),
    }
    assert "scoring every table of predictions against chance" in others


def test_a_changed_band_edge_reruns_the_entropy_branch_and_not_the_windows_branch(experiment):
    bands = "bands={five: {theta: [4, 7]}}"
    jobs = experiment.planned(config=[bands])
    assert sum(job.startswith("branch entropy") for job in jobs) == 3
    assert not any(job.startswith(("branch windows", "simulating", "band-pass", "fitting cnn")) for job in jobs)
    assert sum(job.startswith("fitting ccnn") for job in jobs) == 3


def test_cores_and_profile_rerun_nothing(experiment):
    other = experiment.folder / "profiles" / "other"
    shutil.copytree(experiment.folder / "profiles" / "default", other, dirs_exist_ok=True)
    (other / "profile.yaml").write_text((other / "profile.yaml").read_text().replace("greedy", "ilp"))
    assert experiment.planned(cores=1) == []
    assert experiment.planned(cores=7, profile="profiles/other") == []


def test_one_more_subject_reruns_nothing_of_the_others_but_their_pages(experiment):
    jobs = experiment.planned(config=["simulated={n_subjects: 4}"])
    assert "simulating the recording of s04" in jobs
    assert sum(job.startswith("fitting ") and "s04, protocol" in job for job in jobs) == 12
    others = [job for job in jobs if re.search(r"s0[123]\b", job)]
    assert all(job.startswith("writing the page of") for job in others)


def test_predictions_are_equal_to_the_bit_whatever_the_cores_and_the_order(experiment):
    cells = [
        "trial/quadrant/cnn_lstm/s02",
        "subject/valence/ccnn/f01",
        "trial/valence/svm/s03",
    ]
    paths = [f"results/predictions/{cell}.parquet" for cell in cells]
    before = [pd.read_parquet(experiment.folder / path) for path in paths]
    splits = [f"results/splits/{name}/entropy/{part}.csv" for name, part in (("window", "s02"), ("subject", "f01"))]
    dealt = [(experiment.folder / path).read_bytes() for path in splits]
    redone = experiment.snakemake("--force", *splits, *paths, "--prioritize", paths[1], cores=1)
    assert redone.returncode == 0, redone.stdout
    begun = re.findall(r"fitting (\w+) to", redone.stdout)
    assert begun[0] == "ccnn"
    assert sorted(begun) == ["ccnn", "cnn_lstm", "svm"]
    assert [(experiment.folder / path).read_bytes() for path in splits] == dealt
    for path, table in zip(paths, before, strict=True):
        pd.testing.assert_frame_equal(pd.read_parquet(experiment.folder / path), table, check_exact=True)
    experiment.snakemake("--touch")


@pytest.mark.slow
def test_a_killed_fit_goes_on_with_the_folds_that_were_done_and_predicts_the_same_to_the_bit(experiment):
    cell = "trial/quadrant/cnn_lstm/s01"
    path = experiment.results / f"predictions/{cell}.parquet"
    log = experiment.results / "logs/fit/trial/quadrant/cnn_lstm/s01_s03.log"
    before = pd.read_parquet(path)
    command = experiment.command("--force", f"results/predictions/{cell}.parquet", cores=1)
    with subprocess.Popen(command, cwd=experiment.folder, env=experiment.environment, start_new_session=True) as run:
        wait_for(lambda: [*(experiment.results / "unfinished" / cell).glob("[!.]*.npz")], seconds=120)
        os.killpg(run.pid, signal.SIGKILL)
    assert not path.exists()
    kept = [*(experiment.results / "unfinished" / cell).glob("[!.]*.npz")]
    assert 1 <= len(kept) < 9
    experiment.snakemake("--unlock")
    again = experiment.snakemake("--", f"results/predictions/{cell}.parquet")
    assert again.returncode == 0, again.stdout
    assert "fold 1 of 9" not in log.read_text()
    pd.testing.assert_frame_equal(pd.read_parquet(path), before, check_exact=True)
    assert not (experiment.results / "unfinished" / cell).exists()
    experiment.snakemake("--touch")


def wait_for(condition, *, seconds):
    """Wait until something is so."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


@pytest.mark.slow
def test_a_subject_fitted_alone_is_fitted_as_with_others(experiment):
    path = "results/predictions/window/arousal/mlp/s02.parquet"
    before = pd.read_parquet(experiment.folder / path)
    redone = experiment.snakemake("--force", path, config=["parts_per_fit=1"])
    assert redone.returncode == 0, redone.stdout
    assert "fitting mlp to arousal: s02, protocol window" in redone.stdout
    pd.testing.assert_frame_equal(pd.read_parquet(experiment.folder / path), before, check_exact=True)
    experiment.snakemake("--touch")


@pytest.mark.slow
def test_tuning_is_one_switch_and_the_record_says_what_was_chosen_at_what_cost(experiment):
    cells = ["trial/arousal/mlp/s01", "trial/valence/svm/s02"]
    paths = [f"results/predictions/{cell}.parquet" for cell in cells]
    # six trials to train on: enough for two inner folds, not for more
    done = experiment.snakemake("--force", *paths, config=["tuning={enabled: true, candidates: 2, folds: 2}"])
    assert done.returncode == 0, done.stdout
    models = config.load(experiment.folder / "config.yaml")["models"]
    for cell in cells:
        for fold in storage.read_json(experiment.results / f"fits/{cell}.json")["folds"]:
            tuning = fold["tuning"]
            assert tuning["candidates"] == 2
            assert tuning["folds"] in (0, 2)
            assert tuning["fits"] == 2 * tuning["folds"]
            assert (tuning["rows"] > 0) == (tuning["folds"] > 0)
            assert set(tuning["chosen"]) == set(models[cell.split("/")[2]]["search"])
    restored = experiment.snakemake("--force", *paths)
    assert restored.returncode == 0, restored.stdout
    experiment.snakemake("--touch")


def test_memory_of_every_job_stays_below_three_gigabytes(experiment):
    logs = [path.read_text() for path in sorted((experiment.results / "logs").rglob("*.log"))]
    peaks = [int(found[1]) for text in logs if (found := re.search(r"peak (\d+) MB", text))]
    assert len(peaks) > 80
    assert 100 < max(peaks) < 3000


def verdicts(made):
    """Run the checks and what `make check` prints after them; return status and text."""
    made.snakemake("--", "checks")
    command = [sys.executable, "-m", "eeg.verdicts", "."]
    done = subprocess.run(command, cwd=made.folder, text=True, capture_output=True, env={**os.environ, "NO_COLOR": "1"})
    assert done.stderr == ""
    return done.returncode, " ".join(done.stdout.split())


def test_the_check_says_on_the_terminal_what_it_found(experiment):
    status, text = verdicts(experiment)
    assert status == 0
    assert "warn rare_class (a class with fewer trials than folds) in 3 subjects: s01 (quadrant: " in text
    assert "3 subjects: 0 ok, 3 warn, 0 refuse. Cohort: ok. Page: results/reports/check.html" in text


def test_the_snakefile_and_the_plan_import_no_keras(experiment):
    code = (
        "import sys; from eeg import config; from eeg.plan import planned; "
        "planned(config.load('config.yaml', 'tiny.yaml')); "
        "sys.exit(bool({'keras', 'tensorflow', 'jax'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=experiment.folder).returncode == 0
    assert "eeg.plan" in (experiment.folder / "Snakefile").read_text()


@pytest.fixture
def broken(experiment, tmp_path):
    """An experiment on the simulated recordings as if they were DEAP's, the second one truncated."""
    source = tmp_path / "recordings"
    for name in ("data_original", "metadata_csv"):
        shutil.copytree(experiment.results / "simulated" / name, source / name)
    recording = source / "data_original" / "s02.bdf"
    recording.write_bytes(recording.read_bytes()[:-100_000])
    project = tmp_path / "project"
    project.mkdir()
    made = copy_project(project, source="deap", folder=str(source))
    return made, recording


@pytest.mark.slow
def test_a_truncated_recording_is_named_and_stops_nobody_else(broken):
    made, recording = broken
    trials = [f"results/trials/s0{number}_epo.fif" for number in (1, 2, 3)]
    done = made.snakemake("--", *trials)
    assert done.returncode != 0
    assert "Error: results/check/s02.json: expected recordings of s02 that pass the check" in done.stdout
    assert f"({recording}). The recording is truncated or damaged: copy it again." in done.stdout
    assert "results/logs/trial_table/s02.log" in done.stdout
    assert [(made.folder / path).exists() for path in trials] == [True, False, True]
    assert not list(made.results.rglob(".part-*"))
    status, text = verdicts(made)
    assert status == 1
    assert "s01 warn" in text
    assert "refuse truncated: Expected" in text
    assert "`make run` stops at a refusal" in text
    page = (made.results / "reports/check.html").read_text()
    assert "truncated" in page


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("sed=1", "the unknown key 'sed'. Did you mean 'seed'?"),
        (
            "models={svm: {network: smv}}",
            "models.svm.network: one of ccnn, cnn_gru, cnn_lstm, logistic, mlp, svm. Received 'smv'",
        ),
        ("subjects=[s01, s77]", "subjects: one of s01, s02, s03. Received 's77'"),
    ],
)
def test_a_mistake_in_the_config_is_one_sentence_and_no_traceback(experiment, change, message):
    done = experiment.snakemake("--dry-run", config=[change])
    assert done.returncode == 1
    assert message in done.stdout
    assert "Traceback" not in done.stdout
    assert 'File "' not in done.stdout


def test_deap_s_overlay_is_an_experiment_on_recordings_laid_out_as_deap_s(experiment):
    whole = config.load(experiment.folder / "config.yaml", experiment.folder / "configs/deap.yaml")
    whole["split"]["folds"] = 3
    whole["folder"] = str(experiment.results / "simulated")
    plan = Plan(whole)
    assert plan.subjects == ["s01", "s02", "s03"]
    assert plan.source.known_trials() == {"s01": 9, "s02": 9, "s03": 9}

"""Every fenced block of the README and the guide is run, by its language; a block of another language fails."""

import importlib
import re
import shlex
import subprocess

import mne
import numpy as np
import pandas as pd
import pytest

from eeg import config, datasets, models
from eeg.channels import GENEVA
from eeg.datasets.recordings import subjects, trial_table
from eeg.preprocess.segment import segment
from eeg.samples import Samples
from eeg.source import Source
from tests.docs.blocks import BLOCKS, ROOT, of
from tests.docs.given import below, merged, own_models, planned, recordings, results

DIRECTIVES = {"{toctree}": "index.md", "{eval-rst}": "reference.md"}
"""What Sphinx alone understands, and the one page that may have it: all others read well without it."""

MAKE = ("CONFIG", "DATA", "OUT", "CORES", "PROFILE")
PYTHON = ".venv/bin/python"
CODE = [block for block in of("python") if block.named[0]]


@pytest.fixture(autouse=True)
def models_of_the_guide(monkeypatch, tmp_path):
    own_models(monkeypatch, tmp_path / "clone")


@pytest.mark.parametrize("block", BLOCKS, ids=str)
def test_every_block_is_one_that_a_test_runs(block):
    if block.language in DIRECTIVES:
        assert block.page.name == DIRECTIVES[block.language]
    else:
        assert block.language in ("sh", "yaml", "python", "csv", "text")
        assert (block.language == "text") == (block.printed is not None), "say what is printed: <!-- printed: NAME -->"


@pytest.mark.parametrize("block", of("yaml"), ids=str)
def test_yaml_makes_an_experiment_over_the_config_it_names(block, tmp_path):
    name, _ = block.named
    assert name, "its first line is a comment with the file's name, and what it lies over"
    whole = merged([*below(block), name], block.page, tmp_path)
    assert planned(whole, block.page, tmp_path).fits
    assert whole != merged(below(block), block.page, tmp_path) or name == "classes.yaml"


def test_the_cluster_s_profile_differs_from_the_default_in_what_concerns_the_cluster(tmp_path):
    """Snakemake's own parser reads it, without what a plugin adds."""
    from snakemake.cli import get_argument_parser

    written = (ROOT / "profiles/slurm/profile.yaml").read_text().splitlines()
    (tmp_path / "profile.yaml").write_text("\n".join(line for line in written if not line.startswith("executor:")))
    parsed = get_argument_parser(profiles=[tmp_path]).parse_args([])
    default = get_argument_parser(profiles=[ROOT / "profiles/default"]).parse_args([])
    for key in ("rerun_triggers", "keep_going", "rerun_incomplete", "scheduler", "quiet"):
        assert getattr(parsed, key) == getattr(default, key)
    assert parsed.jobs == 100


@pytest.mark.parametrize("block", of("sh"), ids=str)
def test_commands_are_those_that_are_there(block, tmp_path):
    for line in block.text.splitlines():
        words = shlex.split(line, comments=True)
        if words:
            command_is_there(words, block, tmp_path)


def command_is_there(words, block, folder):
    if words[0] == "sbatch":
        assert words[-2] == "--wrap"
        command_is_there(shlex.split(words[-1]), block, folder)
    elif words[0] == "make":
        make_is_there(words[1:], block, folder)
    elif words[:3] in ([PYTHON, "-m", "pip"], [PYTHON, "-m", "ipykernel"]):
        assert words[3] == "install"
    elif words[0] == ".venv/bin/snakemake":
        from snakemake.cli import get_argument_parser

        assert get_argument_parser().parse_args(words[1:]).unlock
    else:
        assert words[0] == PYTHON, f"no test knows how to run {words[0]}"
        assert (ROOT / words[1]).is_file()


def make_is_there(words, block, folder):
    target, *given = words
    asked = dict(word.split("=", 1) for word in given)
    assert asked.keys() <= set(MAKE)
    said = subprocess.run(["make", "-n", target, *given], cwd=ROOT, capture_output=True, text=True)
    assert said.returncode == 0, said.stderr
    for name in ("OUT", "CORES", "PROFILE"):
        assert name not in asked or asked[name] in said.stdout
    if "PROFILE" in asked:  # Snakemake would lay profiles/default over it
        assert "--workflow-profile none" in said.stdout
        named = [one.named[0] for one in of("yaml") if one.page == block.page]
        assert f"{asked['PROFILE']}/profile.yaml" in named or (ROOT / asked["PROFILE"]).is_dir()
    whole = merged(asked.get("CONFIG", "").split(), block.page, folder)
    if target in ("run", "plan", "check"):
        assert ("DATA" in asked) == (whole["source"] != "simulated")
        assert planned(whole, block.page, folder / target).fits


@pytest.mark.parametrize("name", sorted({block.page.name for block in of("python") if block not in CODE}))
def test_python_runs_in_the_order_of_its_page(name, tmp_path, monkeypatch, capsys):
    results(tmp_path / "results")
    monkeypatch.chdir(tmp_path)
    space = {}
    for block in of("python"):
        if block.page.name == name and block not in CODE:
            exec(compile(block.text, str(block), "exec"), space)
    if name == "numbers.md":
        assert re.fullmatch(r"CCNN reaches 0\.\d\d under trial, chance is 0\.\d\d\n", capsys.readouterr().out)


@pytest.mark.parametrize("block", CODE, ids=str)
def test_a_file_of_code_is_one_of_the_examples_below(block):
    assert block.named[0] in ("eeg/datasets/lab.py", "mine/shallow.py", "mine/linear_svm.py")


def test_the_estimator_of_the_guide_learns():
    settings = {"C": [0.01, 0.1], "rows_per_trial": None, "inner_folds": 2}
    learner = models.learner("mine/linear_svm.py", (3,), 2, settings=settings, training=None)
    labels = np.arange(40) % 2
    x = np.random.default_rng(1).normal(0, 1, (40, 3)).astype(np.float32) + 3 * labels[:, None]
    samples = Samples(lambda index: x[index], labels, np.arange(40), (3,))
    (result,) = learner.learn([models.Fold(samples, samples.subset(np.arange(0)), samples, 0)])
    assert (result.logits.argmax(axis=1) == labels).mean() > 0.9


def test_the_dataset_of_the_guide_is_read(tmp_path, monkeypatch):
    (block,) = [one for one in CODE if one.named[0] == "eeg/datasets/lab.py"]
    (tmp_path / "lab.py").write_text(block.text)
    monkeypatch.setattr(datasets, "__path__", [*datasets.__path__, str(tmp_path)])
    importlib.invalidate_caches()
    reader = datasets.reader("lab")
    signals = np.random.default_rng(1).normal(0, 1e-5, (32, 60 * 64))
    raw = mne.io.RawArray(signals, mne.create_info(list(GENEVA), 64, "eeg"), verbose="error")
    raw.set_annotations(mne.Annotations([10, 30, 45], 0.0, ["video/3", "video/1", "video/2"]))
    raw.save(tmp_path / "s01_raw.fif", verbose="error")
    rated = pd.DataFrame({"subject": "s01", "trial": [2, 1, 3], "video": [1, 3, 2], "valence": [1.0, 2.0, 3.0]})
    rated.to_csv(tmp_path / "ratings.csv", index=False)
    trials = reader.trial_table(tmp_path, "s01")
    assert reader.subjects(tmp_path) == ["s01"]
    assert reader.files(tmp_path, "s01")[0].is_file()
    assert reader.table_file(tmp_path, "s01").is_file()
    epochs = segment(reader.read(tmp_path, "s01", trials), trials, baseline=1.0, duration=5.0)
    np.testing.assert_allclose(epochs.get_data(verbose="error")[1], signals[:, 29 * 64 : 35 * 64], atol=1e-9)
    named = config.check({**config.load(ROOT / "config.yaml"), "source": "lab", "folder": str(tmp_path)})
    assert Source(named, ROOT).reading == {"reader": "lab", "folder": str(tmp_path), "settings": {}}


@pytest.mark.parametrize("block", of("csv"), ids=str)
def test_a_trial_table_is_read(block, tmp_path):
    recordings(tmp_path, block.text)
    tables = [trial_table(tmp_path, subject) for subject in subjects(tmp_path)]
    assert len(pd.concat(tables)) == len(block.text.splitlines()) - 1

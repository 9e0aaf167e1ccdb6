"""One tiny experiment, run once by the real Snakefile in a copy of the project, for every test that looks at it."""

import os
import re
import shutil
import subprocess
import sys
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml
from xdist.scheduler import LoadScopeScheduling

ROOT = Path(__file__).parents[1]
PROJECT = ("Snakefile", "environment.yaml", "config.yaml", "configs", "profiles", "eeg", "notebooks", "report")
TINY = {
    "simulated": {"n_subjects": 3, "n_trials": 9, "effect": 2.0},
    "trial": {"baseline": 2.0, "duration": 6.0},
    "models": {
        "cnn_lstm": {"settings": {"filters": 4, "recurrent": [4, 4], "dense": 4}, "training": {"epochs": 2}},
        "cnn_gru": None,  # built like cnn_lstm, and minutes longer
        "ccnn": {"targets": ["valence"], "settings": {"filters": [4, 4, 4, 4], "dense": 4}, "training": {"epochs": 2}},
        "mlp": {"targets": ["arousal"], "training": {"epochs": 2}},
        "svm": {"targets": ["valence", "dominance", "liking"]},
        "logistic": None,
    },
    "targets": {
        "dominance": {"rating": "dominance", "threshold": 5.0, "tie": "low", "exclude": 0.0},
        "liking": {"rating": "liking", "threshold": "subject_median", "tie": "low", "exclude": 0.3},
    },
    "parts_per_fit": 3,  # starting a job for every part takes minutes longer; a test fits one alone
    "keep_models": True,
    "apply": {"new": {"protocol": "trial", "target": "valence", "model": "ccnn", "part": "s01", "subjects": ["s02"]}},
    "protocols": ["window", "trial", "subject"],
    "split": {"folds": 3},
    "explain": {"models": ["svm"], "target": "valence"},
    "scores": {"draws": 50},
}


SUBJECTS = ("s01", "s02", "s03")
PROTOCOLS = {"window": SUBJECTS, "trial": SUBJECTS, "subject": ("f01", "f02", "f03")}
CELLS = [
    (protocol, target, model, part)
    for protocol, parts in PROTOCOLS.items()
    for model, target in {"cnn_lstm": "quadrant", "ccnn": "valence", "mlp": "arousal", "svm": "valence"}.items()
    for part in parts
]
"""What the tiny experiment has, of its fits those of one target a model."""


LONG = ("workflow", "tests/test_forms_workflow.py", "tests/models/test_backends.py")
"""What takes longest and so begins first, else one worker waits for it at the end."""


class LongestFirst(OrderedDict):
    """A queue in which what takes longest stands at the front."""

    def __setitem__(self, scope, tests):
        super().__setitem__(scope, tests)
        for name in reversed(LONG):
            if name in self:
                self.move_to_end(name, last=False)


class ByFile(LoadScopeScheduling):
    """Keep each file on one worker, and all files that look at the tiny experiment on the same one."""

    def __init__(self, *args):
        super().__init__(*args)
        self.workqueue = LongestFirst()

    def _split_scope(self, nodeid):
        file = nodeid.split("::")[0]
        return "workflow" if file.startswith("tests/workflow/") else file


def pytest_xdist_make_scheduler(config, log):
    return ByFile(config, log)


@dataclass(frozen=True)
class Experiment:
    """A copy of the project with a config of its own, and the folder it runs in."""

    folder: Path

    @property
    def results(self):
        return self.folder / "results"

    def cell_file(self, kind, cell, ending):
        return self.results.joinpath(kind, *cell[:-1], f"{cell[-1]}.{ending}")

    @property
    def environment(self):
        return {**os.environ, "PYTHONPATH": str(self.folder), "PYTHONDONTWRITEBYTECODE": "1"}

    def command(self, *arguments, config=None, cores=2, profile="profiles/default"):
        """Return the command that runs the real Snakefile."""
        command = [sys.executable, "-m", "snakemake", "--snakefile", "Snakefile", "--profile", profile]
        command += ["--cores", str(cores), "--configfile", "config.yaml", "tiny.yaml"]
        return [*command, *(["--config", *config] if config else []), *arguments]

    def snakemake(self, *arguments, config=None, cores=2, profile="profiles/default"):
        """Run the real Snakefile; return the finished process with all it printed in `stdout`."""
        return subprocess.run(
            self.command(*arguments, config=config, cores=cores, profile=profile),
            cwd=self.folder,
            env=self.environment,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )

    def planned(self, *arguments, **options):
        """Return what would run now: a list of the jobs' messages."""
        done = self.snakemake("--dry-run", *arguments, **options)
        assert done.returncode == 0, done.stdout
        return re.findall(r"^Job \d+: (.*)$", done.stdout, flags=re.M)


def copy_project(folder, /, **changes):
    for name in PROJECT:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, folder / name)
    (folder / "tiny.yaml").write_text(yaml.safe_dump({**TINY, **changes}))
    return Experiment(folder)


@pytest.fixture(scope="session")
def experiment(tmp_path_factory):
    """The tiny experiment, finished."""
    made = copy_project(tmp_path_factory.mktemp("experiment"))
    done = made.snakemake()
    assert done.returncode == 0, done.stdout[-5000:]
    return made

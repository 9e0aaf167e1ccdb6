"""The floors of the house: who may import whom, and where heavy libraries may stand."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from eeg.fingerprint import imports

ROOT = Path(__file__).parents[1]
MODULES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
    for path in sorted((ROOT / "eeg").rglob("*.py"))
}
ROOMS = ("datasets", "preprocess", "features", "models", "protocols", "targets")
LEAVES = (
    "config",
    "schema",
    "kinds",
    "errors",
    "seeds",
    "storage",
    "channels",
    "samples",
    "fingerprint",
    "ids",
    "provenance",
)
MIDDLE = (
    "inputs",
    "evaluate",
    "predictions",
    "scores",
    "method",
    "metrics",
    "statistics",
    "intervals",
    "resampling",
    "pairs",
    "stimuli",
    "dependence",
    "calibration",
    "leaks",
    "meter",
    "refits",
    "splits",
    "split_checks",
    "scalers",
    "guard",
    "yardsticks",
    "doctor",
    "rehearsal",
    "perturb",
    "importance",
    "explanations",
)
TOP = (
    "plan",
    "cells",
    "codes",
    "fits",
    "metering",
    "explaining",
    "applications",
    "sizes",
    "source",
    "checks",
    "estimate",
    "report",
    "results",
    "stored",
    "trying",
    "notebooks",
    "verdicts",
)
FLOOR = (
    dict.fromkeys(LEAVES, 0) | dict.fromkeys(ROOMS, 1) | dict.fromkeys(MIDDLE, 2) | dict.fromkeys(TOP, 3) | {"steps": 4}
)
ALLOWED = {
    "keras": ("models",),
    "tensorflow": ("models",),
    "jax": ("models",),
    "mne": ("datasets", "preprocess", "report"),
    "snakemake": ("steps",),
    "edfio": ("datasets",),
    "matplotlib": ("report",),
}


def room(module):
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else ""


def libraries(path):
    """Every library a file imports anywhere, but for imports that only type checkers see."""
    tree = ast.parse(path.read_text())
    for_types = {
        id(node)
        for branch in ast.walk(tree)
        if isinstance(branch, ast.If) and ast.unparse(branch.test) == "TYPE_CHECKING"
        for node in ast.walk(branch)
    }
    for node in ast.walk(tree):
        if id(node) in for_types:
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield (node.module or "").split(".")[0]


@pytest.mark.parametrize("module", MODULES)
def test_imports_point_downwards(module):
    own = room(module)
    if not own:
        return
    assert own in FLOOR, f"{own} has no floor yet: give it one in this test"
    for imported in imports(module):
        other = room(imported)
        if other and other != own:
            below = FLOOR[other] < FLOOR[own]
            beside = FLOOR[other] == FLOOR[own] != 1
            assert below or beside, f"{module} imports {imported}"


@pytest.mark.parametrize("library", ALLOWED)
def test_heavy_libraries_stay_in_their_rooms(library):
    users = {room(module) for module, path in MODULES.items() if library in libraries(path)}
    assert users <= set(ALLOWED[library])


@pytest.mark.parametrize("module", ["eeg.plan", "eeg.models", "eeg.evaluate", "eeg.yardsticks", "eeg.scores"])
def test_importing_does_not_import_keras(module):
    code = f"import sys, {module}; sys.exit(bool({{'keras', 'tensorflow', 'jax'}} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT).returncode == 0


def test_snakefile_holds_no_functions_and_no_keras():
    text = (ROOT / "Snakefile").read_text()
    assert "lambda" not in text
    assert "\ndef " not in text
    assert "keras" not in text


def test_modules_stay_readable():
    long = {module: n for module, path in MODULES.items() if (n := len(path.read_text().splitlines())) > 300}
    assert not long

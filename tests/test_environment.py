import re
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[1]


def locked(file="requirements.lock"):
    """Versions for this Python by package, from a lock file."""
    lines = (ROOT / file).read_text().splitlines()
    found = (re.match(r"([a-z0-9_.-]+)==([^\s;]+)(.*)", line) for line in lines)
    return {one[1]: one[2] for one in found if one and ">= '3.12'" not in one[3]}


def asked():
    """Names of the direct dependencies."""
    lines = (ROOT / "requirements.in").read_text().splitlines()
    return {re.split(r"[;#\s]", line)[0] for line in lines if line and not line.startswith("#")}


def test_every_direct_dependency_is_locked_with_hashes():
    assert asked() <= set(locked())
    text = (ROOT / "requirements.lock").read_text()
    assert text.count("--hash=sha256:") > len(locked())


def test_what_a_gpu_adds_agrees_with_the_rest():
    both, more = locked(), locked("requirements-gpu.lock")
    assert {"jax", "jax-cuda12-plugin"} <= set(more)
    assert {name: more[name] for name in more if name in both} == {name: both[name] for name in both if name in more}
    assert (ROOT / "requirements-gpu.lock").read_text().count("--hash=sha256:") > len(more)


@pytest.mark.parametrize("file", ["requirements.lock", "requirements-gpu.lock"])
def test_the_lock_names_no_index_and_no_machine(file):
    text = (ROOT / file).read_text()
    assert not re.search(r"index-url|find-links|https?://|file:", text)


def test_snakemake_s_environment_has_the_locked_versions():
    *_, named = yaml.safe_load((ROOT / "environment.yaml").read_text())["dependencies"]
    pins = dict(pin.split("==") for pin in named["pip"])
    assert pins == {name: locked()[name] for name in pins}
    assert set(pins) <= asked()

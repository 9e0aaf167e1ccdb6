"""Where numbers come from: the code's state, versions, hardware, and what each rule cost."""

import os
import platform
import subprocess
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pandas as pd

PACKAGES = ("keras", "tensorflow", "jax", "mne", "numpy", "scipy", "scikit-learn", "pandas", "snakemake", "edfio")


def git_state(folder: Path | str) -> dict[str, Any]:
    """Return the commit of a folder and whether tracked files differ from it; None where there is no git."""
    commit = _git(folder, "rev-parse", "HEAD")
    changed = _git(folder, "status", "--porcelain", "--untracked-files=no")
    return {"commit": commit, "modified": None if changed is None else bool(changed)}


def versions() -> dict[str, str]:
    """Return the version of Python and of each package that makes numbers."""
    found = {"python": platform.python_version()}
    for name in PACKAGES:
        for distribution in (name, f"{name}-cpu"):
            try:
                found[name] = version(distribution)
                break
            except ModuleNotFoundError:
                continue
    return found


def hardware() -> dict[str, Any]:
    """Return machine, processor and number of cores."""
    machine = {"machine": platform.machine(), "processor": processor(), "system": platform.system()}
    return {**machine, "cores": os.cpu_count()}


def processor(info: Path | str = "/proc/cpuinfo") -> str | None:
    """Return the model of the processor, None where the system does not tell it; `info` is Linux's file about it."""
    with suppress(OSError):
        for line in Path(info).read_text(encoding="utf-8", errors="replace").splitlines():
            name, _, value = line.partition(":")
            if name.strip() == "model name":
                return value.strip()
    return platform.processor() or None


def usage(folder: Path | str) -> dict[str, dict[str, float]]:
    """Return per rule its jobs, their seconds (wall time in all, the median, CPU time) and the largest memory in MB.

    Jobs count as they were last run in this folder, those of earlier experiments in it included.
    """
    found = {}
    for rule in sorted(path for path in Path(folder).iterdir()):
        files = sorted(rule.rglob("*.tsv")) if rule.is_dir() else [rule]
        if not files:
            continue
        table = pd.concat([pd.read_csv(file, sep="\t", na_values="-") for file in files])
        found[rule.name.removesuffix(".tsv")] = {
            "jobs": len(table),
            "seconds": round(float(table["s"].sum()), 1),
            "median_seconds": round(float(table["s"].median()), 1),
            "cpu_seconds": round(float(table["cpu_time"].sum()), 1),
            "peak_mb": round(float(table["max_rss"].fillna(0).max()), 1),
        }
    return found


def origin(folder: Path | str) -> dict[str, Any]:
    """Return what a page says about where it comes from: `commit` (short, marked where changed) and `versions`."""
    state = git_state(folder)
    commit = state["commit"] and state["commit"][:10] + ("+" if state["modified"] else "")
    return {"commit": commit, "versions": versions()}


def _git(folder: Path | str, *arguments: str) -> str | None:
    try:
        done = subprocess.run(["git", "-C", str(folder), *arguments], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    return done.stdout.strip()

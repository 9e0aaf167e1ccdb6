"""The summary notebook reads results alone, in the order a reader meets its cells."""

import runpy
from pathlib import Path

import pytest

from eeg import storage
from eeg.report import words

NOTEBOOK = Path(__file__).parents[2] / "notebooks" / "summary.py"


@pytest.mark.parametrize("source", ["simulated", "recordings"])
def test_it_prints_the_summary_and_says_what_leaks(cohort, tmp_path, monkeypatch, capsys, source):
    for name in ("scores", "summary", "comparisons"):
        storage.write_csv(tmp_path / "results" / f"{name}.csv", cohort[name])
    storage.write_json(tmp_path / "results" / "provenance.json", {"config": {"source": source}})
    monkeypatch.chdir(tmp_path)
    runpy.run_path(str(NOTEBOOK))
    printed = capsys.readouterr().out
    assert (words.SIMULATED in printed) == (source == "simulated")
    lines = printed.splitlines()
    assert sum("svm" in line for line in lines) == 12
    assert all(("LEAKY" in line) == line.split()[0].startswith("window") for line in lines if "svm" in line)
    outside = {line.split()[0] for line in lines if "outside information: video_prior" in line}
    assert outside == {"window", "trial"}

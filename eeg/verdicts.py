"""What the checks of an experiment found, said on the terminal: `python -m eeg.verdicts FOLDER`, as `make check` does.

Ends with 1 where something is refused.
"""

import os
import sys
from pathlib import Path
from typing import Any

from eeg.doctor import verdict
from eeg.report.terminal import summary, wants_colour
from eeg.storage import read_json

PAGE = "results/reports/check.html"


def report(results: Path, subject: str, *, paired: bool) -> dict[str, Any]:
    """Return a subject's check and, where she is `paired`, the comparison of her recording with the release."""
    checked = read_json(results / "check" / f"{subject}.json")
    compared = read_json(results / "parity" / f"{subject}.json")["findings"] if paired else []
    findings = checked["findings"] + compared
    return {**checked, "findings": findings, "verdict": verdict(findings)}


def main(folder: str = ".") -> int:
    """Print the verdicts of the experiment in `folder` and return the exit status."""
    results = Path(folder) / "results"
    cohort = read_json(results / "check" / "cohort.json")
    paired = cohort["paired"]
    reports = [*(report(results, one, paired=one in paired) for one in cohort["subjects"]), cohort]
    print(summary(reports, colour=wants_colour(sys.stdout, os.environ), page=str(Path(folder) / PAGE)))
    return int(any(report["verdict"] == "refuse" for report in reports))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

"""What the checks of an experiment found, said on the terminal: `python -m eeg.verdicts FOLDER`, as `make check` does.

Ends with 1 where something is refused.
"""

import os
import sys
from pathlib import Path

from eeg.report.terminal import summary, wants_colour
from eeg.storage import read_json

PAGE = "results/reports/check.html"


def main(folder: str = ".") -> int:
    """Print the verdicts of the experiment in `folder` and return the exit status."""
    checks = Path(folder) / "results" / "check"
    cohort = read_json(checks / "cohort.json")
    reports = [*(read_json(checks / f"{subject}.json") for subject in cohort["subjects"]), cohort]
    print(summary(reports, colour=wants_colour(sys.stdout, os.environ), page=str(Path(folder) / PAGE)))
    return int(any(report["verdict"] == "refuse" for report in reports))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

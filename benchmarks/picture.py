"""Draw README's picture from the results of the default run: `make run`, then `make picture`."""

from pathlib import Path

from eeg.report.figures import main_figure
from eeg.results import open_results

ROOT = Path(__file__).parents[1]


def main() -> None:
    """Write docs/overview.png."""
    results = open_results(ROOT / "results")
    figure = main_figure(results.summary, results.scores, simulated=results.source == "simulated")
    (ROOT / "docs").mkdir(exist_ok=True)
    figure.savefig(ROOT / "docs/overview.png", dpi=110, bbox_inches="tight")


if __name__ == "__main__":
    main()

"""Planted effects: how many are found grows with their size and with the number of subjects.

`.venv/bin/python benchmarks/power.py [n_cohorts] [figure.png]` (200 cohorts a point, about half an hour on two cores)
simulates features directly (`cohorts.py`) under `trial`, `subject` and `subject_video`. Found means p <= .05 against
chance. Beside the share found stands the share of cohorts whose mean distance from chance exceeds what the summary
calls detectable with a power of 80 %.

Last line, JSON: `PROTOCOL_N_EFFECT` (share found, N subjects), and `monotone`: the largest drop of the share from one
effect to the next larger one.
"""

import json
import os
import sys
from concurrent.futures import ProcessPoolExecutor
from itertools import product
from multiprocessing import get_context
from pathlib import Path

import pandas as pd
from cohorts import JUDGED, Cohort
from matplotlib.figure import Figure

EFFECTS = (0.0, 0.05, 0.1, 0.2, 0.3, 0.4)
SIZES = (8, 16, 32)
PROTOCOLS = ("trial", "subject", "subject_video")


def found(asked: tuple[str, int, float, int]) -> dict:
    """Return whether one cohort's effect was found."""
    protocol, n_subjects, effect, seed = asked
    summary, _ = Cohort(n_subjects, effect, seed).scored(protocol)
    rows = summary[(summary["unit"] == "trial") & (summary["metric"] == "balanced_accuracy")]
    (row,) = rows[rows["model"] == JUDGED].to_dict("records")
    detectable = row["mean"] - row["chance"] > row["detectable"]
    named = {"protocol": protocol, "subjects": n_subjects, "effect": effect}
    return {**named, "found": row["p"] <= 0.05, "over_detectable": detectable, "mean": row["mean"]}


def draw(shares: pd.DataFrame, path: Path) -> None:
    """Draw the share found by effect, a line per number of subjects."""
    figure = Figure(figsize=(9.6, 3.2), layout="constrained")
    for axes, protocol in zip(figure.subplots(1, len(PROTOCOLS), sharey=True), PROTOCOLS, strict=True):
        for (n, rows), marker in zip(shares.loc[protocol].groupby("subjects"), "os^", strict=True):
            own = rows.reset_index()
            axes.plot(own["effect"], own["found"], marker=marker, label=f"{n} subjects")
        axes.axhline(0.05, color="#666666", linestyle="--", linewidth=1)
        axes.set(title=protocol, xlabel="planted effect (standard deviations)", ylim=(0, 1.02))
        axes.spines[["top", "right"]].set_visible(False)
    figure.axes[0].set_ylabel("share found (p < .05)")
    figure.axes[0].legend(frameon=False)
    figure.suptitle("SIMULATED FEATURES", x=0.01, ha="left", fontsize=8, fontweight="bold", color="#D55E00")
    figure.savefig(path, dpi=144, metadata={"Software": None})


def main(n_cohorts: int = 200, path: Path | None = None) -> None:
    """Run the cohorts and print the shares."""
    asked = list(product(PROTOCOLS, SIZES, EFFECTS, range(n_cohorts)))
    with ProcessPoolExecutor(os.cpu_count(), mp_context=get_context("spawn")) as pool:
        table = pd.DataFrame(pool.map(found, asked, chunksize=10))
    shares = table.groupby(["protocol", "subjects", "effect"], sort=False).mean()
    print(shares.round(3).to_string(), end="\n\n")
    if path:
        draw(shares, path)
    figures = {f"{protocol}_{n}_{effect:g}": row["found"] for (protocol, n, effect), row in shares.iterrows()}
    drops = shares["found"].groupby(["protocol", "subjects"]).apply(lambda own: -own.diff().min())
    print(json.dumps({name: round(float(value), 3) for name, value in {**figures, "monotone": drops.max()}.items()}))


if __name__ == "__main__":
    main(*(kind(value) for kind, value in zip((int, Path), sys.argv[1:], strict=False)))

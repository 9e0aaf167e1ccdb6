"""A thousand cohorts of pure noise: how often do intervals, p values and Holm's family claim something?

`.venv/bin/python benchmarks/false_alarms.py [n_cohorts] [n_subjects...] [found.csv]` (1,000 cohorts of 8 and of 32
subjects unless told otherwise, about an hour on two cores) simulates features directly (`cohorts.py`, two windows a
trial), splits them under every honest protocol, and scores three cheap models. An interval is a false alarm where it
excludes chance, a p where it is at most .05 (one model, that of all features); a family where Holm leaves any of its
comparisons of models below .05. `video_only` is `subject_video` on cohorts in whose features there is the video and no
emotion; `unstratified` is `trial` with folds that spread the classes of another rating, its family has the comparisons
of models with `majority` too. What was found goes to the file, if one is named; what stands in it is not run again.

The first table is of the balanced accuracy of trials, the second of all metrics and units.

Last line, JSON: `expected_low`, `expected_high` (the 99 % binomial interval of a rate of .05), for every protocol and
number of subjects `interval_PROTOCOL_N`, `p_PROTOCOL_N` and `holm_PROTOCOL_N`, rates over cohorts of the first table,
and of the second `n_rates` of intervals and p, `n_below`, `n_above`, those outside, and `highest`.
"""

import json
import os
import sys
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from itertools import product
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pandas as pd
from cohorts import HONEST, JUDGED, Cohort
from scipy import stats

ALARM, WINDOWS = 0.05, 2
ARMS = {name: (name, {}) for name in HONEST} | {
    "video_only": ("subject_video", {"response": 1.0}),
    "unstratified": ("trial", {"stratify": "liking", "yardsticks": ("majority",)}),
}
"""By name the protocol, and what is special about the cohorts."""

HEADLINE = ("trial", "balanced_accuracy")
COLUMNS = ["protocol", "subjects", "cohort", "unit", "metric", "interval", "p", "holm"]


def alarms(asked: tuple[int, int, str]) -> pd.DataFrame:
    """Return, per unit and metric, whether interval, p and family raise a false alarm in one cohort of an arm."""
    n_subjects, seed, arm = asked
    protocol, special = ARMS[arm]
    summary, compared = Cohort(n_subjects, seed=seed, windows=WINDOWS, **special).scored(protocol)
    own = summary[summary["model"] == JUDGED].set_index(["unit", "metric"])
    family = compared.groupby(["unit", "metric"])["p_holm"].min()
    alarm = {"interval": ~own["chance"].between(own["low"], own["high"]), "p": own["p"] <= ALARM}
    table = pd.DataFrame({**alarm, "holm": (family < ALARM).reindex(own.index)}).reset_index()
    return table.assign(protocol=arm, subjects=n_subjects, cohort=seed)[COLUMNS]


def main(n_cohorts: int = 1000, sizes: Sequence[int] = (8, 32), file: Path | None = None) -> None:
    """Count false alarms and print their rates."""
    known = pd.read_csv(file) if file and file.exists() else pd.DataFrame(columns=COLUMNS)
    done = set(zip(known["subjects"], known["cohort"], known["protocol"], strict=True))
    asked = [one for one in product(sizes, range(n_cohorts), ARMS) if one not in done]
    tables = [known]
    with ProcessPoolExecutor(os.cpu_count(), mp_context=get_context("spawn")) as pool:
        for number, found in enumerate(pool.map(alarms, asked, chunksize=20), start=1):
            tables.append(found)
            if file:
                tables[-1].to_csv(file, mode="a", index=False, header=not file.exists())
            if number % 500 == 0:
                print(f"{number} of {len(asked)} cohorts and arms", file=sys.stderr, flush=True)
    every = pd.concat([one for one in tables if len(one)], ignore_index=True)
    every = every[every["subjects"].isin(sizes) & (every["cohort"] < n_cohorts)].astype({"holm": float})
    every = every.drop(columns="cohort").groupby(["unit", "metric", "protocol", "subjects"], sort=False).mean()
    rates = every.xs(HEADLINE)
    low, high = (stats.binom.ppf(tail, n_cohorts, ALARM) / n_cohorts for tail in (0.005, 0.995))
    print(f"False alarms over {n_cohorts} cohorts of noise; a rate of .05 lies within {low:.3f} to {high:.3f} (99 %)")
    print(rates.round(3).to_string(), end="\n\n")
    print(every.unstack(["protocol", "subjects"]).round(3).T.to_string(), end="\n\n")
    claims = every[["interval", "p"]].to_numpy()
    figures = {"expected_low": low, "expected_high": high, "n_rates": claims.size, "highest": claims.max()}
    figures |= {"n_below": np.count_nonzero(claims < low), "n_above": np.count_nonzero(claims > high)}
    for (protocol, n), row in rates.iterrows():
        figures |= {f"{name}_{protocol}_{n}": value for name, value in row.items()}
    print(json.dumps({name: round(float(value), 4) for name, value in figures.items()}))


if __name__ == "__main__":
    numbers = [int(one) for one in sys.argv[1:] if one.isdigit()]
    files = [Path(one) for one in sys.argv[1:] if not one.isdigit()]
    main(*numbers[:1], **({"sizes": numbers[1:]} if numbers[1:] else {}), file=files[0] if files else None)

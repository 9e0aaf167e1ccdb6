"""A thousand cohorts of pure noise: how often do intervals, p values and Holm's family claim something?

`.venv/bin/python benchmarks/false_alarms.py [n_cohorts] [n_subjects...] [found.csv]` (1,000 cohorts of 8 and of 32
subjects unless told otherwise, about two hours on two cores) simulates features directly (`cohorts.py`), splits them
under every honest protocol, and scores three cheap models. An interval is a false alarm where it excludes chance, a p
where it is at most .05 (one model, that of all features); a family where Holm leaves any of its three comparisons of
models below .05. `video_only` is `subject_video` on cohorts in whose features there is the video and no emotion. What
was found goes to the file, if one is named; cohorts that stand in it are not run again.

Last line, JSON: `expected_low`, `expected_high` (the 99 % binomial interval of a rate of .05), and for every protocol
and number of subjects `interval_PROTOCOL_N`, `p_PROTOCOL_N` and `holm_PROTOCOL_N`, rates over cohorts.
"""

import json
import os
import sys
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from itertools import product
from multiprocessing import get_context
from pathlib import Path

import pandas as pd
from cohorts import HONEST, JUDGED, VALIDATION, Cohort
from scipy import stats

from eeg.method import Method
from eeg.statistics import compare

ALARM, RESPONSE = 0.05, 1.0
COLUMNS = ["protocol", "subjects", "cohort", "interval", "p", "holm"]


def alarms(asked: tuple[int, int]) -> list[dict]:
    """Return, per protocol, whether interval, p and family raise a false alarm in one cohort."""
    n_subjects, seed = asked
    arms = [(protocol, protocol, 0.0) for protocol in HONEST] + [("video_only", "subject_video", RESPONSE)]
    found = []
    for name, protocol, response in arms:
        scores, summary = Cohort(n_subjects, seed=seed, response=response).scored(protocol)
        own = summary[
            (summary["unit"] == "trial") & (summary["metric"] == "balanced_accuracy") & (summary["model"] == JUDGED)
        ]
        (row,) = own.to_dict("records")
        compared = compare(scores, leaky={}, method=Method(validation=VALIDATION))
        family = compared[(compared["metric"] == "balanced_accuracy") & (compared["unit"] == "trial")]["p_holm"]
        found.append(
            {
                "protocol": name,
                "subjects": n_subjects,
                "cohort": seed,
                "interval": not row["low"] <= row["chance"] <= row["high"],
                "p": row["p"] <= ALARM,
                "holm": (family < ALARM).any(),
            }
        )
    return found


def main(n_cohorts: int = 1000, sizes: Sequence[int] = (8, 32), file: Path | None = None) -> None:
    """Count false alarms and print their rates."""
    known = pd.read_csv(file) if file and file.exists() else pd.DataFrame(columns=COLUMNS)
    done = set(zip(known["subjects"], known["cohort"], strict=True))
    asked = [one for one in product(sizes, range(n_cohorts)) if one not in done]
    tables = [known]
    with ProcessPoolExecutor(os.cpu_count(), mp_context=get_context("spawn")) as pool:
        for number, found in enumerate(pool.map(alarms, asked, chunksize=5), start=1):
            tables.append(pd.DataFrame(found, columns=COLUMNS))
            if file:
                tables[-1].to_csv(file, mode="a", index=False, header=not file.exists())
            if number % 100 == 0:
                print(f"{number} of {len(asked)} cohorts", file=sys.stderr, flush=True)
    every = pd.concat([one for one in tables if len(one)], ignore_index=True)
    every = every[every["subjects"].isin(sizes) & (every["cohort"] < n_cohorts)].drop(columns="cohort")
    rates = every.groupby(["protocol", "subjects"], sort=False).mean()
    low, high = (stats.binom.ppf(tail, n_cohorts, ALARM) / n_cohorts for tail in (0.005, 0.995))
    print(f"False alarms over {n_cohorts} cohorts of noise; a rate of .05 lies within {low:.3f} to {high:.3f} (99 %)")
    print(rates.round(3).to_string(), end="\n\n")
    figures = {"expected_low": low, "expected_high": high}
    for (protocol, n), row in rates.iterrows():
        figures |= {f"{name}_{protocol}_{n}": value for name, value in row.items()}
    print(json.dumps({name: round(float(value), 4) for name, value in figures.items()}))


if __name__ == "__main__":
    numbers = [int(one) for one in sys.argv[1:] if one.isdigit()]
    files = [Path(one) for one in sys.argv[1:] if not one.isdigit()]
    main(*numbers[:1], **({"sizes": numbers[1:]} if numbers[1:] else {}), file=files[0] if files else None)

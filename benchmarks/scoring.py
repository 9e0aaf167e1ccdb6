"""Scoring predictions of DEAP's size: 32 subjects, 2,400 windows, six models, three targets, four protocols.

`.venv/bin/python benchmarks/scoring.py [--small]` makes the predictions of one cell after the other, as the step reads
them, scores two cells at a time (1,000 permutations, 1,000 resamples of trials), and summarises and compares them.
Ours alone: no other tool scores this way, so the figures are minutes and memory of this machine; making the tables of
noise is counted, as reading them would be.

Last line, JSON: `minutes` (all together), `peak_mb`, `n_rows`.
"""

import os

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(variable, "1")  # as in a job of the workflow

import json  # noqa: E402
import resource  # noqa: E402
import sys  # noqa: E402
import time  # noqa: E402
from concurrent.futures import ThreadPoolExecutor  # noqa: E402
from functools import partial  # noqa: E402
from itertools import product  # noqa: E402

import numpy as np  # noqa: E402
import pandas as pd  # noqa: E402

from eeg import seeds  # noqa: E402
from eeg.calibration import calibration  # noqa: E402
from eeg.method import Method  # noqa: E402
from eeg.predictions import Cell  # noqa: E402
from eeg.protocols import LEAKY  # noqa: E402
from eeg.scores import score  # noqa: E402
from eeg.statistics import compare, summarise  # noqa: E402

PROTOCOLS = ("trial", "subject", "subject_video", "window")
TARGETS = {"quadrant": 4, "valence": 2, "arousal": 2}
N_SUBJECTS, N_TRIALS, N_WINDOWS, N_FOLDS = 32, 40, 60, 10
MODELS = ("cnn_lstm", "cnn_gru", "ccnn", "mlp", "svm", "logistic")


def predictions(protocol: str, n_classes: int, n_subjects: int) -> pd.DataFrame:
    """Return predictions of noise: folds of trials, or of windows under the leaky protocol."""
    rng = seeds.generator("scoring", protocol, n_classes)
    index = pd.MultiIndex.from_product([range(n_subjects), range(N_TRIALS), range(N_WINDOWS)])
    subject, trial, window = (np.asarray(index.get_level_values(level)) for level in range(3))
    label = rng.integers(0, n_classes, (n_subjects, N_TRIALS))[subject, trial]
    fold = rng.integers(0, N_FOLDS, (n_subjects, N_TRIALS))[subject, trial]
    if protocol in LEAKY:
        fold = rng.integers(0, N_FOLDS, len(index))
    names = np.array([f"s{number + 1:02d}" for number in range(n_subjects)])[subject]
    table = pd.DataFrame({"subject": names, "trial": trial, "window": window, "fold": fold, "label": label})
    logits = rng.standard_normal((len(index), n_classes), np.float32)
    return table.assign(**{f"logit_{code}": logits[:, code] for code in range(n_classes)})


def scored(cell: Cell, n_subjects: int) -> tuple[pd.DataFrame, pd.DataFrame, int]:
    """Return the scores and p of a cell, and its number of rows."""
    made = predictions(cell.protocol, TARGETS[cell.target], n_subjects)
    watched = made[["subject", "trial"]].drop_duplicates().assign(video=lambda table: table["trial"])
    found = score(made, cell=cell, method=Method(draws=1000, seed=1), trials=watched)
    calibration(made, cell=cell, method=Method(seed=1))
    return found.table, found.p, len(made)


def main(n_subjects: int = N_SUBJECTS, models: tuple[str, ...] = MODELS) -> None:
    """Score every cell and print what it took."""
    start = time.perf_counter()
    cells = [Cell(*names) for names in product(PROTOCOLS, TARGETS, models)]
    tables, chances, n_rows = [], [], 0
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for done, (table, p, n) in enumerate(pool.map(partial(scored, n_subjects=n_subjects), cells), start=1):
            tables.append(table)
            chances.append(p)
            n_rows += n
            print(f"{done} of {len(cells)}: {time.perf_counter() - start:.0f} s", file=sys.stderr, flush=True)
    scores = pd.concat(tables, ignore_index=True)
    summarise(scores, p=pd.concat(chances, ignore_index=True), yardsticks=[])
    compare(scores, leaky=LEAKY)
    minutes = (time.perf_counter() - start) / 60
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
    print(f"{n_rows} rows in {len(cells)} cells: {minutes:.2f} min, peak {peak:.0f} MB")
    print(json.dumps({"minutes": round(minutes, 2), "peak_mb": round(peak), "n_rows": n_rows}))


if __name__ == "__main__":
    main(*((3, ("svm",)) if "--small" in sys.argv else ()))

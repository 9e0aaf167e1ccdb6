"""Whether probabilities can be believed: a temperature fitted on trials held out, and the calibration error of trials.

References: Guo, Pleiss, Sun & Weinberger 2017, "On calibration of modern neural networks"; Kumar, Liang & Ma 2019,
"Verified uncertainty calibration" (the debiased error).
"""

import numpy as np
import pandas as pd
from scipy import optimize, stats

from eeg import seeds
from eeg.method import USUAL, Method
from eeg.metrics import log_softmax
from eeg.predictions import Cell, logits, repeats, units

FEWEST_TRIALS = 80
"""Independent trials below which a temperature is noise: it then is 1."""

WIDEST = 5.0
"""The logarithm of a temperature lies between minus and plus this."""

COLUMNS = ["protocol", "target", "model", "n", "trials", "error", "low", "high"]
"""The columns of `calibration.csv`."""

N_BINS, RESAMPLES = 10, 1000


def temperature(logits: np.ndarray, labels: np.ndarray, trials: np.ndarray) -> float:
    """Return what logits have to be divided by for trials' mean logits to make their labels likeliest.

    Parameters
    ----------
    logits : array, (n, n_classes)
    labels, trials : array of int, (n,)
    """
    _, first, places, sizes = np.unique(trials, return_index=True, return_inverse=True, return_counts=True)
    means = np.zeros((len(sizes), logits.shape[1]))
    np.add.at(means, places, logits / sizes[places, None])
    rows, said = np.arange(len(sizes)), labels[first]

    def loss(log_temperature: float) -> float:
        return -float(log_softmax(means / np.exp(log_temperature))[rows, said].sum())

    found = optimize.minimize_scalar(loss, bounds=(-WIDEST, WIDEST), method="bounded", options={"xatol": 1e-6})
    return float(np.exp(found.x))


def calibration(predictions: pd.DataFrame, *, cell: Cell, method: Method = USUAL) -> pd.DataFrame:
    """Return the calibration error of a cell's trials, all subjects pooled: per subject it would be noise.

    The root of the debiased mean squared distance between confidence (of the likeliest class, from the trial's mean
    logit) and accuracy, over bins of equally many trials; 0 where the square comes out negative. The interval is normal
    on the square, its standard error from resampling whole subjects.

    Parameters
    ----------
    predictions : DataFrame
        As for `scores.score`; of repeated dealings the first.
    cell : Cell
    method : Method

    Returns
    -------
    DataFrame
        One row: the columns of `calibration.csv`; `n` subjects; NaN for error or interval below two subjects.
    """
    trials = units(repeats(predictions)[0])["trial"]
    said = logits(trials)
    sure, hit = np.exp(log_softmax(said)).max(axis=1), said.argmax(axis=1) == trials["label"].to_numpy()
    subject = trials.groupby("subject", sort=True).ngroup().to_numpy()
    rows = [np.flatnonzero(subject == number) for number in range(subject.max() + 1)]
    square = squared_error(sure, hit)
    rng = seeds.generator(method.seed, "calibration", *cell)
    drawn = []
    for _ in range(RESAMPLES if len(rows) > 1 else 0):
        index = np.concatenate([rows[number] for number in rng.integers(0, len(rows), len(rows))])
        drawn.append(squared_error(sure[index], hit[index]))
    reach = stats.norm.ppf(method.tails[1]) * np.std(drawn, ddof=1) if drawn else np.nan
    error, low, high = (np.sqrt(np.maximum(value, 0)) for value in (square, square - reach, square + reach))
    return pd.DataFrame([(*cell, len(rows), len(trials), error, low, high)], columns=COLUMNS)


def squared_error(sure: np.ndarray, hit: np.ndarray, n_bins: int = N_BINS) -> float:
    """Return the debiased mean squared distance of confidence and accuracy over bins of equally many observations.

    Parameters
    ----------
    sure : array, (n,)
        Confidences.
    hit : array of bool, (n,)
    n_bins : int
        At most so many, each of two observations or more.
    """
    order = np.argsort(sure, kind="stable")
    bins = np.array_split(order, max(1, min(n_bins, len(order) // 2)))
    total = 0.0
    for rows in bins:
        right = hit[rows].mean()
        noise = right * (1 - right) / (len(rows) - 1) if len(rows) > 1 else 0.0
        total += len(rows) * ((sure[rows].mean() - right) ** 2 - noise)
    return total / len(order)

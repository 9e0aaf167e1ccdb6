"""Scores of predictions under many permutations at once, from one small summary per block of windows.

A block is the set of windows of one trial that one fold tested (in unit `trial`: a single row). Permuting predictions
means that block i keeps its label and its number of windows and takes over the predictions of another block. Every
metric then depends on a few numbers per block, so a draw costs as many operations as there are blocks, not windows.
"""

from dataclasses import dataclass

import numpy as np

METRICS = ("balanced_accuracy", "macro_f1", "accuracy", "auroc", "kappa", "mcc", "nll", "brier")
LEADING = ("balanced_accuracy", "macro_f1")
"""Those in which models and protocols are compared."""

SMALLER_IS_BETTER = ("nll", "brier")
RANGES = {"kappa": (-1.0, 1.0), "mcc": (-1.0, 1.0), "nll": (0.0, np.inf), "brier": (0.0, 2.0)}
"""Between what a metric can lie; the others between 0 and 1."""


@dataclass(frozen=True)
class Blocks:
    """What the metrics need to know of each block.

    Attributes
    ----------
    labels, sizes, folds, trials : array of int, shape (n_blocks,)
        True class, number of windows, fold and trial.
    votes : array, shape (n_blocks, n_classes)
        Share of the block's windows whose largest logit is that class (a tie goes to the lowest class).
    losses, errors : array, shape (n_blocks, n_classes)
        Mean negative log likelihood and mean Brier score of the block, were that class its label.
    wins : array, shape (n_classes, n_blocks, n_blocks)
        Share of window pairs in which the first block's window ranks above the second's for that class, ties half.
    """

    labels: np.ndarray
    sizes: np.ndarray
    folds: np.ndarray
    trials: np.ndarray
    votes: np.ndarray
    losses: np.ndarray
    errors: np.ndarray
    wins: np.ndarray


def blocks(labels: np.ndarray, logits: np.ndarray, *, folds: np.ndarray, trials: np.ndarray) -> Blocks:
    """Return the summary of every (fold, trial), in that order.

    Parameters
    ----------
    labels, folds, trials : array of int, shape (n,)
        All windows of one trial have one label.
    logits : array, shape (n, n_classes)
        Finite; unnormalised log probabilities.
    """
    order = np.lexsort((trials, folds))
    labels, logits, folds, trials = labels[order], logits[order].astype(np.float64), folds[order], trials[order]
    new = np.r_[True, (np.diff(folds) != 0) | (np.diff(trials) != 0)]
    starts = np.flatnonzero(new)
    sizes = np.diff(np.r_[starts, len(labels)])
    losses = -log_softmax(logits)
    scores = fold_centred(log_odds(logits), folds)
    return Blocks(
        labels=labels[starts],
        sizes=sizes,
        folds=folds[starts],
        trials=trials[starts],
        votes=_means(np.eye(logits.shape[1])[logits.argmax(axis=1)], starts, sizes),
        losses=_means(losses, starts, sizes),
        errors=_means(_brier(np.exp(-losses)), starts, sizes),
        wins=np.stack([_wins(column, starts, sizes) for column in scores.T]),
    )


def metrics(summary: Blocks, permutations: np.ndarray) -> dict[str, np.ndarray]:
    """Return every metric for every permutation; the identity gives the value itself.

    Balanced accuracy is taken over the classes among the labels, macro-F1 over those among labels or predictions. A
    Matthews correlation without spread is 0, a kappa without spread NaN; the Brier score of two classes runs from 0 to
    1, that of more from 0 to 2: all as in scikit-learn. AUROC is one against the rest, averaged over the classes among
    the labels, NaN where all labels are one class. It ranks the class's log odds, centred in each fold: within one fold
    the order of the softmax probabilities, whatever constant a network adds to a row of logits.

    Parameters
    ----------
    summary : Blocks
    permutations : array of int, shape (n_draws, n_blocks)
        `permutations[d, i]` is the block whose predictions block i is given in draw d.

    Returns
    -------
    dict of str to array, shape (n_draws,)
    """
    return _all(
        confusion(summary, permutations),
        auroc=_auroc(summary, permutations),
        nll=_mean_loss(summary.losses, summary, permutations),
        brier=_mean_loss(summary.errors, summary, permutations),
    )


def resampled(summary: Blocks, times: np.ndarray) -> dict[str, np.ndarray]:
    """Return every metric for samples in which block i stands `times[d, i]` times, with its label, (n_draws,) each."""
    n_blocks, n_classes = summary.votes.shape
    members = _members(summary)
    cells = (members[:, :, np.newaxis] * summary.votes[:, np.newaxis, :]).reshape(n_blocks, -1)
    own, sizes = np.arange(n_blocks), times @ summary.sizes
    losses, errors = (one[own, summary.labels] * summary.sizes for one in (summary.losses, summary.errors))
    return _all(
        (times @ cells).reshape(-1, n_classes, n_classes),
        auroc=_resampled_auroc(summary, times),
        nll=times @ losses / sizes,
        brier=times @ errors / sizes,
    )


def _all(confusions: np.ndarray, **others: np.ndarray) -> dict[str, np.ndarray]:
    """Return all metrics in their order, from the confusions and those that need more."""
    found = others | {
        "balanced_accuracy": _balanced_accuracy(confusions),
        "macro_f1": _macro_f1(confusions),
        "accuracy": _accuracy(confusions),
        "kappa": _kappa(confusions),
        "mcc": _mcc(confusions),
    }
    return {name: found[name] for name in METRICS}


def identity(summary: Blocks) -> np.ndarray:
    """Return the permutation that changes nothing, shape (1, n_blocks)."""
    return np.arange(len(summary.labels))[np.newaxis]


def within_folds(folds: np.ndarray, *, draws: int, rng: np.random.Generator) -> np.ndarray:
    """Return random permutations that move blocks within their fold only, shape (draws, n_blocks)."""
    ranks = np.unique(folds, return_inverse=True)[1]
    permutations = np.empty((draws, len(folds)), dtype=np.intp)
    permutations[:, np.argsort(ranks, kind="stable")] = np.argsort(ranks + rng.random((draws, len(folds))), axis=1)
    return permutations


def confusion(summary: Blocks, permutations: np.ndarray) -> np.ndarray:
    """Return window counts by true and predicted class, shape (n_draws, n_classes, n_classes)."""
    return _members(summary).T @ summary.votes[permutations]


def log_softmax(logits: np.ndarray) -> np.ndarray:
    """Return log probabilities, same shape (n, n_classes)."""
    shifted = logits - logits.max(axis=1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))


def fold_centred(scores: np.ndarray, folds: np.ndarray) -> np.ndarray:
    """Return scores (n, n_classes) minus their fold's mean per class; exactly 0 where a fold's scores are constant."""
    _, first, inverse, counts = np.unique(folds, return_index=True, return_inverse=True, return_counts=True)
    # The mean of equal floats need not be that float; the mean of their zero differences is.
    shifted = scores - scores[first][inverse]
    means = np.stack([np.bincount(inverse, column) for column in shifted.T], axis=1) / counts[:, np.newaxis]
    return shifted - means[inverse]


def log_odds(logits: np.ndarray) -> np.ndarray:
    """Return log(p / (1 - p)) per class: ordered as the probability is, without its rounding at 0 and 1."""
    others = np.where(np.eye(logits.shape[1], dtype=bool), -np.inf, logits[:, np.newaxis, :])
    largest = others.max(axis=2)
    return logits - largest - np.log(np.exp(others - largest[:, :, np.newaxis]).sum(axis=2))


def _members(summary: Blocks) -> np.ndarray:
    """Return the windows of each block in its own class's column, shape (n_blocks, n_classes)."""
    return np.eye(summary.votes.shape[1])[summary.labels] * summary.sizes[:, np.newaxis]


def _means(rows: np.ndarray, starts: np.ndarray, sizes: np.ndarray) -> np.ndarray:
    return np.add.reduceat(rows, starts, axis=0) / sizes[:, np.newaxis]


def _brier(probabilities: np.ndarray) -> np.ndarray:
    """Return the squared distance to each class's corner, halved for two classes."""
    distances = (probabilities**2).sum(axis=1, keepdims=True) - 2 * probabilities + 1
    return distances / 2 if probabilities.shape[1] == 2 else distances


def _wins(scores: np.ndarray, starts: np.ndarray, sizes: np.ndarray) -> np.ndarray:
    """Return the share of pairs won, shape (n_blocks, n_blocks), counted in halves before the only division."""
    codes = np.unique(scores, return_inverse=True)[1]
    places = codes * len(sizes) + np.repeat(np.arange(len(sizes)), sizes)
    counts = np.bincount(places, minlength=(codes.max() + 1) * len(sizes)).reshape(-1, len(sizes))
    below = np.cumsum(counts, axis=0) - counts / 2
    return np.add.reduceat(below[codes], starts, axis=0) / (sizes[:, np.newaxis] * sizes)


def _auroc(summary: Blocks, permutations: np.ndarray) -> np.ndarray:
    """Return the rank-sum AUROC; the pairs among positives, always half won, are taken off the sum."""
    members = _members(summary)
    positives = members.sum(axis=0)
    total = positives.sum()
    present = np.flatnonzero((positives > 0) & (positives < total))
    if not len(present):
        return np.full(len(permutations), np.nan)
    weights = np.empty(permutations.shape)
    np.put_along_axis(weights, permutations, np.broadcast_to(summary.sizes, permutations.shape), axis=1)
    areas = []
    for k in present:
        own = np.flatnonzero(summary.labels == k)
        won = np.take_along_axis(weights @ summary.wins[k].T, permutations[:, own], axis=1)
        pairs = (won * members[own, k]).sum(axis=1) - positives[k] ** 2 / 2
        areas.append(pairs / (positives[k] * (total - positives[k])))
    return np.mean(areas, axis=0)


def _resampled_auroc(summary: Blocks, times: np.ndarray) -> np.ndarray:
    """Return the AUROC of samples of blocks, averaged over the classes that a sample has beside others, else NaN."""
    members, total = _members(summary), times @ summary.sizes
    won, n_present = np.zeros(len(times)), np.zeros(len(times))
    for k, wins in enumerate(summary.wins):
        positive = times * members[:, k]
        negative = times * summary.sizes - positive
        pairs = positive.sum(axis=1) * (total - positive.sum(axis=1))
        area = np.divide(((positive @ wins) * negative).sum(axis=1), pairs, out=np.zeros(len(times)), where=pairs > 0)
        won, n_present = won + area, n_present + (pairs > 0)
    return np.divide(won, n_present, out=np.full(len(times), np.nan), where=n_present > 0)


def _mean_loss(per_class: np.ndarray, summary: Blocks, permutations: np.ndarray) -> np.ndarray:
    # A row sum, not a matrix product: equal rows must give equal sums to the last bit.
    return (per_class[permutations, summary.labels] * summary.sizes).sum(axis=1) / summary.sizes.sum()


def _margins(confusions: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return the correct, true and predicted counts per class, (n_draws, n_classes) each, and totals (n_draws,)."""
    correct = np.diagonal(confusions, axis1=1, axis2=2)
    return correct, confusions.sum(axis=2), confusions.sum(axis=1), confusions.sum(axis=(1, 2))


def _accuracy(confusions: np.ndarray) -> np.ndarray:
    correct, _, _, total = _margins(confusions)
    return correct.sum(axis=1) / total


def _balanced_accuracy(confusions: np.ndarray) -> np.ndarray:
    correct, true, _, _ = _margins(confusions)
    return _mean_where(true > 0, correct, true)


def _macro_f1(confusions: np.ndarray) -> np.ndarray:
    correct, true, predicted, _ = _margins(confusions)
    return _mean_where(true + predicted > 0, 2 * correct, true + predicted)


def _mean_where(present: np.ndarray, numerators: np.ndarray, denominators: np.ndarray) -> np.ndarray:
    """Return the mean ratio over the classes present, per draw."""
    ratios = np.divide(numerators, denominators, out=np.zeros_like(numerators, dtype=float), where=present)
    return ratios.sum(axis=1) / present.sum(axis=1)


def _kappa(confusions: np.ndarray) -> np.ndarray:
    correct, true, predicted, total = _margins(confusions)
    expected = (true * predicted).sum(axis=1) / total
    spread = total - expected
    undefined = np.full_like(expected, np.nan)
    return np.divide(correct.sum(axis=1) - expected, spread, out=undefined, where=spread > 0)


def _mcc(confusions: np.ndarray) -> np.ndarray:
    correct, true, predicted, total = _margins(confusions)
    covariance = correct.sum(axis=1) * total - (true * predicted).sum(axis=1)
    spread = np.sqrt((total**2 - (true**2).sum(axis=1)) * (total**2 - (predicted**2).sum(axis=1)))
    return np.divide(covariance, spread, out=np.zeros_like(spread), where=spread > 0)

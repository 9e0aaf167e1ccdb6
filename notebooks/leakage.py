# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # How a leak is made
#
# Ninety per cent and more can come out of no brain at all. This notebook makes such a number in front of you: with
# noise in the place of a recording, a tossed coin in the place of an emotion, and nothing but steps that papers take.
# Then it shows what the leak meter of this run found on its own recordings.

# %%
from eeg.results import open_results

results = open_results("results")
print(*results.statements, sep="\n")

# %% [markdown]
# ## A subject without a brain
#
# White noise on 32 channels: 24 trials of one minute, each with a baseline of three seconds before it. A coin tossed
# for every trial says whether it was heads or tails. Nothing in the noise knows of it, so nothing can predict it: half
# of all answers are right by luck. With 24 trials an honest number may lie well off 0.5; its interval says how far.

# %%
import pandas as pd

from eeg.channels import GENEVA
from eeg.features.trials import Trials
from eeg.seeds import generator

SFREQ, BASELINE, SECONDS, N_TRIALS = 128, 3, 60, 24
rng = generator(1, "a subject without a brain")
noise = Trials(
    x=10 * rng.standard_normal((N_TRIALS, len(GENEVA), (BASELINE + SECONDS) * SFREQ)),  # microvolt
    numbers=list(range(1, N_TRIALS + 1)),
    channels=GENEVA,
    sfreq=float(SFREQ),
    n_baseline=BASELINE * SFREQ,
)
tossed = rng.permutation(["heads", "tails"] * (N_TRIALS // 2))
trials = pd.DataFrame({"subject": "s01", "trial": noise.numbers, "coin": tossed})
coin = {"column": "coin", "classes": ["heads", "tails"]}

# %% [markdown]
# ## The features
#
# Differential entropy in four bands, one value per second, channel and band: 60 windows a trial, 128 numbers each. Once
# as it is, and once less the mean over the trial's baseline, which is to take away what differs from trial to trial.

# %%
from eeg.features.branch import differential_entropy

BANDS = {"theta": (4, 8), "alpha": (8, 14), "beta": (14, 31), "gamma": (31, 45)}
features = {
    baseline: differential_entropy(
        noise,
        channels="all",
        definition="reference",
        precision="float64",
        bands=BANDS,
        grid="table",
        baseline=baseline,
        length=1.0,
        step=1.0,
    )
    for baseline in ("keep", "subtract")
}

# %% [markdown]
# ## Two ways to split, the same classifier
#
# A support vector machine, tested on every window once, in four folds. `trial` holds whole trials out. `window`
# shuffles the windows first, so that each tested one has neighbours of its own trial among those learnt from.

# %%
from eeg.method import Method
from eeg.predictions import Cell
from eeg.rehearsal import Asked, Rehearsal
from eeg.scores import score

SVM = {"C": [10.0], "gamma": ["scale"], "kernel": "rbf", "components": 300}
SVM |= {"class_weight": "balanced", "rows_per_trial": None, "inner_folds": 3}
SPLIT = {"folds": 4, "repeats": 1, "leave_one_out": [], "validation": 0.2, "gap": False, "seed": 1}
SPLIT |= {"target": coin, "stratify": "coin"}


def measured(protocol, baseline):
    """Return balanced accuracy of the coin under a protocol: a row per unit, with chance, interval and p."""
    asked = Asked(
        cell=(protocol, "coin", "svm"),
        target=coin,
        model={"network": "svm", "branch": "entropy", "settings": SVM, "training": None},
        tuning=None,
        split=SPLIT,
        scaling={"scaler": "zscore", "scope": "fold"},
        seed=1,
    )
    predicted = Rehearsal(asked).predictions("s01", {"s01": features[baseline]}, {"s01": trials})
    method = Method(seed=1, validation=SPLIT["validation"])
    scored = score(predicted, cell=Cell(protocol, "coin", "svm"), method=method)
    found = scored.table.merge(scored.p).query("metric == 'balanced_accuracy'")
    return found.assign(baseline=baseline)


arms = pd.concat([measured(*arm) for arm in (("trial", "keep"), ("trial", "subtract"), ("window", "keep"))])
arms = pd.concat([arms, measured("window", "subtract")])

# %%
from eeg.report import words

arms["leak"] = ["LEAKY" if words.leaks(protocol) else "" for protocol in arms["protocol"]]
columns = ["leak", "value", "low", "high", "chance", "difference", "p", "n"]
arms.set_index(["protocol", "baseline", "unit"])[columns].round(3)

# %% [markdown]
# Read the last two rows: the coin is foretold for nearly every window, and per trial for every one, with the smallest
# p there is. The same features of the same noise with whole trials held out (`trial`) are back at chance: their
# intervals hold 0.5. Shuffling alone did nothing yet, and neither did the baseline alone. Together they are the leak.
#
# ## Why
#
# The mean of a baseline is an accident of three seconds, and every window of the trial now carries the same one: the
# trial's fingerprint. The classifier does not learn what heads looks like. It learns which trial a window is of, and
# the label of that trial stands among the windows it has learnt from. Below, how alike windows are, one to one:
# each block on the diagonal is a trial that has become a family.

# %%
import numpy as np
from IPython.display import HTML, display
from matplotlib.figure import Figure

from eeg.report import figures
from eeg.report.page import embed

SHOWN = 8


@figures.drawn
def likeness():
    """Return how the windows of the first trials correlate, before and after the baseline was subtracted."""
    drawn = Figure(figsize=(7.6, 3.8), layout="constrained")
    figures.note(drawn, f"PURE NOISE: the first {SHOWN} trials", simulated=True)
    for axes, (baseline, branch) in zip(drawn.subplots(1, 2, sharey=True), features.items(), strict=True):
        rows = branch.array.reshape(N_TRIALS * SECONDS, -1)
        rows = ((rows - rows.mean(axis=0)) / rows.std(axis=0))[: SHOWN * SECONDS]
        image = axes.imshow(np.corrcoef(rows), vmin=-0.5, vmax=0.5, cmap="RdBu_r")
        middle = np.arange(SHOWN) * SECONDS + SECONDS / 2
        axes.set(
            title={"keep": "as they are", "subtract": "baseline subtracted"}[baseline],
            xticks=middle,
            yticks=middle,
            xlabel="trial of a window",
        )
        axes.set(xticklabels=noise.numbers[:SHOWN], yticklabels=noise.numbers[:SHOWN])
        axes.tick_params(length=0)
    drawn.axes[0].set_ylabel("trial of another window")
    drawn.colorbar(image, ax=drawn.axes, label="correlation of their features", shrink=0.8)
    return drawn


spoken = "Correlations between windows of noise: no pattern as they are, a block per trial once its baseline is gone."
HTML(embed(likeness(), spoken))

# %% [markdown]
# A real recording has fingerprints of its own (electrodes dry, people get tired), so there the shuffling alone is
# often enough.
#
# ## What each leak is worth in this run
#
# The leak meter fits one model of this run to each subject's recording under every combination of leaks, and again to
# noise in its place (docs/leaks.md). Points of balanced accuracy per window, each leak's share averaged over all orders
# in which leaks can be switched on.

# %%
if results.metered:
    from eeg.report import leaks

    tables = leaks.MeterTables(results.leak_arms, results.leaks, results.leak_summary)
    percent = f"{100 * results.confidence:g} %"
    print(leaks.control(tables.arms, percent))
    print(leaks.alarm(tables.arms) or "No arm with whole trials held out beats chance on noise.")
    drawn = leaks.figure(tables, simulated=results.simulated, percent=percent)
    display(HTML(embed(drawn, f"LEAKY. {leaks.caption(percent)}")))
else:
    print("The leak meter was not run: `leaks.enabled` is false in the config.")

# %%
if results.metered:
    worth = tables.summary.query("unit == 'window' and kind != 'interaction'").assign(mark="LEAKY")
    points = 100 * worth[["mean", "low", "high"]]
    worth[["mean", "low", "high"]] = points.round(1)
    display(worth.set_index(["source", "leak"])[["mark", "n", "mean", "low", "high", "effect", "p_holm"]].round(3))

# %% [markdown]
# Every combination by itself, in balanced accuracy per window: which leaks were on (1) or off (0), the mean over n
# subjects on the recordings and on noise, and chance. Transductive scaling: the scaler saw tested trials, no labels.

# %%
if results.metered:
    names = list(leaks.leaks_of(tables.arms))
    every = tables.arms.query("unit == 'window'")
    every = words.noted(every)
    display(every.pivot(index=[*names, "note", "n"], columns="source", values=["mean", "chance"]).round(3))

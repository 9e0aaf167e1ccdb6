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
# # Add a network of your own
#
# A model is one file. It states what it is and what it reads, and offers `build`, which gives a Keras model that ends
# in logits; the keywords of `build` are the settings that the config has to name. Training, scaling, early stopping,
# splits and scores are the pipeline's, the same for every model, so there is nothing else to write.
#
# | `INPUT` | what `build` gets as `input_shape` |
# |---|---|
# | `series` | raw windows: (times, channels) |
# | `grid` | bands on the 9 x 9 map of the scalp: (rows, columns, bands) |
# | `flat` | all features of a window in one row: (features,) |

# %%
import tempfile
from pathlib import Path

FILE = Path(tempfile.mkdtemp()) / "wide_and_deep.py"
_ = FILE.write_text('''
"""A straight line through all features, and beside it a small hidden layer; their logits are added.

Reference: Cheng et al. 2016, "Wide & Deep Learning for Recommender Systems".
"""

import keras
from keras import layers

KIND = "network"
INPUT = "flat"


def build(input_shape: tuple[int, ...], n_classes: int, *, hidden: int, dropout: float) -> keras.Model:
    """Return the untrained network."""
    inputs = keras.Input(input_shape)
    wide = layers.Dense(n_classes, name="wide")(inputs)
    x = layers.Dense(hidden, activation="relu", name="hidden")(inputs)
    x = layers.Dropout(dropout, name="dropout")(x)
    deep = layers.Dense(n_classes, name="deep")(x)
    return keras.Model(inputs, layers.Add(dtype="float32", name="logits")([wide, deep]))
''')

# %% [markdown]
# The registry reads the file without running it, so a mistake in it or in the config is found before the first job.

# %%
from eeg import models

print(
    f"{models.kind(str(FILE))} that reads {models.input_kind(str(FILE))}, settings: {models.setting_kinds(str(FILE))}"
)

# %% [markdown]
# ## Try it on one subject
#
# Before it is named in the config it can be tried on one part of a finished run: on the inputs, the split and the
# scalers that are stored there, with the run's seed, by the code that fits every other model. What it was given is
# held against the split afterwards, as the run's guard does.

# %%
from eeg.results import open_results

results = open_results("results")
print(*results.statements, sep="\n")
SUBJECT = results.subjects[0]
TARGET = results.models["target"].mode()[0]
MODEL = {
    "network": str(FILE),
    "branch": results.models.query("target == @TARGET")["branch"].mode()[0],
    "settings": {"hidden": 16, "dropout": 0.5},
    "training": {
        "epochs": 16,
        "batch": 32,
        "learning_rate": 0.002,
        "patience": 5,
        "clip": 1.0,
        "balance": None,
        "precision": "float32",
    },
}
print(f"{FILE.stem} on {TARGET} of {SUBJECT}, branch {MODEL['branch']}")
print(results.statement("trial", MODEL["branch"], SUBJECT))

# %%
from eeg.trying import try_model

mine = try_model(results, MODEL, protocol="trial", target=TARGET, part=SUBJECT)

# %%
import pandas as pd

rows = [
    {"fold": one["fold"], "status": one["status"], "epochs": one["epochs"], "best_epoch": one["best_epoch"]}
    | {role: one[role]["n_windows"] for role in ("train", "validate")}
    for one in mine.records
]
pd.DataFrame(rows).set_index("fold")

# %%
from IPython.display import HTML

from eeg.report import figures
from eeg.report.page import embed
from eeg.report.subject.curves import curves_figure

guess = {TARGET: len(results.classes(TARGET))}
curves = curves_figure({("trial", TARGET, FILE.stem): mine.history}, simulated=results.simulated, n_classes=guess)
HTML(embed(curves, f"Loss of {FILE.stem} by epoch on training and validation rows, fold by fold."))

# %% [markdown]
# ## Beside the models of the run
#
# Balanced accuracy per trial of this one subject, its interval over the subject's trials, and chance. The yardsticks
# at the end see no EEG.

# %%
from eeg.report import words

stored = results.scores.query("subject == @SUBJECT and target == @TARGET and protocol == 'trial'")
beside = words.marked(pd.concat([mine.scores, stored], ignore_index=True), results.transductive)
table = words.noted(figures.trial_scores(beside), results.transductive).set_index("model")
table.loc[words.models_first(beside["model"]), ["value", "low", "high", "chance", "note"]].round(3)

# %%
spoken = f"Balanced accuracy of {SUBJECT} per trial and per window: {FILE.stem} and the models of the run."
n_trials = len(results.trials(SUBJECT))
drawn = figures.subject_figure(beside, n_trials=n_trials, confidence=results.confidence, simulated=results.simulated)
HTML(embed(drawn, spoken))

# %% [markdown]
# One subject decides nothing: look at the intervals. And whoever tries ten networks on tested trials and keeps the best
# has trained on them; let `tuning` choose settings inside the folds instead.
#
# ## Make it a row of the table
#
# Put the file anywhere (or into `eeg/models/`; its name alone is then its `network`) and name it once in a config laid
# over the others. `make run CONFIG=mine.yaml` then fits it for everyone under every protocol, and no other model again.

# %%
import yaml

entry = {**MODEL, "network": f"mine/{FILE.name}", "targets": [TARGET], "search": {}}
print(yaml.safe_dump({"models": {FILE.stem: entry}}, sort_keys=False, default_flow_style=None, width=120))

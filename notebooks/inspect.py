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
# # What came out, and one subject of it
#
# Every table of a run is an ordinary pandas DataFrame, read when it is first asked for. Nothing is computed here that a
# rule of the workflow has not computed before. `help(results)` lists all there is.

# %%
from eeg.results import open_results

results = open_results("results")
scores, summary = results.scores, results.summary
print(*results.statements, sep="\n")

# %% [markdown]
# ## Balanced accuracy per trial
#
# Means over n subjects with their interval, chance, p against chance, and the gain over the best predictor that sees
# no EEG. Rows marked LEAKY come from a protocol in which windows of one trial stand in both training and test data:
# they say how well a trial is recognised again, not how well an emotion is. Outside information: a yardstick that goes
# by other subjects' labels of the same video, which no model under that protocol has.

# %%
import pandas as pd
from IPython.display import HTML, display

from eeg.report import figures, words
from eeg.report.page import embed

pd.set_option("display.max_rows", 500)
summary, scores = (words.marked(table, results.transductive) for table in (summary, scores))
columns = ["target", "model", "n", "mean", "low", "high", "chance", "p", "yardstick", "gain", "note"]
table = figures.trial_scores(summary).fillna({"note": "", "yardstick": ""})
table = table.sort_values("protocol", key=lambda names: names.map(words.in_order(names).index), kind="stable")
table.assign(protocol=table["protocol"].map(words.named)).set_index("protocol")[columns].round(3)

# %%
text = "Balanced accuracy per trial by target, protocol and model; panels of leaky protocols are watermarked."
HTML(embed(figures.main_figure(summary, scores, simulated=results.simulated), text))

# %% [markdown]
# ## One subject
#
# Change these names to look at another subject or model: `results.models` lists those there are.

# %%
SUBJECT = results.subjects[0]
PROTOCOL = words.in_order(results.summary["protocol"])[0]
MODEL, TARGET = results.models.loc[0, ["model", "target"]]
results.models

# %% [markdown]
# All models on this subject, balanced accuracy per trial. With so few trials one more right answer moves a score by
# points: `low` to `high` in `results.scores` says how far.

# %%
own = figures.trial_scores(scores[scores["subject"] == SUBJECT])
named = {protocol: f"{protocol} (LEAKY)" * words.leaks(protocol) or protocol for protocol in own["protocol"]}
for name, protocols in words.outsiders(own["model"], own["protocol"]).items():
    print(f"{name} has outside information under {', '.join(protocols)}")
wide = own.pivot(index=["target", "model"], columns="protocol", values="value")
wide[words.in_order(own["protocol"])].rename(columns=named).round(3)

# %%
spoken = f"Balanced accuracy of {SUBJECT} per trial and per window; panels of leaky protocols are watermarked."
n_trials = len(results.trials(SUBJECT))
drawn = figures.subject_figure(
    scores[scores["subject"] == SUBJECT], n_trials=n_trials, confidence=results.confidence, simulated=results.simulated
)
HTML(embed(drawn, spoken))

# %% [markdown]
# ## Its trials, one by one
#
# What one model said of every trial when it was tested: the class of the trial, the likeliest one by the mean logit
# over its windows, and that one's probability.

# %%
import numpy as np

leaky = f"LEAKY ({PROTOCOL}): " * words.leaks(PROTOCOL)
model = words.mark(MODEL, results.transductive)
print(f"{leaky}{model} predicts {TARGET} of {SUBJECT}, protocol {PROTOCOL}")
names = {-1: "no class", **dict(enumerate(results.classes(TARGET)))}
tested = results.predictions(PROTOCOL, TARGET, MODEL, unit="trial").query("subject == @SUBJECT")
answers = results.trials(SUBJECT).merge(tested, on=["subject", "trial"])
answers = answers.assign(truth=answers["label"].map(names), answer=answers["predicted"].map(names))
answers["right"] = np.where(answers["label"] == answers["predicted"], "yes", "no")
answers.loc[answers["label"] < 0, "right"] = ""
known = [name for name in results.trials(SUBJECT) if name not in ("subject", "trial", "order")]
answers.set_index("trial")[[*known, "fold", "truth", "answer", "confidence", "right"]].round(2)

# %%
from matplotlib.figure import Figure

windows = results.predictions(PROTOCOL, TARGET, MODEL).query("subject == @SUBJECT and label >= 0")
part = windows["part"].iloc[0]
cell = "protocol == @PROTOCOL and target == @TARGET and model == @MODEL and subject == @SUBJECT"
accuracy = results.scores.query(f"{cell} and unit == 'window' and metric == 'accuracy'")


@figures.drawn
def answered():
    """Return the share of every trial's windows that were answered rightly, beside what chance would answer."""
    shares = (windows["predicted"] == windows["label"]).groupby(windows["trial"]).mean()
    right = answers.query("label >= 0").groupby("trial")["right"].first() == "yes"
    drawn = Figure(figsize=(7.6, 2.6), layout="constrained")
    figures.note(drawn, f"{SUBJECT}, {model}, {TARGET}, {PROTOCOL}, {len(shares)} trials", simulated=results.simulated)
    axes = drawn.subplots()
    axes.vlines(shares.index, 0, shares, color=figures.SKY, linewidth=2)
    axes.axhline(accuracy["chance"].item(), color=figures.VERMILLION, linestyle="--", linewidth=1)
    for said, colour in ((True, figures.BLACK), (False, "white")):
        here = shares[right[shares.index] == said]
        axes.plot(here.index, here, "o", color=colour, markeredgecolor=figures.BLACK, markersize=6)
    axes.set(xlabel="trial", ylabel="share of windows right", ylim=(-0.05, 1.05))
    figures.watermark(axes, PROTOCOL)
    entries = [("trial right", figures.dot(figures.BLACK)), ("trial wrong", figures.dot("white", "o", figures.BLACK))]
    figures.legend(drawn, [*entries, ("chance", figures.line(figures.VERMILLION, "--"))])
    return drawn


HTML(embed(answered(), f"{leaky}Share of the windows of each trial of {SUBJECT} that {model} answered rightly."))

# %% [markdown]
# The confusion of its trials: a row per true class, a column per answer.

# %%
from eeg.predictions import confusion

classes = pd.Index(results.classes(TARGET))
counts = confusion(windows, unit="trial")
marked = classes + " (LEAKY)" * words.leaks(PROTOCOL)
pd.DataFrame(counts, index=classes.rename("truth"), columns=marked.rename("answer"))

# %% [markdown]
# ## What it was fitted on
#
# The folds that tested this subject, how each fit went, and what its training and test data share.

# %%
branch = results.models.query("model == @MODEL")["branch"].iloc[0]
print(results.statement(PROTOCOL, branch, part))
split = results.split(PROTOCOL, branch, part)
unit = "trials" if (split["window"] == -1).all() else "windows"
display(split.groupby(["fold", "role"]).size().unstack().rename_axis(columns=f"number of {unit}"))
fits = results.fits(PROTOCOL, TARGET, MODEL).query("part == @part")
fits.set_index("fold")[["status", "train", "validate", "epochs", "best_epoch", "device"]]

# %%
from eeg.report.subject.curves import curves_figure

history = results.history(PROTOCOL, TARGET, MODEL).query("part == @part")
if len(history):
    guess = {TARGET: len(results.classes(TARGET))}
    curves = curves_figure({(PROTOCOL, TARGET, model): history}, simulated=results.simulated, n_classes=guess)
    display(HTML(embed(curves, f"{leaky}Loss of {model} by epoch on training and validation rows, fold by fold.")))
else:
    print(f"{MODEL} is no network: it has no epochs.")

# %% [markdown]
# ## Its recording
#
# The cleaned trials as MNE has them, with the trial table as metadata; then the same trials as this model's branch
# reads them. The array stays on disk until it is indexed.

# %%
from eeg.report.subject import signals

epochs = results.epochs(SUBJECT)
inputs = results.inputs(branch, SUBJECT)
axes = ("trial", "time", "channel") if inputs.about["kind"] == "windows" else ("trial", "window", "channel", "band")
shape = ", ".join(f"{n} {name}s" for n, name in zip(inputs.array.shape, axes, strict=True))
print(
    f"{len(epochs)} trials, {len(epochs.ch_names)} channels, {epochs.info['sfreq']:g} Hz, "
    f"{epochs.tmin:g} to {epochs.tmax:.2f} s about the onset"
)
print(f"branch {branch}: {shape}, in {inputs.about['units']}, {np.prod(inputs.array.shape) * 4 / 1e6:.1f} MB")
spectrum = signals.spectrum_of(epochs, words.BANDS, simulated=results.simulated)
display(HTML(embed(spectrum, "Spectrum of the cleaned trials: channels in grey, their mean in black.")))
first = int(epochs.metadata["trial"].iloc[0])
stretch = signals.stretch_of(epochs, trial=first, simulated=results.simulated)
display(HTML(embed(stretch, f"The first seconds of trial {first}, all channels, after cleaning.")))

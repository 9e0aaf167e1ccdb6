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
# # What came out
#
# Two lines open the results of a run; every table is an ordinary pandas DataFrame. Nothing is computed here that a
# rule of the workflow has not computed before.

# %%
from eeg.results import open_results

results = open_results("results")

# %%
from IPython.display import HTML, display

from eeg.report import words
from eeg.report.figures import main_figure, trial_scores
from eeg.report.page import embed

simulated = words.is_simulated(results.source)
if simulated:
    print(f"{words.SIMULATED}: {words.SIMULATED_WHY.replace('on this page', 'behind these numbers')}")
else:
    print(f"Source of the recordings: {results.source}.")
if results.repaired:
    print(f"{words.REPAIRED} ({', '.join(results.repaired)}): {words.REPAIRED_WHY}")
if results.transductive:
    print(words.TRANSDUCTIVE_WHY)
summary, scores = (words.marked(table, results.transductive) for table in (results.summary, results.scores))

# %% [markdown]
# ## Balanced accuracy per trial
#
# Means over n subjects with their interval, chance, p against chance, and the gain over the best predictor that sees
# no EEG. Rows marked LEAKY come from a protocol in which windows of one trial stand in both training and test data:
# they say how well a trial is recognised again, not how well an emotion is. Outside information: a yardstick that goes
# by other subjects' labels of the same video, which no model under that protocol has.

# %%
columns = ["protocol", "note", "target", "model", "n", "mean", "low", "high", "chance", "p", "yardstick", "gain"]
table = trial_scores(summary)[columns]
table = table.sort_values("protocol", key=lambda names: names.map(words.in_order(names).index), kind="stable")
print(table.round(3).to_string(index=False, na_rep=""))

# %%
text = "Balanced accuracy per trial by target, protocol and model; panels of leaky protocols are watermarked."
HTML(embed(main_figure(summary, scores, simulated=simulated), text))

# %% [markdown]
# ## What each leak is worth
#
# LEAKY: points of balanced accuracy per window that each leak adds, on the recordings and on pure noise in their place
# (docs/leaks.md). Nothing is shown where the leak meter was not run.

# %%
if results.metered:
    from eeg.report.leaks import MeterTables, caption, figure

    tables = MeterTables(results.leak_arms, results.leaks, results.leak_summary)
    percent = f"{100 * results.provenance['config']['scores']['confidence']:g} %"
    shown = results.leak_summary.query("unit == 'window' and kind != 'interaction'")
    shown = shown.assign(mark="LEAKY")
    print(
        shown[["mark", "source", "leak", "n", "mean", "low", "high", "effect", "p_holm"]]
        .round(3)
        .to_string(index=False)
    )
    display(HTML(embed(figure(tables, simulated=simulated, percent=percent), f"LEAKY. {caption(percent)}")))

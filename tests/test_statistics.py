import numpy as np
import pandas as pd
import pytest
from scipy import stats

from eeg import statistics
from eeg.intervals import interval
from eeg.method import Method
from eeg.predictions import Cell
from eeg.scores import score
from eeg.statistics import compare, holm, paired, summarise

LEAKY = {"window": "trial", "pooled_window": "pooled_trial"}


def scores(values, protocol="trial", model="svm", unit="trial", metric="balanced_accuracy"):
    table = pd.DataFrame({"subject": [f"s{k + 1:02d}" for k in range(len(values))], "value": values, "chance": 0.5})
    return table.assign(protocol=protocol, target="valence", model=model, unit=unit, metric=metric)


def p_table(*tables, p=0.01):
    return pd.concat(tables)[statistics.KEYS].drop_duplicates().assign(p=p)


def summary(*tables, yardsticks=("majority", "video_prior")):
    return summarise(pd.concat(tables, ignore_index=True), p=p_table(*tables), yardsticks=yardsticks)


def test_summary_by_hand():
    table = summary(scores([0.5, 0.7, 0.9]), scores([0.5, 0.5, 0.5], model="majority"))
    assert list(table) == statistics.SUMMARY
    model, yardstick = (table.loc[k] for k in range(2))
    assert (model["n"], model["mean"], model["sd"]) == (3, pytest.approx(0.7), pytest.approx(0.2))
    low, high = interval(np.array([0.5, 0.7, 0.9]))
    assert (model["low"], model["high"]) == (pytest.approx(low), 1.0)  # t would reach beyond what a score can be
    assert high > 1
    assert (model["chance"], model["p"]) == (0.5, 0.01)
    assert (model["yardstick"], model["gain"]) == ("majority", pytest.approx(0.2))
    assert yardstick["yardstick"] == ""
    assert np.isnan(yardstick["gain"])
    assert yardstick["mean"] - yardstick["chance"] == 0


def test_the_best_yardstick_is_the_one_with_the_least_loss():
    losses = [scores(np.full(3, mean), model=model, metric="nll") for model, mean in
              [("svm", 0.6), ("majority", 0.9), ("video_prior", 0.5)]]  # fmt: skip
    model = summary(*losses).loc[0]
    assert model["yardstick"] == "video_prior"
    assert model["gain"] == pytest.approx(-0.1)  # a larger loss is a negative gain


def test_window_rows_are_held_against_the_yardsticks_trials():
    table = summary(scores([0.6, 0.8], unit="window"), scores([0.5, 0.5], model="majority"))
    assert table.loc[0, "yardstick"] == "majority"
    assert table.loc[0, "gain"] == pytest.approx(0.2)


def test_mean_and_chance_are_of_the_same_subjects():
    some = scores([0.5, 0.7, 0.9]).assign(chance=[0.5, 0.4, np.nan])
    row = summary(some).loc[0]
    assert (row["n"], row["mean"], row["chance"]) == (2, pytest.approx(0.6), pytest.approx(0.45))
    assert np.isfinite(row["detectable"])
    without = summary(some.assign(chance=np.nan)).loc[0]  # leave one trial out
    assert (without["n"], without["mean"]) == (3, pytest.approx(0.7))


def test_a_yardstick_counts_in_its_own_protocol_only():
    table = summary(scores([0.6, 0.8]), scores([0.5, 0.5], protocol="subject", model="majority"))
    assert table.loc[0, "yardstick"] == ""
    assert np.isnan(table.loc[0, "gain"])


def test_summary_without_yardsticks_or_values():
    table = summary(scores([0.6, np.nan]), scores([np.nan, np.nan], metric="auroc"), yardsticks=())
    assert table["n"].tolist() == [1, 0]
    assert table["mean"].isna().tolist() == [False, True]
    assert table[["sd", "low", "high", "gain"]].isna().all(axis=None)
    assert table["yardstick"].eq("").all()


def test_summary_keeps_the_scores_order():
    tables = [
        scores([0.6, 0.7], protocol=protocol, model=model) for protocol in ("trial", "subject") for model in "cab"
    ]
    table = summary(*tables)
    assert table["protocol"].tolist() == ["trial"] * 3 + ["subject"] * 3
    assert table["model"].tolist() == list("cab") * 2


def test_scores_flow_into_the_summary():
    cell = Cell("trial", "valence", "majority")
    labels = np.arange(20) % 2
    rows = pd.DataFrame({"subject": "s01", "trial": np.arange(20), "window": -1, "fold": labels * 0, "label": labels})
    rows = pd.concat([rows, rows.assign(subject="s02")]).assign(logit_0=0.3, logit_1=0.1)
    scored = score(rows, cell=cell, method=Method(draws=20))
    table = summarise(scored.table, p=scored.p, yardsticks=["majority"])
    np.testing.assert_array_equal(table["mean"], table["chance"])
    assert (table["p"] == 1).all()


@pytest.mark.parametrize("n", [6, 12, 32])
def test_wilcoxon_is_scipys_and_the_effect_is_rank_biserial(n):
    differences = np.random.default_rng(n).normal(0.3, size=n)
    got_n, mean, effect, p = paired(differences)
    assert (got_n, mean) == (n, pytest.approx(differences.mean()))
    assert p == pytest.approx(stats.wilcoxon(differences).pvalue, abs=1e-12)
    ranks = stats.rankdata(np.abs(differences))
    expected = (ranks[differences > 0].sum() - ranks[differences < 0].sum()) / ranks.sum()
    assert effect == pytest.approx(expected, abs=1e-12)


def test_paired_by_hand():
    # Ranks 1 2 3 4 5 6 with 1 negative: effect (20 - 1) / 21; two-sided p = 2 * 2 / 64.
    assert paired(np.array([-0.1, 0.2, 0.3, 0.4, 0.5, 0.6])) == (6, pytest.approx(1.9 / 6), 19 / 21, 4 / 64)


def test_paired_edges():
    assert paired(np.zeros(7)) == (7, 0, 0, 1)
    n, mean, effect, p = paired(np.full(5, 0.1))
    assert (n, mean, effect) == (5, pytest.approx(0.1), 1)
    assert np.isnan(p)
    assert np.isnan(paired(np.array([]))[1:]).all()
    noise = np.array([0.1 + 0.2 - 0.3] * 7)
    assert paired(noise) == (7, 0, 0, 1)  # the last bits of equal scores are no difference


def test_holm_by_hand():
    np.testing.assert_allclose(holm(np.array([0.01, 0.04, 0.03, 0.5])), [0.04, 0.09, 0.09, 0.5])
    np.testing.assert_allclose(holm(np.array([0.4, np.nan, 0.6])), [0.8, np.nan, 0.8])
    np.testing.assert_allclose(holm(np.array([np.nan])), [np.nan])


def cohort(n=8):
    rng = np.random.default_rng(0)
    arms = [(protocol, model) for protocol in ("window", "trial", "subject") for model in ("svm", "mlp", "majority")]
    tables = [scores(rng.uniform(size=n), protocol=protocol, model=model) for protocol, model in arms]
    return pd.concat(tables, ignore_index=True)


def test_comparisons_name_every_pair_once():
    table = compare(cohort(), leaky=LEAKY, yardsticks=["majority"])
    assert list(table) == statistics.COMPARISONS
    rows = table[["kind", "a", "b", "protocol"]].itertuples(index=False, name=None)
    assert list(rows) == [
        *(
            ("models", a, b, protocol)
            for protocol in ("window", "trial", "subject")
            for a, b in [("svm", "mlp"), ("svm", "majority"), ("mlp", "majority")]
        ),
        ("protocols", "trial:svm", "subject:svm", "trial|subject"),
        ("protocols", "trial:mlp", "subject:mlp", "trial|subject"),
        ("leak", "window:svm", "trial:svm", "window"),
        ("leak", "window:mlp", "trial:mlp", "window"),
    ]


def test_a_leak_is_leaky_minus_honest_in_either_order():
    tables = [scores(np.full(6, 0.5)), scores(np.full(6, 0.9), protocol="window")]
    for order in (tables, tables[::-1]):
        (row,) = compare(pd.concat(order), leaky=LEAKY).itertuples()
        assert (row.kind, row.a, row.b) == ("leak", "window:svm", "trial:svm")
        assert (row.difference, row.effect, row.p) == (pytest.approx(0.4), 1, 2 / 64)


def test_holm_runs_over_the_rows_of_one_family():
    table = compare(cohort(), leaky=LEAKY, yardsticks=["majority"])
    for _, family in table.groupby(statistics.families(table)):
        np.testing.assert_array_equal(family["p_holm"], holm(family["p"].to_numpy()))
    assert (table["p_holm"] >= table["p"]).all()


def test_comparisons_pair_by_subject():
    first, second = scores([0.1, 0.2, 0.3]), scores([0.3, 0.2, np.nan], model="mlp").iloc[::-1]
    row = compare(pd.concat([first, second]), leaky=LEAKY).loc[0]
    assert row["n"] == 2
    assert row["difference"] == pytest.approx(-0.1)
    assert np.isnan(row["p"])
    assert np.isnan(row["p_holm"])


def test_one_model_leaves_an_empty_table_with_its_columns():
    table = compare(scores([0.1, 0.2]), leaky=LEAKY)
    assert list(table) == statistics.COMPARISONS
    assert table.empty


def test_other_metrics_are_not_compared():
    assert compare(cohort().assign(metric="kappa"), leaky=LEAKY).empty


def test_nothing_is_detectable_where_nothing_varies():
    table = summary(scores([0.6] * 5), scores([0.5] * 5, model="majority"))
    assert table["detectable"].isna().all()


def test_those_who_taught_each_other_s_models_widen_the_interval_and_what_is_detectable():
    values = np.random.default_rng(3).normal(0.6, 0.1, 8)
    apart, together = (
        summary(scores(values, protocol=protocol), yardsticks=()).loc[0] for protocol in ("trial", "subject")
    )
    kept = 2 / np.pi
    wider = np.sqrt((1 + kept) / (1 - kept / 7))
    assert together["mean"] == apart["mean"]
    assert together["high"] - together["low"] == pytest.approx(wider * (apart["high"] - apart["low"]))
    assert together["detectable"] == pytest.approx(wider * apart["detectable"])


def test_those_who_taught_each_other_s_models_weaken_a_comparison():
    a, b = np.random.default_rng(3).normal(0.6, 0.1, (2, 12))
    rows = {
        protocol: compare(
            pd.concat([scores(a, protocol=protocol), scores(b, protocol=protocol, model="mlp")]), leaky=LEAKY
        )
        for protocol in ("trial", "subject")
    }
    apart, together = (rows[protocol].loc[0] for protocol in ("trial", "subject"))
    assert apart["p"] == pytest.approx(stats.wilcoxon(a - b).pvalue, abs=1e-12)
    shrunk = stats.norm.isf(apart["p"] / 2) / np.sqrt(1 + 2 / np.pi)
    assert together["p"] == pytest.approx(2 * stats.norm.sf(shrunk))
    assert together["effect"] == apart["effect"]
    assert together["detectable"] > apart["detectable"]


def test_pairs_of_protocols_are_one_family():
    rng = np.random.default_rng(0)
    tables = [scores(rng.uniform(size=8), protocol=protocol) for protocol in ("trial", "subject", "subject_video")]
    table = compare(pd.concat(tables), leaky=LEAKY)
    assert table["kind"].eq("protocols").sum() == len(table) == 3
    np.testing.assert_array_equal(table["p_holm"], holm(table["p"].to_numpy()))


def test_a_yardstick_without_a_chance_level_is_no_mark():
    table = summary(scores([0.5, 0.6]), scores([0.0, 0.0], model="majority").assign(chance=np.nan))
    assert table.loc[0, "yardstick"] == ""
    assert np.isnan(table.loc[0, "gain"])


def test_a_yardstick_below_one_half_by_its_folds_is_nothing_that_noise_could_gain_over():
    """A majority that folds of unequal classes turn against itself scores .3, which is exactly its chance."""
    rng = np.random.default_rng(5)
    noise = scores(rng.normal(0.5, 0.02, 12))
    turned = scores(np.full(12, 0.3), model="majority").assign(chance=0.3)
    both = pd.concat([noise, turned], ignore_index=True)
    (row,) = compare(both, leaky=LEAKY, yardsticks=["majority"]).itertuples()
    assert row.difference == pytest.approx((noise["value"] - 0.5).mean())
    assert row.p > 0.05
    gained = summary(noise, turned)
    assert gained.loc[0, "gain"] == pytest.approx(gained.loc[0, "mean"] - 0.5)
    assert gained.loc[0, "yardstick"] == "majority"
    (gone,) = compare(both.assign(chance=np.nan), leaky=LEAKY, yardsticks=["majority"]).itertuples()
    assert gone.n == 0
    assert np.isnan(gone.p)

"""Every path, column and code of the artifact contract from the scores on, on a finished experiment."""

import re

import numpy as np
import pandas as pd
import pytest
import yaml

from eeg import config, storage
from eeg.metrics import METRICS
from eeg.protocols import LEAKY
from eeg.results import open_results
from eeg.trying import try_model
from tests.conftest import CELLS, PROTOCOLS, SUBJECTS

pytestmark = pytest.mark.workflow


def test_scores(experiment):
    scores = storage.read_csv(experiment.results / "scores.csv")
    assert list(scores) == "protocol target model subject unit metric value chance low high note".split()
    assert set(scores["metric"]) == set(METRICS)
    assert set(scores["unit"]) == {"window", "trial"}
    assert set(scores["subject"]) == set(SUBJECTS)
    assert not scores.duplicated(list(scores)[:6]).any()
    constant = scores[(scores["model"] == "majority") & (scores["metric"] == "balanced_accuracy")]
    np.testing.assert_allclose(constant["value"], constant["chance"])


def test_summary_and_comparisons(experiment):
    summary = storage.read_csv(experiment.results / "summary.csv")
    names = (
        "protocol target model unit metric n mean sd low high chance p yardstick gain p_refit detectable note".split()
    )
    assert list(summary) == names
    assert (summary["n"] <= 3).all()
    comparisons = storage.read_csv(experiment.results / "comparisons.csv")
    names = "kind a b protocol target unit metric n difference effect p p_holm detectable note".split()
    assert list(comparisons) == names
    assert set(comparisons["kind"]) == {"models", "protocols", "leak"}
    for table in (summary, comparisons.query("kind != 'protocols'")):
        assert (table["note"].fillna("").str.startswith("LEAKY") == (table["protocol"] == "window")).all()


def test_every_row_of_a_leaky_protocol_says_so_in_every_table(experiment):
    walked = []
    for path in [*experiment.results.glob("*.csv"), *(experiment.results / "leaks").glob("*.csv")]:
        table = storage.read_csv(path)
        if "protocol" in table and set(table["protocol"]) & set(LEAKY):
            leaky = table["protocol"].isin(LEAKY)
            assert table.loc[leaky, "note"].fillna("").str.startswith("LEAKY").all(), path
            walked.append(path.relative_to(experiment.results).as_posix())
    assert {"scores.csv", "summary.csv", "chance.csv", "confusion.csv", "leaks/arms.csv", "leaks/scores.csv"} <= {
        *walked
    }


def test_the_leak_meter_leaves_predictions_scores_and_what_each_leak_is_worth(experiment):
    leaks = ["shuffle", "baseline", "scaler", "overlap"]
    predictions = storage.read_parquet(experiment.results / "leaks/s02.parquet")
    names = ["source", *leaks, "protocol", "subject", "trial", "window", "fold", "label", "logit_0", "logit_1"]
    assert list(predictions) == names
    assert len(predictions.drop_duplicates(["source", *leaks])) == 32
    tables = {name: storage.read_csv(experiment.results / f"leaks/{name}.csv") for name in ("scores", "arms", "shares")}
    scores = storage.read_csv(experiment.results / "scores.csv")
    assert list(tables["scores"]) == ["source", *leaks, *scores]
    assert set(tables["arms"]["protocol"]) == {"window", "trial"}
    assert list(tables["shares"]) == ["source", "unit", "kind", "leak", "partner", "subject", "value", "note"]
    totals = tables["shares"].query("kind == 'total' and unit == 'window'")
    assert sorted(totals["subject"].unique()) == list(SUBJECTS)
    page = (experiment.results / "reports/index.html").read_text()
    assert "What each leak is worth" in page


def test_explanations_are_of_every_subject_with_learnt_and_with_randomised_weights(experiment):
    tables = [storage.read_csv(experiment.results / name) for name in ("explanations.csv", "explanations/summary.csv")]
    names = "protocol target model weights kind group metric channel band time".split()
    assert list(tables[0]) == [*names, *"subject n value low high noise p note".split()]
    assert list(tables[1]) == [*names, *"n mean low high noise p note".split()]
    assert set(tables[0]["subject"]) == set(SUBJECTS)
    assert set(tables[0]["weights"]) == {"learnt", "randomised"}
    assert (tables[0]["n"] == 9).all()
    sanity = storage.read_csv(experiment.results / "explanations/sanity.csv")
    assert (sanity["drift"] == 0).all()
    assert set(zip(sanity["kind"], sanity["group"], sanity["n_groups"], strict=True)) == {
        ("permutation", "channel", 32),
        ("permutation", "band", 5),
        ("occlusion", "channel_band", 160),
    }


def test_confusions_count_every_tested_trial_of_all_subjects(experiment):
    table = storage.read_csv(experiment.results / "confusion.csv")
    assert list(table) == ["protocol", "target", "model", "unit", "label", "predicted", "count", "note"]
    counts = (
        table.query("unit == 'trial' and target != 'liking'").groupby(["protocol", "target", "model"])["count"].sum()
    )
    assert counts.eq(27).all()


def test_calibration_pools_the_trials_of_all_subjects(experiment):
    table = storage.read_csv(experiment.results / "calibration.csv")
    assert list(table) == ["protocol", "target", "model", "n", "trials", "error", "low", "high", "note"]
    assert (table["n"] == 3).all()
    assert table.loc[table["target"] != "liking", "trials"].eq(27).all()


def test_a_learnt_threshold_and_a_band_without_class_go_through(experiment):
    predictions = pd.concat(
        storage.read_parquet(path) for path in (experiment.results / "predictions/trial/liking/svm").glob("*.parquet")
    )
    assert set(predictions["label"]) == {-1, 0, 1}
    record = storage.read_json(experiment.results / "fits/trial/liking/svm/s01.json")
    learnt, unlearnt = (record["folds"][0][name]["n_windows"] for name in ("threshold", "train"))
    assert learnt >= unlearnt
    other = storage.read_json(experiment.results / "fits/trial/valence/svm/s01.json")
    assert all(fold["threshold"] is None and fold["temperature_value"] == 1 for fold in other["folds"])


def test_pages_are_self_contained_say_simulated_and_watermark_the_leak(experiment):
    pages = [experiment.results / "reports" / f"{name}.html" for name in (*SUBJECTS, "index", "check", "parity")]
    for page in pages:
        text = page.read_text()
        assert not re.search(r"<(link|script|img|iframe)[^>]+(href|src)=[\"'](?!data:)", text)
        assert "simulated" in text.lower()
        assert "LEAKY" in text or page.stem in ("check", "parity")


def test_text_and_provenance(experiment):
    methods = (experiment.results / "methods.md").read_text()
    assert "simulated" in methods.lower()
    assert "folds of models" in methods
    provenance = storage.read_json(experiment.results / "provenance.json")
    names = {"git", "config", "seed", "backend", "versions", "hardware", "subjects", "parts", "rules"}
    assert set(provenance) == names
    assert {"jobs", "seconds", "median_seconds", "cpu_seconds", "peak_mb"} == set(provenance["rules"]["fit"])


def shown(experiment, name):
    """Return all that a notebook shows as text, but for the data of its pictures."""
    cells = storage.read_json(experiment.results / f"notebooks/{name}.ipynb")["cells"]
    outputs = [output for cell in cells for output in cell.get("outputs", [])]
    texts = [
        output.get("text") or output["data"].get("text/html") or output["data"]["text/plain"] for output in outputs
    ]
    return re.sub('src="[^"]*"', "", "\n".join("".join(text) for text in texts))


def rows_of(text):
    """Return the cells of every row of every table; what stands for several rows is in the first of them alone."""
    rows = re.findall("<tr.*?</tr>", text, flags=re.DOTALL)
    return [re.findall("<t[hd][^>]*>(.*?)</t[hd]>", row, flags=re.DOTALL) for row in rows]


def test_notebooks_say_simulated_and_mark_what_leaks(experiment):
    texts = {name: shown(experiment, name) for name in ("inspect", "leakage", "add_a_model")}
    assert all("SIMULATED RECORDINGS" in text for text in texts.values())
    assert any("window LEAKY" in row for row in rows_of(texts["inspect"]))
    honest, leaky = (row for row in rows_of(texts["leakage"]) if row[:2] == ["subtract", "window"])
    assert (honest[2], leaky[2]) == ("", "LEAKY")
    assert float(honest[3]) < 0.6
    assert float(leaky[3]) > 0.95


def test_a_notebook_adds_a_model_and_says_how_the_config_names_it(experiment):
    text = shown(experiment, "add_a_model")
    named = yaml.safe_load(text[text.index("models:") :])["models"]["wide_and_deep"]
    whole = config.load(experiment.folder / "config.yaml")
    assert config.check({**whole, "models": {"wide_and_deep": named}}).models["wide_and_deep"].branch == "entropy"
    rows = {row[0]: row for row in rows_of(text)}
    assert 0 <= float(rows["wide_and_deep"][1]) <= 1
    assert rows["video_prior"][-1] == "outside information: video_prior"


def test_a_model_of_the_run_tried_on_a_part_gives_its_stored_predictions_again(experiment):
    results = open_results(experiment.results)
    asked = {"protocol": "trial", "target": "valence", "part": "s01"}
    tried = try_model(results, results.config["models"]["svm"] | {"network": "svm"}, **asked)
    stored = results.predictions("trial", "valence", "svm").query("part == 's01'").reset_index(drop=True)
    pd.testing.assert_frame_equal(tried.predictions, stored[list(tried.predictions)], rtol=1e-5)
    scores = results.scores.query("protocol == 'trial' and target == 'valence' and model == 'svm' and subject == 's01'")
    pd.testing.assert_frame_equal(tried.scores, scores[list(tried.scores)].reset_index(drop=True))


def test_logs_and_benchmarks_bear_their_output_s_names(experiment):
    for *cell, part in CELLS:
        job = f"{part[0]}01_{part[0]}03"  # three parts are fitted by one job
        assert experiment.cell_file("logs/fit", (*cell, job), "log").exists()
        assert experiment.cell_file("benchmarks/fit", (*cell, job), "tsv").exists()


def test_dominance_and_liking_are_targets_like_the_others(experiment):
    scores = storage.read_csv(experiment.results / "scores.csv")
    for target in ("dominance", "liking"):
        mine = scores[(scores["target"] == target) & (scores["model"] == "svm")]
        assert set(mine["protocol"]) == set(PROTOCOLS)

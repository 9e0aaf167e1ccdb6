"""The overview: what was run, the numbers of the tables, the leak named, links that resolve to the subjects' pages."""

import re

import numpy as np
import pytest

from eeg.explanations import explained
from eeg.predictions import confusion
from eeg.report import words
from eeg.report.overview import OverviewFacts, overview_page, troubles
from eeg.report.overview.tables import confusions, leak_rows
from eeg.report.page import number, signed
from tests.report import test_explanations

HOSTILE = "s<script>alert(1)</script>"


@pytest.fixture(scope="module")
def page(cohort, config, make):
    return overview_page(make["overview_facts"](cohort, config))


def test_nothing_is_fetched_from_elsewhere_and_subjects_are_linked(page):
    addresses = re.findall(r'(?:src|href)="([^"]*)"', page)
    links = [address for address in addresses if not address.startswith(("data:", "#"))]
    assert links == [f"s{number:02d}.html" for number in range(1, 9)]
    assert not re.search(r"https?://|<script[^>]*src|@import|url\(", page)


def test_what_was_run_is_said(page, words_of):
    text = words_of(page)
    assert "Subjects 8 Trials 192 Protocols trial, subject, subject_video, window (LEAKY)" in text
    assert "high means valence > 5" in text
    named = "cnn_lstm, cnn_gru, ccnn, mlp, svm, logistic"
    assert f"Models {named} Said of splits none Folds in trouble none Yardsticks, no EEG majority, video_prior" in text
    assert words.SIMULATED in text
    assert words.LABEL_FREE in text
    assert all(words.PROTOCOLS[name] in text for name in ("trial", "subject", "window"))


def test_what_was_said_of_splits_is_said_again(cohort, config, make, words_of):
    said = [f"subject_video, f{number:02d}: 2 trials are not tested" for number in range(1, 13)]
    text = words_of(overview_page(make["overview_facts"](cohort, config, said=said)))
    assert f"Said of splits 12: {said[0]}; " in text
    assert f"{said[9]}; and 2 more, see methods.md" in text


def test_the_table_holds_the_numbers_of_the_summary(page, cohort, words_of):
    keys = "protocol == 'trial' and target == 'valence' and unit == 'trial' and metric == 'balanced_accuracy'"
    row = cohort["summary"].query(f"{keys} and model == 'svm'").iloc[0]
    text = words_of(page)
    start = (
        f"valence svm trial {row['mean']:.2f} {row['low']:.2f} to {row['high']:.2f} {row['chance']:.2f} {row['p']:.3f}"
    )
    start += f" {row['detectable']:.2f}"
    assert f"{start} 0.50 majority +{row['gain']:.2f}" in text
    assert "valence majority (no EEG) trial 0.50" in text
    outside = [f"video_prior (no EEG, outside) {name} 0.50" for name in ("trial", "window LEAKY")]
    assert [text.count(said) for said in outside] == [2, 2]
    assert words_of(page.split('id="scores"')[1].split("</table>")[0]).count("video_prior (no EEG) subject") == 6
    assert text.count(f"video_prior under trial and window: {words.OUTSIDE_WHY}") == 1


def test_leaky_stands_beside_every_number_of_the_window_protocol(page, words_of):
    table = page.split('id="scores"')[1].split("</table>")[0]
    rows = re.findall("<tr.*?</tr>", table)[1:]
    leaky = [row for row in rows if ">window" in row]
    assert (len(rows), len(leaky)) == (64, 16)
    assert all(re.search('<td class="main"[^>]*>[^<]+<span class="leaky-mark">LEAKY', row) for row in leaky)
    assert not any("LEAKY" in row for row in rows if row not in leaky)
    assert words.LEAKY_WHY in words_of(page)
    spoken = re.search('alt="(Balanced accuracy per trial[^"]*)"', page).group(1)
    assert spoken.count("window LEAKY,") == spoken.count("window") == 10


def test_models_that_learnt_from_a_part_of_the_windows_are_named_beside_the_scores(
    page, cohort, config, make, words_of
):
    svm = config["models"]["svm"]
    part = words_of(page).split("Scores per trial")[0]
    assert f"each training trial: svm on at most {svm['settings']['rows_per_trial']}." in part
    whole = {"models": config["models"] | {"svm": svm | {"settings": svm["settings"] | {"rows_per_trial": None}}}}
    assert words.thinned(whole) == ""
    near = {"models": {"svm": svm | {"settings": svm["settings"] | {"kernel": "nystroem", "components": 300}}}}
    assert words.thinned(near).endswith("Nystroem features: svm by 300.")


def test_the_leak_table_is_leaky_minus_honest(page, cohort):
    rows = leak_rows(cohort["comparisons"], cohort["summary"])
    assert len(rows) == 20
    assert {(row["leaky_protocol"], row["honest_protocol"]) for row in rows} == {("window", "trial")}
    differences = [row["leaky_value"] - row["honest_value"] for row in rows]
    np.testing.assert_allclose(differences, [row["difference"] for row in rows], atol=1e-9)
    table = page.split("How much the leak adds")[1].split("</table>")[0]
    assert all("LEAKY" in line for line in re.findall('<tr><th scope="row".*?</tr>', table))


def test_pairs_of_models_and_of_protocols_are_those_of_the_comparisons(page, cohort, words_of):
    rows = cohort["comparisons"].query("unit == 'trial' and metric == 'balanced_accuracy'")
    models, protocols = (page.split(f"<caption>{said}")[1].split("</table>")[0] for said in ("Two models", "One model"))
    assert models.count("<tr") - 1 == (rows["kind"] == "models").sum() > 0
    assert protocols.count("<tr") - 1 == (rows["kind"] == "protocols").sum() > 0
    row = rows.query("a == 'trial:svm' and b == 'subject:svm' and target == 'valence'").iloc[0]
    assert f"valence svm trial subject {signed(row['difference'])} {number(row['effect'])}" in words_of(protocols)
    leaky = [row for row in re.findall("<tr.*?</tr>", models, flags=re.DOTALL) if ">window" in row]
    assert leaky
    assert all(row.count("LEAKY") == 2 for row in leaky)
    assert "svm video_prior (no EEG, outside) trial" in words_of(models)


def test_a_fold_in_trouble_is_named_by_its_cell():
    folds = [{"fold": 0, "status": "ok"}, {"fold": 1, "status": "diverged"}]
    path = "results/fits/trial/valence/ccnn/s01.json"
    assert troubles({path: {"folds": folds}}) == ["trial/valence/ccnn/s01 fold 1 (diverged)"]


def test_confusions_pool_the_trials_of_all_subjects(cohort, config):
    sections = confusions(cohort["confusion"], config["targets"])
    assert [section["protocol"] for section in sections] == ["trial", "subject", "subject_video", "window"]
    (found,) = [one for one in sections[0]["matrices"] if (one["target"], one["model"]) == ("valence", "svm")]
    counts = [[cell["count"] for cell in row["cells"]] for row in found["rows"]]
    whole = confusion(cohort["predictions"]["trial", "valence", "svm"], unit="trial")
    assert (counts, found["n"], found["classes"]) == (whole.tolist(), 192, ("low", "high"))


def test_each_subject_has_its_score_in_the_first_sentences_results(page, cohort, words_of):
    table = page.split('id="subjects"')[1].split("</table>")[0]
    protocol, model = re.search(r"valence<br><span[^>]*>(\w+), (\w+)<", table).groups()[::-1]
    keys = f"unit == 'trial' and metric == 'balanced_accuracy' and subject == 's03' and model == '{model}'"
    row = cohort["scores"].query(f"{keys} and protocol == '{protocol}' and target == 'valence'").iloc[0]
    said = words_of(re.search('<tr><th scope="row" class="name"><a href="s03.*?</tr>', table).group())
    assert said.startswith("s03 warn")
    assert number(row["value"]) in said


def test_without_a_leaky_protocol_there_is_no_leak_table(cohort, config, make, words_of):
    honest = {name: cohort[name].query("protocol == 'trial'") for name in OverviewFacts.TABLES}
    text = words_of(overview_page(make["overview_facts"](cohort, config, **honest)))
    assert "How much the leak adds" not in text
    assert "LEAKY" not in text


def test_markup_in_names_stays_text(cohort, config, make):
    tables = {name: cohort[name].replace({"svm": HOSTILE}) for name in ("summary", "scores")}
    changes = {"subjects": [HOSTILE], "provenance": {"date": HOSTILE}, "links": {HOSTILE: "methods.md"}}
    page = overview_page(make["overview_facts"](cohort, config | {"folder": HOSTILE}, **tables, **changes))
    assert "<script>" not in page
    assert 'href="s%3Cscript%3E' in page


def test_missing_numbers_read_not_available(cohort, config, make, words_of):
    blank = dict.fromkeys(["mean", "sd", "low", "high", "chance", "p", "gain", "detectable"], np.nan)
    summary = cohort["summary"].assign(**blank, n=0)
    text = words_of(overview_page(make["overview_facts"](cohort, config, summary=summary)))
    assert "valence svm trial n/a n/a n/a n/a n/a n/a n/a n/a n/a 0" in text


@pytest.mark.parametrize(("source", "cited"), [("deap", True), ("recordings", False), ("simulated", True)])
def test_the_footer_fits_the_source(cohort, config, make, source, cited, words_of):
    text = words_of(overview_page(make["overview_facts"](cohort, config | {"source": source})))
    assert ("Koelstra" in text) == cited
    assert (words.CONSENT in text) == (source == "deap")
    assert (words.SIMULATED in text) == (source == "simulated")
    assert "Made from commit 0123abc; date 2025-01-31; python 3.11, mne 1.13.2." in text


def test_tuples_in_a_checked_config_are_shown(cohort, config, make):
    page = overview_page(make["overview_facts"](cohort, config | {"bands": {"five": {"theta": (4, 8)}}}))
    assert "theta" in page
    assert "python/tuple" not in page


def test_a_release_bad_channels_and_repaired_labels_are_said(cohort, config, make, words_of):
    released = config | {"deap": {**config["deap"], "form": "python"}, "check": {**config["check"], "bads": "drop"}}
    checks = [make["make_check"]() | {"bads": ["Oz", "T7"], "treatment": "drop", "repaired": True}]
    text = words_of(overview_page(make["overview_facts"](cohort, released, checks=checks)))
    assert words.RELEASED in text
    assert words.REPAIRED_WHY in text
    assert "Flat, clipped or noisy channels (s01: Oz, T7) were left out: their input is constant." in text
    assert words.label_free("drop") in text
    plain = words_of(overview_page(make["overview_facts"](cohort, config)))
    assert not any(said in plain for said in (words.RELEASED, words.REPAIRED, "noisy channels"))


def test_what_the_models_go_by_is_shown_where_it_was_asked_for(cohort, config, make, page):
    found = explained(test_explanations.drops(), cell=("trial", "arousal", "ccnn"), method=test_explanations.METHOD)
    shown = overview_page(make["overview_facts"](cohort, config, explained=found))
    assert '<a href="#explanations">' in shown
    assert "C3 (1 of 6)" in shown.split('<h2 id="explanations">')[1].split("<h2")[0]
    assert "explanations" not in page.split("<details><summary>The configuration")[0]

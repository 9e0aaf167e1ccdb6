"""A subject's page: right numbers, every text escaped, nothing fetched from elsewhere, leaks and simulation named."""

import re

import numpy as np
import pytest

from eeg.predictions import confusion
from eeg.report import words
from eeg.report.confusion import matrix_rows
from eeg.report.subject import brief as brief_section
from eeg.report.subject import subject_page

pytestmark = pytest.mark.usefixtures("undrawn")

HOSTILE = "<script>alert(1)</script>"


@pytest.fixture(scope="module")
def page(cohort, config, make):
    return subject_page(
        make["subject_facts"](cohort, config, history={("window", "valence", "mlp"): make["make_history"]()})
    )


def condition(config):
    model = config["models"]["svm"] | {"targets": ["condition"]}
    target = {"column": "condition", "classes": ["rest", "arithmetic"]}
    changes = {"source": "recordings", "protocols": ["subject"], "models": {"m" * 60: model, "svm": model}}
    return config | changes | {"targets": {"condition": target}}


def test_nothing_is_fetched_from_elsewhere(page):
    addresses = re.findall(r'(?:src|href)="([^"]*)"', page)
    assert {re.split(r":|-\d", address)[0] for address in addresses} <= {"data", "index.html", "#main", "#part"}
    assert not re.search(r"https?://|<script|@import|url\(", page)


def test_figures_have_alternative_text_and_tables_scopes(page):
    assert all(re.search(r'alt="[^"]{20,}"', image) for image in re.findall("<img[^>]*>", page))
    assert len(re.findall("<img", page)) == 12
    assert all("scope=" in head for head in re.findall("<th(?: [^>]*)?>", page))


def test_simulated_and_label_free_steps_are_named(page, words_of):
    assert words.SIMULATED in words_of(page)
    assert words.LABEL_FREE in words_of(page)
    assert "Koelstra" in page


def test_leaky_stands_beside_every_number_of_the_window_protocol(page, words_of):
    leaky, honest = page.split("<h3>window"), page.split("<h3>trial")[1].split("<h3>")[0]
    cells = re.findall('<td class="main">(.*?)</td>', leaky[1])
    assert len(cells) == 16
    assert all("LEAKY" in cell for cell in cells)
    captions = re.findall("<caption>(.*?)</caption>", leaky[1], flags=re.DOTALL)
    assert len(captions) == 11
    assert all("LEAKY" in caption for caption in captions)
    assert words.LEAKY_WHY in words_of(leaky[1])
    assert "LEAKY" not in honest


def test_scores_chance_and_number_of_trials_are_those_of_the_tables(page, cohort, words_of):
    keys = "protocol == 'trial' and target == 'valence' and model == 'svm' and subject == 's01'"
    row = cohort["scores"].query(f"{keys} and unit == 'trial' and metric == 'balanced_accuracy'").iloc[0]
    section = words_of(page.split("<h3>trial")[1].split("<h3>")[0])
    assert f"valence svm {row['value']:.2f} {row['low']:.2f} to {row['high']:.2f} {row['chance']:.2f}" in section
    assert re.search(r"valence svm [\d. to]+ 24 ", section)


def test_the_page_says_in_short_what_was_recorded_removed_left_out_and_found(page, cohort, words_of):
    said = words_of(page.split("<h2>In short</h2>")[1].split("</section>")[0])
    assert "Recording usable, with warnings 1 finding below" in said
    assert "the largest average blink 110 µV before, 6 µV after, posterior alpha −2.5 %" in said
    assert "Left out nothing" in said
    keys = "protocol == 'trial' and target == 'arousal' and subject == 's01' and unit == 'trial'"
    own = cohort["scores"].query(f"{keys} and metric == 'balanced_accuracy'").set_index("model")
    models = own.drop(["majority", "video_prior"]).sort_values("value", ascending=False)
    best = models.iloc[0]
    first = f"{models.index[0]} {best['value']:.2f} ({best['low']:.2f} to {best['high']:.2f})"
    assert f"arousal balanced accuracy per trial under trial (interval over its trials): {first}, " in said
    assert f"chance {models['chance'].min():.2f} to {models['chance'].max():.2f}; without EEG majority 0.50" in said
    assert "window" not in said
    assert "LEAKY" not in said


def test_the_page_says_in_short_where_nothing_honest_was_scored_or_removed(cohort, config, make, words_of):
    leaky = cohort["scores"][cohort["scores"]["protocol"] == "window"]
    facts = make["subject_facts"](cohort, config, scores=leaky, eog=make["no_eog"](), epochs=None)
    said = words_of(brief_section.section_of(facts).body)
    assert "Models no score under a protocol that does not leak" in said
    assert "Removed nothing of the eyes" in said


def test_the_confusion_matrix_is_that_of_the_trials(page, cohort, words_of):
    predictions = cohort["predictions"]["trial", "valence", "svm"]
    counts = confusion(predictions[predictions["subject"] == "s01"], unit="trial")
    section = words_of(page.split("<h3>trial")[1].split("svm, valence")[1])
    shares = [f"{count} {100 * count / row.sum():.0f} %" for row in counts for count in row]
    assert section.startswith(f"24 trials true class low high low {shares[0]} {shares[1]} high {shares[2]} {shares[3]}")


def test_a_class_without_trials_has_no_share():
    cells = matrix_rows(np.array([[0, 0], [1, 3]]), ["low", "high"])
    assert [cell["share"] for row in cells for cell in row["cells"]] == ["n/a", "n/a", "25 %", "75 %"]


def test_markup_in_names_and_messages_stays_text(cohort, config, make):
    check = make["make_check"]()
    check["findings"][0] |= {"message": HOSTILE, "where": HOSTILE, "remedy": HOSTILE, "code": HOSTILE}
    eog = make["no_eog"]() | {"statement": HOSTILE}
    trials = make["trial_table"]("s01").assign(subject=HOSTILE)
    scores = cohort["scores"].replace({"model": {"svm": HOSTILE}})
    check["verdict"] = HOSTILE
    changes = {"trials": trials, "check": check, "eog": eog, "scores": scores, "provenance": {"commit": HOSTILE}}
    page = subject_page(make["subject_facts"](cohort, config, **changes))
    assert "<script" not in page
    assert page.count("&lt;script&gt;") >= 8


def test_a_hostile_subject_id_stays_text(cohort, config, make):
    predictions = {cell: t.replace({"subject": {"s01": HOSTILE}}) for cell, t in cohort["predictions"].items()}
    scores = cohort["scores"].replace({"subject": {"s01": HOSTILE}})
    facts = make["subject_facts"](cohort, config, subject=HOSTILE, scores=scores, predictions=predictions)
    page = subject_page(facts)
    assert "<script" not in page
    assert "<h1>Subject &lt;script&gt;" in page
    assert page.count("<table") > 10


@pytest.mark.usefixtures("brief")
def test_findings_that_are_not_ok_come_first(cohort, config, make, words_of):
    fine = {"code": "files", "severity": "ok", "message": "596 s were read", "where": "", "remedy": ""}
    check = make["make_check"]()
    check["findings"].insert(0, fine)
    text = words_of(subject_page(make["subject_facts"](cohort, config, check=check)))
    assert text.index("37 of 40") < text.rindex("596 s were read")
    assert "trial 4, trial 9, trial 11" in text
    assert "None" not in text


def test_without_eog_the_statement_stands_alone(cohort, config, make):
    page = subject_page(make["subject_facts"](cohort, config, eog=make["no_eog"]()))
    assert "nothing was removed" in page
    assert "Largest deflection" not in page
    assert "as numbers" not in page


def test_a_missing_score_reads_not_available(cohort, config, make, words_of):
    scores = cohort["scores"].copy()
    chosen = (scores["model"] == "ccnn") & (scores["target"] == "valence")
    scores.loc[chosen, ["value", "chance", "low", "high"]] = np.nan
    page = words_of(subject_page(make["subject_facts"](cohort, config, scores=scores)))
    assert "valence ccnn n/a n/a n/a n/a n/a 24 n/a" in page
    assert not re.search(r"\bnan\b", page, flags=re.IGNORECASE)


def test_a_subject_without_a_class_has_a_page(cohort, config, make, words_of):
    predictions = {("trial", "valence", "svm"): cohort["predictions"]["trial", "valence", "svm"].assign(label=-1)}
    scores = cohort["scores"].query("protocol == 'trial' and target == 'valence' and model == 'svm'")
    scores = scores.assign(value=np.nan, chance=np.nan, low=np.nan, high=np.nan)
    page = words_of(subject_page(make["subject_facts"](cohort, config, scores=scores, predictions=predictions)))
    assert "valence svm n/a n/a n/a n/a n/a 0 n/a" in page
    assert not re.search(r"\bnan\b", page, flags=re.IGNORECASE)


def test_without_predictions_or_scores_the_page_still_stands(cohort, config, make):
    page = subject_page(make["subject_facts"](cohort, config, scores=cohort["scores"][:0], predictions={}))
    assert "No scores were handed in" in page


def test_another_target_than_emotion(config, make, words_of):
    other = condition(config)
    trials = make["trial_table"]("s01").drop(columns=["valence", "arousal"])
    facts = make["subject_facts"](make["make_cohort"](other), other, trials=trials, eog=make["no_eog"]())
    page = subject_page(facts)
    text = words_of(page)
    assert "rest: 12, arithmetic: 12" in page
    assert "true class rest arithmetic" in text
    assert words.SIMULATED not in text
    assert "LEAKY" not in text
    assert "Koelstra" not in text
    assert "m" * 60 in text


@pytest.mark.usefixtures("brief")
def test_deap_pages_carry_the_consent_sentence(cohort, config, make, words_of):
    page = words_of(subject_page(make["subject_facts"](cohort, config, source="deap")))
    assert words.CONSENT in page
    assert words.SIMULATED not in page


@pytest.mark.usefixtures("brief")
def test_a_release_bad_channels_and_repaired_labels_are_said_on_the_page(cohort, config, make, words_of):
    changes = {"form": "python", "bads": ["Oz"], "treatment": "interpolate", "order": "unknown"}
    check = make["make_check"]() | changes
    text = words_of(subject_page(make["subject_facts"](cohort, config, check=check, repaired=True)))
    assert "LABELS REPAIRED" in text
    assert "simulated, preprocessed release (.dat)" in text
    assert words.RELEASED in text
    assert "Flat, clipped or noisy channels (s01: Oz) were interpolated from their neighbours" in text
    assert words.label_free("interpolate") in text
    assert "the order in which the trials were presented is not known" in text
    assert "LABELS REPAIRED" not in words_of(subject_page(make["subject_facts"](cohort, config)))

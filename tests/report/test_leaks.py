"""The leak meter on the overview: points, their marks, and the word on noise."""

import re
from itertools import product

import numpy as np
import pandas as pd
import pytest

from eeg import leaks
from eeg.method import Method
from eeg.report import words
from eeg.report.leaks import MeterTables, alarm, control, section
from eeg.report.overview import overview_page
from eeg.seeds import generator

SUBJECTS = [f"s{number:02d}" for number in range(1, 9)]
PROTOCOL = ("trial", "window")


def tables(names=tuple(leaks.LEAKS)):
    """What the meter would find where shuffling adds 0.1 and with a subtracted baseline 0.3 more, on noise too."""
    rng = generator("meter tables")
    rows, arms = [], []
    for source, states in product(("recordings", "noise"), product((0, 1), repeat=len(names))):
        arm = dict(zip(names, states, strict=True))
        mean = 0.5 + 0.1 * arm["shuffle"] + 0.3 * arm["shuffle"] * arm.get("baseline", 0)
        values = mean + 0.01 * rng.standard_normal(len(SUBJECTS))
        common = {"source": source, **arm, "unit": "window"}
        given = common | {"metric": "balanced_accuracy"}
        rows += [given | {"subject": s, "value": v} for s, v in zip(SUBJECTS, values, strict=True)]
        around = {"low": mean - 0.02, "high": mean + 0.02, "chance": 0.5, "chance_low": 0.48, "chance_high": 0.52}
        arms.append(common | {"protocol": PROTOCOL[arm["shuffle"]], "n": 8, "mean": mean, **around, "p": 0.5})
    worths = leaks.worth(pd.DataFrame(rows))
    return MeterTables(pd.DataFrame(arms), worths, leaks.summarise(worths, method=Method(seed=1)))


@pytest.fixture(scope="module")
def page(cohort, config, make):
    return overview_page(make["overview_facts"](cohort, config, meter=tables()))


def test_every_leak_has_its_points_and_every_row_its_mark(page, words_of):
    part = page.split("What each leak is worth")[1].split("<h2>")[0]
    text = words_of(part)
    assert re.search(r"recordings all together \+\d\d\.\d \+\d\d\.\d to \+\d\d\.\d 1\.00 0\.008 8", text)
    assert re.search(r"recordings shuffled windows \+2[45]\.\d", text)
    assert re.search(r"noise subtracted baseline \+1[456]\.\d", text)
    assert all("LEAKY" in caption for caption in re.findall("<caption>(.*?)</caption>", part)[:2])
    assert words.LEAKY_WHY in text
    assert "of white noise" not in text


def test_arms_with_shuffled_windows_bear_the_mark_and_honest_ones_do_not(page):
    table = page.split("Every combination")[1].split("</table>")[0]
    rows = re.findall("<tr.*?</tr>", table)[1:]
    assert len(rows) == 16
    for row in rows:
        shuffled = '<td class="text">yes' in row.split("</td>")[0]
        assert row.count("LEAKY") == (2 if shuffled else 0)
        on_all = re.findall('<td class="text">(yes|no)', row)[2] == "yes"
        assert row.count("transductive") == (2 if on_all else 0)


def test_the_word_on_noise_counts_honest_arms(config):
    arms = tables().arms
    held = "arms with whole trials held out (4 of them with transductive scaling) lie where 95 %"
    assert control(arms, "95 %").startswith(f"On noise, 8 of 8 {held}")
    assert "held out lie where" in control(arms.drop(columns="scaler"), "95 %")
    astray = arms.assign(mean=np.where(arms["shuffle"] + arms["overlap"] == 0, 0.6, arms["mean"]))
    assert control(astray, "95 %").startswith("On noise, 4 of 8")
    assert "reach 0.60 to 0.90" in control(arms, "95 %")


def test_an_honest_arm_that_beats_chance_on_noise_raises_the_alarm(cohort, config, make, words_of):
    found = tables()
    assert alarm(found.arms) == ""
    hit = (found.arms["source"] == "noise") & (found.arms["shuffle"] == 0) & (found.arms["scaler"] == 1)
    beaten = found._replace(arms=found.arms.assign(p=np.where(hit, 0.001, 0.5), mean=np.where(hit, 0.9, 0.5)))
    said = "THE NOISE CONTROL FAILED 4 of 8 arms with whole trials held out beat chance on noise"
    text = words_of(overview_page(make["overview_facts"](cohort, config, meter=beaten)))
    assert f"{said} (first: scaler on all trials, per window, 0.90 where chance is 0.50, n 8, p 0.001)" in text
    # one in twenty is no alarm where eight are looked at, and leaky arms must beat chance
    leaky = (found.arms["shuffle"] == 1) | (found.arms["source"] == "recordings")
    assert alarm(found.arms.assign(p=np.where(leaky, 0.001, 0.01))) == ""


def test_the_picture_is_called_simulated_and_read_out(config):
    image = str(section(tables(), config)["image"])
    assert 'alt="LEAKY. Points of balanced accuracy: recordings, all together +' in image


def test_without_a_baseline_there_are_three_leaks(cohort, config, make, words_of):
    three = tables(("shuffle", "scaler", "overlap"))
    text = words_of(overview_page(make["overview_facts"](cohort, config, meter=three)))
    assert "subtracted baseline" not in text
    assert "overlapping windows" in text


def test_without_the_meter_nothing_is_said_of_it(cohort, config, make, words_of):
    assert "What each leak is worth" not in words_of(overview_page(make["overview_facts"](cohort, config)))

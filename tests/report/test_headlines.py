"""The first sentences of the overview: the best honest result of every target, never a leaky one, with its caution."""

import numpy as np
import pandas as pd
import pytest

from eeg.report.overview.headlines import NOTHING, headlines

ROW = {"target": "valence", "unit": "trial", "metric": "balanced_accuracy", "yardstick": "majority", "chance": 0.5}
ROW |= {"low": 0.63, "high": 0.79, "p": 0.002}


def table(*rows):
    names = ("protocol", "model", "mean", "gain")
    return pd.DataFrame([ROW | dict(zip(names, row, strict=False)) for row in rows])


HONEST = table(("trial", "ccnn", 0.71, 0.21), ("trial", "mlp", 0.64, 0.14), ("subject", "ccnn", 0.55, 0.05))
LEAKY = table(("window", "ccnn", 0.97, 0.47), ("window", "mlp", 0.99, 0.49))
YARDSTICKS = table(("trial", "video_prior", 0.73, np.nan), ("trial", "majority", 0.5, np.nan)).assign(yardstick="")


def test_the_best_honest_result_can_be_quoted_and_the_leaky_one_stands_apart():
    (said,) = headlines(pd.concat([LEAKY, HONEST, YARDSTICKS]))
    assert said.target == "valence"
    assert said.sentence == "ccnn reaches 0.71 (0.63 to 0.79) under trial, chance is 0.50."
    assert said.cautions == (
        "The furthest above chance of 3 honest results, so it flatters: p against chance is 0.002, corrected for the "
        "choice 0.006.",
        "majority, which sees no EEG, reaches 0.50.",
        "Beside it under trial: mlp 0.64.",
    )
    assert said.leaky == (("window", 0.97),)
    assert said.cell == ("trial", "valence", "ccnn")


def test_what_chance_or_no_eeg_explains_is_said():
    weak = HONEST.assign(p=0.03, gain=-0.02, yardstick="video_prior")
    (said,) = headlines(pd.concat([weak, YARDSTICKS]))
    assert said.cautions[0].endswith("corrected for the choice 0.090, which is no evidence of more than chance.")
    assert said.cautions[1] == (
        "video_prior, which sees no EEG and goes by what no model here knows, reaches 0.73, as much or more."
    )
    (alone,) = headlines(HONEST[:1].assign(p=np.nan, low=np.nan))
    assert alone.sentence == "ccnn reaches 0.71 under trial, chance is 0.50."
    assert alone.cautions[0] == "There was no test against chance."
    assert headlines(HONEST[:1])[0].cautions[0] == "p against chance is 0.002."


def test_a_result_without_a_chance_level_is_the_headline_only_where_no_other_is():
    alone = table(("trial", "ccnn", 0.46, np.nan)).assign(chance=np.nan, p=np.nan)
    (said,) = headlines(pd.concat([alone, HONEST[2:]]))
    assert said.sentence == "ccnn reaches 0.55 (0.63 to 0.79) under subject, chance is 0.50."
    (said,) = headlines(alone)
    assert said.sentence == "ccnn reaches 0.46 (0.63 to 0.79) under trial, chance is n/a."


@pytest.mark.parametrize("rows", [LEAKY, HONEST.assign(mean=np.nan)])
def test_a_leaky_or_missing_result_is_never_the_headline(rows):
    (said,) = headlines(rows)
    assert (said.sentence, said.cautions, said.leaky, said.cell) == (NOTHING, (), (), None)


def test_every_target_has_its_own():
    summary = pd.concat([HONEST, HONEST.assign(target="arousal", chance=0.6)])
    assert [said.target for said in headlines(summary)] == ["valence", "arousal"]
    assert headlines(summary)[1].sentence.endswith("chance is 0.60.")

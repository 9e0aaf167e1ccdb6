"""Explanations on a page: marks, sentences and figures, of entropy and of raw windows."""

import re

import numpy as np
import pandas as pd
import pytest

from eeg.explanations import Explained, explained
from eeg.method import Method
from eeg.report import words
from eeg.report.explanations import checked, section, subject_section
from eeg.report.heads import by_name
from eeg.report.page import _environment
from eeg.report.scalp import importance_figure
from eeg.seeds import generator
from eeg.storage import read_csv, write_csv

CHANNELS = ["Fz", "C3", "C4", "Cz", "Pz", "Oz"]
METHOD = Method(draws=200, seed=1, validation=0.2)
PAGE = '{% from "explanations.html.j2" import explanations %}{{ explanations(found) }}'


def maps(channels, bands):
    """Kind, group, names and metric of every row; raw windows have stretches of time and no bands."""
    rows = [("permutation", "channel", one, "", "") for one in channels]
    rows += [("permutation", "band", "", one, "") for one in bands]
    rows = [(*row, metric) for metric in ("probability", "balanced_accuracy") for row in rows]
    if bands:
        cut = [("occlusion", "channel_band", one, band, "", "logit") for band in bands for one in channels]
    else:
        cut = [("occlusion", "channel_time", one, "", f"{at} ms", "logit") for at in (0, 500) for one in channels]
    return rows + cut


def drops(channels=CHANNELS, bands=("theta", "beta")):
    """Drops of two subjects in which C3 and beta matter, where weights are learnt."""
    rng, rows = generator("drops"), []
    for weights in ("learnt", "randomised"):
        for name in maps(channels, bands):
            planted = weights == "learnt" and ("beta" in name or (channels[1] in name and "theta" not in name))
            for subject in ("s01", "s02"):
                for trial in range(12):
                    lost = rng.normal(0, 0.05) + 0.3 * planted * (1 if trial % 2 else -1)
                    rows.append((*name, subject, trial, trial // 4, trial % 2, -lost, lost, weights, 0.0))
    names = "kind group channel band time metric subject trial fold label drop_0 drop_1 weights drift".split()
    return pd.DataFrame(rows, columns=names)


@pytest.fixture(scope="module")
def tables(tmp_path_factory):
    """As the page reads them: out of files."""
    return stored(explained(drops(), cell=("trial", "arousal", "ccnn"), method=METHOD), tmp_path_factory)


def stored(found, tmp_path_factory):
    folder = tmp_path_factory.mktemp("explanations")
    for name, table in zip(Explained._fields, found, strict=True):
        write_csv(folder / f"{name}.csv", table)
    return Explained(*(read_csv(folder / f"{name}.csv") for name in Explained._fields))


def rendered(found):
    return _environment().from_string(PAGE).render(found=found)


def test_the_page_says_what_was_found_and_that_it_vanishes(tables, config, words_of):
    text = words_of(rendered(section(tables, config)))
    assert "Bands above the noise level: beta (1 of 2); channels above the noise level: C3 (1 of 6)." in text
    assert "channels (permutation) 1 of 6 above the noise level, randomised 0; bands (permutation) 1 of 2" in text
    assert "their logits equal those that were scored" in text
    assert re.search(r"beta \+0\.\d{3} .* yes \+\d\d\.\d", text)
    assert re.search(r"theta [+−]?0\.0\d\d .* no ", text)
    assert "over subjects" in text
    for caution in ("not what the brain does", "nothing to lose", "stand in for"):
        assert caution in text
    assert "LEAKY" not in text


def test_one_subject_has_intervals_over_trials(tables, config, words_of):
    text = words_of(rendered(subject_section(tables.values, "s02", config)))
    assert "over trials" in text
    assert "Bands above the noise level: beta (1 of 2)" in text
    assert "Sanity check" not in text
    assert rendered(subject_section(tables.values, "s09", config)).strip() == ""


def test_a_leaky_protocol_is_marked_wherever_it_appears(config, tmp_path_factory):
    found = stored(explained(drops(), cell=("window", "arousal", "ccnn"), method=METHOD), tmp_path_factory)
    page = rendered(section(found, config))
    assert page.count('class="leaky-mark"') >= 4
    assert all(alt.startswith("LEAKY. ") for alt in re.findall('alt="(.*?)"', page))
    assert page.count('class="table leaky"') == 2


def test_raw_windows_have_no_bands_and_channels_without_a_place_are_named(config, tmp_path_factory, words_of):
    channels = [*CHANNELS, "<b>9"]
    made = explained(drops(channels, ()), cell=("trial", "quadrant", "cnn_lstm"), method=METHOD)
    page = rendered(section(stored(made, tmp_path_factory), config))
    text = words_of(page)
    assert "Channels above the noise level: C3 (1 of 7)." in text
    assert "C3 0 ms" in text
    assert "not in the maps: &lt;b&gt;9" in page
    assert "Importance by band" not in page


def test_the_picture_itself_says_simulated_leaky_and_how_many(tables):
    rows = tables.summary.fillna({"channel": "", "band": ""}).query("kind == 'permutation' and metric == 'probability'")
    figure = importance_figure(rows, protocol="window", note="6 subjects", simulated=True)
    assert figure.get_suptitle() == f"{words.SIMULATED} · 6 subjects"
    marks = [text.get_text() for axes in figure.axes for text in axes.texts]
    assert marks.count("LEAKY") == 4
    bands = figure.axes[1]
    assert bands.get_xlabel() == "drop in the true class's probability"
    assert [line.get_xdata()[0] for line in bands.lines[:2]] == [0, rows.query("group == 'band'")["noise"].iloc[0]]
    assert bands.get_xlim() == figure.axes[3].get_xlim()


def test_channels_that_no_montage_knows_are_listed_instead_of_mapped():
    names = ["X1", "X2", "X3"]
    assert by_name(names) == {}
    found = explained(drops(names), cell=("trial", "arousal", "svm"), method=METHOD)
    rows = found.summary.query("kind == 'permutation' and metric == 'probability'")
    figure = importance_figure(rows, protocol="trial", note="2 subjects", simulated=False)
    assert [label.get_text() for label in figure.axes[0].get_yticklabels()] == names


def test_models_that_could_not_be_fitted_the_same_again_say_so():
    found = explained(drops().assign(drift=0.25), cell=("trial", "arousal", "ccnn"), method=METHOD)
    assert checked(found.sanity).endswith("their logits differ from those that were scored by 0.2 at most.")


def test_values_and_noise_levels_by_hand():
    found = explained(drops(), cell=("trial", "arousal", "ccnn"), method=METHOD)
    own = drops().query("weights == 'learnt' and band == 'beta' and group == 'band' and metric == 'probability'")
    lost = np.where(own["label"] == 1, own["drop_1"], own["drop_0"])
    beta = found.summary.query("weights == 'learnt' and band == 'beta' and group == 'band' and metric == 'probability'")
    assert beta["mean"].iloc[0] == pytest.approx(lost.mean())
    assert beta["p"].iloc[0] == 1 / 201
    again = explained(drops(), cell=("trial", "arousal", "ccnn"), method=METHOD)
    for one, other in zip(found, again, strict=True):
        pd.testing.assert_frame_equal(one, other, check_exact=True)

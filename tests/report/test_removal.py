"""EOG removal on the pages: the numbers of the evidence, maps where the channels are, and nothing invented."""

import json
import re

import matplotlib
import mne
import numpy as np
import pytest
from matplotlib.text import Text

from eeg.channels import GENEVA
from eeg.datasets import fif
from eeg.report import heads, removal_figures, words
from eeg.report.heads import seen_from_above
from eeg.report.overview import overview_page
from eeg.report.page import picture
from eeg.report.removal import removal_section, removal_summary
from eeg.report.subject import subject_page

pytestmark = pytest.mark.usefixtures("undrawn")


def electrodes(channels=GENEVA, montage="colin27_1020"):
    info = mne.create_info(list(channels), 128.0, "eeg").set_montage(montage)
    return fif.electrodes(mne.EpochsArray(np.zeros((1, len(channels), 4)), info, verbose="error"))


def section(evidence, *, positions=None, simulated=True):
    return removal_section(evidence, electrodes=electrodes() if positions is None else positions, simulated=simulated)


def texts(figure):
    return [text.get_text() for text in figure.findobj(Text)]


def image_of(axes):
    (image,) = axes.images
    return image


@pytest.mark.parametrize("montage", ["colin27_1020", "biosemi32"])
def test_channels_stand_where_they_are_seen_from_above(montage):
    places = seen_from_above(electrodes(montage=montage), GENEVA)
    assert list(places) == GENEVA
    # T7, T8 and Oz lie on the circumference; the heads of the two templates differ by less than a tenth of its radius.
    np.testing.assert_allclose([places["T7"], places["T8"], places["Oz"]], [[-1, 0], [1, 0], [0, -1]], atol=0.1)
    np.testing.assert_allclose(places["Cz"], [0, 0], atol=0.1)
    assert places["Fp1"][0] < 0 < places["Fp1"][1]


def test_channels_without_a_place_of_their_own_are_left_out():
    known = electrodes()
    changed = {name: place for name, place in known.items() if name != "Oz"} | {"O1": known["Fz"], "F7": [0, 0, 0.9]}
    assert set(GENEVA) - set(seen_from_above(changed, GENEVA)) == {"Oz", "F7", "O1"}
    assert seen_from_above({name: known[name] for name in GENEVA}, GENEVA) == {}
    assert seen_from_above({}, GENEVA) == {}


def test_the_map_has_the_colour_of_each_channels_number_at_its_place(make):
    """Far from its neighbours' places a map interpolates; at a channel it must hold the channel's own number."""
    places = seen_from_above(electrodes(), GENEVA)
    removed = {name: 1.0 + 5.0 * (name == "Fp2") for name in GENEVA}
    weights = {"hEOG": dict.fromkeys(GENEVA, 0.1) | {"F7": -0.3}}
    figure = removal_figures.map_figure(removed, weights, places=places, simulated=False)
    picture(figure)
    for axes, values, limits in zip(figure.axes, (removed, weights["hEOG"]), ((0, 6), (-0.3, 0.3)), strict=False):
        image = image_of(axes)
        left, right, bottom, top = image.get_extent()
        pixels = np.asarray(image.get_array())
        for name in ("Fp2", "F7", "Cz"):
            x, y = places[name]
            row, column = (y - bottom) / (top - bottom) * len(pixels), (x - left) / (right - left) * pixels.shape[1]
            # A pixel is about 0.04 wide and channels stand 0.3 apart: one pixel off a peak it is still nine tenths.
            assert pixels[int(row), int(column)] == pytest.approx(values[name], abs=0.1 * limits[1])
        assert image.get_clim() == pytest.approx(limits)


def test_maps_name_channels_and_units_and_the_nose_is_up():
    places = seen_from_above(electrodes(), GENEVA)
    weights = {"hEOG": dict.fromkeys(GENEVA, 0.0), "vEOG": dict.fromkeys(GENEVA, 0.2)}
    figure = removal_figures.map_figure(dict.fromkeys(GENEVA, 0.0), weights, places=places, simulated=True)
    found = texts(figure)
    assert [found.count(name) for name in GENEVA] == [3] * 32
    assert {"µV, root mean square", "µV per µV", "weight of hEOG", "weight of vEOG", "removed"} <= set(found)
    assert any(words.SIMULATED in text for text in found)
    lines = [line.get_xydata() for line in figure.axes[0].lines]
    highest = max(lines, key=lambda points: points[:, 1].max())
    assert highest[:, 1].max() > heads.HEAD
    assert highest[highest[:, 1].argmax(), 0] == pytest.approx(0, abs=0.01)


def test_the_figures_hold_the_numbers_of_the_evidence(make):
    evidence = make["make_eog"]()
    blinks = removal_figures.blink_figure(evidence["blinks"], simulated=False)
    before, after = (line.get_ydata() for line in blinks.axes[1].lines[1:3])
    assert max(before) == pytest.approx(evidence["blinks"]["before"]["Fp2"][64])
    assert max(after) == pytest.approx(evidence["blinks"]["after"]["Fp2"][64])
    assert "41 blinks" in texts(blinks)
    truth = removal_figures.truth_figure(evidence["truth"], simulated=True)
    assert [bar.get_width() for bar in truth.axes[0].patches] == [0.6, 0.25, 0.2]
    assert [label for label in texts(truth) if label in ("0.60", "0.25", "0.20")] == ["0.60", "0.25", "0.20"]


def test_the_section_says_the_numbers_in_words(make):
    found = section(make["make_eog"]())
    captions = [caption for _, caption in found["images"]]
    assert captions[0].startswith(
        "Average over 41 blinks, in the wider band of the fit; shaded: 95 % interval of the mean. Largest "
        "deflection: Fp1 110 µV"
    )
    # The correlations before run evenly from 0.8 to 0.05 (mean 0.425) with vEOG and are half of that with hEOG.
    assert "mean 0.32 before and 0.04 after" in captions[1]
    assert "most at Fp1 (3.2 µV), AF3 (3.1 µV)" in captions[2]
    assert "0.60 before and 0.25 after; the true mixing weights would leave 0.20: 88 % of that" in captions[3]
    facts = dict(found["facts"])
    assert facts["Posterior alpha"].startswith("power −2.5 %: 20.00 µV² before, 19.50 µV² after (8-12 Hz, mean of P3")
    assert facts["Shrink factors"].startswith("hEOG 0.62, vEOG 0.81: what")
    assert "what therefore stays of the eyes" in facts["Shrink factors"]
    unshrunken = section(make["make_eog"](shrink={"hEOG": 1.0, "vEOG": 1.0}))
    assert "stays of the eyes" not in dict(unshrunken["facts"])["Shrink factors"]
    assert found["notes"] == [words.REMOVAL_CAUTION]
    assert len(found["rows"]) == 64
    assert found["rows"][0] == {"channel": "Fp1", "eog": "hEOG", "before": 0.4, "after": 0.02}


def test_components_are_named_with_their_scores_and_have_no_maps_of_weights(make):
    found = section(make["make_ica"]())
    said = dict(found["facts"])["Components"]
    assert said.startswith("2 removed of 20 fitted (picard), at most 4; ")
    assert said.endswith("number 0 (hEOG +0.08, vEOG −0.93); number 4 (hEOG +0.71)")
    assert "Shrink factors" not in dict(found["facts"])
    assert "Beside it" not in found["images"][2][1]


def test_without_eog_channels_the_statement_stands_alone(make):
    found = section(make["no_eog"]())
    assert found.pop("statement") == "The source has no usable EOG channels: nothing was removed."
    assert not any(found.values())


@pytest.mark.parametrize("kind", ["make_eog", "make_ica"])
def test_where_nothing_was_removed_it_is_shown_what_stays(make, kind):
    evidence = make[kind](applied=False, statement="Nothing was removed.", truth=None)
    for one in evidence["channels"].values():
        one |= {"correlation_after": one["correlation_before"], "removed": 0.0}
    evidence["blinks"]["after"] = evidence["blinks"]["before"]
    found = section(evidence)
    assert found["statement"] == "Nothing was removed."
    assert found["notes"] == [words.NOTHING_REMOVED]
    blinks, correlations = (caption for _, caption in found["images"])
    assert "Largest deflection: Fp1 110 µV before, 110 µV after" in blinks
    assert "mean 0.32 before and 0.32 after" in correlations
    assert all(row["before"] == row["after"] for row in found["rows"])
    assert len(found["rows"]) == 64
    unseen = section(evidence | {"blinks": make["no_eog"]()["blinks"]})
    assert unseen["notes"] == [words.NOTHING_REMOVED, "There is no average over blinks: no blink was found."]


def test_the_page_of_a_subject_without_a_removal_shows_what_stays(cohort, config, make, words_of):
    facts = make["subject_facts"](cohort, config, eog=make["make_ica"](applied=False))
    part = words_of(subject_page(facts).split("<h2>Eye movements and blinks")[1].split("<h2>")[0])
    assert "every number after is the same as before" in part
    assert "Average over 41 blinks" in part
    assert "had not seen it" not in part


def test_what_cannot_be_shown_is_said(make):
    blinks = make["no_eog"]()["blinks"]
    found = section(make["make_eog"](blinks=blinks, truth=None, alpha=None), positions={})
    assert len(found["images"]) == 1
    assert found["notes"][1:] == [
        "There is no average over blinks: no blink was found.",
        "There is no map of the head: the channels have no positions in head coordinates.",
    ]
    unseen = section(make["make_eog"](blinks=blinks | {"n": 3}))
    assert unseen["notes"][1:] == ["There is no average over blinks: no frontal channel was recorded."]


@pytest.mark.parametrize(
    ("share", "said"),
    [
        (None, "would leave 0.20."),
        (1.0, "would leave 0.20: 100 % of that reduction was reached."),
        (
            1.17,
            "would leave 0.20: 117 % of that reduction was reached, more than all, since weights applied whole also "
            "carry the brain that EOG channels pick up into the EEG.",
        ),
        (-3.0, "would leave 0.20: the error rose instead."),
    ],
)
def test_what_became_of_the_error_is_said(make, share, said):
    truth = make["make_eog"]()["truth"] | {"share": share}
    assert section(make["make_eog"](truth=truth))["images"][3][1].endswith(said)


def test_the_subjects_page_shows_it_all_and_names_the_halves(cohort, config, make, words_of):
    page = subject_page(make["subject_facts"](cohort, config))
    part = page.split("<h2>Eye movements and blinks")[1].split("<h2>")[0]
    assert len(re.findall("<img", part)) == 4
    assert "with the weights or components of the other half, which had not seen it" in words_of(part)
    assert "Posterior alpha power −2.5 %" in words_of(part)


def test_names_with_markup_or_a_dollar_stay_text(make):
    name = "<b>$\\frac$"
    one = make["make_eog"]()["channels"]["Fp1"]
    found = section(make["make_eog"](channels={name: one, "Fp2": one, "Oz": one}))
    assert len(found["images"]) == 3
    assert "&lt;b&gt;" not in found["images"][0][1]
    assert "<b>" not in "".join(found["images"][1][0])


def cohort_evidence(make):
    """Three regressions whose blinks are one, two and four times as high, and a subject without EOG channels."""
    found = []
    for number, (times, change, share) in enumerate([(1, -0.01, 0.9), (2, -0.03, 0.8), (4, 0.02, None)], start=1):
        one = json.loads(json.dumps(make["make_eog"](subject=f"s0{number}")))
        one["blinks"]["before"] = {"Fp1": [0.0, 50.0 * times], "AF3": [-60.0 * times, 0.0]}
        one["blinks"]["after"] = {"Fp1": [0.0, 5.0 * times], "AF3": [0.0, 0.0]}
        one["alpha"]["change"], one["truth"]["share"] = change, share
        found.append(one)
    return [*found, make["no_eog"](subject="s04")]


def test_the_summary_gives_medians_and_ranges_over_subjects(make):
    said = removal_summary(cohort_evidence(make))
    assert said.startswith("Removed by regression on the EOG in 3 of 4 subjects (not in s04). Median over them (range)")
    assert "frontal blink peak 120.0 µV (60.0 to 240.0) before; 10.0 µV (5.0 to 20.0) after" in said
    assert "change of posterior alpha −1.0 % (−3.0 to 2.0)" in said
    assert "85.0 % (80.0 to 90.0) of the error reduction of the true mixing weights (in 2 of them)." in said


def test_the_summary_says_where_the_error_rose(make):
    worse = make["make_eog"](truth=make["make_eog"]()["truth"] | {"share": -3.0})
    said = removal_summary([worse, make["make_eog"]()])
    # The median of -300 and 87.5.
    assert "−106.2 % (−300.0 to 87.5) of the error reduction of the true mixing weights, below 0 where" in said


def test_the_summary_says_where_nothing_was_removed(make):
    alike = [make["no_eog"](subject=f"s0{number}") for number in (1, 2)]
    assert removal_summary(alike) == alike[0]["statement"]
    unlike = [alike[0], alike[1] | {"statement": "No component follows the EOG."}]
    assert removal_summary(unlike) == "Not removed in any of 2 subjects; see their pages."
    bare = {"blinks": alike[0]["blinks"], "truth": None, "alpha": None}
    assert removal_summary([make["make_eog"](**bare)]) == "Removed by regression on the EOG in 1 of 1 subjects."


def test_the_overview_has_a_row_on_eye_movements(cohort, config, make, words_of):
    removals = cohort_evidence(make)
    page = words_of(overview_page(make["overview_facts"](cohort, config, removals=removals)))
    assert f"Eye movements {removal_summary(removals)} Subjects 8" in page
    assert "Eye movements" not in words_of(overview_page(make["overview_facts"](cohort, config)))


def test_drawing_leaves_the_settings_alone(make):
    before = dict(matplotlib.rcParams)
    assert len(section(make["make_eog"]())["images"]) == 4
    assert dict(matplotlib.rcParams) == before

"""Where on the scalp band entropy differs between classes: maps pooled over trials, with a noise level."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from markupsafe import Markup

from eeg.datasets import fif
from eeg.report.heads import FEWEST, NO_MAP, seen_from_above
from eeg.report.page import embed, number, signed
from eeg.report.subject import entropy_figures
from eeg.report.subject.contrast import SHARE, Contrast, contrast, pooled
from eeg.report.subject.facts import BandEntropy, SubjectFacts
from eeg.report.subject.section import Section, section
from eeg.targets import NO_CLASS, QUADRANTS, classes, labels

TITLE = "Band entropy on the scalp"

HALVES = (((0, 1), (2, 3)), ((0, 2), (1, 3)))
"""Codes of quadrants with high and low valence, with high and low arousal."""

LIKE = ", between trials of one class of the other rating"

NO_CLASSES = "No trial of this subject has a class: there is nothing to compare."


class Pooled(NamedTuple):
    """Pooled entropy of the channels that have a place on the head.

    Attributes
    ----------
    x : ndarray, shape (n_trials, n_channels, n_bands)
        Mean over windows, nats.
    places : dict of str to (x, y)
        By channel, in the order of the axis.
    bands : mapping of str to (float, float)
    """

    x: np.ndarray
    places: dict[str, tuple[float, float]]
    bands: Mapping[str, tuple[float, float]]


def section_of(facts: SubjectFacts) -> Section | None:
    """Return maps of the classes of the first target (`quadrant`, where there is one) and of their differences."""
    if facts.entropy is None or not facts.targets:
        return None
    of = on_the_head(facts.entropy, facts)
    if len(of.places) < FEWEST:
        return section(TITLE, "images", notes=[NO_MAP], facts=[], images=[])
    found = contrasts(facts, of)
    drawn = [_classes_image(facts, of), _contrasts_image(facts, of, found) if found else None]
    images = [image for image in drawn if image]
    said = f"Differential entropy of the branch {facts.entropy.branch}, averaged over the windows of each trial."
    return section(TITLE, "images", notes=[said if images else NO_CLASSES], facts=[], images=images)


def on_the_head(found: BandEntropy, facts: SubjectFacts) -> Pooled:
    """Return the pooled entropy of the channels that are shown: those in use whose electrodes have a position."""
    about, x = found.about, pooled(found.values)
    used = [name for name in about["channels"] if name not in facts.unused]
    places = seen_from_above(fif.electrodes(facts.epochs), used)
    rows = [about["channels"].index(name) for name in places]
    return Pooled(x[:, rows], places, about["bands"])


def contrasts(facts: SubjectFacts, of: Pooled) -> dict[str, Contrast]:
    """Return what is compared, by name: high with low valence and arousal, or the two classes of every other target."""
    found = {}
    for name, (high, low, strata) in _sides(facts).items():
        one = contrast(of.x, high, low, words=("contrast", facts.subject, name), strata=strata)
        if one is not None:
            found[name] = one
    return found


def _sides(facts: SubjectFacts) -> dict[str, tuple[np.ndarray, np.ndarray, np.ndarray | None]]:
    """Return which trials stand on the two sides of every comparison, and what those compared have to share."""
    for target in facts.targets.values():
        if classes(target) == QUADRANTS:
            code = labels(facts.trials, target)
            valence, arousal = target["ratings"]
            (pleasant, unpleasant), (aroused, calm) = ((np.isin(code, one) for one in both) for both in HALVES)
            return {
                f"high − low {valence}": (pleasant, unpleasant, aroused),
                f"high − low {arousal}": (aroused, calm, pleasant),
            }
    return {
        f"{classes(target)[1]} − {classes(target)[0]} ({name})": (code == 1, code == 0, None)
        for name, target in facts.targets.items()
        if len(classes(target)) == 2 and (code := labels(facts.trials, target)) is not None
    }


def _classes_image(facts: SubjectFacts, of: Pooled) -> tuple[Markup, str] | None:
    """Return the map of every class as it differs from the mean over all trials, None where no trial has a class."""
    quadrants = [name for name, target in facts.targets.items() if classes(target) == QUADRANTS]
    target = (quadrants or list(facts.targets))[0]
    code, names = labels(facts.trials, facts.targets[target]), classes(facts.targets[target])
    rows = {name: of.x[code == own] for own, name in enumerate(names) if (code == own).any()}
    if not rows:
        return None
    every = of.x[code != NO_CLASS]
    figure = entropy_figures.classes_figure(every, rows, places=of.places, bands=of.bands, simulated=facts.simulated)
    smallest = min(rows.values(), key=len)
    error = float(np.median(every.std(axis=0, ddof=1)) / np.sqrt(len(smallest))) if len(every) > 1 else None
    text = (
        "Entropy by band, seen from above, nose up. Top: all trials, as it differs from the mean over channels. "
        f"Below: the trials of each class of {target}, as they differ from all trials. Noise: the mean of a class of "
        f"{len(smallest)} trials has a standard error of about {number(error)} nats at a channel."
    )
    return embed(figure, text), text


def _contrasts_image(facts: SubjectFacts, of: Pooled, found: Mapping[str, Contrast]) -> tuple[Markup, str]:
    figure = entropy_figures.contrasts_figure(found, places=of.places, bands=of.bands, simulated=facts.simulated)
    said = "; ".join(f"{name}: {_peaks(one, of)}" for name, one in found.items())
    like = LIKE * any(strata is not None for *_, strata in _sides(facts).values())
    text = (
        f"Difference of the means over trials in nats, by band{like}. Channels whose t is beyond the noise level are "
        f"drawn large: with labels permuted among {'these' if like else 'the'} trials, the largest |t| of a whole row "
        f"stays below it in {100 * SHARE:g} of 100 cases. One subject's trials alone; nothing is corrected for slow "
        f"drifts. {said}."
    )
    return embed(figure, text), text


def _peaks(one: Contrast, of: Pooled) -> str:
    names, bands, beyond = list(of.places), list(of.bands), np.abs(one.t) > one.level
    said = f"noise level |t| = {number(one.level, 1)}, {beyond.sum()} of {one.t.size} values beyond it"
    if not beyond.any():
        return f"{said}: no difference that noise would not make"
    channel, band = np.unravel_index(np.where(beyond, np.abs(one.difference), 0).argmax(), one.t.shape)
    return (
        f"{said}, the largest {signed(float(one.difference[channel, band]))} nats at {names[channel]} in {bands[band]}"
    )

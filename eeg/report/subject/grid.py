"""One window as a convolutional network sees it: its bands on the 9 x 9 grid, scaled."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from eeg.features import grid
from eeg.report import figures
from eeg.report.figures import BLACK, GREY, drawn, note
from eeg.report.heads import SIZES
from eeg.report.page import embed, number
from eeg.report.subject.facts import BandEntropy, SubjectFacts
from eeg.report.subject.section import Section, section
from eeg.scalers import Fitted, scaling

PREFERRED = "alpha"
"""The band that is shown large where there is one of this name; else the first."""


class Window(NamedTuple):
    """A scaled window of a trial: `values` (channel, band), and the fold whose scaler it was."""

    trial: int
    window: int
    fold: int
    values: np.ndarray
    unseen: bool


def section_of(facts: SubjectFacts) -> Section | None:
    """Return the picture of one window; None where no branch of kind entropy has a grid and scalers."""
    found = facts.entropy
    if found is None or not found.scalers or not set(found.about["channels"]) <= set(found.about.get("cells", {})):
        return None
    shown = scaled_window(found, facts.trials)
    bands = list(found.about["bands"])
    band = PREFERRED if PREFERRED in bands else bands[0]
    channels, cells = found.about["channels"], found.about["cells"]
    layers = dict(zip(bands, np.moveaxis(grid.place(shown.values, channels, cells=cells), -1, 0), strict=True))
    low, high = found.about["bands"][band]
    title = f"{band}, {low:g}-{high:g} Hz"
    own = {name: cells[name] for name in channels}
    figure = grid_figure(layers, band=band, cells=own, title=title, simulated=facts.simulated)
    seen = "which this scaler was not fitted on" if shown.unseen else "which this scaler was fitted on too"
    where = f"fold {shown.fold} under {found.protocol}" if shown.fold >= 0 else f"no fold, under {found.protocol}"
    text = (
        f"Band {title}, and below it all bands, of trial {shown.trial}, window {shown.window}, on the 9 x 9 grid of "
        f"the branch {found.branch}: entropy scaled by the scaler of {where}, {seen}; from "
        f"{number(float(shown.values.min()))} to {number(float(shown.values.max()))} over all channels and bands. "
        "Cells without an electrode are 0. Each band is a layer of its own, one colour scale for all."
    )
    return section("What the network sees", "images", notes=[], facts=[], images=[(embed(figure, text), text)])


def scaled_window(found: BandEntropy, trials: pd.DataFrame) -> Window:
    """Return the middle window of a trial, scaled as in the first fold; of one its scaler has not seen, if there is."""
    fold, ids = found.scalers[0].key.fold, found.scalers[0].ids
    numbers = trials["trial"].tolist()
    seen = _seen(found.scalers[0], trials) if len(ids) else set()
    trial = next((one for one in numbers if one not in seen), numbers[0])
    row, window = numbers.index(trial), found.values.shape[1] // 2
    table = pd.DataFrame({"subject": [trials["subject"].iloc[row]], "trial": [trial]})
    scale = scaling(found.scalers, table, fold)
    x = np.asarray(found.values[row, window], np.float32)[None]
    return Window(trial, window, fold, scale(x, np.array([0]))[0], trial not in seen)


def _seen(fitted: Fitted, trials: pd.DataFrame) -> set[int]:
    """Return the subject's trials that a scaler was fitted on."""
    own = fitted.ids[fitted.ids["subject"] == trials["subject"].iloc[0]]
    return set(own["trial"].tolist())


@drawn
def grid_figure(
    layers: Mapping[str, np.ndarray], *, band: str, cells: grid.Cells, title: str, simulated: bool
) -> Figure:
    """Return the grid as colours, front at the top: one band with names and values of the electrodes, below it all."""
    figure = Figure(figsize=(5.6, 6.8), layout="constrained")
    note(figure, f"one window, {len(cells)} electrodes", simulated=simulated)
    parts: Any = figure.subfigures(2, 1, height_ratios=[5, 1.3])
    large, small = parts
    axes = large.subplots()
    image, used = layers[band], np.zeros((grid.SIZE, grid.SIZE), bool)
    for row, column in cells.values():
        used[row, column] = True
    placed = np.array([layer[used] for layer in layers.values()])
    look: Any = {"cmap": SIZES.with_extremes(bad="#ececec"), "vmin": placed.min(), "vmax": placed.max()}
    for place, (other, layer) in zip(small.subplots(1, len(layers), squeeze=False)[0], layers.items(), strict=True):
        place.imshow(np.where(used, layer, np.nan), **look)
        place.set(xticks=[], yticks=[])
        place.set_title(figures.short(other, 12), fontsize=8)
    drawn_image = axes.imshow(np.where(used, image, np.nan), **look)
    for name, (row, column) in cells.items():
        text = f"{figures.short(name, 5)}\n{number(float(image[row, column]))}"
        axes.text(column, row, text, ha="center", va="center", fontsize=7, color=BLACK)
    for row, column in zip(*np.nonzero(~used), strict=True):
        axes.text(column, row, "0", ha="center", va="center", fontsize=7, color=GREY)
    axes.set(title=title, xlabel="column (left to right)", ylabel="row (front to back)")
    axes.set(xticks=range(grid.SIZE), yticks=range(grid.SIZE))
    bar = large.colorbar(drawn_image, ax=axes, shrink=0.7)
    bar.set_label("scaled entropy (no unit)")
    return figure

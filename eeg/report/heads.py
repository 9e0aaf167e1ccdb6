"""Maps of the head, nose up: where electrodes are, and a colour for every number."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import mne
import numpy as np
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.ticker import MaxNLocator

from eeg.datasets import fif
from eeg.features import positions
from eeg.report.figures import BLACK, GREY

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.image import AxesImage

# Their darkest ends leave black names legible.
SIZES = LinearSegmentedColormap.from_list("sizes", ["#ffffff", "#f6c667", "#E69F00"])
SIGNED = LinearSegmentedColormap.from_list("signed", ["#56a3d6", "#ffffff", "#ee8a45"])

HEAD = 1.2
"""Radius of the drawn head, where the circumference through T7, Fpz, T8 and Oz has 1."""

MONTAGE = "colin27_1005"

FEWEST = 3
"""Channels that span an area, below which there is no map."""

NO_MAP = "There is no map of the head: the channels have no positions in head coordinates."


def seen_from_above(
    electrodes: Mapping[str, Sequence[float]], channels: Iterable[str]
) -> dict[str, tuple[float, float]]:
    """Return where the channels are on a map of the head, right and nose, the circumference at radius 1.

    Channels without a position or with one that is on no head are left out, and of those at one place all but the
    last; without nasion and ears all of them are.
    """
    if positions.absent(electrodes, ()):
        return {}
    middle = positions.middle(*(np.asarray(electrodes[name], float) for name in positions.LANDMARKS))
    near, far = positions.RADII
    points = {name: np.asarray(electrodes[name], float) - middle for name in channels if name in electrodes}
    on_head = {name: point for name, point in points.items() if near <= np.linalg.norm(point) <= far}
    flat = positions.project(np.array(list(on_head.values())).reshape(-1, 3)).round(4).tolist()
    at = {(x, y): name for name, (x, y) in zip(on_head, flat, strict=True)}
    return {name: place for place, name in at.items()}


def by_name(channels: Iterable[str]) -> dict[str, tuple[float, float]]:
    """Return where channels are on the map by their names in the 10-05 system; others are left out."""
    names = list(dict.fromkeys(channels))
    known = set(mne.channels.make_standard_montage(MONTAGE).ch_names)
    placed = [name for name in names if name in known]
    if not placed:
        return {}
    signal = mne.io.RawArray(np.zeros((len(placed), 1)), mne.create_info(placed, 1.0, "eeg"), verbose="error")
    return seen_from_above(fif.electrodes(signal.set_montage(MONTAGE)), placed)


def head_map(
    axes: "Axes", values: np.ndarray, points: np.ndarray, *, limits: tuple[float, float], signed: bool
) -> "AxesImage":
    """Draw one map and return its colours, for a bar.

    Parameters
    ----------
    axes : Axes
    values : ndarray, shape (n_channels,)
    points : ndarray, shape (n_channels, 2)
        See `seen_from_above`.
    limits : (float, float)
        What the ends of the colours stand for.
    signed : bool
        Whether the colours are those of numbers about zero.
    """
    image, _ = mne.viz.plot_topomap(
        values,
        points,
        axes=axes,
        show=False,
        sensors=False,
        contours=0,
        sphere=(0.0, 0.0, 0.0, HEAD),
        extrapolate="head",
        cmap=SIGNED if signed else SIZES,
        vlim=limits,
    )
    return image


def electrode_marks(axes: "Axes", points: np.ndarray, large: np.ndarray) -> None:
    """Draw electrodes as dots, large ones where `large` (n_channels,) says so."""
    axes.scatter(points[~large, 0], points[~large, 1], s=3, color=GREY, zorder=4)
    axes.scatter(points[large, 0], points[large, 1], s=22, color=BLACK, edgecolor="white", linewidth=0.6, zorder=5)


def colour_bar(image: "AxesImage", axes: Any, label: str) -> None:
    """Draw the bar of a map's colours below its axes, or below those of several maps."""
    every = np.ravel(axes)
    wide = len(every) > 1
    bar = every[0].figure.colorbar(
        image, ax=every, orientation="horizontal", shrink=0.5 if wide else 0.7, aspect=40 if wide else 18, pad=0.02
    )
    bar.set_label(label)
    bar.locator = MaxNLocator(nbins=4, steps=[1, 2, 2.5, 5, 10])
    bar.update_ticks()

"""Self-contained HTML: templates with escaping switched on, figures as inline PNG, numbers as people read them."""

import base64
import math
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from eeg.report import words

if TYPE_CHECKING:
    from matplotlib.figure import Figure

TEMPLATES = Path(__file__).parent / "templates"
DOTS_PER_INCH = 144
CSS_PIXELS_PER_INCH = 96
LEAST_SCALE = 0.72
"""A figure is never shown smaller than this share of its natural size: narrow screens scroll it instead."""


def png(figure: "Figure") -> bytes:
    """Return the figure as PNG, the same bytes for the same drawing."""
    buffer = BytesIO()
    figure.savefig(buffer, format="png", dpi=DOTS_PER_INCH, metadata={"Software": None})
    return buffer.getvalue()


def embed(figure: "Figure", alt: str) -> Markup:
    """Return an `img` element that holds the figure itself; `alt` is escaped."""
    width, height = (round(float(inches) * CSS_PIXELS_PER_INCH) for inches in figure.get_size_inches())
    return Markup(
        '<div class="figure" tabindex="0"><img src="data:image/png;base64,{}" alt="{}" width="{}" height="{}" '
        'style="min-width:{}px"></div>'
    ).format(base64.b64encode(png(figure)).decode(), alt, width, height, round(width * LEAST_SCALE))


def number(value: float | None, digits: int = 2) -> str:
    """Return a number with a fixed count of decimals and a true minus sign; nothing and NaN become "n/a"."""
    if value is None or not math.isfinite(value):
        return "n/a"
    text = f"{value:.{digits}f}"
    if float(text) == 0:
        text = text.removeprefix("-")
    return text.replace("-", "−")


def signed(value: float | None, digits: int = 2) -> str:
    """Return a difference with its sign."""
    text = number(value, digits)
    return text if text == "n/a" or text.startswith("−") or float(text) == 0 else f"+{text}"


def interval(low: float | None, high: float | None, digits: int = 2) -> str:
    """Return an interval as "0.52 to 0.61", or "n/a" where an end is missing."""
    ends = number(low, digits), number(high, digits)
    return "n/a" if "n/a" in ends else " to ".join(ends)


def p_value(value: float | None) -> str:
    """Return a p value with three decimals, "< 0.001" below."""
    return "< 0.001" if value is not None and 0 <= value < 0.001 else number(value, 3)


def records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows of a table as dictionaries."""
    return [dict(zip(table.columns, row, strict=True)) for row in table.itertuples(index=False, name=None)]


def render(template: str, *, repaired: bool = False, bads: str = "keep", **context: object) -> str:
    """Return a whole page; every piece of text in `context` is escaped, `Markup` stands as it is.

    `repaired` puts the words of that name on the page: its labels are not those of the copy that was read. `bads` is
    the config's word for what was done about bad channels, which the page says where it was anything.
    """
    return _environment().get_template(template).render(repaired=repaired, bads=bads, **context)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"number": number, "signed": signed, "p_value": p_value}
    environment.globals |= {
        "interval": interval,
        "style": Markup((TEMPLATES / "style.css").read_text(encoding="utf-8")),
        "words": words,
    }
    return environment

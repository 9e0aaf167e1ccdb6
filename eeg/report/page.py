"""Self-contained HTML: templates with escaping switched on, figures as inline pictures, numbers as people read them."""

import base64
import hashlib
import math
from functools import cache
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from eeg.errors import InputError
from eeg.report import words

if TYPE_CHECKING:
    from matplotlib.figure import Figure

POINTS = 100
"""Points in a score of 1."""

TEMPLATES = Path(__file__).parent / "templates"
DOTS_PER_INCH = 144
CSS_PIXELS_PER_INCH = 96
LOSSLESS = {"lossless": True, "quality": 20}
"""WebP without loss, at little effort: half of what PNG takes."""


def picture(figure: "Figure") -> bytes:
    """Return the figure as WebP without loss, the same bytes for the same drawing."""
    buffer = BytesIO()
    figure.savefig(buffer, format="webp", dpi=DOTS_PER_INCH, pil_kwargs=LOSSLESS)
    return buffer.getvalue()


def embed(figure: "Figure", alt: str) -> Markup:
    """Return an `img` element that holds the figure itself; `alt` is escaped."""
    width, height = (round(float(inches) * CSS_PIXELS_PER_INCH) for inches in figure.get_size_inches())
    return Markup(
        '<div class="figure" tabindex="0"><img src="data:image/webp;base64,{}" alt="{}" width="{}" height="{}" '
        'style="--width:{}px"></div>'
    ).format(base64.b64encode(picture(figure)).decode(), alt, width, height, width)


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


def points(value: float | None) -> str:
    """Return a difference of scores in points, a hundred in 1, with its sign."""
    return signed(None if value is None else POINTS * value, 1)


def interval(low: float | None, high: float | None, digits: int = 2) -> str:
    """Return an interval as "0.52 to 0.61", or "n/a" where an end is missing."""
    ends = number(low, digits), number(high, digits)
    return "n/a" if "n/a" in ends else " to ".join(ends)


def with_interval(value: float | None, low: float | None, high: float | None) -> str:
    """Return a value and, where its ends are known, its interval in brackets."""
    span = interval(low, high)
    return number(value) + (f" ({span})" if span != "n/a" else "")


def p_value(value: float | None) -> str:
    """Return a p value with three decimals, "< 0.001" below."""
    return "< 0.001" if value is not None and 0 <= value < 0.001 else number(value, 3)


def order(value: float | None) -> str:
    """Return by what a cell is sorted: the number whole, nothing where there is none."""
    return "" if value is None or not math.isfinite(value) else f"{value:.10g}"


def duration(seconds: float) -> str:
    """Return seconds as a person says them."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"


def megabytes(count: float) -> str:
    """Return megabytes, or gigabytes from a thousand on."""
    return f"{count:.0f} MB" if count < 1000 else f"{count / 1000:.1f} GB"


def records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows of a table as dictionaries."""
    return [dict(zip(table.columns, row, strict=True)) for row in table.itertuples(index=False, name=None)]


def render(
    template: str, *, repaired: bool = False, bads: str = "keep", interactive: bool = False, **context: object
) -> str:
    """Return a whole page; every piece of text in `context` is escaped, `Markup` stands as it is.

    `repaired` puts the words of that name on the page: its labels are not those of the copy that was read. `bads` is
    the config's word for what was done about bad channels, which the page says where it was anything.
    `interactive` gives the page what sorts and filters its tables with `data-choose`; without JavaScript they stand as
    they are. No page may ask for anything outside itself or run a script that is not ours: its policy forbids it.
    """
    flags = {"repaired": repaired, "bads": bads, "interactive": interactive}
    return _environment().get_template(template).render(**flags, **context)


def _datatables() -> str:
    """Return DataTables, the bundle that the package itables carries, as base64."""
    package = find_spec("itables")
    if package is None or package.origin is None:
        raise InputError(
            "the package itables, which carries DataTables", "none", "Run `make` to install what is locked."
        )
    return base64.b64encode((Path(package.origin).parent / "html" / "dt_bundle.js").read_bytes()).decode()


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    script = (TEMPLATES / "tables.js").read_text(encoding="utf-8")
    environment.filters |= {"number": number, "signed": signed, "p_value": p_value, "order": order}
    environment.filters |= {"duration": duration, "megabytes": megabytes, "points": points}
    environment.globals |= {
        "interval": interval,
        "style": Markup((TEMPLATES / "style.css").read_text(encoding="utf-8")),
        "script": Markup(script),
        "script_hash": base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
        "datatables": _datatables,
        "words": words,
    }
    return environment

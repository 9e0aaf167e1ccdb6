"""What a section of the page is: a heading, and HTML of its own."""

from typing import Any, NamedTuple

from markupsafe import Markup

from eeg.report.page import render


class Section(NamedTuple):
    """A part of the page under a heading."""

    title: str
    body: Markup


def section(title: str, template: str, **context: Any) -> Section:
    """Return a section rendered from `templates/subject_{template}.html.j2`; all text in `context` is escaped."""
    return Section(title, Markup(render(f"subject_{template}.html.j2", **context)))

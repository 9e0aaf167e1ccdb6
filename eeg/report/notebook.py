"""An executed notebook as a page: its text, code and results in the frame that every page has."""

import copy
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from markupsafe import Markup
from nbconvert import HTMLExporter

from eeg.report import words
from eeg.report.page import render
from eeg.report.provenance import provenance_line

if TYPE_CHECKING:
    import nbformat

    from eeg.results import Results

CELLS = """
{%- extends "basic/index.html.j2" -%}
{%- block data_html scoped -%}
<div class="table" tabindex="0">{{ output.data["text/html"] | spoken }}</div>
{%- endblock -%}
"""
"""How nbconvert writes cells, but that a table wider than the window can be scrolled, by keys too, and read aloud."""


def notebook_page(
    notebook: "nbformat.NotebookNode", name: str, results: "Results", *, provenance: Mapping[str, Any]
) -> str:
    """Return an executed notebook as a self-contained page, titled by its first heading.

    What cells show as HTML stands as it is: they are trusted as the code that was executed. The page's policy keeps
    scripts from running and anything from being loaded.

    Parameters
    ----------
    notebook : NotebookNode
        Executed; its first cell begins with a heading.
    name : str
        The notebook's file without its ending; the page lies beside `NAME.ipynb`.
    results : Results
        Where it has read: whether its recordings are simulated, and whose labels were repaired.
    provenance : mapping
        `commit`, `date`, `versions`.
    """
    own = copy.deepcopy(notebook)
    heading, _, own.cells[0].source = own.cells[0].source.partition("\n")
    exporter = HTMLExporter(
        raw_template=CELLS, exclude_anchor_links=True, exclude_input_prompt=True, exclude_output_prompt=True
    )
    exporter.register_filter("spoken", _spoken)
    return render(
        "notebook.html.j2",
        title=heading.removeprefix("# "),
        simulated=results.simulated,
        repaired=bool(results.repaired),
        bads=results.config["check"]["bads"],
        citations=words.citations(results.source),
        provenance=provenance_line(provenance),
        name=name,
        cells=Markup(exporter.from_notebook_node(own)[0]),
    )


def _spoken(html: str) -> str:
    """Return what pandas makes of a table with what a screen reader needs: which headings are of rows, and a name."""
    head, body, rest = html.partition("<tbody>")
    html = _scoped(head, "col") + body + _scoped(rest, "row")
    return html.replace('class="dataframe"', 'class="dataframe" aria-label="what the code above shows"')


def _scoped(html: str, scope: str) -> str:
    return re.sub(r"<th(?=[\s>])", f'<th scope="{scope}"', html)

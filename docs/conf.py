"""How Sphinx builds the guide: `make docs`. The chapters are Markdown that reads well without it too."""

from pygments.lexers.special import TextLexer
from sphinx.application import Sphinx

project = "eeg"
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
exclude_patterns = ["_build"]

myst_heading_anchors = 3
autodoc_member_order = "bysource"
autodoc_typehints = "none"

html_theme = "furo"
html_title = "eeg: DEAP emotion recognition whose numbers can be defended"
html_static_path = ["_static"]
html_css_files = ["guide.css"]
html_copy_source = False
html_use_index = False
html_domain_indices = False
html_show_copyright = False
html_show_sphinx = False


def setup(app: Sphinx) -> None:
    """Let blocks of csv be plain text: the highlighter has no language of that name."""
    app.add_lexer("csv", TextLexer)

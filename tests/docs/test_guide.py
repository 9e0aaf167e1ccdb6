"""`make docs` builds the guide without a warning, and its pages ask for nothing outside."""

import re
import shlex
import subprocess
import sys

import pytest

from tests.docs.blocks import ROOT

OUTSIDE = re.compile(
    r"<(?:script|img|iframe|source|embed|object)\b[^>]*\b(?:src|data)=[\"'](?:https?:)?//"
    r"|<link\b[^>]*\bhref=[\"'](?:https?:)?//|@import|url\([\"']?(?:https?:)?//",
)


@pytest.fixture(scope="module")
def guide(tmp_path_factory):
    """The guide as `make docs` builds it, elsewhere."""
    said = subprocess.run(["make", "-n", "docs"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    (line,) = [line for line in said.splitlines() if "sphinx" in line]
    _, *command, source, target = shlex.split(line)
    assert (source, target) == ("docs", "docs/_build/html")
    assert "-W" in command
    folder = tmp_path_factory.mktemp("guide")
    command = [sys.executable, *command, "-d", str(folder / "trees"), source, str(folder / "html")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return folder / "html"


def test_every_chapter_is_built_and_leads_to_the_others(guide):
    pages = {page.stem for page in (ROOT / "docs").glob("*.md")}
    assert pages <= {page.stem for page in guide.glob("*.html")}
    index = (guide / "index.html").read_text()
    assert all(f'href="{page}.html"' in index for page in pages - {"index"})


def test_pages_ask_for_nothing_outside(guide):
    files = [path for ending in ("html", "css", "js") for path in guide.rglob(f"*.{ending}")]
    found = {str(path.relative_to(guide)): OUTSIDE.search(path.read_text()) for path in files}
    assert {name: one[0] for name, one in found.items() if one} == {}


def test_the_reading_interface_is_documented_from_its_docstrings(guide):
    text = (guide / "reference.html").read_text()
    assert "eeg.results.open_results" in text
    assert "One row per protocol, target, model, subject, unit and metric" in text

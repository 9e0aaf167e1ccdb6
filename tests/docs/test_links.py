"""Links and paths of the README and the guide lead to something."""

import re

import pytest

from tests.docs.blocks import PAGES, ROOT

PLACES = r"(?:benchmarks|configs|docs|eeg|notebooks|profiles|tests)/[\w/.-]*"
WRITTEN = {"docs/_build/html", "docs/_build/html/index.html"}
"""What a command of the guide makes, or the reader."""


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_to_a_file_and_its_heading(page):
    for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text()):
        path, _, heading = target.partition("#")
        assert "://" not in target, "the guide is read without a network"
        assert (page.parent / path).exists(), target
        if heading:
            heads = re.findall(r"^#+ (.*)$", (page.parent / path).read_text(), flags=re.M)
            assert heading in [re.sub(r"[^\w -]", "", head.lower()).replace(" ", "-") for head in heads]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_paths_of_the_project_are_there(page):
    text = re.sub(r"^```.*?^```", "", page.read_text(), flags=re.S | re.M)
    named = {path for code in re.findall(r"`([^`\n]+)`", text) for path in re.findall(rf"^{PLACES}$", code)}
    absent = {path for path in named - WRITTEN if not (ROOT / path).exists() and "NAME" not in path}
    assert absent <= {"benchmarks/..."} if page.name == "artifacts.md" else absent == set()


def test_the_readme_leads_to_every_chapter():
    linked = set(re.findall(r"\]\(docs/([\w-]+\.md)\)", (ROOT / "README.md").read_text()))
    chapters = {page.name for page in PAGES} - {"README.md", "index.md"}
    assert linked >= chapters


def test_the_readme_opens_with_a_picture_two_commands_and_where_to_look():
    first = (ROOT / "README.md").read_text().split("\n## ")[0]
    assert first.index("docs/overview.png") < first.index("make run") < first.index("results/reports/index.html")
    assert "chance is Y" in first
    assert len(first.splitlines()) < 40

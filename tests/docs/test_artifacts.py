"""docs/artifacts.md is the contract of `results/`: the files of the Snakefile, the columns of the code."""

import re

import pytest

from eeg import calibration, explanations, leaks, pairs, predictions, scores, statistics
from tests.docs.blocks import PAGES, ROOT

PAGE = ROOT / "docs" / "artifacts.md"
TEXT = PAGE.read_text()
CAPITALS = {"{%s}" % name: name.upper() for name in "subject protocol branch target model part".split()}  # noqa: UP031
COLUMNS = {
    "scores.csv": scores.COLUMNS,
    "summary.csv": statistics.SUMMARY,
    "comparisons.csv": statistics.COMPARISONS,
    "chance.csv": [*scores.P_COLUMNS, "p_refit"],
    "pairs.csv": pairs.PAIRS,
    "calibration.csv": calibration.COLUMNS,
    "confusion.csv": predictions.CONFUSION,
    "leaks/scores.csv": ["source", *leaks.LEAKS, *scores.COLUMNS],
    "leaks/shares.csv": leaks.SHARES,
    "leaks/summary.csv": leaks.WORTHS,
    "explanations.csv": explanations.VALUES,
    "explanations/summary.csv": explanations.SUMMARY,
    "explanations/sanity.csv": explanations.SANITY,
}
NOTED = "note"
"""The last column of each of them: what must be known of a row to quote it."""

PASSING = re.compile(r"results/(logs|benchmarks|simulated|recordings/(recorded|downsampled|bandpassed|referenced))/")
"""What the page names as a folder, or as deleted once used."""


def listed():
    """Return every path of the page's tables, as a pattern; `...` stands for what lies below."""
    cells = [line.split("|")[1] for line in TEXT.split("## Columns")[0].splitlines() if line.startswith("| `")]
    return {name for cell in cells for name in re.findall(r"`([^`]+)`", cell)}


def made():
    """Return every path the Snakefile writes, in capitals as on the page."""
    text = (ROOT / "Snakefile").read_text().replace("{{", "{").replace("}}", "}")
    outputs = re.findall(r"^ +output:\n(.*?)\n +(?:log|benchmark):", text, flags=re.S | re.M)
    paths = {path for block in outputs for path in re.findall(r'"(results/[^"]+)"', block)}
    for name, capital in {**CAPITALS, "{application}": "NAME", "{notebook}": "NAME"}.items():
        paths = {path.replace(name, capital) for path in paths}
    return {path.removeprefix("results/") for path in paths if not PASSING.match(path)}


def test_every_file_the_snakefile_writes_is_on_the_page():
    assert len(made()) > 30
    assert made() - listed() == set()


def fits(path, pattern):
    """Tell whether a path, with or without names in capitals, is one of a pattern or a folder on the way to one."""
    parts = [r"[^/]+" if word.isupper() else re.escape(word) for word in re.split(r"([A-Z]{2,})", pattern)]
    whole = "".join(parts).replace(re.escape("..."), ".*")
    return bool(re.fullmatch(whole, path)) or (path.endswith("/") and pattern.startswith(path))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_files_of_results_that_a_page_names_are_on_the_contract(page):
    named = set(re.findall(r"`results/([\w./*]*)`", page.read_text())) - {""}
    unknown = {path for path in named if not any(fits(path.replace("*", "s01"), pattern) for pattern in listed())}
    assert unknown == set()


def test_the_columns_are_those_of_the_code():
    rows = [f"| `{name}` | `{', '.join([*columns, NOTED])}` |" for name, columns in COLUMNS.items()]
    expected = "\n".join(["| file | columns |", "| --- | --- |", *rows])
    assert f"<!-- columns -->\n\n{expected}\n" in TEXT, f"put this after <!-- columns -->:\n{expected}"

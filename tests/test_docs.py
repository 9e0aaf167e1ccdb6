"""The tables of docs/checks.md are those of the code."""

from pathlib import Path

import pytest

from eeg.datasets.simulated.flaws import FLAWS
from eeg.doctor.catalogue import CATALOGUE
from tests.datasets.hostile import HOSTILE

PAGE = Path(__file__).parents[1] / "docs" / "checks.md"


def table(head, rows):
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join(f"| {' | '.join(str(cell).replace('|', '') for cell in line)} |" for line in lines)


def hostile_by_code():
    codes = dict.fromkeys(one.code for one in HOSTILE)
    return [(f"`{code}`", ", ".join(one.name for one in HOSTILE if one.code == code)) for code in codes]


TABLES = {
    "findings": table(
        ("code", "verdict", "meaning"),
        [(f"`{code}`", kind.severity, kind.meaning) for code, kind in CATALOGUE.items()],
    ),
    "hostile": table(("refused as", "what was tried"), hostile_by_code()),
    "flaws": table(
        ("flaw", "what is wrong", "forms", "found as"),
        [
            (f"`{name}`", flaw.said, ", ".join(flaw.forms), f"`{flaw.code}`" if flaw.code else "no fault")
            for name, flaw in FLAWS.items()
        ],
    ),
}


@pytest.mark.parametrize("name", TABLES)
def test_the_page_has_the_table_as_the_code_has_it(name):
    text = PAGE.read_text()
    assert f"<!-- {name} -->\n\n{TABLES[name]}\n" in text, (
        f"put this after <!-- {name} --> in {PAGE.name}:\n{TABLES[name]}"
    )


def test_every_flaw_is_found_under_a_code_of_the_catalogue():
    for name, flaw in FLAWS.items():
        assert {flaw.code, *flaw.also} - {None} <= set(CATALOGUE), name

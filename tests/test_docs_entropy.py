"""The tables of docs/entropy.md name what the code and the config name."""

import re
from pathlib import Path

import pytest

from eeg.config import load
from eeg.features import definitions

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "entropy.md").read_text()
SETS = load(str(ROOT / "config.yaml"))["bands"]
SET_OF = {"ccnn": "ccnn4", "torcheeg": "torcheeg4", "libeer": "libeer5", "libeer_lds": "libeer5"}


def rows(name):
    """The cells of the table after <!-- name -->, without its head."""
    lines = PAGE.split(f"<!-- {name} -->\n\n")[1].split("\n\n")[0].splitlines()
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def edges(low, high):
    return f"{low:g}-{high:g}"


def test_the_sets_are_those_of_the_config():
    expected = [
        [f"`{name}`", ", ".join(f"{band} {edges(*at)}" for band, at in one.items())] for name, one in SETS.items()
    ]
    assert rows("sets") == expected


def test_the_definitions_are_those_of_the_code_in_their_own_words():
    every = [(name, definitions.definition(name)) for name in definitions.names()]
    assert rows("definitions") == [[f"`{name}`", one.UNITS, one.STATEMENT, one.SUBTRACTED] for name, one in every]


def test_every_definition_has_a_distance_in_every_band_of_its_set():
    assert set(SET_OF) == set(definitions.names()) - {"reference"}
    expected = [[f"`{name}`", f"{band} {edges(*at)}"] for name, one in SET_OF.items() for band, at in SETS[one].items()]
    assert [row[:2] for row in rows("distances")] == expected


def test_every_band_of_every_set_has_a_bias():
    listed = {band: re.findall(r"`(\w+)`", sets) for band, sets, *_ in rows("biases")}
    every = {edges(*at) for one in SETS.values() for at in one.values()}
    assert listed == {band: [s for s in SETS if band in [edges(*at) for at in SETS[s].values()]] for band in every}


def test_every_band_of_the_default_set_has_what_the_ends_do_to_it():
    assert [row[0] for row in rows("ends")] == [f"{band} {edges(*at)}" for band, at in SETS["five"].items()]


@pytest.mark.parametrize("path", re.findall(r"(?:benchmarks|configs|eeg)/[\w/.]+", PAGE))
def test_the_files_that_the_page_names_are_there(path):
    assert (ROOT / path).exists()


def test_the_config_names_every_definition_in_its_comment():
    comment = re.search(r"definition: reference +# ([\w |]+):", (ROOT / "config.yaml").read_text())
    assert comment is not None
    assert comment[1].split(" | ") == sorted(definitions.names(), key=["reference", *SET_OF].index)

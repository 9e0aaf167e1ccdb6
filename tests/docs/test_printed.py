"""What the guide says is printed is what its cause prints today."""

import pytest

from tests.docs.blocks import BLOCKS
from tests.docs.printed import PRINTED, masked

SHOWN = [block for block in BLOCKS if block.printed]


@pytest.mark.parametrize("block", SHOWN, ids=lambda block: f"{block}-{block.printed}")
def test_the_guide_quotes_what_is_printed(block, tmp_path, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    said = PRINTED[block.printed](tmp_path)
    if block.printed == "plan":  # numbers depend on the machine, and on how many people there are
        assert masked(block.text) == masked(said)
    else:
        assert block.text == said, f"put this into {block}:\n{said}"


def test_every_cause_is_quoted_once():
    assert sorted(block.printed for block in SHOWN) == sorted(PRINTED)

"""The fenced blocks of the README and the guide: what the reader is told to type, and what is printed."""

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
PRINTED = re.compile(r"<!-- printed: (\w+) -->")
NAMED = re.compile(r"# ([\w/.-]+\.(?:yaml|py))(?:, over ([\w/.-]+))?$")


@dataclass(frozen=True)
class Block:
    """One fenced block.

    Attributes
    ----------
    page : path
    line : int
        The first line of its text.
    language : str
    text : str
    printed : str or None
        Its name, where a comment above it says that the block is what is printed.
    """

    page: Path
    line: int
    language: str
    text: str
    printed: str | None

    def __str__(self):
        return f"{self.page.name}:{self.line}"

    @property
    def named(self):
        """The file the block is, and the config it lies over, where its first line is a comment that says so."""
        found = NAMED.match(self.text.split("\n", 1)[0])
        return (found[1], found[2]) if found else (None, None)


def blocks_of(page):
    """Return the blocks of a page; every fence must be closed."""
    found, start, above = [], None, ""
    lines = page.read_text().splitlines()
    for number, line in enumerate(lines):
        if not line.startswith("```"):
            above = line if start is None and line.strip() else above
        elif start is None:
            start = number
        else:
            mark, text = PRINTED.fullmatch(above), "\n".join(lines[start + 1 : number])
            found.append(Block(page, start + 2, lines[start][3:].strip(), text, mark[1] if mark else None))
            start, above = None, ""
    if start is not None:
        raise ValueError(f"{page.name}: the block of line {start + 1} is not closed")
    return found


BLOCKS = [block for page in PAGES for block in blocks_of(page)]


def of(language):
    """Return the blocks of a language."""
    return [block for block in BLOCKS if block.language == language]

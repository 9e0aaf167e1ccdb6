"""What Snakemake's own report shows has captions, and no caption is left over."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
SHOWN = {"check", "parity", "subject", "overview", "summary", "comparisons", "calibration", "confusion", "leaks"}
SHOWN |= {"explanations", "methods", "notebook"}


def test_every_output_for_people_has_a_caption():
    text = (ROOT / "Snakefile").read_text(encoding="utf-8")
    captions = re.findall(r'caption="report/(\w+)\.rst"', text)
    assert sorted(captions) == sorted(SHOWN)
    assert text.count("category=") == text.count("report(\n") == len(captions)
    assert {path.stem for path in (ROOT / "report").iterdir()} == SHOWN | {"workflow"}
    assert all(path.read_text(encoding="utf-8").strip() for path in (ROOT / "report").iterdir())

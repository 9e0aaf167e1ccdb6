"""Say on the terminal what the checks found; a refusal is a failure."""

import sys
from pathlib import Path

from eeg.doctor import said
from eeg.storage import read_json, write_text

reports = [read_json(path) for path in snakemake.input]
text = said(reports)
write_text(Path(snakemake.log[0]), text + "\n")
refused = any(report["verdict"] == "refuse" for report in reports)
if refused:
    sys.exit(1)
print(text)

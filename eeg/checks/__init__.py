"""Whether a config makes an experiment, found out before the first job: each mistake one clear error."""

from eeg.checks._shared import choose
from eeg.checks.experiment import experiment, model_entry
from eeg.checks.source import blocks, flaws, folder, release, results, subjects, videos

__all__ = [
    "blocks",
    "choose",
    "experiment",
    "flaws",
    "folder",
    "model_entry",
    "release",
    "results",
    "subjects",
    "videos",
]

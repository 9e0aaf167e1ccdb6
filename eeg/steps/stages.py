"""A recording between steps, what pages show of it once it is gone, and what is known of it where it is simulated."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from eeg.datasets import fif
from eeg.preprocess import eog
from eeg.preprocess.shown import spectrum
from eeg.storage import read_json, write_csv

if TYPE_CHECKING:
    import mne


def write_stage(output: Any, raw: "mne.io.BaseRaw") -> None:
    """Write a recording and, beside it, its spectrum: most stages are not kept."""
    fif.write(output.recording, raw)
    write_csv(output.spectrum, spectrum(raw))


def read_truth(paths: Sequence[str], **stage: Any) -> eog.Truth | None:
    """Return what is known of a simulated recording's clean signal at a stage (see `eog.known`); None without files."""
    if not paths:
        return None
    return eog.known(fif.read_recording(paths[0]), read_json(paths[1])["eog_weights"], **stage)

"""A subject's recording beside the release: cleaned by our own steps, whichever of the two the experiment reads."""

from collections.abc import Mapping
from types import ModuleType
from typing import Any

from eeg.doctor import finding, labels, parity, verdict
from eeg.errors import InputError
from eeg.preprocess import eog
from eeg.preprocess.bandpass import bandpass
from eeg.preprocess.downsample import downsample
from eeg.preprocess.reference import average
from eeg.preprocess.segment import segment

SFREQ = 128.0
"""Hz: the rate of the release."""

LOW, HIGH, WIDE = 4.0, 45.0, 1.0
"""Hz: the pass-band of the release, and the lower edge of the copy from which EOG weights come."""

CLEANING = eog.Settings(method="regression", fit="recording", weights="events", shrink=True)
"""How eye movements are removed on our side."""


def compare(
    reader: ModuleType, source: Mapping[str, Any], subject: str, *, other: str, trial: Mapping[str, float]
) -> dict[str, Any]:
    """Return the artifact `results/parity/{subject}.json`; never raises InputError.

    Parameters
    ----------
    reader : module
        A file of `eeg.datasets` that reads recordings and releases.
    source : mapping
        `folder`, and `settings`: keywords of the reader.
    subject : str
        Subject id.
    other : str
        The form of the release.
    trial : mapping
        `baseline` and `duration`, seconds before and after the start of a video.

    Returns
    -------
    dict
        As `parity.compare`, with `subject` and `other` and a finding on the labels.
    """
    about = {"subject": subject, "other": other}
    folder = source["folder"]
    recorded, released = ({**source["settings"], "form": form} for form in ("original", other))
    try:
        trials = reader.trial_table(folder, subject, **recorded)
        raw = downsample(reader.read(folder, subject, trials, **recorded), sfreq=SFREQ)
        narrow, wide = (average(bandpass(raw, low=low, high=HIGH)) for low in (LOW, WIDE))
        ours = segment(eog.remove(narrow, wide, CLEANING)[0], trials, **trial)
        theirs = reader.read_trials(folder, subject, trials.sort_values("video"), **released)
        held = reader.release_labels(folder, subject, **released)
    except InputError as error:
        remedy = (
            "See the check of the recordings, or take one of both out of the folder to go on without the comparison."
        )
        message = f"There is nothing to compare: expected {error.expected}, received {error.received}."
        unread = finding("parity_signal", message, where=str(error.file or ""), remedy=remedy)
        return {**about, "verdict": verdict([unread]), "findings": [unread], "n_trials": 0}
    first = round((-theirs.tmin - trial["baseline"]) * SFREQ)
    x, y = (1e6 * epochs.get_data(ours.ch_names) for epochs in (ours, theirs))
    y = y[:, :, max(first, 0) : max(first, 0) + len(ours.times)].astype("float32")
    report = parity.compare(x, y, trials, channels=ours.ch_names, sfreq=SFREQ)
    findings = [*report["findings"], labels.beside(held, trials)]
    return {**about, **report, "verdict": verdict(findings), "findings": findings}

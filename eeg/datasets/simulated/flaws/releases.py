"""Flaws of the preprocessed release: the arrays, or the bytes, of a subject's `.dat` or `.mat` file."""

from collections.abc import Callable
from functools import wraps

import numpy as np

from eeg.channels import GENEVA, TWENTE
from eeg.datasets.simulated import release, release_files
from eeg.datasets.simulated.flaws.case import Case, Spoil
from eeg.datasets.simulated.recording import record
from eeg.storage import writing

RUNS = b"cposix\nsystem\nU\x04true\x85R0"
"""Opcodes that have the shell run `true`, which does nothing, and leave no trace of it."""

OTHER_KEYS = (("x", "y"), ("Data", "Labels"), ("data", "label"), ("eeg", "ratings"))

Change = Callable[[dict[str, np.ndarray], Case], None]


def in_release(change: Change) -> Spoil:
    """Return the flaw that makes a change in the arrays of a subject's file."""

    @wraps(change)
    def spoil(case: Case) -> None:
        arrays = release_files.read(case.path)
        change(arrays, case)
        release_files.write(case.path, arrays)

    return spoil


def unsafe(case: Case) -> None:
    """Let the pickle run a command when it is loaded, and then give the arrays as before."""
    content = case.path.read_bytes()
    with writing(case.path) as temporary:
        temporary.write_bytes(content[:2] + RUNS + content[2:])


@in_release
def trial_absent(arrays: dict[str, np.ndarray], case: Case) -> None:
    """Leave out one trial."""
    row = case.one_of(len(arrays["data"]))
    for name, array in arrays.items():
        arrays[name] = np.delete(array, row, axis=0)


@in_release
def samples_absent(arrays: dict[str, np.ndarray], case: Case) -> None:
    """Cut off the seconds before the video."""
    arrays["data"] = arrays["data"][:, :, round(case.settings.baseline * release.RATE) :]


@in_release
def keys(arrays: dict[str, np.ndarray], case: Case) -> None:
    """Call the arrays something else."""
    data, ratings = OTHER_KEYS[case.one_of(len(OTHER_KEYS))]
    renamed = {data: arrays.pop("data"), ratings: arrays.pop("labels")}
    arrays.update(renamed)


@in_release
def integers(arrays: dict[str, np.ndarray], case: Case) -> None:
    """Round the signals to whole numbers of 16 bits."""
    arrays["data"] = np.clip(np.rint(arrays["data"]), -(2**15), 2**15 - 1).astype(np.int16)


@in_release
def nan(arrays: dict[str, np.ndarray], case: Case) -> None:
    """Leave a tenth of one trial of an EEG channel without numbers."""
    data = arrays["data"]
    length = data.shape[2] // 10
    first = case.one_of(data.shape[2] - length)
    data[case.one_of(len(data)), _channel(case), first : first + length] = np.nan


@in_release
def samples_lost(arrays: dict[str, np.ndarray], case: Case) -> None:
    """Let all channels be zero for a third of one trial."""
    data = arrays["data"]
    length = data.shape[2] // 3
    first = case.one_of(data.shape[2] - length)
    data[case.one_of(len(data)), :, first : first + length] = 0.0


@in_release
def flat(arrays: dict[str, np.ndarray], case: Case) -> None:
    """Let an EEG channel be zero."""
    arrays["data"][:, _channel(case)] = 0.0


@in_release
def clipped(arrays: dict[str, np.ndarray], case: Case) -> None:
    """Let an EEG channel end at two robust standard deviations."""
    channel = _channel(case)
    x = arrays["data"][:, channel]
    middle = np.median(x)
    reach = 2 * 1.4826 * np.median(np.abs(x - middle))
    arrays["data"][:, channel] = np.clip(x, middle - reach, middle + reach)


@in_release
def noisy(arrays: dict[str, np.ndarray], case: Case) -> None:
    """Add white noise of 30 standard deviations to an EEG channel."""
    channel = _channel(case)
    x = arrays["data"][:, channel]
    arrays["data"][:, channel] = x + case.rng.normal(0.0, 30 * x.std(), x.shape)


@in_release
def shuffled(arrays: dict[str, np.ndarray], case: Case) -> None:
    """Put the EEG channels in a random order."""
    _reorder(arrays, case.rng.permutation(len(GENEVA)))


@in_release
def site_order(arrays: dict[str, np.ndarray], case: Case) -> None:
    """Put the EEG channels in the order of Twente."""
    _reorder(arrays, np.array([GENEVA.index(name) for name in TWENTE]))


@in_release
def volts(arrays: dict[str, np.ndarray], case: Case) -> None:
    """Give all signals in millionths of their unit."""
    arrays["data"] = arrays["data"] * 1e-6


@in_release
def trial_repeated(arrays: dict[str, np.ndarray], case: Case) -> None:
    """Write the samples of one trial over another's."""
    first, second = case.some_of(len(arrays["data"]), 2)
    arrays["data"][second] = arrays["data"][first]


@in_release
def rows_order(arrays: dict[str, np.ndarray], case: Case) -> None:
    """Put the signals of the trials in the order of presentation; the labels stay in that of the videos."""
    arrays["data"] = arrays["data"][_presented(case)]


@in_release
def labels_order(arrays: dict[str, np.ndarray], case: Case) -> None:
    """Put the labels in the order of presentation; the signals stay in that of the videos."""
    arrays["labels"] = arrays["labels"][_presented(case)]


@in_release
def labels_inverted(arrays: dict[str, np.ndarray], case: Case) -> None:
    """Store 9 - rating for valence and arousal of the trials in which both are high."""
    pair = arrays["labels"][:, :2]
    high = (pair > 5.0).all(axis=1)
    pair[high] = (9.0 - pair[high]).round(2)


@in_release
def labels_columns(arrays: dict[str, np.ndarray], case: Case) -> None:
    """Exchange valence and arousal."""
    arrays["labels"] = arrays["labels"][:, [1, 0, 2, 3]]


@in_release
def labels_changed(arrays: dict[str, np.ndarray], case: Case) -> None:
    """Change three valences by 1 to 3, towards the middle of the scale and past it."""
    valence = arrays["labels"][:, 0]
    rows = case.some_of(len(valence), 3)
    valence[rows] = (valence[rows] - np.where(valence[rows] > 5.0, 1, -1) * case.rng.uniform(1.0, 3.0, 3)).round(2)


@in_release
def shifted(arrays: dict[str, np.ndarray], case: Case) -> None:
    """Cut all trials one second later."""
    arrays["data"] = _anew(case, shift=1.0)


@in_release
def wide(arrays: dict[str, np.ndarray], case: Case) -> None:
    """Filter to 0.5-60 Hz."""
    arrays["data"] = _anew(case, band=(0.5, 60.0))


@in_release
def narrow(arrays: dict[str, np.ndarray], case: Case) -> None:
    """Filter to 8-30 Hz."""
    arrays["data"] = _anew(case, band=(8.0, 30.0))


def _channel(case: Case) -> int:
    return case.one_of(len(GENEVA))


def _reorder(arrays: dict[str, np.ndarray], order: np.ndarray) -> None:
    arrays["data"][:, : len(GENEVA)] = arrays["data"][:, order]


def _presented(case: Case) -> np.ndarray:
    """Return the row of each trial's video, in the order of presentation."""
    return case.ratings()["Experiment_id"].to_numpy() - 1


def _anew(case: Case, *, band: tuple[float, float] = release.BAND, shift: float = 0.0) -> np.ndarray:
    """Return the subject's trials made from the recording again, in another way."""
    recording = record(case.subject, case.settings, case.seed)
    return release.trials(recording, case.settings, band=band, shift=shift)

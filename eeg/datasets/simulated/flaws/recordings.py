"""Flaws and oddities of the original recordings: triggers, labels and samples of a BDF file."""

from collections.abc import Callable
from functools import wraps

import numpy as np

from eeg.channels import GENEVA, TWENTE
from eeg.datasets import bdf
from eeg.datasets.simulated.cohort import SFREQ
from eeg.datasets.simulated.flaws.case import Case, Spoil
from eeg.datasets.simulated.flaws.records import Records, edited

VIDEO = 4
"""Trigger code at the start of a video."""

OFFSET = 1638144
"""What is added to the code in recordings whose status channel has an offset."""

APART = 10.0
"""Seconds between a trigger that was moved and where it was."""

HELD = SFREQ // 10
"""Samples for which a code is held."""

MARGIN = 10
"""Samples without a code before and after one that is added."""

SLOW = 64
"""Samples per second of a recording that is too slow."""

Change = Callable[[Records, Case], None]


def in_recording(change: Change) -> Spoil:
    """Return the flaw that makes a change in a subject's BDF file."""

    @wraps(change)
    def spoil(case: Case) -> None:
        with edited(case.path) as records:
            change(records, case)

    return spoil


@in_recording
def header_open(records: Records, case: Case) -> None:
    """Leave the number of records open, as a recording program does that was stopped."""
    records.set_number(-1)


@in_recording
def labels_padded(records: Records, case: Case) -> None:
    """Put blanks before all labels but the status channel's, and write those of the EEG in one case of letters."""
    case_of = str.upper if case.rng.random() < 0.5 else str.lower
    eeg = set(records.eeg.values())
    for index, label in enumerate(records.labels[:-1]):
        records.set_label(index, " " * (1 + case.one_of(3)) + (case_of(label) if index in eeg else label))


@in_recording
def triggers_offset(records: Records, case: Case) -> None:
    """Give the status channel the offset of later recordings, or take it away."""
    codes, high = records.codes, records.samples[:, -1, :, 1:]
    if high.any():
        high[:] = 0
        return
    first = int(np.flatnonzero(codes)[0])
    values = codes.astype(np.int32) + OFFSET + bdf.INITIAL * (np.arange(len(codes)) < first // 2)
    records.set_signal(records.n_channels - 1, values)


@in_recording
def triggers_missing(records: Records, case: Case) -> None:
    """Take away three video triggers, or a third of them where that is less."""
    starts = _starts(records.codes)
    _remove(records, starts[case.some_of(len(starts), min(3, len(starts) // 3))])


@in_recording
def triggers_lost(records: Records, case: Case) -> None:
    """Take away a third of the video triggers and one more."""
    starts = _starts(records.codes)
    _remove(records, starts[case.some_of(len(starts), len(starts) // 3 + 1)])


@in_recording
def triggers_extra(records: Records, case: Case) -> None:
    """Add a video trigger between two trials."""
    codes, settings = records.codes, case.settings
    idle = _idle(codes)
    for start in _starts(codes):
        first, last = start - settings.baseline * SFREQ - HELD, start + settings.duration * SFREQ
        idle = idle[(idle < first) | (idle > last)]
    _add(records, _within(idle, _starts(codes)), VIDEO, case)


@in_recording
def triggers_moved(records: Records, case: Case) -> None:
    """Take away one video trigger, neither first nor last, and add one `APART` or more away from it."""
    codes = records.codes
    starts = _starts(codes)
    gone = starts[1 + case.one_of(len(starts) - 2)]
    idle = _within(_idle(codes), starts)
    _remove(records, [gone])
    _add(records, idle[np.abs(idle - gone) > APART * SFREQ], VIDEO, case)


@in_recording
def trigger_codes(records: Records, case: Case) -> None:
    """Add a code that DEAP does not use."""
    _add(records, _idle(records.codes), 99, case)


@in_recording
def channel_renamed(records: Records, case: Case) -> None:
    """Give an EEG channel the name of a socket of the amplifier."""
    index = list(records.eeg.values())[case.one_of(len(GENEVA))]
    records.set_label(index, f"A{index + 1}")


@in_recording
def sites_swapped(records: Records, case: Case) -> None:
    """Put the EEG labels on the channels in the order of the other site."""
    present = records.eeg
    other = GENEVA if list(present) == TWENTE else TWENTE
    _rename(records, dict(zip(present.values(), other, strict=True)))


@in_recording
def shuffled(records: Records, case: Case) -> None:
    """Put the EEG labels on the channels at random."""
    present = records.eeg
    _rename(records, dict(zip(present.values(), case.rng.permutation(list(present)).tolist(), strict=True)))


@in_recording
def eyes_elsewhere(records: Records, case: Case) -> None:
    """Exchange the labels of the electrodes around the eyes and of those on the muscles."""
    places = [records.labels.index(name) for name in bdf.EXTERNAL]
    _rename(records, dict(zip(places, bdf.EXTERNAL[4:] + bdf.EXTERNAL[:4], strict=True)))


@in_recording
def stops(records: Records, case: Case) -> None:
    """End the recording in the middle of the last video, with whole records and a header that says so."""
    end = _starts(records.codes)[-1] + case.settings.duration * SFREQ / 2
    n_records = int(end // records.sfreq)
    records.replace(records.samples[:n_records])
    records.set_number(n_records)


@in_recording
def slow(records: Records, case: Case) -> None:
    """Record at 64 Hz: the mean of eight samples, the triggers of every eighth."""
    step, shape = records.sfreq // SLOW, (len(records.samples), SLOW, 4)
    samples = np.empty((*records.samples.shape[:2], SLOW, 3), np.uint8)
    for index in range(records.n_channels - 1):
        mean = records.signal(index).reshape(-1, step).mean(axis=1).astype("<i4")
        samples[:, index] = mean.view(np.uint8).reshape(shape)[..., :3]
    samples[:, -1] = records.samples[:, -1, ::step]
    for index in range(records.n_channels):
        records.set_field(index, 216, str(SLOW))
    records.replace(samples)


@in_recording
def flat(records: Records, case: Case) -> None:
    """Let an EEG channel stand at its first value."""
    index = _channel(records, case)
    x = records.signal(index)
    records.set_signal(index, np.full_like(x, x[0]))


@in_recording
def clipped(records: Records, case: Case) -> None:
    """Let an EEG channel end where its lowest and highest twentieth begin."""
    index = _channel(records, case)
    x = records.signal(index)
    records.set_signal(index, np.clip(x, *np.percentile(x, [5, 95])))


@in_recording
def noisy(records: Records, case: Case) -> None:
    """Add white noise of 30 standard deviations to an EEG channel."""
    index = _channel(records, case)
    x = records.signal(index)
    records.set_signal(index, x + case.rng.normal(0.0, 30 * x.std(), len(x)))


@in_recording
def volts(records: Records, case: Case) -> None:
    """Let the header give the range of all potentials in volts under the unit microvolt."""
    for index in range(records.n_channels - 1):
        if records.field(index, 96, 8).strip() == "uV":
            for before in (104, 112):
                records.set_field(index, before, f"{float(records.field(index, before, 8)) * 1e-6:.6f}")


@in_recording
def trial_repeated(records: Records, case: Case) -> None:
    """Write the samples of one trial over another's, from before its baseline to after its video."""
    starts, settings = _starts(records.codes), case.settings
    first, second = case.some_of(len(starts), 2)
    around = np.arange(-round((settings.baseline + 0.2) * SFREQ), round((settings.duration + 0.2) * SFREQ))
    for index in range(records.n_channels - 1):
        x = records.signal(index)
        x[starts[second] + around] = x[starts[first] + around]
        records.set_signal(index, x)


def _channel(records: Records, case: Case) -> int:
    return records.eeg[GENEVA[case.one_of(len(GENEVA))]]


def _rename(records: Records, labels: dict[int, str]) -> None:
    for index, label in labels.items():
        records.set_label(index, label)


def _starts(codes: np.ndarray) -> np.ndarray:
    """Return the samples at which the video code sets in."""
    return np.flatnonzero((codes[1:] == VIDEO) & (codes[:-1] != VIDEO)) + 1


def _remove(records: Records, starts: np.ndarray | list[int]) -> None:
    codes = records.codes
    for start in starts:
        codes[start : start + HELD] = 0
    records.set_codes(codes)


def _idle(codes: np.ndarray) -> np.ndarray:
    """Return the samples at which a code can be added without touching another."""
    busy = np.concatenate([[0], np.cumsum(codes != 0)])
    length = HELD + 2 * MARGIN
    return np.flatnonzero(busy[length:] == busy[:-length]) + MARGIN


def _within(samples: np.ndarray, starts: np.ndarray) -> np.ndarray:
    return samples[(samples > starts[0]) & (samples < starts[-1])]


def _add(records: Records, places: np.ndarray, code: int, case: Case) -> None:
    """Hold a code from one of the places on."""
    codes, start = records.codes, places[case.one_of(len(places))]
    codes[start : start + HELD] = code
    records.set_codes(codes)

"""What can be wrong with a copy of DEAP: every known oddity and corruption, and how the doctor calls it."""

from collections.abc import Mapping
from dataclasses import dataclass

from eeg.datasets.simulated.flaws import files, ratings, recordings, releases
from eeg.datasets.simulated.flaws.case import Case, Spoil

ORIGINAL = ("original",)
PYTHON = ("python",)
RELEASE = ("python", "matlab")
ALL = ("original", "python", "matlab")

LABELS = ("labels_differ", "parity_labels")
"""What follows where the ratings table and a release do not hold the same labels."""

COUNTS = (*LABELS, "quadrant_counts", "rare_class")
"""What follows where the ratings themselves are others."""


@dataclass(frozen=True)
class Flaw:
    """Something wrong, or odd, in a subject's files.

    Attributes
    ----------
    said : str
        What is wrong, in a few words.
    code : str or None
        The finding of `eeg.doctor.catalogue` by which the doctor must name it; None for an oddity that is no fault.
    forms : tuple of str
        The forms in which it can be.
    spoil : callable
        Puts it into a subject's files.
    also : tuple of str
        Further findings that rightly follow from it, in some copies or beside some other form.
    """

    said: str
    code: str | None
    forms: tuple[str, ...]
    spoil: Spoil
    also: tuple[str, ...] = ()


def _either(recording: Spoil, release: Spoil) -> Spoil:
    """Return a flaw that is put into recordings in one way and into releases in another."""

    def spoil(case: Case) -> None:
        chosen = recording if case.form == "original" else release
        chosen(case)

    return spoil


FLAWS: Mapping[str, Flaw] = {
    # oddities
    "header_open": Flaw("the header leaves the number of records open", None, ORIGINAL, recordings.header_open),
    "labels_padded": Flaw(
        "channel labels in capitals or small letters after blanks", None, ORIGINAL, recordings.labels_padded
    ),
    "triggers_offset": Flaw(
        "the status channel carries an offset, or none", None, ORIGINAL, recordings.triggers_offset
    ),
    "triggers_missing": Flaw(
        "three video triggers are missing", "triggers_placed", ORIGINAL, recordings.triggers_missing
    ),
    # any file
    "truncated": Flaw("the end of the file is missing", "truncated", ALL, files.truncated),
    "packed": Flaw("the file is still a zip archive", "packed", ALL, files.packed),
    "other_file": Flaw("a web page was saved in place of the file", "unreadable", ALL, files.other_file),
    "empty": Flaw("the file is empty", "truncated", ALL, files.empty),
    # recordings
    "triggers_lost": Flaw(
        "more than a third of the video triggers are missing", "triggers_missing", ORIGINAL, recordings.triggers_lost
    ),
    "triggers_extra": Flaw("a video trigger between two trials", "triggers_extra", ORIGINAL, recordings.triggers_extra),
    "triggers_moved": Flaw(
        "a video trigger far from where its video starts", "triggers_times", ORIGINAL, recordings.triggers_moved
    ),
    "trigger_codes": Flaw("a trigger code of 99", "trigger_codes", ORIGINAL, recordings.trigger_codes),
    "channel_renamed": Flaw(
        "an EEG channel under the name of its socket", "channels_missing", ORIGINAL, recordings.channel_renamed
    ),
    "recording_stops": Flaw("the recording ends in the last video", "trials_cut", ORIGINAL, recordings.stops),
    "slow": Flaw("recorded at 64 Hz", "rate", ORIGINAL, recordings.slow, ("pass_band_narrow",)),
    "channels_swapped_sites": Flaw(
        "the labels of one site on the channels of the other",
        "channel_order",
        ORIGINAL,
        recordings.sites_swapped,
        ("parity_channels", "blinks"),
    ),
    "eyes_elsewhere": Flaw(
        "the electrodes of eyes and muscles exchanged",
        "blinks",
        ORIGINAL,
        recordings.eyes_elsewhere,
        ("parity_signal",),
    ),
    # releases
    "unsafe": Flaw("the pickle runs a command", "unsafe", PYTHON, releases.unsafe),
    "trial_absent": Flaw(
        "a trial is missing",
        "shape",
        RELEASE,
        releases.trial_absent,
        (*LABELS, "labels_order", "parity_trials", "parity_signal"),
    ),
    "samples_absent": Flaw(
        "the seconds before the video are cut off",
        "shape",
        RELEASE,
        releases.samples_absent,
        ("parity_trials", "parity_lag", "parity_signal"),
    ),
    "keys": Flaw("the arrays have other names", "shape", RELEASE, releases.keys),
    "integers": Flaw("signals rounded to whole numbers", "shape", RELEASE, releases.integers),
    "samples_lost": Flaw(
        "a third of a trial is zero", "trials_flat", RELEASE, releases.samples_lost, ("parity_signal",)
    ),
    "channel_nan": Flaw("values that are no numbers", "channels_finite", RELEASE, releases.nan, ("parity_signal",)),
    "labels_inverted": Flaw(
        "9 - rating for trials of high valence and arousal",
        "labels_inverted",
        RELEASE,
        releases.labels_inverted,
        ("parity_labels",),
    ),
    "labels_order": Flaw(
        "labels in the order of presentation", "labels_order", RELEASE, releases.labels_order, ("parity_labels",)
    ),
    "labels_columns": Flaw(
        "valence and arousal exchanged", "labels_columns", RELEASE, releases.labels_columns, ("parity_labels",)
    ),
    "labels_changed": Flaw(
        "three valences changed by 1 to 3", "labels_differ", RELEASE, releases.labels_changed, ("parity_labels",)
    ),
    "rows_order": Flaw("signals in the order of presentation", "parity_trials", RELEASE, releases.rows_order),
    "site_order": Flaw(
        "channels in the order of Twente", "channel_order", RELEASE, releases.site_order, ("parity_channels",)
    ),
    "shifted": Flaw(
        "all trials cut a second later", "parity_lag", RELEASE, releases.shifted, ("parity_signal", "parity_trials")
    ),
    "wide": Flaw("filtered to 0.5-60 Hz", "pass_band_wide", RELEASE, releases.wide, ("parity_signal",)),
    "narrow": Flaw("filtered to 8-30 Hz", "pass_band_narrow", RELEASE, releases.narrow, ("parity_signal",)),
    # both
    "channel_flat": Flaw(
        "a channel recorded nothing", "channels_flat", ALL, _either(recordings.flat, releases.flat), ("parity_signal",)
    ),
    "channel_clipped": Flaw(
        "a channel at the end of its range",
        "channels_clipped",
        ALL,
        _either(recordings.clipped, releases.clipped),
        ("parity_signal",),
    ),
    "channel_noisy": Flaw(
        "a channel drowned in noise",
        "channels_noisy",
        ALL,
        _either(recordings.noisy, releases.noisy),
        ("parity_signal",),
    ),
    "channels_shuffled": Flaw(
        "channels in a random order",
        "neighbours",
        ALL,
        _either(recordings.shuffled, releases.shuffled),
        ("channel_order", "blinks", "parity_channels"),
    ),
    "volts": Flaw(
        "volts called microvolt", "units", ALL, _either(recordings.volts, releases.volts), ("parity_signal",)
    ),
    "trial_repeated": Flaw(
        "a trial copied over another",
        "trials_repeated",
        ALL,
        _either(recordings.trial_repeated, releases.trial_repeated),
        ("parity_trials", "parity_signal"),
    ),
    # ratings
    "ratings_blank": Flaw("a rating is blank", "ratings_missing", ALL, ratings.blank, LABELS),
    "ratings_above": Flaw("a rating of 12 or 0.2", "ratings_range", ALL, ratings.above, COUNTS),
    "ratings_rounded": Flaw("ratings rounded to whole numbers", "ratings_step", ALL, ratings.rounded, COUNTS),
    "ratings_row_absent": Flaw("a trial without a row", "ratings_rows", ALL, ratings.row_absent),
    "ratings_row_twice": Flaw("a trial with two rows", "ratings_rows", ALL, ratings.row_twice),
    "ratings_text": Flaw("a word in place of a rating", "ratings_file", ALL, ratings.text),
    "ratings_column_absent": Flaw("a scale is missing", "ratings_file", ALL, ratings.column_absent),
    "ratings_inverted": Flaw(
        "9 - rating in the table itself", "labels_inverted", ALL, ratings.inverted, ("ratings_range", *COUNTS)
    ),
    "ratings_shifted": Flaw("all valences 1.3 higher", "quadrant_counts", ALL, ratings.shifted, COUNTS),
    # cohort
    "subject_repeated": Flaw(
        "the files are another subject's",
        "subjects_repeated",
        ALL,
        files.repeated,
        (*LABELS, "triggers_times", "parity_trials", "parity_signal"),
    ),
    "ratings_repeated": Flaw("the ratings are another subject's", "subjects_repeated", ALL, ratings.repeated, COUNTS),
    "subject_absent": Flaw("the file is missing", "file_missing", ALL, files.absent, ("subjects_missing",)),
}
"""Every flaw by the name it has under `simulated.flaws` in the config."""

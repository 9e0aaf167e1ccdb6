"""What the doctor can find: every code, how grave it is, and what it means."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Severity = Literal["ok", "warn", "refuse"]


@dataclass(frozen=True)
class Kind:
    """How grave a finding is, and what it means in a few words."""

    severity: Severity
    meaning: str


CATALOGUE: Mapping[str, Kind] = {
    # files
    "file_missing": Kind("refuse", "a file or folder is not there"),
    "packed": Kind("refuse", "an archive has not been unpacked"),
    "unreadable": Kind("refuse", "a file is not what its name says, or may not be read"),
    "truncated": Kind("refuse", "a file has lost its end"),
    "unsafe": Kind("refuse", "a pickle would build, or run, something else than arrays"),
    "shape": Kind("refuse", "arrays of another shape or type than the release's"),
    "subjects_missing": Kind("warn", "the numbering of the subjects has gaps"),
    "subjects_repeated": Kind("refuse", "two subjects have the same signals or the same ratings"),
    # signals
    "rate": Kind("refuse", "sampled more slowly than the experiment asks for"),
    "channels_missing": Kind("refuse", "a channel is not in the recording"),
    "channels_finite": Kind("refuse", "a channel holds values that are no numbers"),
    "channels_flat": Kind("warn", "a channel recorded nothing"),
    "channels_clipped": Kind("warn", "a channel stands at the end of its range"),
    "channels_noisy": Kind("warn", "a channel is far stronger than its neighbours and unlike them"),
    "channels_bad": Kind("refuse", "most channels are flat, clipped or noisy"),
    "channel_order": Kind("refuse", "the signals fit another order of the channels better than the names do"),
    "neighbours": Kind("warn", "neighbouring channels are no more alike than distant ones"),
    "blinks": Kind("warn", "the blinks are not at the frontal channels"),
    "units": Kind("refuse", "amplitudes that no EEG in microvolt has"),
    "pass_band_narrow": Kind("refuse", "a part of the band the experiment asks for is not in the signals"),
    "pass_band_wide": Kind("warn", "a release that holds more than the band its makers passed"),
    "stretches_flat": Kind("warn", "a channel stands still for a while in some trials"),
    "trials_flat": Kind(
        "warn", "most channels stand still at once for a while in a trial: samples were lost or padded"
    ),
    "trials_repeated": Kind("refuse", "two trials hold the same signals"),
    # triggers
    "triggers_missing": Kind("refuse", "too few video triggers to place the others"),
    "triggers_extra": Kind("refuse", "more video triggers than rated trials"),
    "triggers_times": Kind("refuse", "the triggers contradict the start times in the table of ratings"),
    "triggers_clock": Kind("warn", "the start times run on another clock than the triggers and confirm nothing"),
    "clock_alone": Kind("refuse", "a subject's triggers fit her start times nowhere, while the other subjects' do"),
    "triggers_placed": Kind("warn", "missing video triggers were placed by their start times"),
    "trigger_codes": Kind("warn", "a trigger code that DEAP does not use"),
    "trials_cut": Kind("refuse", "the recording does not hold the whole of a trial"),
    "trials_near_end": Kind("warn", "a trial stands so near an end of its recording that the filters distort it"),
    # labels
    "ratings_file": Kind("refuse", "the table of ratings cannot be used"),
    "ratings_rows": Kind("refuse", "a trial without, or with several, rows in the table of ratings"),
    "ratings_missing": Kind("refuse", "a rating is blank"),
    "ratings_range": Kind("refuse", "a rating outside its scale"),
    "ratings_step": Kind("warn", "ratings finer or coarser than the hundredths they were given in"),
    "order_unknown": Kind("warn", "a release without the table of ratings: no order of presentation"),
    "quadrant_empty": Kind("warn", "a subject without any trial of high valence and high arousal"),
    "labels_inverted": Kind("refuse", "high-valence-high-arousal trials are stored as 9 - rating"),
    "labels_order": Kind("refuse", "labels in the order of presentation beside trials in the order of videos"),
    "labels_columns": Kind("refuse", "the scales of the labels are in another order"),
    "labels_differ": Kind("refuse", "labels that contradict the table of ratings"),
    "labels_repaired": Kind("warn", "wrong labels were replaced by the table of ratings"),
    "quadrant_counts": Kind("refuse", "the cohort has other numbers of trials per quadrant than are known"),
    "rare_class": Kind("warn", "a class with fewer trials than folds"),
    # recordings beside the release
    "parity_trials": Kind("refuse", "trials of the recording are other trials of the release"),
    "parity_channels": Kind("refuse", "channels of the recording are other channels of the release"),
    "parity_lag": Kind("refuse", "recording and release are shifted against each other"),
    "parity_signal": Kind("warn", "recording and release are less alike than filters explain"),
    "parity_labels": Kind("warn", "the release beside the recording holds other labels than the table of ratings"),
}
"""Every code a finding may bear, in the order of the report."""

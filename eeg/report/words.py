"""The fixed sentences and orders of every page: what a protocol means, which ones leak, how classes look."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

import pandas as pd

from eeg.protocols import LEAKY
from eeg.yardsticks import OUTSIDE

LEAKY_WHY = (
    "LEAKY: windows of one and the same trial stand in both training and test data, so the number says how well "
    "a trial is recognised again, not how well an emotion is."
)

LABEL_FREE = (
    "The filters and, where they were applied, the average reference and the EOG removal (with eog.fit: "
    "outside_trials only how much less is removed where the EOG is loud) saw whole recordings, the signals of test "
    "trials included; they never saw labels."
)

CHANNELS_CHOSEN = (
    "Which channels are flat, clipped or noisy was likewise judged by whole recordings, the signals of test trials "
    "included and labels never; they were {treatment}."
)

UNSTOPPED = (
    "Where ratings too close to a threshold left a fold no trial to stop by, networks were trained on all that had a "
    "class, for as many epochs as early stopping waits; where there was none to train on, all classes were held alike. "
    "Both are named in fits/."
)

TRANSDUCTIVE = "transductive scaling"

TRANSDUCTIVE_WHY = (
    "The input of a model marked (transductive scaling) was scaled by the statistics of all trials of the recording, "
    "tested ones included: signals of test trials, never their labels, shaped what it was trained and tested on. Its "
    "numbers hold where a whole recording is at hand before its first trial is judged."
)

SCOPES: Mapping[str, str] = {
    "fold": "fitted anew in every fold on its training trials alone",
    "trial": "of every trial by its own samples alone, which takes its level away",
    "recording": f"by the statistics of all trials of the subject, tested ones included ({TRANSDUCTIVE})",
}
"""What scalers were fitted on, by the config's word for it."""

PROVEN = (
    "Every scaler lists the trials it was fitted on; before anything was scored, these were held against the splits, "
    "and its numbers were computed from them again and found equal to the last bit."
)

SIMULATED = "SIMULATED RECORDINGS"

SIMULATED_WHY = "Every signal and every rating on this page comes from a simulator; no person was recorded."

REPAIRED = "LABELS REPAIRED"

REPAIRED_WHY = (
    "Labels inside this copy of DEAP's release contradict its table of ratings; the table's ratings were used, as "
    "`check.repair: ratings` in the config asks for."
)

RELEASED = (
    "The trials come from the preprocessed release: its makers lowered the rate to 128 Hz, removed eye movements by "
    "blind source separation, filtered to 4-45 Hz and referenced to the average. None of this was done again."
)

ORDER_UNKNOWN = (
    "No table of ratings came with the release, so the order in which the trials were presented is not known; trials "
    "are numbered as their videos."
)

BEYOND = "Outside {low:g}-{high:g} Hz the signals hold what filters left and no EEG; bands that reach there: {bands}."

REMOVAL_CAUTION = (
    "A correlation with the EOG near zero proves nothing by itself: a regression brings it there and ICA chooses its "
    "components by it, whether eyes or brain are taken away. Correlations, averages over blinks, alpha power and error "
    "after the removal were scored on each half of the recording with the weights or components of the other half, "
    "which had not seen it."
)

NOTHING_REMOVED = (
    "Nothing was removed, so every number after is the same as before: what correlations and averages over blinks show "
    "of the eyes stays in the signals."
)

FORMS: Mapping[str, str] = {
    "original": "original recordings (BDF)",
    "python": "preprocessed release (.dat)",
    "matlab": "preprocessed release (.mat)",
}
"""DEAP's forms in words."""

TREATMENTS: Mapping[str, str] = {
    "keep": "kept as they are",
    "interpolate": "interpolated from their neighbours by spherical splines",
    "drop": "left out: their input is constant",
}
"""What was done about bad channels, by the config's word for it."""

CONSENT = (
    "DEAP: signals of a single participant may be published only with that participant's consent "
    "(see the release's participant questionnaire)."
)

KOELSTRA = (
    "Koelstra, S., Mühl, C., Soleymani, M., Lee, J.-S., Yazdani, A., Ebrahimi, T., Pun, T., Nijholt, A., Patras, I. "
    "(2012). DEAP: A Database for Emotion Analysis Using Physiological Signals. IEEE Transactions on Affective "
    "Computing 3(1), 18-31."
)

PROTOCOLS: Mapping[str, str] = {
    "trial": "Within each subject, whole trials are held out: training and test share the subject, but no trial.",
    "subject": (
        "Whole subjects are held out: training and test share the stimuli, so knowing the stimulus can score without "
        "any EEG; the yardstick video_prior, where it was run, shows how much."
    ),
    "subject_video": "Neither the tested subjects nor the tested stimuli were seen in training.",
    "pooled_trial": "All subjects pooled, whole trials held out: training and test share the subjects and the stimuli.",
    "window": "Within each subject, windows are shuffled: training and test share the trials themselves.",
    "pooled_window": "All subjects pooled, windows shuffled: training and test share the trials themselves.",
}
"""One sentence per protocol, in the order of display: honest ones first."""

OWN_CHANCE = (
    "it is each model's own, and where folds test few trials of unequally common classes, above all under "
    "subject_video, it rises with skill: read the distance from chance"
)
"""Why chance differs between models, as half a sentence; `docs/statistics.md` has the reason."""

YARDSTICKS = ("majority", "stratified", "subject_prior", "video_prior")
"""Predictors that see no EEG."""

OUTSIDE_WHY = "Outside information: it goes by other subjects' labels of the same video, which no model here has."
"""What stands where a yardstick knows more than the models beside it."""

BANDS: Mapping[str, tuple[float, float]] = {
    "theta": (4, 8),
    "slow alpha": (8, 10),
    "alpha": (8, 12),
    "beta": (12, 30),
    "gamma": (30, 45),
}
"""The five default bands in Hz."""


def leaks(protocol: str) -> bool:
    """Return whether a number of this protocol never stands without the word LEAKY."""
    return protocol in LEAKY


def outside(model: str, protocol: str) -> bool:
    """Return whether a yardstick goes by labels that no model under this protocol has."""
    return protocol in OUTSIDE.get(model, ())


def outsiders(yardsticks: Iterable[str], protocols: Iterable[str]) -> dict[str, list[str]]:
    """Return the yardsticks that have outside information under some of the protocols, and these in their order."""
    found = {name: [one for one in in_order(protocols) if outside(name, one)] for name in yardsticks}
    return {name: own for name, own in found.items() if own}


def thinned(config: Mapping[str, Any]) -> str:
    """Return which models were fitted on a part of the windows or with an approximate kernel, in words; else empty."""
    given = {mark(name, transductive(config)): model["settings"] for name, model in config["models"].items()}
    fewer = [f"{name} on at most {own['rows_per_trial']}" for name, own in given.items() if own.get("rows_per_trial")]
    near = [f"{name} by {own['components']}" for name, own in given.items() if own.get("kernel") == "nystroem"]
    said = [("Fitted on so many evenly spaced windows of each training trial", fewer), ("Nystroem features", near)]
    return " ".join(f"{title}: {', '.join(found)}." for title, found in said if found)


def transductive(config: Mapping[str, Any]) -> list[str]:
    """Return the models whose input was scaled by statistics of tested trials too; `config` may be empty."""
    branches = config.get("branches", {}).items()
    over = [name for name, branch in branches if branch["scope"] == "recording" and branch["scaler"] != "none"]
    return [name for name, model in config.get("models", {}).items() if model["branch"] in over]


def mark(model: str, names: Collection[str]) -> str:
    """Return a model's name, or one behind "protocol:", with the mark of those that are `transductive`."""
    return f"{model} ({TRANSDUCTIVE})" if model.rsplit(":", 1)[-1] in names else model


def marked(table: pd.DataFrame, names: Collection[str]) -> pd.DataFrame:
    """Return a table of scores, of the summary or of comparisons in which transductive models bear their mark."""
    columns = [name for name in ("model", "a", "b") if name in table]
    return table.assign(**{name: [mark(model, names) for model in table[name]] for name in columns})


def of_models(table: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of models that see EEG."""
    return table[~table["model"].isin(YARDSTICKS)]


def named(protocol: str) -> str:
    """Return a protocol's name for a sentence or an alternative text, LEAKY where it leaks."""
    return f"{protocol}{' LEAKY' * leaks(protocol)}"


def noted(table: pd.DataFrame, names: Collection[str] = ()) -> pd.DataFrame:
    """Return a table of results with a last column `note`: what must be known of a row to quote it.

    LEAKY, as all rows are that bear no protocol (what leaks are worth); which of the yardsticks it names has outside
    information; which of its models are `names`, the transductive ones; which of the leak meter's arms have a `scaler`
    of all trials. Empty where there is nothing to know.
    """
    if "protocol" not in table:
        return table.assign(note="LEAKY")
    columns = [name for name in ("model", "yardstick", "a", "b") if name in table]
    on_all = table["scaler"].astype(bool) if "scaler" in table else [False] * len(table)
    rows = zip(on_all, table[["protocol", *columns]].itertuples(index=False, name=None), strict=True)
    return table.assign(note=[_note(protocol, models, names, on_all=on) for on, (protocol, *models) in rows])


def _note(protocol: str, models: Iterable[str], names: Collection[str], *, on_all: bool) -> str:
    """Return the note of a row; a model may be written as "protocol:model"."""
    sides = [(own or protocol, model) for own, _, model in (str(model).rpartition(":") for model in models)]
    facts = {
        "outside information": [model for own, model in sides if outside(model, own)],
        TRANSDUCTIVE: [model for _, model in sides if model in names],
    }
    said = [TRANSDUCTIVE] * bool(on_all)
    said += [f"{fact}: {', '.join(dict.fromkeys(found))}" for fact, found in facts.items() if found]
    leaky = any(leaks(own) for own in (protocol, *(own for own, _ in sides)))
    return "; ".join(["LEAKY"] * leaky + said)


def label_free(bads: str) -> str:
    """Return what saw test trials without their labels; `bads` is the config's word for what befell bad channels."""
    if bads == "keep":
        return LABEL_FREE
    return f"{LABEL_FREE} {CHANNELS_CHOSEN.format(treatment=TREATMENTS[bads])}"


def is_simulated(source: str) -> bool:
    """Return whether pages of this source must say that the recordings are simulated."""
    return source == "simulated"


def is_release(config: Mapping[str, Any]) -> bool:
    """Return whether the trials are those DEAP's makers have cleaned; `config` as the plan shows it."""
    return config["source"] != "recordings" and config["deap"]["form"] in ("python", "matlab")


def source(config: Mapping[str, Any]) -> str:
    """Return what was read, in words: the source and, where it has several, the form."""
    name = "simulated" if is_simulated(config["source"]) else config["source"]
    form = FORMS.get(config["deap"]["form"]) if config["source"] != "recordings" else None
    return f"{name}, {form}" if form else f"{name} recordings" if name == "simulated" else name


def bads(checks: Iterable[Mapping[str, Any]]) -> str:
    """Return the bad channels by subject and what was done about them, in one sentence; empty where there are none."""
    found = [(check["subject"], check["bads"], check["treatment"]) for check in checks if check.get("bads")]
    if not found:
        return ""
    listed = "; ".join(f"{subject}: {', '.join(names)}" for subject, names, _ in found)
    return f"Flat, clipped or noisy channels ({listed}) were {TREATMENTS[found[0][2]]}."


def citations(source: str) -> list[str]:
    """Return the sentences a page of this source ends with: the data's reference, and the rule on consent."""
    if source.startswith("deap"):
        return [f"Recordings: {KOELSTRA}", CONSENT]
    if is_simulated(source):
        return [f"The simulated recordings have the layout of the DEAP originals: {KOELSTRA}"]
    return []


def explained(explain: Mapping[str, Any]) -> str:
    """Return how models were explained, for the methods; `explain` is the config's section."""
    windows = "all windows" if explain["windows"] is None else f"at most {explain['windows']} windows"
    return (
        f"What {', '.join(explain['models'])} go by in {explain['target']} ({', '.join(explain['protocols'])}) was "
        "measured on tested trials of each fold: a channel, or a band over all channels, was swapped between whole "
        f"trials of one subject (with at most {explain['draws']} others; {windows} of a trial), and the drop in the "
        "probability of the true class averaged (Fisher, Rudin & Dominici 2019); channels within a band, or within a "
        "stretch of raw windows, were set to the training mean. The noise level is the quantile, over permutations of "
        "the labels within folds, of the largest drop of a map (Westfall & Young 1993). The same was done with "
        "networks of freshly drawn weights, and with estimators fitted to permuted labels (Adebayo et al. 2018)."
    )


def meaning(protocol: str) -> str:
    """Return what a number under this protocol means, in one sentence."""
    return PROTOCOLS.get(protocol, "A protocol this page has no sentence for; see its split statements.")


def in_order(protocols: Iterable[str]) -> list[str]:
    """Return the protocols once each, honest ones first, unknown ones after the known."""
    known = list(PROTOCOLS)
    return sorted(dict.fromkeys(protocols), key=lambda name: known.index(name) if name in known else len(known))


def models_first(models: Iterable[str]) -> list[str]:
    """Return the names once each, yardsticks last, otherwise in their order of appearance."""
    names = list(dict.fromkeys(models))
    return [name for name in names if name not in YARDSTICKS] + [name for name in YARDSTICKS if name in names]

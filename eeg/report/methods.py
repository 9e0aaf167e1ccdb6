"""The methods section of a paper, written from the config that was run and the facts it met."""

from collections.abc import Mapping, Sequence
from typing import Any

from eeg import dependence
from eeg.report import words
from eeg.report.methods_models import models, temperatures
from eeg.report.methods_signals import cleaning, features
from eeg.report.phrases import folds, listed, settings, spread
from eeg.targets import classes, rule


def methods_text(config: Mapping[str, Any], facts: Mapping[str, Any]) -> str:
    """Return a methods section in Markdown.

    Parameters
    ----------
    config : mapping
        The checked config as a plain dictionary.
    facts : mapping
        `subjects`, `trials` (numbers), `channels` (names of the cleaned EEG channels, empty where not known),
        `eog_applied` (number of subjects from whom eye movements were removed), `eog_channels` (names of the channels
        they were removed with), `checks` (the subjects' reports, for bad channels and repaired labels), `fits` (every
        fold's fit, as `facts.learnt` has them) and `versions` (package to version).
    """
    sections = {
        "Recordings": _recordings(config, facts),
        "Labels": _labels(config, facts),
        "Cleaning": cleaning(config, facts),
        "Features": features(config),
        "Models and training": models(config, facts["fits"]),
        "Protocols and folds": _protocols(config),
        "Scores and statistics": _scores(config, facts["fits"]),
        **({"Leak meter": _meter(config)} if config["leaks"]["enabled"] else {}),
        **({"Explanations": words.explained(config["explain"])} if config["explain"]["enabled"] else {}),
        "Software": _software(config, facts),
    }
    body = "\n\n".join(f"## {title}\n\n{text}" for title, text in sections.items())
    heading = "# Methods"
    if words.is_simulated(config["source"]):
        heading += f"\n\n**{words.SIMULATED}.** {words.SIMULATED_WHY.replace('on this page', 'behind these results')}"
    return f"{heading}\n\n{body}\n"


def _recordings(config: Mapping[str, Any], facts: Mapping[str, Any]) -> str:
    kinds = {"simulated": "simulated recordings in the layout of the DEAP originals", "deap": "DEAP recordings"}
    kind = kinds.get(config["source"], "recordings")
    trial = config["trial"]
    before = f"a baseline of {trial['baseline']:g} s and " if trial["baseline"] else ""
    references = " ".join(words.citations(config["source"])[:1])
    text = (
        f"We analysed {kind} of {facts['subjects']} subjects with {facts['trials']} trials in all, each cut to {before}"
        f"{trial['duration']:g} s after its onset."
    )
    if facts["channels"]:
        text += f" {len(facts['channels'])} EEG channels were used: {listed(facts['channels'])}."
    if words.is_simulated(config["source"]):
        text += f" The simulator ran with {settings(config['simulated'])}."
    return f"{text} {references}".strip()


def _labels(config: Mapping[str, Any], facts: Mapping[str, Any]) -> str:
    targets = config["targets"].items()
    text = "\n".join(f"- {name}: {listed(classes(target))} ({rule(target)})." for name, target in targets)
    repaired = [check["subject"] for check in facts.get("checks", ()) if check["repaired"]]
    return f"{text}\n\n**{words.REPAIRED}** ({listed(repaired)}). {words.REPAIRED_WHY}" if repaired else text


def _protocols(config: Mapping[str, Any]) -> str:
    split = config["split"]
    rows = [f"- {name}: {_protocol(name)}" for name in words.in_order(config["protocols"])]
    share = f"{100 * split['validation']:g} %"
    within = " ".join(
        [
            f"Each protocol used {folds(split)} folds, made once and shared by all models"
            f" (of one branch, where windows are shuffled); {spread(split)}.",
            f"{share} of the training side, grouped as the protocol groups, was kept to stop networks early;",
            "estimators, and networks trained for a fixed number of epochs, which nothing stops early, were fitted on",
            "it too. Estimators with several candidates for a setting chose in every fold, if it had trials enough, by",
            "balanced accuracy on whole training trials (or subjects, or subjects with other videos, as the protocol",
            "leaves out) held out.",
            *_tuned(config),
            *([words.UNSTOPPED] if any(one.get("exclude") for one in config["targets"].values()) else []),
            "No test row served any of this.",
        ]
    )
    return "\n".join(rows) + f"\n\n{within}"


def _tuned(config: Mapping[str, Any]) -> list[str]:
    """Return what was done about settings where they were tuned."""
    tuning = config["tuning"]
    if not tuning["enabled"]:
        return []
    names = listed(name for name, model in config["models"].items() if model["search"])
    return [
        f"Settings of {names} were chosen in every fold by successive halving on its training rows, held out likewise",
        f"in {tuning['folds']} inner folds, {tuning['candidates']} candidates each; what was chosen stands in fits/,",
        "and the settings above are the configured ones.",
    ]


def _protocol(name: str) -> str:
    return words.meaning(name) + (f" {words.LEAKY_WHY}" if words.leaks(name) else "")


def _scores(config: Mapping[str, Any], fits: Sequence[Mapping[str, Any]]) -> str:
    scores = config["scores"]
    sentences = [
        "The score of a trial is that of the mean logit over its windows; balanced accuracy comes first.",
        "A subject's score is taken on all its tested trials, pooled over folds.",
        f"Chance is the mean of the same score over {scores['draws']} permutations of the predictions among the trials",
        "of each fold, within subjects, and the one-sided p of the mean over subjects comes from the same draws.",
        "What is tested in one fold has taught the models of the others, so on noise their scores lean the same way",
        "(Nadeau & Bengio 2003): permuted means are drawn apart by 2 as variances, by 1 + 2/pi for classes of trials,",
        "by 1 + 3/pi for their AUROC; intervals, tests and detectable effects over subjects likewise where models were",
        "trained on several of them.",
        f"Intervals over subjects are at {100 * scores['confidence']:g} % (Student t up to 20 subjects, bootstrap-t",
        "beyond); a subject's own interval resamples its trials, whole trials with all their windows, half as many",
        "where models were trained on that subject alone.",
        "Models and protocols were compared over subjects by Wilcoxon's signed-rank test from six subjects on, with",
        "Holm's correction and the rank-biserial correlation as effect.",
        "The smallest detectable effect is that of a two-sided t test over the subjects, given how they vary about",
        "chance, at a power of 80 %.",
        *[
            "Under trial the intervals of NLL and Brier exclude chance too often where there is nothing to find, those "
            "of AUROC a little; their p does not."
        ]
        * ("trial" in config["protocols"]),
        temperatures(fits),
        "The calibration error pools the trials of all subjects: ten bins of equally many, debiased, its interval from",
        "resampling subjects.",
    ]
    if "subject_video" in config["protocols"]:
        share = dependence.mutual("subject_video", config["split"]["validation"])
        sentences.append(
            "Under subject_video training leaves out who crosses with validation, so what these variances have beyond "
            f"1 was taken {share:.2f} times. People who saw the same videos err together: there whole videos were "
            "permuted, for all subjects alike, and the variance of a mean over subjects is that between subjects and "
            "that between videos less that of trials (Cameron, Gelbach & Miller 2011), with Student's t and "
            "degrees of freedom after Satterthwaite; of the difference of two models likewise, not by Wilcoxon."
        )
    if scores["refits"]:
        sentences.append(
            f"Estimators were also fitted {scores['refits']} times to labels permuted among the trials of each subject "
            "(Ojala & Garriga 2010), within folds where these spread the classes evenly; under subject_video, from "
            "video to video for all subjects alike."
        )
    if config["split"]["repeats"] > 1:
        sentences.append(
            "Trials were dealt to folds several times: scores are means over them, p is twice the mean of theirs."
        )
    return " ".join(sentences)


def _meter(config: Mapping[str, Any]) -> str:
    leaks = config["leaks"]
    changed = f" (with {settings(leaks['settings'])})" if leaks["settings"] else ""
    branch = config["branches"][config["models"][leaks["model"]]["branch"]]
    arms = [
        "whole trials held out or windows shuffled",
        *["baseline subtracted or kept"] * (branch["kind"] == "entropy"),
        *["scalers fitted on a fold's training trials or on all trials"] * (branch["scaler"] != "none"),
        f"windows disjoint or overlapping by {100 * leaks['overlap']:g} %",
    ]
    return " ".join(
        [
            f"The leaks were measured by fitting {leaks['model']}{changed} to {leaks['target']} for every subject",
            f"under every combination of them: {', '.join(arms)}. All arms have the same {config['split']['folds']}",
            "folds, dealt once and without a gap, nothing is tuned, and all start from the same values. They were",
            "measured again on white noise of the recording's shape, standard deviations",
            "and labels. A leak is worth its Shapley value in balanced accuracy per window: what it adds, averaged",
            "over all orders in which the leaks can be switched on; interactions are Shapley interaction indices.",
        ]
    )


def _software(config: Mapping[str, Any], facts: Mapping[str, Any]) -> str:
    versions = [f"{name} {version}" for name, version in facts["versions"].items()]
    networks = any(model["training"] for model in config["models"].values())
    backend = f"Networks ran on Keras with the {config['backend']} backend; " * networks
    return f"{backend}{'seed' if backend else 'Seed'} {config['seed']}. Versions: {listed(versions)}."

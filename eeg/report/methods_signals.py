"""The parts of the methods section about signals: how they were cleaned, and what models were given of them."""

from collections.abc import Mapping
from typing import Any

from eeg.features import definitions
from eeg.report import words
from eeg.report.phrases import listed


def cleaning(config: Mapping[str, Any], facts: Mapping[str, Any]) -> str:
    """Return how the signals were cleaned; `facts` as for `methods.methods_text`."""
    bads, label_free = words.bads(facts.get("checks", ())), words.label_free(config["check"]["bads"])
    if words.is_release(config):
        return " ".join(filter(None, [words.RELEASED, bads, label_free]))
    steps = config["preprocess"]
    band = steps["bandpass"]
    text = (
        f"Signals were brought to {steps['downsample']['sfreq']:g} Hz with an anti-aliasing filter, trial onsets taken "
        f"first, and filtered to {band['low']:g}-{band['high']:g} Hz by a zero-phase FIR filter"
    )
    text += ", then referenced to the average of the EEG channels. " if steps["reference"] == "average" else ". "
    return text + " ".join(filter(None, [_eog(steps, facts), bads, label_free]))


def _eog(steps: Mapping[str, Any], facts: Mapping[str, Any]) -> str:
    eog, method = steps["eog"], steps["eog"]["method"]
    if method == "none" or not facts["eog_applied"]:
        none_chosen = ", or no components that follow them" * (method == "ica")
        why = "by choice" if method == "none" else f"no EOG channels, or none with eye movements{none_chosen}"
        return f"Eye movements and blinks were not removed ({why})."
    what, how = _regression(eog, facts) if method == "regression" else _components(eog["ica"], facts)
    where = "the whole recording" if eog["fit"] == "recording" else "the baselines and pauses between trials"
    return (
        f"Eye movements and blinks were removed in {facts['eog_applied']} of {facts['subjects']} subjects by {how}. "
        f"The {what} were fitted on {where}, in a copy filtered to {eog['low']:g}-{eog['high']:g} Hz, and applied to "
        f"the signals of {steps['bandpass']['low']:g}-{steps['bandpass']['high']:g} Hz."
    )


def _regression(eog: Mapping[str, Any], facts: Mapping[str, Any]) -> tuple[str, str]:
    """Return what was fitted and how the removal went."""
    kinds = {"events": "averages around blinks and saccades", "samples": "all samples"}
    shrunk = (
        ", times the eyes' share of the EOG channels' power in the pass-band, less wherever the EOG between events is "
        "louder than usual, trials included"
    ) * eog["shrink"]
    how = f"regression on {listed(facts['eog_channels'])} with weights from {kinds[eog['weights']]}{shrunk}"
    return "weights", how


def _components(ica: Mapping[str, Any], facts: Mapping[str, Any]) -> tuple[str, str]:
    """Return what was fitted and how the removal went."""
    how = (
        f"independent component analysis ({ica['algorithm']}, at most {ica['components']} components): components "
        f"whose correlation with {listed(facts['eog_channels'])} had a z-score above {ica['threshold']:g} were taken "
        f"out, at most {ica['most']} per subject"
    )
    return "components", how


def features(config: Mapping[str, Any]) -> str:
    """Return what models were given of the signals: every branch in use, and what its scalers were fitted on."""
    used = {model["branch"] for model in config["models"].values()}
    branches = {name: branch for name, branch in config["branches"].items() if name in used}
    text = "\n".join(
        f"- Branch {name}: {_branch(branch, config['bands'])}{_beyond(branch, config)}"
        for name, branch in branches.items()
    )
    return "\n\n".join(filter(None, [text, _scaled(config, list(branches.values()))]))


def _branch(branch: Mapping[str, Any], bands: Mapping[str, Any]) -> str:
    channels = "all channels" if branch["channels"] == "all" else f"the channels {listed(branch['channels'])}"
    cut = f"windows of {branch['length']:g} s every {branch['step']:g} s"
    if branch["kind"] == "windows":
        return f"{cut} of the signal of {channels} in microvolt; {_scaling(branch, 'per channel')}."
    edges = [f"{name} {low:g}-{high:g} Hz" for name, (low, high) in bands[branch["bands"]].items()]
    definition = definitions.definition(branch["definition"])
    baseline = definition.SUBTRACTED if branch["baseline"] == "subtract" else "without baseline subtraction"
    return (
        f"differential entropy of {channels} in {listed(edges)}, {definition.STATEMENT}, in {cut}, {baseline}; "
        f"{_scaling(branch, 'per channel and band')}."
    )


def _scaling(branch: Mapping[str, Any], per: str) -> str:
    if branch["scaler"] == "none":
        return "not scaled"
    both = " followed by min-max" * (branch["scaler"] == "zscore_minmax")
    return f"z-score{both} {per}, {words.SCOPES[branch['scope']]}"


def _scaled(config: Mapping[str, Any], branches: list[Mapping[str, Any]]) -> str:
    """Return what holds for the scalers of all branches, empty where nothing was scaled."""
    scopes = {branch["scope"] for branch in branches if branch["scaler"] != "none"}
    leaky = [name for name in config["protocols"] if words.leaks(name)]
    transductive = words.transductive(config)
    text = [
        words.PROVEN * bool(scopes),
        f"Under {listed(leaky)}, single training windows stand for training trials." * bool(leaky and "fold" in scopes),
        f"Transductive scaling ({listed(transductive)}): {words.TRANSDUCTIVE_WHY}" * bool(transductive),
    ]
    return " ".join(filter(None, text))


def _beyond(branch: Mapping[str, Any], config: Mapping[str, Any]) -> str:
    """Return the sentence about bands that the signals do not hold, empty where there are none."""
    band = config["preprocess"]["bandpass"]
    names = definitions.beyond(config["bands"].get(branch.get("bands"), {}), (band["low"], band["high"]))
    return f" {words.BEYOND.format(bands=listed(names), **band)}" if names else ""

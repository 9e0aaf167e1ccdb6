"""The parts of the methods section about models: their layers or machines, their training, their temperatures."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from statistics import median
from typing import Any

from eeg.calibration import FEWEST_TRIALS
from eeg.report import words
from eeg.report.phrases import listed, settings

Settings = Mapping[str, Any]
Fits = Sequence[Mapping[str, Any]]
"""Every fold's fit, as `facts.learnt` has them."""


def models(config: Mapping[str, Any], fits: Fits) -> str:
    """Return a paragraph of every model, one of each way networks were trained, and one of the yardsticks."""
    rows = [
        f"- {name}: {model(own)}{_inner(own['settings'], _of(fits, [name]))}{_size(name, fits)}."
        for name, own in config["models"].items()
    ]
    rows += [f"- Training of {listed(names)}: {training(own, _of(fits, names))}" for own, names in _trainings(config)]
    if config["yardsticks"]:
        rows.append(f"- Yardsticks, which see no EEG: {yardsticks(config)}")
    return "\n".join(rows)


def model(own: Mapping[str, Any]) -> str:
    """Return one model in a sentence without its stop: what it reads and predicts, and what it is."""
    describe = DESCRIBED.get(own["network"])
    what = describe(own["settings"]) if describe else f"{own['network']} ({settings(own['settings'])})"
    return f"on branch {own['branch']} for {listed(own['targets'])}: {what}"


def yardsticks(config: Mapping[str, Any]) -> str:
    """Return the yardsticks' names, and where they have information that no model has."""
    outsiders = words.outsiders(config["yardsticks"], config["protocols"]).items()
    why = [f" {name} under {listed(protocols)}: {words.OUTSIDE_WHY}" for name, protocols in outsiders]
    return f"{listed(config['yardsticks'])}.{''.join(why)}"


def _of(fits: Fits, names: Sequence[str]) -> Fits:
    return [fit for fit in fits if fit["model"] in names]


def _inner(own: Settings, fits: Fits) -> str:
    """Return in how many folds an estimator's settings were chosen in fewer inner folds than asked, empty for none."""
    found = [fit["inner"] for fit in fits if fit["inner"] is not None]
    # an estimator of one's own need not have them as a setting
    asked = own.get("inner_folds", max(found, default=0))
    fewer = Counter(number for number in found if number < asked)
    counts = [f"{number or 'none'} in {count}" for number, count in sorted(fewer.items(), reverse=True)]
    rare = f"; of {len(found)} folds some had classes too rare for so many inner ones ({', '.join(counts)})"
    return rare if fewer else ""


def _size(name: str, fits: Fits) -> str:
    """Return how many parameters of a network were trained, empty for estimators; targets differ in classes."""
    counts = sorted({fit["trainable"] for fit in _of(fits, [name])} - {None})
    return f"; {listed(f'{count:,}' for count in counts)} trainable parameters" if counts else ""


# ---------------------------------------------------------------------------------------------- networks


def _convolution_recurrent(kind: str) -> Callable[[Settings], str]:
    def sentence(own: Settings) -> str:
        blocks = (
            f"a convolution over time ({own['filters']} filters of {own['kernel']} samples, no padding, ReLU), max "
            f"pooling over {own['pool']} samples{_dropout(own)}"
        )
        last = {"state": "its last state", "sequence": "the states of all times"}[own["last"]]
        return (
            f"two blocks of {blocks}; two {kind} layers of {listed(own['recurrent'])} units, each{_dropout(own)}, "
            f"the second handing on {last}; a dense layer of {own['dense']} units (ReLU); a logit for each class; "
            f"{_standardised(own)}"
        )

    return sentence


def _dropout(own: Settings) -> str:
    return f" with dropout of {own['dropout']:g}" if own["dropout"] else " without dropout"


def _activation(own: Settings) -> str:
    name = str(own["activation"])
    return {"relu": "ReLU", "selu": "SELU", "elu": "ELU"}.get(name, name)


def _standardised(own: Settings) -> str:
    usual = "Keras' own initial values"
    more = ", those of the first convolution adapted to mean and standard deviation of each channel's training windows"
    return usual + more * (own["initial"] == "standardised")


def _ccnn(own: Settings) -> str:
    kernels = listed(f"{size} x {size}" for size in own["kernels"])
    return (
        f"{len(own['kernels'])} convolutions over the grid without pooling ({listed(own['filters'])} filters of "
        f"{kernels} cells, zero-padded, {_activation(own)}); a dense layer of {own['dense']} units "
        f"({_activation(own)}){_dropout(own)}; a logit for each class; {_initial(own)}; {_penalty(own)}"
    )


def _initial(own: Settings) -> str:
    authors = "initial weights from a truncated normal distribution of standard deviation 0.1, initial biases 0.1"
    return authors if own["initial"] == "authors" else "LeCun's normal initial weights, initial biases 0"


def _penalty(own: Settings) -> str:
    return f"a penalty of {own['l2'] / 2:g} times every squared weight and bias" if own["l2"] else "no penalty"


def _mlp(own: Settings) -> str:
    hidden = f"hidden layers of {listed(own['hidden'])} units ({_activation(own)})"
    return f"the features in one row; {hidden}, each{_dropout(own)}; a logit for each class"


# ---------------------------------------------------------------------------------------------- estimators


def _svm(own: Settings) -> str:
    kernel = "a radial kernel"
    if own["kernel"] == "nystroem":
        kernel += f" approximated by {own['components']} Nystroem features"
    candidates = f"C of {_or(own['C'])} and gamma of {_or(own['gamma'])} (scale: 1 / number of features)"
    many = len(own["C"]) * len(own["gamma"]) > 1
    return (
        f"support vector machines with {kernel} on standardised features, one class against the rest; {candidates}"
        f"{_chosen(own, many=many)}; {_rows(own)}"
    )


def _logistic(own: Settings) -> str:
    chosen = _chosen(own, many=len(own["C"]) > 1)
    penalised = f"with a penalty on squared weights; C of {_or(own['C'])}{chosen}"
    return f"logistic regression on standardised features {penalised}; {_rows(own)}"


def _or(values: Sequence[object]) -> str:
    return " or ".join(map(str, values))


def _chosen(own: Settings, *, many: bool) -> str:
    return f", chosen in each fold in at most {own['inner_folds']} inner folds" * many


def _rows(own: Settings) -> str:
    classes = "classes weighted to count the same" if own["class_weight"] == "balanced" else "classes not weighted"
    most = own["rows_per_trial"]
    return f"{classes}; fitted on " + ("all windows" if most is None else f"at most {most} windows of a trial")


DESCRIBED: Mapping[str, Callable[[Settings], str]] = {
    "cnn_lstm": _convolution_recurrent("LSTM"),
    "cnn_gru": _convolution_recurrent("GRU"),
    "ccnn": _ccnn,
    "mlp": _mlp,
    "svm": _svm,
    "logistic": _logistic,
}
"""By file of eeg/models/, what tells it from its settings; others are named with their settings."""


# ---------------------------------------------------------------------------------------------- training


def _trainings(config: Mapping[str, Any]) -> list[tuple[Mapping[str, Any], list[str]]]:
    """Return every way of training that networks have, with their names."""
    found: list[tuple[Mapping[str, Any], list[str]]] = []
    for name, own in config["models"].items():
        same = [names for other, names in found if other == own["training"]]
        if same:
            same[0].append(name)
        elif own["training"]:
            found.append((own["training"], [name]))
    return found


def training(own: Mapping[str, Any], fits: Fits) -> str:
    """Return how networks were trained, in sentences, and for how many epochs they were."""
    parts = [
        f"Adam on the cross-entropy of the logits, at a learning rate of {own['learning_rate']:g}",
        f"in shuffled batches of {own['batch']} windows",
        _clipped(own["clip"]),
        BALANCED[own["balance"]],
        PRECISION[own["precision"]],
    ]
    return f"{', '.join(filter(None, parts))}. {_length(own)}{_epochs(fits)}"


BALANCED: Mapping[str | None, str] = {
    None: "",
    "weights": "classes weighted to count the same in the loss",
    "batches": "batches drawn to hold every class equally often",
}

PRECISION: Mapping[str, str] = {"float32": "in float32", "mixed": "products in bfloat16 and sums in float32"}


def _clipped(clip: float | None) -> str:
    return "gradients not clipped" if clip is None else f"the norm of the whole gradient clipped at {clip:g}"


def _length(own: Mapping[str, Any]) -> str:
    if own["patience"] is None:
        return f"All {own['epochs']} epochs were trained and the last was kept; nothing was held out to stop by."
    return (
        f"At most {own['epochs']} epochs were trained, until the validation loss had not fallen for "
        f"{own['patience']}, and the best was kept."
    )


def _epochs(fits: Fits) -> str:
    """Return how many epochs folds were trained, empty where no fit is known."""
    epochs = [fit["epochs"] for fit in fits]
    return f" Folds took {min(epochs)} to {max(epochs)} (median {median(epochs):g})." if epochs else ""


def temperatures(fits: Fits) -> str:
    """Return in how many folds a temperature was fitted, and why it was not in the others."""
    values = [fit["temperature"] for fit in fits if fit["temperature"] is not None]
    rule = (
        f"Where a fold held out at least {FEWEST_TRIALS} whole trials for validation, logits were divided by a "
        f"temperature fitted on their mean logits: in {len(values)} of {len(fits)} folds of models"
    )
    rule += f" ({min(values):.2f} to {max(values):.2f})." if values else "."
    reasons = [_unfitted(fit) for fit in fits if fit["temperature"] is None]
    counts = [f"{reasons.count(reason)} {reason}" for reason in dict.fromkeys(reasons)]
    others = f" The others' logits stand as they are (temperature 1): {listed(counts)}." if counts else ""
    return rule + others


def _unfitted(fit: Mapping[str, Any]) -> str:
    """Return why a fold has no temperature, as what follows its number."""
    if words.leaks(fit["protocol"]):
        return f"held out single windows and no whole trials ({fit['protocol']})"
    if fit["fixed"]:
        return "held out none, as networks without early stopping learn from validation trials too"
    return "held out fewer"

"""Networks, estimators and yardsticks, one per file; the registry reads the files and imports them only when asked.

A file `NAME.py` of this folder is the model `NAME`; a path that ends in .py is a model of one's own. The file states
`KIND` (network, estimator, yardstick) and `INPUT` (series, grid, flat, none) as literals; a network or estimator
offers `build(input_shape, n_classes, *, settings...)`.
A network may offer `start(model, train, settings)`, which changes its initial values by the training windows.
"""

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter, ValidationError

from eeg.errors import InputError, unknown
from eeg.models import _files
from eeg.models._files import check_learnt, input_kind, is_own, kind, names, setting_kinds, setting_names, source
from eeg.models._outcome import Fold, Learner, Outcome, Result, Watch, unwatched

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from eeg.models._kept import Kept
    from eeg.models._prior import Seen

__all__ = [
    "Fold",
    "Learner",
    "Outcome",
    "Result",
    "Watch",
    "check_learnt",
    "check_settings",
    "check_tuning",
    "check_value",
    "input_kind",
    "is_own",
    "kept",
    "kind",
    "learner",
    "names",
    "setting_kinds",
    "setting_names",
    "source",
    "unwatched",
    "yardstick",
]


SEE = "config.yaml and docs/networks.md show what it takes."


def check_settings(name: str, settings: Mapping[str, Any]) -> None:
    """Raise an InputError unless `settings` has exactly the model's settings, each with a value of its kind."""
    known = setting_names(name)
    for given in settings:
        if given not in known:
            raise unknown(f"a setting of {name}", given, known)
    absent = [setting for setting in known if setting not in settings]
    if absent:
        raise InputError(
            f"every setting of {name} in the config ({', '.join(known)})",
            f"none for {', '.join(absent)}",
            "Add it under the model's `settings`.",
        )
    known_kinds = setting_kinds(name)
    for setting, value in settings.items():
        check_value(setting, value, known_kinds)


def check_value(setting: str, value: object, kinds: Mapping[str, Any]) -> None:
    """Raise an InputError where a value is not of the setting's kind; a setting of no known kind takes any."""
    try:
        TypeAdapter(kinds.get(setting, Any)).validate_python(value, strict=True)
    except ValidationError as error:
        first = error.errors()[0]
        words, given = f"`{setting}`: {first['msg'][0].lower()}{first['msg'][1:]}", first["input"]
        number = isinstance(given, str) and first["type"] in ("float_type", "int_type")
        remedy = "Write numbers like 0.001; YAML takes 1e-3 for a text." if number else SEE
        raise InputError(words, repr(given), remedy) from None


def check_tuning(name: str, tuning: Mapping[str, Any], *, known: list[str]) -> None:
    """Raise an InputError unless values of `known` settings are listed, and two or more candidates and folds asked for.

    Parameters
    ----------
    name : str
        The model's.
    tuning : mapping
        `search`, `candidates`, `folds`, as for `learner`.
    known : list of str
        Its settings, and those of its training.
    """
    for count in ("candidates", "folds"):
        if type(tuning[count]) is not int or tuning[count] < 2:
            raise InputError(
                f"`{count}` of the tuning as a whole number of at least 2", repr(tuning[count]), "Raise it."
            )
    if not tuning["search"]:
        raise InputError(f"settings of {name} to search", "none", "List values of one, or do not tune this model.")
    for setting, values in tuning["search"].items():
        if setting not in known:
            raise unknown(f"a setting of {name} or its training", setting, known)
        if not isinstance(values, list) or not values:
            raise InputError(f"`{setting}` to search as a list of values", repr(values), "List one value or more.")


def learner(
    name: str,
    shape: tuple[int, ...],
    n_classes: int,
    *,
    settings: Mapping[str, Any],
    training: Mapping[str, Any] | None,
    backend: str = "tensorflow",
    device: str = "auto",
    keep: bool = False,
    tuning: Mapping[str, Any] | None = None,
) -> Learner:
    """Return the learner of a model, to be used for all folds of a job.

    Parameters
    ----------
    name : str
        A network or estimator out of `names()`, or the path of one's own.
    shape : tuple of int
        The shape of one window.
    n_classes : int
    settings : mapping
        Every keyword of the model's `build`.
    training : mapping or None
        For networks: `epochs, batch, learning_rate, patience, clip, balance, precision`; estimators have none.
    backend : str
        What Keras runs on, `tensorflow` or `jax`. Estimators import neither Keras nor a backend.
    device : str
        `cpu`, `gpu`, or `auto`: a GPU where there is one that the backend can use.
    keep : bool
        Whether results of networks hold the trained values.
    tuning : mapping or None
        `search` (lists of values by name of a setting, of training too), `candidates` and `folds`: every fold then
        chooses among so many candidates in so many inner folds of its training rows. None: as configured.

    Raises
    ------
    InputError
        An unknown model, setting or backend, a window the network cannot take, or no GPU where one is asked for.
    """
    check_learnt(name)
    model_kind = kind(name)
    check_settings(name, settings)
    if tuning is not None:
        given = {"settings": settings, "training": training if model_kind == "network" else None}
        check_tuning(name, tuning, known=[setting for part in given.values() for setting in part or {}])
        from eeg.models._tuning import TunedLearner

        make = partial(learner, name, shape, n_classes, backend=backend, device=device, keep=keep)
        return TunedLearner(make, given, **tuning)
    if model_kind == "estimator":
        from eeg.models._estimators import EstimatorLearner

        return EstimatorLearner(_files.module(name).build(shape, n_classes, **settings), n_classes)
    if training is None:
        raise InputError(f"a `training` section for the network {name}", "none", "Add it to the model in the config.")
    from eeg.models import _backend

    _backend.prepare(backend, device)
    from eeg.models._networks import NetworkLearner, Training

    module = _files.module(name)
    start = partial(module.start, settings=settings) if hasattr(module, "start") else None
    build = partial(module.build, shape, n_classes, **settings)
    network = NetworkLearner(build, Training(**training), start=start, keep=keep)
    if network.n_classes != n_classes:
        raise InputError(
            f"{n_classes} logits of {name}, one a class", str(network.n_classes), "Correct its last layer."
        )
    _backend.check_device(device, network.device)
    return network


def kept(path: Path, name: str, *, backend: str, device: str = "auto") -> "Kept":
    """Return a trained network that was kept, of the model `name`; `backend` and `device` as for `learner`.

    Raises
    ------
    InputError
        The file is no kept network.
    """
    from eeg.models import _backend

    _backend.prepare(backend, device)
    from eeg.models._kept import Kept

    return Kept(path, _files.classes(name))


def yardstick(name: str) -> Callable[["Seen", "pd.DataFrame"], "np.ndarray"]:
    """Return the predictor of a yardstick: from what it may go by and tested trials to their logits."""
    if kind(name) != "yardstick":
        raise unknown("a yardstick", name, names("yardstick"))
    return _files.module(name).predict

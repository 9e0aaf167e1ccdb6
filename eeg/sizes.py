"""How large the windows of an experiment are, and the memory a fit may need for them."""

import math

from eeg import models, protocols
from eeg.channels import GENEVA
from eeg.features import windows
from eeg.features.grid import SIZE
from eeg.schema import Config, Entropy, Model, Windows

NETWORK_MB, CANDIDATE_MB, STACKED_MB = 1500, 100, 300
"""A network with Keras and its backend (the papers' take 1300), each more of them that tuning compares, and each more
part, or network that JAX trains beside it on a CPU.

Measured for the papers' widths and the default's; a candidate of the default's takes up to 50.
"""

WIDTH = 10
"""So many networks JAX trains at once on a CPU: `CPU_WIDTH` of the networks."""

ESTIMATOR_MB = 800
"""An estimator with scikit-learn (250) and the cache of a support vector machine."""

HELD_MB = 256
"""Windows of a role that need more of main memory are gathered piece by piece: `HELD_BYTES` of the networks."""


def channels(branch: Windows | Entropy) -> list[str]:
    """Return a branch's channels; DEAP's 32 where the recordings decide."""
    return list(GENEVA) if branch.channels == "all" else list(branch.channels)


def window_plan(config: Config, branch: Windows | Entropy) -> tuple[int, tuple[int, ...]]:
    """Return the windows of a trial and the shape of one."""
    sfreq = config.preprocess.downsample.sfreq
    table = windows.plan(round(config.trial.duration * sfreq), sfreq, length=branch.length, step=branch.step)
    if isinstance(branch, Windows):
        return len(table), (int(table["length"].iloc[0]), len(channels(branch)))
    return len(table), (len(channels(branch)), len(config.bands[branch.bands]))


def stacked(config: Config, n_folds: float) -> int:
    """Return how many networks a job of so many folds trains at once on a CPU."""
    return min(WIDTH, math.ceil(n_folds)) if config.backend == "jax" else 1


def fit_mb(config: Config, model: Model, n_trials: float, *, n_parts: int = 1, n_models: int = 1) -> int:
    """Return the megabytes that a fit may need.

    Parameters
    ----------
    config : Config
    model : Model
        Out of the config.
    n_trials : float
        Of a part: those of its subjects.
    n_parts : int
        How many parts one job fits.
    n_models : int
        How many networks it trains at once in main memory.
    """
    n_windows, window = window_plan(config, config.branches[model.branch])
    on_grid = models.input_kind(model.network) == "grid"
    numbers = SIZE * SIZE * window[-1] if on_grid else math.prod(window)
    megabytes = 4e-6 * n_trials * n_windows * numbers
    if model.training is None:
        most = model.settings.get("rows_per_trial") or n_windows
        # the windows, standardised, and both in float64 where a library wants that
        return round(ESTIMATOR_MB + 8 * megabytes * min(1, most / n_windows))
    # windows of three roles, and a copy as they are placed
    held = 2 * min(3 * HELD_MB, megabytes * n_parts)
    more = CANDIDATE_MB * _candidates(config, model) + STACKED_MB * (n_parts - 1 + n_models - 1)
    return round(NETWORK_MB + held + more)


def _candidates(config: Config, model: Model) -> int:
    """Return how many networks tuning holds beside one."""
    if not (config.tuning.enabled and model.search):
        return 0
    return min(config.tuning.candidates, math.prod(map(len, model.search.values()))) - 1


def largest_fit_mb(config: Config, n_trials: float, n_subjects: int) -> int:
    """Return the megabytes of the largest fit; `n_trials` is that of a subject."""
    across = any(protocol in protocols.ACROSS for protocol in config.protocols)
    trials, n_parts = n_trials * (n_subjects if across else 1), config.parts_per_fit
    n_models = stacked(config, config.split.folds * config.split.repeats * n_parts)
    return max(fit_mb(config, model, trials, n_parts=n_parts, n_models=n_models) for model in config.models.values())

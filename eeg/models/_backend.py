"""The libraries below Keras, set up before Keras is imported."""

import os
import sys
from types import ModuleType

from eeg.errors import InputError

BACKENDS = ("tensorflow", "jax")

SINGLE_THREAD = {
    "TF_NUM_INTRAOP_THREADS": "1",
    "TF_NUM_INTEROP_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    # JAX sizes its CPU thread pool by NPROC.
    "NPROC": "1",
}
"""One thread a fit: sums are then taken in one order, so predictions do not depend on the number of cores."""

ONEDNN = "TF_ENABLE_ONEDNN_OPTS"
"""TensorFlow's faster products on the CPU, which it takes by itself on some makes only; a value that is set stays."""

FLAGS = {"--xla_cpu_multi_thread_eigen": "false", "--xla_cpu_prefer_vector_width": "512"}
"""XLA's options: one thread, and vectors as wide as the CPU has them; one that is set stays."""

HIDDEN = {"CUDA_VISIBLE_DEVICES": "-1", "JAX_PLATFORMS": "cpu"}
"""No GPU."""


def prepare(backend: str, device: str = "auto") -> None:
    """Choose Keras' backend and hold it to one CPU thread.

    Parameters
    ----------
    backend : str
        `tensorflow` or `jax`.
    device : str
        `cpu` hides GPUs; `auto` takes one where the backend can; `gpu` says that it has to, see `check_device`.

    Raises
    ------
    InputError
        An unknown backend, or Keras is already imported on another one.
    """
    if backend not in BACKENDS:
        raise InputError(f"a backend out of {', '.join(BACKENDS)}", repr(backend), "Correct `backend` in the config.")
    if "keras" in sys.modules:
        _refuse_another(backend)
        return
    os.environ.update(SINGLE_THREAD, KERAS_BACKEND=backend)
    if device == "cpu":
        os.environ.update(HIDDEN)
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    os.environ.setdefault(ONEDNN, "1")
    flags = os.environ.get("XLA_FLAGS", "")
    missing = [f"{name}={value}" for name, value in FLAGS.items() if name not in flags]
    os.environ["XLA_FLAGS"] = " ".join([flags, *missing]).strip()


def module() -> ModuleType:
    """Return the module that trains on the backend Keras runs on."""
    import keras

    if keras.backend.backend() == "tensorflow":
        from eeg.models import _tensorflow

        return _tensorflow
    from eeg.models import _jax

    return _jax


def check_device(asked: str, found: str) -> None:
    """Raise an InputError where a GPU is asked for and the backend found none."""
    if asked == "gpu" and found == "cpu":
        raise InputError(
            "a GPU that the backend can use (`device: gpu`)",
            "none",
            "Set `backend: jax` and run `make gpu` (docs/gpu.md), or set `device: auto`.",
        )


def _refuse_another(backend: str) -> None:
    current = sys.modules["keras"].backend.backend()
    if current != backend:
        raise InputError(
            f"Keras on the {backend} backend",
            f"Keras already imported on {current}",
            "Use one backend per process: start a new one, or set `backend` to the one in use.",
        )

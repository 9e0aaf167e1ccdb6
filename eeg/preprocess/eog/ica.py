"""EOG removal by independent components that go with the EOG channels (Jung et al. 2000; MNE's ICA)."""

import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import mne
import numpy as np

from eeg.preprocess.eog import regression
from eeg.preprocess.eog.piece import Piece, names

SEED = 1
"""Random state: the same recording gives the same components."""

LONGEST = 60_000
"""Samples that are fitted on at most, every nth of a longer recording: 32 channels then take seconds."""

RANK = 1e-9
"""Share of the largest eigenvalue of the covariance below which a dimension is empty: the average reference and
interpolated channels leave such."""


@dataclass(frozen=True)
class Components:
    """A fitted decomposition.

    Attributes
    ----------
    settings : mapping
        As given to `fit`.
    eog : list of str
        EOG channels in which the eyes stand out.
    removed : list of dict
        `index`, and `scores` (correlation with each of `eog`), of the components that are taken away.
    model : ICA or None
        None where no EOG channel shows the eyes, and nothing was fitted.
    """

    settings: Mapping[str, Any]
    eog: list[str]
    removed: list[dict[str, Any]]
    model: mne.preprocessing.ICA | None

    @property
    def applied(self) -> bool:
        """Whether anything is removed."""
        return bool(self.removed)

    @property
    def fitted(self) -> int:
        """Number of components."""
        return 0 if self.model is None else int(self.model.n_components_)

    def cleaner(self, piece: Piece) -> Callable[[mne.io.BaseRaw], mne.io.BaseRaw]:
        """Return what takes the components out of the EEG channels of a copy of a piece's samples, in whatever band."""

        def clean(raw: mne.io.BaseRaw) -> mne.io.BaseRaw:
            copy = raw.copy()
            if self.model is not None and self.removed:
                self.model.apply(copy, exclude=[one["index"] for one in self.removed], verbose="error")
            return copy

        return clean

    def by_channel(self) -> dict[str, dict[str, float]]:
        """Return no weights: components have none on the EOG channels."""
        return {}

    def facts(self) -> dict[str, Any]:
        """Return what the evidence says of the fit."""
        about = {"algorithm": self.settings["algorithm"], "fitted": self.fitted, "limit": self.settings["most"]}
        return {"weights": None, "shrink": {}, "components": {**about, "removed": self.removed}}

    def statement(self, where: str) -> str:
        """Return in words what was fitted `where`, and what was done with it."""
        if not self.eog:
            return f"No eye movements stand out in the EOG channels in {where}: nothing was fitted or removed."
        n, seen = len(self.removed), " or ".join(self.eog)
        fitted = f"{self.fitted} independent components ({self.settings['algorithm']}) of a wider copy of {where}"
        if not n:
            return f"None of {fitted} stands out by its correlation with {seen}: nothing was removed."
        numbers = ", ".join(str(one["index"]) for one in self.removed)
        took = "was" if n == 1 else "were"
        return f"Of {fitted}, {n} whose correlation with {seen} stands out {took} removed ({numbers})."


def fit(piece: Piece, eog: list[str], settings: Mapping[str, Any]) -> Components:
    """Return the components of a piece, those of the eyes marked.

    Components are compared with the EOG channels in which blinks or saccades stand out, as the regression asks too:
    in the others the brain alone would choose.

    Parameters
    ----------
    piece : Piece
        As `Piece.fitted_on` returns it.
    eog : list of str
        EOG channels that vary.
    settings : mapping
        `algorithm` (`picard` or `fastica`), `components` (fitted at most, and at most the rank), `threshold` (z-score
        of a component's correlation with an EOG channel among those of all), `most` (components removed at most).
    """
    shares = regression.fit(piece, eog, kind="events", shrink=True).shrink
    seen = [name for name, share in zip(eog, shares, strict=True) if share > 0]
    if not seen:
        return Components(settings, seen, [], None)
    model = _fitted(piece.wide, settings)
    bad, scores = model.find_bads_eog(piece.wide, ch_name=seen, threshold=settings["threshold"], verbose="error")
    rows = np.atleast_2d(scores)
    removed = [
        {"index": int(index), "scores": dict(zip(seen, np.round(rows[:, index], 5).tolist(), strict=True))}
        for index in bad[: settings["most"]]
    ]
    return Components(settings, seen, removed, model)


def _fitted(raw: mne.io.BaseRaw, settings: Mapping[str, Any]) -> mne.preprocessing.ICA:
    model = mne.preprocessing.ICA(
        min(settings["components"], _rank(raw)),
        method=settings["algorithm"],
        random_state=SEED,
        max_iter="auto",
        verbose="error",
    )
    with warnings.catch_warnings():
        # of two that did not converge in the iterations given, the evidence tells whether they are of use
        warnings.filterwarnings("ignore", message=".*converge")
        return model.fit(raw, picks="eeg", decim=max(1, -(-raw.n_times // LONGEST)), verbose="error")


def _rank(raw: mne.io.BaseRaw) -> int:
    """Return how many independent signals the EEG channels hold."""
    values = np.linalg.eigvalsh(np.cov(raw.get_data(names(raw, "eeg"))))
    return int(np.count_nonzero(values > RANK * values[-1]))

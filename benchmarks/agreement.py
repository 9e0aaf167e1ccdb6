"""Do our paired tests say what MOABB's say?

`.venv/bin/python benchmarks/agreement.py` (after `make bench-peers`; some minutes) draws scores of two models over 6 to
40 subjects, with ties and equal scores among them, and compares the Wilcoxon p of `eeg.statistics` with that of MOABB's
`compute_pvals_wilcoxon`, which is one-sided, on the side of the mean difference: doubled here. Both call SciPy; where
subjects score the same under both models, we leave them out first, so that few subjects still get the exact
distribution, where MOABB's call falls back on an approximation.

Last line, JSON: `max_abs_difference`, and `max_abs_difference_equal_scores` of the pairs with such subjects.
"""

import json
from collections.abc import Callable
from pathlib import Path
from runpy import run_path
from typing import Any

import pandas as pd

from eeg import seeds
from eeg.statistics import paired

COHORTS = 500


def moabb() -> Callable[[pd.DataFrame], Any]:
    """Return MOABB's test from its file by itself: the package around it wants libraries nobody needs here."""
    root = Path(__file__).parents[1] / ".venv-peers"
    (file,) = root.glob("lib/python3*/site-packages/moabb/analysis/meta_analysis.py")
    return run_path(str(file))["compute_pvals_wilcoxon"]


def main() -> None:
    """Compare and print."""
    rng, theirs = seeds.generator("agreement"), moabb()
    apart: dict[bool, list[float]] = {False: [], True: []}
    for _ in range(COHORTS):
        n = int(rng.integers(6, 41))
        # of 32 trials: equal scores and differences are common, and exact in binary, so that both see them as equal
        scores = pd.DataFrame(rng.binomial(32, 0.6, (n, 2)) / 32, columns=["a", "b"])
        differences = (scores["a"] - scores["b"]).to_numpy()
        one_sided = theirs(scores)[0, 1]
        ours, both_sides = paired(differences)[3], 2 * min(one_sided, 1 - one_sided)
        apart[bool((differences == 0).any())].append(abs(ours - both_sides))
    print(f"Wilcoxon's p of {COHORTS} pairs of models over 6 to 40 subjects, beside MOABB's:")
    print(f"no subject scores the same under both: {len(apart[False])} pairs, {max(apart[False]):.1e} apart at most")
    print(f"some do: {len(apart[True])} pairs, {max(apart[True]):.1e} apart at most")
    print(json.dumps({"max_abs_difference": max(apart[False]), "max_abs_difference_equal_scores": max(apart[True])}))


if __name__ == "__main__":
    main()

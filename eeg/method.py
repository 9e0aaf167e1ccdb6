"""How scores become statements: what all of them are asked with alike."""

from typing import NamedTuple


class Method(NamedTuple):
    """How much is drawn, from which seed, and how sure an interval is.

    Attributes
    ----------
    draws : int
        Permutations behind chance and p, and resamples behind intervals within subjects.
    seed : int
        Names all of them.
    confidence : float
        Of intervals, and of the test that `detectable` speaks of.
    validation : float
        The share that was kept for validation, `split.validation`; see `dependence.mutual`.
    """

    draws: int = 1000
    seed: int = 0
    confidence: float = 0.95
    validation: float = 0.0

    @property
    def tails(self) -> tuple[float, float]:
        """The shares of draws below and above an interval's ends, as quantiles."""
        return (1 - self.confidence) / 2, (1 + self.confidence) / 2


USUAL = Method()

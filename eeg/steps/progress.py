"""How far a long job is, for its log and for the person at the terminal."""

import time
from collections.abc import Callable

LOG_EVERY = 1.0
TERMINAL_EVERY = 20.0


class Progress:
    """Prints what it is told, now and then, with the time that is left at most.

    Parameters
    ----------
    title : str
        What the terminal, where many jobs speak, puts before every line.
    terminal : callable
        Shows a line to the person.
    clock : callable
        Gives seconds.
    """

    def __init__(
        self, title: str, terminal: Callable[[str], None], *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.title, self.terminal, self.clock = title, terminal, clock
        self.start = self.logged = self.shown = clock()

    def __call__(self, words: str, share: float) -> None:
        """Print a line: `words`, and how long the rest would take if nothing ended early, at the share that is done."""
        now = self.clock()
        line = f"{words}; at most {_duration((now - self.start) * (1 - share) / share)} left"
        if now - self.logged >= LOG_EVERY:
            self.logged = now
            print(line, flush=True)
        if now - self.shown >= TERMINAL_EVERY:
            self.shown = now
            self.terminal(f"{self.title}: {line}")


def _duration(seconds: float) -> str:
    """Return a duration as a person says it."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"

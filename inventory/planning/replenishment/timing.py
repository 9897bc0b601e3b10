"""Where a piece's time goes: seconds of each step by the clock of whoever does it, the database's work included."""

from collections.abc import Mapping
from time import monotonic
from typing import Final

PIECE_STEPS: Final = ("history", "forecast", "levels", "levels_written", "positions", "proposals", "proposals_written")
"""In the order in which a piece does them. Waiting for whoever else works out needs is of the positions."""


class Stopwatch:
    """Seconds by step, one after the other."""

    def __init__(self) -> None:
        """Begin to count."""
        self._seconds: dict[str, float] = {}
        self._since = monotonic()

    def lap(self, step: str) -> None:
        """Count what went by since the step before as this one's."""
        now = monotonic()
        self._seconds[step] = self._seconds.get(step, 0.0) + now - self._since
        self._since = now

    @property
    def seconds(self) -> Mapping[str, float]:
        """Seconds by step."""
        return self._seconds

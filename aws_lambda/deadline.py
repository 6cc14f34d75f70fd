"""How long this invocation may still take."""

from collections.abc import Callable

RESERVE_SECONDS = 10.0
"""Kept back for the answer, the dead letters and what could not wait for the index."""


class LambdaDeadline:
    """Set at the start of every invocation, asked by whatever waits."""

    def __init__(self) -> None:
        self.left: Callable[[], int] = lambda: 60_000  # milliseconds, as Lambda's context gives them

    def remaining(self) -> float:
        """Seconds that the store may use."""
        return max(0.0, self.left() / 1000 - RESERVE_SECONDS)

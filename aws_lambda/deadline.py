"""How long this invocation may still take."""

from collections.abc import Callable

RESERVE_SECONDS = 18.0
"""Kept back for the answer, the dead letters and what could not wait for the index: a webhook that hangs costs 13 s."""


class LambdaDeadline:
    """Set at the start of every invocation, asked by whatever waits."""

    def __init__(self) -> None:
        self.left: Callable[[], int] = lambda: 60_000  # milliseconds, as Lambda's context gives them

    def remaining(self) -> float:
        """Seconds that the store may use."""
        return max(0.0, self.whole() - RESERVE_SECONDS)

    def whole(self) -> float:
        """Seconds until Lambda ends this invocation: what cannot wait is announced within the reserve."""
        return max(0.0, self.left() / 1000)

"""When a run has to be over."""

from datetime import datetime, timedelta

from ..ports import Clock


class Deadline:
    """A moment, and how far away it is."""

    def __init__(self, clock: Clock, at: datetime) -> None:
        self._clock = clock
        self.at = at

    def left(self) -> float:
        """Seconds, never below 0."""
        return max((self.at - self._clock()).total_seconds(), 0.0)

    def share(self, part: float) -> "Deadline":
        """The deadline of this part of the time that is left."""
        now = self._clock()
        return Deadline(self._clock, now + max(self.at - now, timedelta(0)) * part)
